"""Fits the weights of src/answer/weights.ts from what dump.mjs wrote, and prints them.

usage: fit.py DUMP [EVAL]
  EVAL  eval.json of `npm run eval` with those weights: the confidence is fitted to its answers

Ranking: listwise softmax regression, -log of the share of the right sentences, L2. Decision: two logistic models whose
weights keep the sign they must have; "subject" tells answerable questions from those about other things, "fact" from those
whose subject is there. To the unanswerable questions of the tuning sets come the answerable ones with their answers taken away.
Confidence: a logistic model over the fact model's logit and the best evidence's lead. Questions of the tuning sets weigh more
than SQuAD's (all sets whose names begin with "squad"): they are few, and structured texts teach lists, rows and labels. Needs
numpy and scipy.
"""

import json
import sys

import numpy as np
from scipy.optimize import minimize

RANKING_WEIGHT = 20  # of a tuning question beside one of SQuAD
EVERYDAY_WEIGHT = 0.3  # of one about everyday texts: where each tuning set is left out, 321 of their 426 are ranked first; with 1, 313; with 3, 312
SUBJECT = ["coverage", "cosine", "namesNear", "pairs", "dense", "closest", "missingYear", "answers"]
FACT = ["namesNear", "unfoundTyped", "missingKind", "missingName", "missingCount", "missingYear", "lead", "fused", "outdone", "answers"]
SUBJECT_WEIGHT, FACT_WEIGHT = 8, 100  # nearly every sentence of an encyclopedia holds a name and a number: it counts little
SUBJECT_RIDGE, FACT_RIDGE = 0.5, 30
FAQ_PAGES = "everyday-45"  # in quite other words: what is missing there looks like what is
EVERYDAY_FACT = 3  # beside FACT_WEIGHT; with 10, near-misses of the five texts, left out, are told less well, the others better
REMOVED = 0.25  # of FACT_WEIGHT, where a tuning question's answer was taken away
FOREIGN = {"no article", "out-of-domain", "opinion", "injection"}
WITHOUT = {"no passage": 0.6, "no sentence": 0.4}
NEAR = {"near-miss", "other-year", "impossible", *WITHOUT}


def is_everyday(r):
    return r["set"].startswith("everyday")


def ranking_weight(name):
    return 1 if name.startswith("squad") else EVERYDAY_WEIGHT if name.startswith("everyday") else RANKING_WEIGHT


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
    weight = np.array([ranking_weight(r["set"]) for r in rows])

    def loss(w):
        s = x @ w - 1e9 * absent
        e = np.exp(s - s.max(1, keepdims=True))
        z, p = e.sum(1), (e * right).sum(1)
        gradient = e / z[:, None] - e * right / (p[:, None] + 1e-12)
        return -(weight * np.log(p / z + 1e-12)).sum() + w @ w, np.einsum("ij,ijk->k", gradient * weight[:, None], x) + 2 * w

    return dict(zip(names, minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B").x))


def logistic(rows, names, weight_of, ridge):
    x = np.array([[r["signals"][n] for n in names] for r in rows])
    y = np.array([r["mode"] == "answerable" for r in rows], float)
    weight = np.array([weight_of(r) for r in rows])
    mean, spread = x.mean(0), x.std(0) + 1e-6
    z = np.c_[(x - mean) / spread, np.ones(len(x))]

    def loss(w):
        p = 1 / (1 + np.exp(-z @ w))
        value = -(weight * (y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12))).sum() + ridge * w[:-1] @ w[:-1]
        return value, z.T @ (weight * (p - y)) + np.append(2 * ridge * w[:-1], 0)

    bounds = [(None, 0) if n.startswith(("missing", "unfound", "outdone")) else (0, None) for n in names] + [(None, None)]
    w = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    raw = w[:-1] / spread
    return w[-1] - raw @ mean, dict(zip(names, raw))


def fact_weight(r):
    of_all = WITHOUT.get(r["mode"], 1)
    if r["set"].startswith("squad"):
        return of_all
    if is_everyday(r):
        return EVERYDAY_FACT
    return FACT_WEIGHT * (REMOVED * of_all if r["mode"] in WITHOUT else 1)


def confidence(report):
    """Of the tuning sets' answers that came from evidence: the chance that they are right."""
    sets = [s for s in json.load(open(report))["sets"] if s["split"] == "tune" and s["format"] == "golden"]
    rows = []
    for question in (q for s in sets for q in s["questions"]):
        if question["answer"]["status"] != "answered" or len(question["parts"]) != 1:
            continue
        [part] = question["parts"]
        signals = part["verdict"]["signals"]
        if part["verdict"]["answer"] and not (part["faq"] or {}).get("used") and "factLogit" in signals:
            rows.append({"mode": "answerable" if question["right"] else "wrong", "signals": signals})
    return logistic(rows, ["factLogit", "lead"], lambda r: 1, 1)


def main(dump, report=None):
    rows = [json.loads(line) for line in open(dump)]
    show = lambda weights: {name: round(float(w), 2) for name, w in weights.items() if abs(w) >= 0.05}
    print("ranking", show(rank(rows)))
    rows = [r for r in rows if not r["set"].startswith(FAQ_PAGES) and not (is_everyday(r) and r["mode"] in WITHOUT)]
    rows = [r for r in rows if "factLogit" in r["signals"]]  # without: refused or answered before the models are asked
    foreign = [r for r in rows if not is_everyday(r) and (r["mode"] == "answerable" or r["mode"] in FOREIGN)]
    bias, weights = logistic(foreign, SUBJECT, lambda r: 1 if r["set"].startswith("squad") else SUBJECT_WEIGHT, SUBJECT_RIDGE)
    print("subject", round(bias, 2), show(weights))
    near = [r for r in rows if r["mode"] == "answerable" or r["mode"] in NEAR]
    bias, weights = logistic(near, FACT, fact_weight, FACT_RIDGE)
    print("fact", round(bias, 2), show(weights))
    if report is not None:
        bias, weights = confidence(report)
        print("confidence", round(bias, 2), show(weights))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
