"""Writes the trained table as a model folder that transformers.js loads: the model in ONNX, tokenizer and configuration.

    python3 export.py [--data data] [--out data/docent-embed-en]

The table is stored in 4 bits a number, with one scale a token, and unpacked in the graph for the tokens of a text alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

import onnx_file
from model import FREQUENCY_EXPONENT
from onnx_file import FLOAT, INT64, node, tensor, value
from sources import HERE
from wordpiece import END, MASK, PAD, SPECIAL, START, UNKNOWN, WordPiece

LEVELS = 16
MIDDLE = (LEVELS - 1) / 2
SCALES = np.linspace(0.35, 1, 40)
"""Scales tried for a row, as shares of the one at which its largest number still fits."""
MOST_TOKENS = 2048
"""Stated in the configuration; the graph itself takes any number, in time that grows with its square."""


def rotated(table: np.ndarray) -> np.ndarray:
    """The table turned at random, cosines kept: every dimension then varies alike, which one scale a row serves best."""
    size = table.shape[1]
    turn, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((size, size)))
    return (table @ turn).astype(np.float32)


def prepared(table: np.ndarray) -> np.ndarray:
    """The table with a usual row of length 1, and rows of the special tokens that leave a text's vector as it is.

    The start token's row is not quite zero, so that a text without a known word still has a direction to be scaled.
    """
    used = table[len(SPECIAL) :]
    result = table / np.median(np.linalg.norm(used, axis=1))
    for token in (PAD, START, END, MASK):
        result[SPECIAL.index(token)] = 0
    result[SPECIAL.index(START)] = 1e-5 / table.shape[1] ** 0.5
    return result.astype(np.float32)


def quantise(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(levels 0 to 15 as bytes, [tokens, dimensions]; scales, [tokens, 1]); a number is (level - 7.5) * scale.

    Of the scales tried for a row, the one with the least squared error: a few large numbers are cut rather than all others
    be coarse.
    """
    largest = np.abs(table).max(axis=1, keepdims=True)
    levels = np.zeros(table.shape, np.uint8)
    scales = np.zeros((len(table), 1), np.float32)
    least = np.full((len(table), 1), np.inf)
    for share in SCALES:
        scale = np.maximum(largest * share / (LEVELS / 2), 1e-12).astype(np.float32)
        tried = np.clip(np.floor(table / scale) + LEVELS / 2, 0, LEVELS - 1)
        error = (((tried - MIDDLE) * scale - table) ** 2).sum(axis=1, keepdims=True)
        better = error < least
        levels = np.where(better, tried, levels).astype(np.uint8)
        scales, least = np.where(better, scale, scales), np.where(better, error, least)
    # The middle lies between two levels: nothing but a scale of zero makes a row of zeros.
    scales[largest == 0] = 0
    return levels, scales.astype(np.float32)


def dequantise(levels: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """The table that the graph unpacks, [tokens, dimensions], float32."""
    return (levels.astype(np.float32) - np.float32(MIDDLE)) * scales


def graph(levels: np.ndarray, scales: np.ndarray) -> bytes:
    """The ONNX file.

    Inputs: input_ids and attention_mask, [batch, sequence], int64. Output: last_hidden_state, [batch, sequence,
    dimensions], the sum of `model.embed` at the first place, not yet of length 1, and zeros at all others: pooling by the
    first token and by the mean then come to the same direction.
    """
    half = levels.shape[1] // 2
    packed = levels[:, :half] | levels[:, half:] << 4

    def constant(name: str, number: float) -> bytes:
        return tensor(name, np.array(number, np.float32))

    constants = [
        tensor("table", packed),
        tensor("scale", scales),
        constant("sixteen", LEVELS),
        constant("sixteenth", 1 / LEVELS),
        constant("middle", MIDDLE),
        constant("one", 1),
        constant("damping", FREQUENCY_EXPONENT - 1),
        tensor("axis_1", np.array([1], np.int64)),
        tensor("axis_2", np.array([2], np.int64)),
        tensor("zero", np.zeros(1, np.int64)),
        tensor("zeros", np.zeros(4, np.int64)),
    ]
    nodes = [
        # Levels of each token: the low four bits are the first half of the dimensions, the high four the second.
        node("Gather", ["table", "input_ids"], "bytes", axis=0),
        node("Cast", ["bytes"], "both", to=FLOAT),
        node("Mul", ["both", "sixteenth"], "shifted"),
        node("Floor", ["shifted"], "high"),
        node("Mul", ["high", "sixteen"], "high_part"),
        node("Sub", ["both", "high_part"], "low"),
        node("Concat", ["low", "high"], "levels", axis=2),
        node("Sub", ["levels", "middle"], "vectors"),
        # How often each token occurs in its text, padding left out.
        node("Cast", ["attention_mask"], "mask", to=FLOAT),
        node("Unsqueeze", ["input_ids", "axis_2"], "down"),
        node("Unsqueeze", ["input_ids", "axis_1"], "across"),
        node("Equal", ["down", "across"], "is_equal"),
        node("Cast", ["is_equal"], "equal", to=FLOAT),
        node("Unsqueeze", ["mask", "axis_1"], "mask_across"),
        node("Mul", ["equal", "mask_across"], "counted"),
        node("ReduceSum", ["counted", "axis_2"], "count", keepdims=0),
        # n occurrences, each weighted with n^-0.5, come to n^0.5.
        node("Max", ["count", "one"], "at_least_one"),
        node("Pow", ["at_least_one", "damping"], "damped"),
        node("Gather", ["scale", "input_ids"], "scales_3", axis=0),
        node("Squeeze", ["scales_3", "axis_2"], "scales"),
        node("Mul", ["damped", "scales"], "scaled"),
        node("Mul", ["scaled", "mask"], "weights"),
        node("Unsqueeze", ["weights", "axis_1"], "row"),
        node("MatMul", ["row", "vectors"], "sum"),
        # Padded with zeros to the length of the text.
        node("Shape", ["input_ids"], "shape"),
        node("Gather", ["shape", "axis_1"], "length", axis=0),
        node("Sub", ["length", "axis_1"], "rest"),
        node("Concat", ["zeros", "rest", "zero"], "padding", axis=0),
        node("Pad", ["sum", "padding"], "last_hidden_state"),
    ]
    shape = ["batch", "sequence"]
    inputs = [value("input_ids", INT64, shape), value("attention_mask", INT64, shape)]
    outputs = [value("last_hidden_state", FLOAT, [*shape, levels.shape[1]])]
    return onnx_file.model("docent-embed-en", nodes, constants, inputs, outputs)


def write_model(table: np.ndarray, tokenizer: WordPiece, folder: Path) -> np.ndarray:
    """Writes the folder and returns the table as stored: the reference for what the graph computes.

    :param table: [tokens, dimensions], an even number of dimensions. Raises ValueError if rows and tokens do not match.
    """
    if table.shape[0] != len(tokenizer.pieces) or table.shape[1] % 2:
        raise ValueError(f"a table of {table.shape} does not fit {len(tokenizer.pieces)} tokens")
    levels, scales = quantise(prepared(rotated(table)))
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    (folder / "onnx" / "model_quantized.onnx").write_bytes(graph(levels, scales))
    tokenizer.save(folder / "tokenizer.json")
    size = table.shape[1]
    configuration = {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "hidden_size": size,
        "vocab_size": len(tokenizer.pieces),
        "max_position_embeddings": MOST_TOKENS,
        "num_hidden_layers": 0,
        "num_attention_heads": 1,
        "intermediate_size": size,
        "type_vocab_size": 1,
        "pad_token_id": SPECIAL.index(PAD),
        "static_embedding": True,
        "tf_exponent": FREQUENCY_EXPONENT,
    }
    tokenizer_configuration = {
        "tokenizer_class": "BertTokenizer",
        "do_lower_case": True,
        "strip_accents": None,
        "tokenize_chinese_chars": True,
        "model_max_length": MOST_TOKENS,
        "clean_up_tokenization_spaces": True,
        "pad_token": PAD,
        "unk_token": UNKNOWN,
        "cls_token": START,
        "sep_token": END,
        "mask_token": MASK,
    }
    (folder / "config.json").write_text(json.dumps(configuration, indent=1) + "\n")
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer_configuration, indent=1) + "\n")
    return dequantise(levels, scales)


def read_model(folder: Path) -> tuple[np.ndarray, WordPiece]:
    """The table and the tokenizer of a folder that `write_model` wrote. Raises KeyError if its graph is another."""
    constants = onnx_file.constants((folder / "onnx" / "model_quantized.onnx").read_bytes())
    packed = constants["table"]
    levels = np.concatenate([packed & 15, packed >> 4], axis=1)
    return dequantise(levels, constants["scale"]), WordPiece.load(folder / "tokenizer.json")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Write the trained table as a model folder.")
    parser.add_argument("--data", type=Path, default=HERE / "data", help="with table.npy and tokenizer.json")
    parser.add_argument("--out", type=Path, help="the folder to write; docent-embed-en in the data folder if left out")
    options = parser.parse_args(arguments)
    out = options.out or options.data / "docent-embed-en"
    stored = write_model(np.load(options.data / "table.npy"), WordPiece.load(options.data / "tokenizer.json"), out)
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    print(f"{out}: {stored.shape[0]} tokens, {stored.shape[1]} dimensions, {size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
