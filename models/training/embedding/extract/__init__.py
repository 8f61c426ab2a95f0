"""Extractors: one module per file format, each turning files of a repository into training records.

An extractor is a function `extract(files, options)` that yields `Pair` and `Passage` records in file order. It never
reads anything but the files it is given, so that a source is fixed by its repository, commit and rule in sources.yaml.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class Pair:
    """A query and the text that answers it.

    `kind` says where the pair comes from (qa, faq, heading, title, glossary, definition, exercise, paraphrase);
    `group` is the book, page or category, from which hard negatives can be drawn.
    """

    kind: str
    query: str
    passage: str
    group: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Running prose of about 40 to 200 words, for questions made from its own sentences."""

    group: str
    title: str
    heading: str
    text: str


Record = Pair | Passage
File = tuple[str, bytes]
"""Path inside the repository, content."""
Extractor = Callable[[Iterable[File], dict[str, Any]], Iterator[Record]]

FORMATS = (
    "openstax", "medquad", "wordnet", "factbook", "arxiv", "pages", "ms_docs", "qa_table", "squad", "stack_exchange", "locale",
    "intents",
)


def extractor(format_name: str) -> Extractor:
    """The `extract` function of a format; raises ValueError for a name that is not in FORMATS."""
    if format_name not in FORMATS:
        raise ValueError(f'unknown format "{format_name}"; known: {", ".join(FORMATS)}')
    return import_module(f"extract.{format_name}").extract
