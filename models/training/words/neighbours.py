"""Writes models/docent-words-en/neighbours.bin: which terms each term is like, so that none is compared with all others.

usage: neighbours.py FOLDER
  FOLDER  where terms.txt and vectors.bin lie; neighbours.bin is written beside them

Layout: for each term the start of its neighbours, and the end of the last (30,000 u32); then the neighbours' rows (u16), most
alike first. A neighbour has a cosine of at least 0.57, a little below what `mostAlike` in src/search/thesaurus.ts asks for.
Needs numpy; takes a few seconds.
"""

import sys
from pathlib import Path

import numpy as np

DIMENSIONS = 100
LEAST_COSINE = 0.57
ROWS_AT_ONCE = 2000


def main(folder):
    vectors = np.fromfile(folder / "vectors.bin", dtype=np.int8).reshape(-1, DIMENSIONS).astype(np.float64)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    starts, rows = [0], []
    for first in range(0, len(vectors), ROWS_AT_ONCE):
        cosines = vectors[first : first + ROWS_AT_ONCE] @ vectors.T
        for row, near in enumerate(cosines, first):
            others = np.flatnonzero(near >= LEAST_COSINE)
            others = others[others != row]
            rows.append(others[np.argsort(-near[others], kind="stable")].astype("<u2"))
            starts.append(starts[-1] + len(others))
    with open(folder / "neighbours.bin", "wb") as file:
        file.write(np.array(starts, dtype="<u4").tobytes())
        file.write(np.concatenate(rows).tobytes())
    print(f"{starts[-1]} neighbours of {len(vectors)} terms")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
