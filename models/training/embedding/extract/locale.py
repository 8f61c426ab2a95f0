"""Texts of a web application in a locale file (YAML): questions and answers kept under neighbouring names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from . import File, Pair, Record
from .text import first_words, is_prose, strip_blocks, strip_inline

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _questions(value: Any) -> Iterator[tuple[str, str]]:
    """(question, text) of every mapping that holds a string ending in a question mark before its other strings."""
    if isinstance(value, list):
        for inner in value:
            yield from _questions(inner)
    if not isinstance(value, dict):
        return
    asked = ""
    for inner in value.values():
        if isinstance(inner, str) and inner.rstrip().endswith("?"):
            asked = inner
        elif asked:
            yield asked, "\n\n".join(_strings(inner))
            asked = ""
        yield from _questions(inner)


def extract(files: Iterable[File], options: dict[str, Any]) -> Iterator[Record]:
    """Question → the text that follows it. Texts with placeholders ("%{name}") are left out."""
    for _, content in files:
        for question, answer in _questions(yaml.load(content, Loader=_Loader)):
            query, passage = strip_inline(strip_blocks(question)), strip_inline(strip_blocks(answer))
            if is_prose(passage, 15) and "%{" not in query + passage:
                yield Pair("faq", query, first_words(passage), str(options.get("group", "")))
