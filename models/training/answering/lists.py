"""Fits the weights of src/answer/lists.ts from what lists.mjs wrote, and prints them with what they would choose.

usage: lists.py DUMP

A logistic model over single lists, L2: the right one of a question for a list has most of its facts; of another question, one that
has all of several. The tuning sets' lists, fewer, count twice. Reports with each collection (of the tuning sets) or each half (of the
everyday ones, by the first letter after the folder) left out. Needs numpy and scipy.
"""

import json
import sys

import logistic
import numpy as np

GOLDEN_WEIGHT = 2
MOST = 0.6  # of a list's facts


def is_everyday(row):
    return row["set"].startswith("everyday")


def is_right(row, held):
    if row["kind"] == "list":
        return held >= max(2, MOST * row["facts"])
    return row["kind"] != "disagreement" and row["facts"] >= 2 and held == row["facts"]


def fit(rows, names):
    x = np.array([[features[name] for name in names] for row in rows for features, _ in row["lists"]])
    y = np.array([is_right(row, held) for row in rows for _, held in row["lists"]], float)
    weight = np.array([1 if is_everyday(row) else GOLDEN_WEIGHT for row in rows for _ in row["lists"]])
    return logistic.fit(x, y, weight)


def left_out(row):
    """ "everyday-lists-1-03-…" is left out with all of "lists-1"."""
    return "-".join(row["set"].split("-")[:3]) if is_everyday(row) else row["set"]


def report(rows, names):
    counts = {}
    for group in sorted({left_out(row) for row in rows}):
        weights, bias = fit([row for row in rows if left_out(row) != group], names)
        for row in (row for row in rows if left_out(row) == group):
            logits = [np.array([features[name] for name in names]) @ weights + bias for features, _ in row["lists"]]
            rights = [is_right(row, held) for _, held in row["lists"]]
            part = ("everyday" if is_everyday(row) else "golden", "for a list" if row["kind"] == "list" else "other")
            count = counts.setdefault(part, [0, 0, 0, 0])
            told, right = max(logits) >= 0, rights[int(np.argmax(logits))]
            for i, one in enumerate((True, any(rights), told and right, told and not right)):
                count[i] += one
    for part, (asked, there, right, wrong) in counts.items():
        print(f"{', '.join(part)}: {asked} questions, for {there} the right list was found; told {right} right and {wrong} wrong lists")


def main(dump):
    rows = [json.loads(line) for line in open(dump)]
    rows = [row for row in rows if row["lists"]]
    names = list(rows[0]["lists"][0][0])
    report(rows, names)
    weights, bias = fit(rows, names)
    print("bias", round(bias, 2), {name: round(float(value), 2) for name, value in zip(names, weights)})


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
