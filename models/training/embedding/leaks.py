"""Finds training text that shares a run of words with evaluation text, so that it can be left out.

Two texts count as shared when eight words in a row are the same, whatever their case and punctuation (as in the
contamination checks of large language models, e.g. Brown et al. 2020, appendix C, where the run is 13 words: eight is
stricter).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

RUN = 8
_WORD = re.compile(r"[a-z0-9]+")
_BASE = np.uint64(0x9E3779B97F4A7C15)


def _word_hash(word: str) -> int:
    """FNV-1a, 64 bits: the same on every machine and run, unlike hash()."""
    value = 0xCBF29CE484222325
    for byte in word.encode():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


class LeakCheck:
    """Holds the runs of words of all evaluation texts."""

    def __init__(self, texts: Iterable[str], run: int = RUN) -> None:
        self.run = run
        self._hashes: dict[str, int] = {}
        parts = [self._runs(batch)[0] for batch in _batches(texts)]
        # A text shorter than a run (a question of five words) is compared as a whole instead.
        self._short: set[str] = set()
        self._known = np.unique(np.concatenate(parts)) if parts else np.zeros(0, np.uint64)

    @property
    def size(self) -> int:
        """How many different runs are known."""
        return len(self._known)

    def add_short(self, texts: Iterable[str]) -> None:
        """Adds texts below one run (but of at least four words), each compared as a whole."""
        for text in texts:
            found = _WORD.findall(text.lower())
            if 4 <= len(found) < self.run:
                self._short.add(" ".join(found))

    def _ids(self, text: str) -> list[int]:
        ids = []
        for word in _WORD.findall(text.lower()):
            value = self._hashes.get(word)
            if value is None:
                value = self._hashes[word] = _word_hash(word)
            ids.append(value)
        return ids

    def _runs(self, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
        """(hash of every run, number of the text it lies in)."""
        ids = [self._ids(text) for text in texts]
        lengths = np.array([len(words) for words in ids], dtype=np.int64)
        flat = np.array([value for words in ids for value in words], dtype=np.uint64)
        owner = np.repeat(np.arange(len(ids)), lengths)
        count = len(flat) - self.run + 1
        if count <= 0:
            return np.zeros(0, np.uint64), np.zeros(0, np.int64)
        hashes = np.zeros(count, np.uint64)
        with np.errstate(over="ignore"):
            for offset in range(self.run):
                hashes = hashes * _BASE + flat[offset : offset + count]
        inside = owner[:count] == owner[self.run - 1 :]
        return hashes[inside], owner[:count][inside]

    def leaking(self, texts: list[str]) -> np.ndarray:
        """One bool a text: whether it shares a run with evaluation text, or is one of its short texts."""
        result = np.zeros(len(texts), dtype=bool)
        hashes, owner = self._runs(texts)
        if len(hashes) and len(self._known):
            position = np.searchsorted(self._known, hashes)
            position[position == len(self._known)] = 0
            result[owner[self._known[position] == hashes]] = True
        if self._short:
            for number, text in enumerate(texts):
                if len(text) < 100 and " ".join(_WORD.findall(text.lower())) in self._short:
                    result[number] = True
        return result


def _batches(texts: Iterable[str], size: int = 20_000) -> Iterator[list[str]]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def strings(value: object) -> Iterator[str]:
    """Every string inside a JSON value, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def evaluation_texts(paths: Iterable[Path]) -> Iterator[str]:
    """Texts of files and folders: every string of .json and .jsonl, the whole of any other text file.

    A path that does not exist raises FileNotFoundError: a check against nothing would pass everything.
    """
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"evaluation text {path} does not exist; give its folder or leave it out of the list")
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if not file.is_file() or file.suffix in {".png", ".jpg", ".pdf", ".docx", ".bin", ".onnx", ".zip", ".xlsx"}:
                continue
            text = file.read_text(encoding="utf8", errors="replace")
            if file.suffix == ".json":
                yield from strings(json.loads(text))
            elif file.suffix == ".jsonl":
                for line in text.splitlines():
                    if line.strip():
                        yield from strings(json.loads(line))
            else:
                yield text
