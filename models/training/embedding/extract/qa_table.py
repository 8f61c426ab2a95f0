"""Questions and answers, or paraphrases, as rows: JSON Lines, JSON lists, CSV or TSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from . import File, Pair, Passage, Record
from .text import chunks, first_words, is_prose, strip_blocks, strip_inline, words

csv.field_size_limit(10**8)


def _rows(path: str, text: str, delimiter: str | None, columns: list[str] | None) -> Iterator[dict[str, Any]]:
    kind = PurePosixPath(path).suffix
    if kind == ".jsonl":
        yield from (row for line in text.splitlines() if line.strip() and isinstance(row := json.loads(line), dict))
    elif kind == ".json":
        loaded = json.loads(text)
        if isinstance(loaded, dict) and loaded and all(isinstance(column, list) for column in loaded.values()):
            if not any(isinstance(cell, dict) for column in loaded.values() for cell in column[:1]):
                # Columns instead of rows: {"questions": [...], "answers": [...]}.
                yield from (dict(zip(loaded, cells)) for cells in zip(*loaded.values()))
                return
        for part in loaded if isinstance(loaded, list) else loaded.values():
            yield from (row for row in (part if isinstance(part, list) else [part]) if isinstance(row, dict))
    else:
        reader = csv.DictReader(
            io.StringIO(text),
            fieldnames=columns,
            delimiter=delimiter or ("," if kind == ".csv" else "\t"),
            quoting=csv.QUOTE_MINIMAL if kind == ".csv" else csv.QUOTE_NONE,
        )
        yield from reader


def extract(files: Iterable[File], options: dict[str, Any]) -> Iterator[Record]:
    """Options: `query`, `passage` (field names), `group` (a name), `group_by` (a field), `kind`, `columns` (names for
    files without a header row), `delimiter`, `where` (fields that must have a value). A list of strings as passage is joined."""
    query_field, passage_field = options["query"], options["passage"]
    kind = options.get("kind", "qa")
    where: dict[str, Any] = options.get("where", {})
    for path, content in files:
        text = content.decode("utf8", "replace").lstrip("\ufeff")
        for row in _rows(path, text, options.get("delimiter"), options.get("columns")):
            if any(str(row.get(name)) != str(value) for name, value in where.items()):
                continue
            query, answer = row.get(query_field), row.get(passage_field)
            if isinstance(answer, list):
                answer = " ".join(part for part in answer if isinstance(part, str))
            if not isinstance(query, str) or not isinstance(answer, str):
                continue
            query, answer = strip_inline(strip_blocks(query)), strip_inline(strip_blocks(answer))
            if not query or not answer:
                continue
            by = row.get(options["group_by"]) if "group_by" in options else None
            group = f"{options.get('group', '')}: {by}" if by else str(options.get("group", ""))
            yield Pair(kind, query, first_words(answer), group)
            if kind == "qa" and len(words(answer)) >= 40:
                for passage in chunks([answer])[:4]:
                    if is_prose(passage, 40):
                        yield Passage(group, query, query, passage)
