"""Fits the weights of src/answer/faq.ts from what faq.mjs wrote, and prints them with what they would answer.

usage: faq.py DUMP

A logistic model over single items, L2; the tuning sets' questions, fewer, count three times. By hand: swappedName, and more for lacksKind.
Needs numpy and scipy.
"""

import json
import sys

import numpy as np
from scipy.optimize import minimize

FEATURES = ["cosine", "gist", "gistWhole", "forward", "forwardWhole", "absentName", "lacksKind"]
GOLDEN_WEIGHT = 3


def main(dump):
    rows = [json.loads(line) for line in open(dump)]
    rows = [row for row in rows if row["items"]]
    x = np.array([[features[name] for name in FEATURES] for row in rows for features, _ in row["items"]])
    y = np.array([right for row in rows for _, right in row["items"]], float)
    weight = np.array([1 if row["set"].startswith("everyday") else GOLDEN_WEIGHT for row in rows for _ in row["items"]])
    mean, spread = x.mean(0), x.std(0) + 1e-6
    z = np.c_[(x - mean) / spread, np.ones(len(x))]

    def loss(w):
        logits = z @ w
        value = (weight * np.logaddexp(0, (1 - 2 * y) * logits)).sum() + w[:-1] @ w[:-1]
        return value, z.T @ (weight * (1 / (1 + np.exp(-logits)) - y)) + 2 * np.append(w[:-1], 0)

    w = minimize(loss, np.zeros(len(FEATURES) + 1), jac=True, method="L-BFGS-B").x
    weights = w[:-1] / spread
    bias = w[-1] - weights @ mean
    print("bias", round(bias, 2), {name: round(float(value), 2) for name, value in zip(FEATURES, weights)})
    for part in ("everyday", "golden"):
        some = [row for row in rows if row["set"].startswith("everyday") == (part == "everyday")]
        best = []
        for row in some:
            logits = np.array([[f[name] for name in FEATURES] for f, _ in row["items"]]) @ weights + bias
            best.append((1 / (1 + np.exp(-logits.max())), row["items"][logits.argmax()][1]))
        likely, right = np.array(best).T
        asked = sum(any(y for _, y in row["items"]) for row in some)
        for least in (0.4, 0.5, 0.6, 0.65, 0.7, 0.8):
            answered = likely >= least
            print(f"{part}, at least {least}: {right[answered].sum() / asked:.3f} of {asked} answered right, {right[answered].mean():.3f} of {answered.sum()} are right")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
