"""arXiv metadata: tables of titles and abstracts, packed as xz or zip."""

from __future__ import annotations

import csv
import io
import lzma
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from . import File, Pair, Passage, Record
from .text import first_words, squeeze

csv.field_size_limit(10**8)


def _table(path: str, content: bytes) -> str:
    if path.endswith(".xz"):
        return lzma.decompress(content).decode("utf8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(archive.namelist()[0]).decode("utf8", "replace")


def extract(files: Iterable[File], options: dict[str, Any]) -> Iterator[Record]:
    """Title → abstract, grouped by main category. Abstracts with more than a little TeX are left out."""
    seen: set[str] = set()
    for path, content in files:
        try:
            table = _table(path, content)
        except (lzma.LZMAError, zipfile.BadZipFile):
            continue
        for row in csv.DictReader(io.StringIO(table), delimiter="\t"):
            number = row.get("arxiv_id") or ""
            title, abstract = squeeze(row.get("title") or ""), squeeze(row.get("abstract") or "")
            if not number or number in seen or len(abstract) < 250 or "\\" in title:
                continue
            if abstract.count("$") > 6 or abstract.count("\\") > 6:
                continue
            seen.add(number)
            title, abstract = title.replace("$", ""), re.sub(r"\\[A-Za-z]*|\$", "", abstract)
            group = f"arxiv: {row.get('primary_cat') or ''}"
            yield Pair("title", title, first_words(abstract), group)
            yield Passage(group, title, title, first_words(abstract, 200))
