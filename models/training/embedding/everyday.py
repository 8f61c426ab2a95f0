"""Goes on training the table on questions that share few words with their answers (../everyday).

    python3 everyday.py EVERYDAY.json [--start <model>] [--out data/docent-embed-en]

EVERYDAY.json is of everyday.mjs. The start is a model's folder; the shipped one started from the first version, models/docent-embed-en
as of commit cf0e183. Learnt are three things at once, each by contrast (InfoNCE): a question's passages among those of its batch,
its sentences, items and cells among theirs, and, both ways, two wordings of one question among those of the questions that are
asked of the same thing. A part of the start is mixed into the result. Writes the folder that transformers.js loads. Needs PyTorch; about a minute.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch

from export import read_model, write_model
from model import bags
from sources import HERE
from train import LazyAdam

MODELS = HERE.parents[1]
PARAPHRASES = HERE.parent / "everyday" / "paraphrases"
EPOCHS, RATE, TEMPERATURE = 40, 0.001, 0.07
SUBJECTS, QUESTIONS, DOMAINS = 12, 30, 6
"""Of a batch: subjects, questions of each, and domains of paraphrases."""
START_SHARE = 0.3

Bag = tuple[np.ndarray, np.ndarray, np.ndarray]


def vectors(table: torch.Tensor, bag: Bag) -> torch.Tensor:
    tokens, weights, starts = (torch.from_numpy(part) for part in bag)
    summed = torch.nn.functional.embedding_bag(tokens, table, starts[:-1], mode="sum", per_sample_weights=weights)
    return torch.nn.functional.normalize(summed, dim=1)


def info_nce(cosines: torch.Tensor, right: list[list[int]]) -> torch.Tensor:
    """-log of the right columns' share of each row, softmax at TEMPERATURE; rows without a right one are left out."""
    good = torch.zeros_like(cosines, dtype=torch.bool)
    for row, columns in enumerate(right):
        good[row, columns] = True
    logits = cosines / TEMPERATURE
    return (logits.logsumexp(1) - logits.masked_fill(~good, -1e4).logsumexp(1))[good.any(1)].mean()


def train(table: np.ndarray, sets: list[dict], domains: list[list[list[np.ndarray]]]) -> np.ndarray:
    """The table after EPOCHS rounds over the subjects. Texts are arrays of token ids; a domain is lists of wordings."""
    random = np.random.default_rng(0)
    trained = torch.from_numpy(table.copy())
    adam = LazyAdam(trained)
    starts = range(0, len(sets), SUBJECTS)
    for epoch in range(EPOCHS):
        order, losses = random.permutation(len(sets)), []
        for at in starts:
            questions, passages, units, right, right_units = [], [], [], [], []
            for subject in (sets[i] for i in order[at : at + SUBJECTS]):
                for i in random.permutation(len(subject["questions"]))[:QUESTIONS]:
                    question = subject["questions"][i]
                    questions.append(question["text"])
                    right.append([len(passages) + k for k in question["passages"]])
                    right_units.append([len(units) + k for k in question["units"]])
                passages += subject["passages"]
                units += subject["units"]
            pairs = [
                [wordings[k] for k in random.permutation(len(wordings))[:2]]
                for domain in random.permutation(len(domains))[:DOMAINS]
                for wordings in domains[domain]
            ]
            texts = (questions, passages, units, [one for one, _ in pairs], [other for _, other in pairs])
            parts = [bags(list(some), len(table)) for some in texts]
            # The rows of this batch's tokens alone, numbered anew.
            rows, renamed = np.unique(np.concatenate([tokens for tokens, _, _ in parts]), return_inverse=True)
            here = trained[torch.from_numpy(rows)].requires_grad_(True)
            ends = np.cumsum([len(tokens) for tokens, _, _ in parts])
            asked, found, said, one, other = (
                vectors(here, (renamed[end - len(part[0]) : end], *part[1:])) for end, part in zip(ends, parts)
            )
            wordings, same = one @ other.T, [[i] for i in range(len(pairs))]
            loss = info_nce(asked @ found.T, right) + info_nce(asked @ said.T, right_units)
            loss = loss + (info_nce(wordings, same) + info_nce(wordings.T, same)) / 2
            loss.backward()
            progress = (epoch + at / len(sets)) / EPOCHS
            adam.step(torch.from_numpy(rows), here.grad, RATE * (1 - progress))
            losses.append(loss.item())
        print(f"round {epoch + 1} of {EPOCHS}, loss {np.mean(losses):.3f}", flush=True)
    return trained.numpy()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Go on training the bundled embedding model on everyday questions.")
    parser.add_argument("everyday", type=Path, help="what everyday.mjs wrote")
    parser.add_argument("--start", type=Path, default=MODELS / "docent-embed-en", help="the model's folder to start from")
    parser.add_argument("--out", type=Path, default=HERE / "data" / "docent-embed-en", help="the folder to write")
    options = parser.parse_args(arguments)
    table, tokenizer = read_model(options.start)
    encode = lambda text: np.array(tokenizer.encode(text), np.int64)  # noqa: E731
    sets = [
        {
            "passages": [encode(text) for text in subject["passages"]],
            "units": [encode(text) for text in subject["units"]],
            "questions": [{**question, "text": encode(question["text"])} for question in subject["questions"]],
        }
        for subject in json.loads(options.everyday.read_text(encoding="utf8"))
    ]
    domains = [
        [[encode(wording) for wording in line.split("|")] for line in file.read_text(encoding="utf8").splitlines()]
        for file in sorted(PARAPHRASES.glob("*.txt"))
    ]
    result = (1 - START_SHARE) * train(table, sets, domains) + START_SHARE * table
    write_model(result.astype(np.float32), tokenizer, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
