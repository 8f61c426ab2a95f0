"""Fits the weights of src/answer/weights.ts from what dump.mjs wrote, and prints them.

usage: fit.py DUMP

Ranking: listwise softmax regression, -log of the share of the right sentences, L2. Decision: two logistic models whose
weights keep the sign they must have; "subject" tells answerable questions from those about other things, "fact" from those
whose subject is there. Questions of the tuning sets weigh more than SQuAD's: they are few, and structured texts teach
lists, rows and labels. Needs numpy and scipy.
"""

import json
import sys

import numpy as np
from scipy.optimize import minimize

RANKING_WEIGHT = 20  # of a tuning question beside one of SQuAD
SUBJECT = ["coverage", "cosine", "namesNear", "pairs", "dense", "closest", "missingYear"]
FACT = ["namesNear", "unfoundTyped", "closest", "missingKind", "missingName", "missingCount", "missingYear", "lead"]
SUBJECT_WEIGHT, FACT_WEIGHT = 8, 30
FOREIGN = {"no article", "out-of-domain", "opinion", "injection"}
WITHOUT = {"no passage": 0.6, "no sentence": 0.4}
NEAR = {"near-miss", "other-year", *WITHOUT}


def rank(rows):
    rows = [r for r in rows if r["mode"] == "answerable" and any(r["right"])]
    names = list(rows[0]["features"][0])
    longest = max(len(r["right"]) for r in rows)
    x = np.zeros((len(rows), longest, len(names)))
    right, absent = np.zeros((len(rows), longest)), np.ones((len(rows), longest))
    for i, r in enumerate(rows):
        n = len(r["right"])
        x[i, :n] = [[f[name] for name in names] for f in r["features"]]
        right[i, :n], absent[i, :n] = r["right"], 0
    weight = np.array([1 if r["set"] == "squad" else RANKING_WEIGHT for r in rows])

    def loss(w):
        s = x @ w - 1e9 * absent
        e = np.exp(s - s.max(1, keepdims=True))
        z, p = e.sum(1), (e * right).sum(1)
        gradient = e / z[:, None] - e * right / (p[:, None] + 1e-12)
        return -(weight * np.log(p / z + 1e-12)).sum() + w @ w, np.einsum("ij,ijk->k", gradient * weight[:, None], x) + 2 * w

    return dict(zip(names, minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B").x))


def logistic(rows, names, weight_of):
    x = np.array([[r["signals"][n] for n in names] for r in rows])
    y = np.array([r["mode"] == "answerable" for r in rows], float)
    weight = np.array([weight_of(r) for r in rows])
    mean, spread = x.mean(0), x.std(0) + 1e-6
    z = np.c_[(x - mean) / spread, np.ones(len(x))]

    def loss(w):
        p = 1 / (1 + np.exp(-z @ w))
        value = -(weight * (y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12))).sum() + w[:-1] @ w[:-1] / 2
        return value, z.T @ (weight * (p - y)) + np.append(w[:-1], 0)

    bounds = [(None, 0) if n.startswith(("missing", "unfound")) else (0, None) for n in names] + [(None, None)]
    w = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    raw = w[:-1] / spread
    return w[-1] - raw @ mean, dict(zip(names, raw))


def main(dump):
    rows = [json.loads(line) for line in open(dump)]
    show = lambda weights: {name: round(float(w), 2) for name, w in weights.items() if abs(w) >= 0.05}
    print("ranking", show(rank(rows)))
    foreign = [r for r in rows if r["mode"] == "answerable" or r["mode"] in FOREIGN]
    bias, weights = logistic(foreign, SUBJECT, lambda r: 1 if r["set"] == "squad" else SUBJECT_WEIGHT)
    print("subject", round(bias, 2), show(weights))
    near = [r for r in rows if r["mode"] == "answerable" or r["mode"] in NEAR]
    bias, weights = logistic(near, FACT, lambda r: WITHOUT.get(r["mode"], 1) if r["set"] == "squad" else FACT_WEIGHT)
    print("fact", round(bias, 2), show(weights))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
