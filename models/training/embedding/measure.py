"""Measures a table on the dev collections while it is made: nDCG@10 of the model alone and of the hybrid.

The product's own command, `npm run eval:retrieval`, has the last word, and is the only one that ranks the report set. This
stands in for it during training: documents are not cut, and the fusion sees the first 200 passages of BM25.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model import embed
from wordpiece import WordPiece

DENSE_SHARE = 0.4
"""As in src/search/rank.ts."""
CANDIDATES = 100
"""Nearest passages that the fusion sees."""


@dataclass(slots=True)
class Collection:
    name: str
    documents: list[str]
    queries: list[str]
    relevant: list[set[int]]
    """Of each query, numbers of documents."""
    lexical: list[list[tuple[int, float]]]
    """Of each query, (document, BM25 score), best first."""


def read_collections(folder: Path, split: str = "dev") -> list[Collection]:
    """The collections of one split that evaluation.mjs wrote."""
    found: list[Collection] = []
    for file in sorted(folder.glob("*.json")):
        content = json.loads(file.read_text(encoding="utf8"))
        if content["split"] != split:
            continue
        queries = content["queries"]
        found.append(
            Collection(
                file.stem,
                ["\n".join(part for part in (one["title"], one["text"]) if part) for one in content["documents"]],
                [query["text"] for query in queries],
                [set(query["relevant"]) for query in queries],
                [[(int(document), score) for document, score in query["lexical"]] for query in queries],
            )
        )
    return found


def ndcg(ranked: np.ndarray, relevant: set[int], depth: int = 10) -> float:
    """nDCG at `depth` with gains of 0 or 1 (Järvelin and Kekäläinen 2002)."""
    gain = sum(1 / np.log2(place + 2) for place, one in enumerate(ranked[:depth]) if int(one) in relevant)
    return gain / sum(1 / np.log2(place + 2) for place in range(min(depth, len(relevant))))


def _min_max(values: np.ndarray) -> np.ndarray:
    spread = values.max() - values.min()
    return (values - values.min()) / spread if spread > 0 else (values > 0).astype(values.dtype)


def measure(
    table: np.ndarray, tokenizer: WordPiece, collection: Collection, share: float = DENSE_SHARE
) -> tuple[float, float, float]:
    """Mean nDCG@10 of (BM25, model alone, hybrid)."""
    documents = embed(table, tokenizer, collection.documents)
    queries = embed(table, tokenizer, collection.queries)
    totals = np.zeros(3)
    for start in range(0, len(queries), 500):
        for offset, cosines in enumerate(queries[start : start + 500] @ documents.T):
            number = start + offset
            relevant = collection.relevant[number]
            nearest = np.argsort(-cosines, kind="stable")[:CANDIDATES]
            lexical = np.zeros(len(documents), np.float32)
            met = np.array([document for document, _ in collection.lexical[number]], np.int64)
            lexical[met] = [score for _, score in collection.lexical[number]]
            candidates = np.union1d(nearest, met)
            fused = share * _min_max(cosines[candidates]) + (1 - share) * _min_max(lexical[candidates])
            hybrid = candidates[np.argsort(-fused, kind="stable")]
            totals += [ndcg(met, relevant), ndcg(nearest, relevant), ndcg(hybrid, relevant)]
    return tuple(totals / len(queries))


def report(table: np.ndarray, tokenizer: WordPiece, collections: list[Collection], share: float = DENSE_SHARE) -> str:
    """One line: of each collection, model alone and hybrid, and their means over the collections."""
    rows = [(one.name, *measure(table, tokenizer, one, share)) for one in collections]
    shown = [f"{name} {dense:.3f}/{hybrid:.3f}" for name, _, dense, hybrid in rows]
    lexical, dense, hybrid = (np.mean([row[at] for row in rows]) for at in (1, 2, 3))
    return f"{', '.join(shown)}; mean {dense:.4f}/{hybrid:.4f} (BM25 {lexical:.4f})"
