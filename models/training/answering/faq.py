"""Fits the weights of src/answer/faq.ts from what faq.mjs wrote, and prints them with what they would answer.

usage: faq.py DUMP

Two logistic models over single items, L2: one without the reading chooses the READ items that are read, one over those says how likely
each answers. The tuning sets' questions, fewer, count three times. By hand: swappedName, and more for lacksKind. Needs numpy and scipy.
"""

import json
import sys

import logistic
import numpy as np

FIRST = ["cosine", "cosineAnswer", "gist", "gistWhole", "forward", "forwardWhole", "absentName", "lacksKind"]
FEATURES = [*FIRST, "evidence", "answers", "covers"]
GOLDEN_WEIGHT, PAGES_WEIGHT = 3, 0.1
READ = 3


def is_everyday(row):
    return row["set"].startswith("everyday")


def weight_of(row):
    """The FAQ pages of subject 45 are asked in quite other words only: by themselves they would unlearn what a shared word is worth."""
    return PAGES_WEIGHT if row["set"].startswith("everyday-45") else 1 if is_everyday(row) else GOLDEN_WEIGHT


def values(row, names):
    return np.array([[features[name] for name in names] for features, _ in row["items"]])


def fit(rows, names):
    """Weights and bias; and says them."""
    x = np.concatenate([values(row, names) for row in rows])
    y = np.array([right for row in rows for _, right in row["items"]], float)
    weight = np.array([weight_of(row) for row in rows for _ in row["items"]])
    weights, bias = logistic.fit(x, y, weight)
    print("bias", round(bias, 2), {name: round(float(value), 2) for name, value in zip(names, weights)})
    return weights, bias


def report(rows, weights, bias, asked):
    for part in ("everyday", "golden"):
        some = [row for row in rows if is_everyday(row) == (part == "everyday")]
        best = []
        for row in some:
            logits = values(row, FEATURES) @ weights + bias
            best.append((1 / (1 + np.exp(-logits.max())), row["items"][logits.argmax()][1]))
        likely, right = np.array(best).T
        for least in (0.4, 0.5, 0.6, 0.65, 0.7, 0.8):
            answered = likely >= least
            print(f"{part}, at least {least}: {right[answered].sum() / asked[part]:.3f} of {asked[part]} answered right, {right[answered].mean():.3f} of {answered.sum()} are right")


def main(dump):
    rows = [json.loads(line) for line in open(dump)]
    rows = [row for row in rows if row["items"]]
    asked = {part: sum(any(y for _, y in row["items"]) for row in rows if is_everyday(row) == (part == "everyday")) for part in ("everyday", "golden")}
    weights, bias = fit(rows, FIRST)
    for row in rows:
        likeliest = np.argsort(-(values(row, FIRST) @ weights + bias), kind="stable")[:READ]
        row["items"] = [row["items"][i] for i in likeliest]
    report(rows, *fit(rows, FEATURES), asked)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
