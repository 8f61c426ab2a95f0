"""The World Factbook as JSON: one file a country, nested fields with a text each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from . import File, Pair, Passage, Record
from .text import chunks, first_words, is_prose, squeeze, words

# Field names that stand as they are; "Government: Note" is no question.
_EMPTY_FIELD = re.compile(r"^(note\d*|text|other|total|definition|background)$", re.I)


def _plain(text: str) -> str:
    return squeeze(re.sub(r"<[^>]+>", " ", text))


def _country(data: dict[str, Any]) -> str:
    names = data.get("Government", {}).get("Country name", {})
    for form in ("conventional short form", "conventional long form"):
        name = _plain(names.get(form, {}).get("text", "")) if isinstance(names, dict) else ""
        if name and name.lower() != "none":
            return name.split("(")[0].strip()
    return ""


def _fields(value: Any, headings: list[str]) -> Iterator[tuple[list[str], str]]:
    if not isinstance(value, dict):
        return
    text = value.get("text")
    if isinstance(text, str):
        yield headings, _plain(text)
    for key, inner in value.items():
        if key != "text":
            yield from _fields(inner, [*headings, key])


def extract(files: Iterable[File], options: dict[str, Any]) -> Iterator[Record]:
    """"field of country" → the field's text; fields of running prose also as passages."""
    for path, content in files:
        try:
            data = json.loads(content)
        except ValueError:
            continue
        country = _country(data) if isinstance(data, dict) else ""
        if not country:
            continue
        for headings, text in _fields(data, []):
            if len(text) <= 60 or not headings:
                continue
            heading = headings[-1]
            if len(headings) > 1 and (len(words(heading)) < 2 or _EMPTY_FIELD.match(heading)):
                heading = headings[-2] if _EMPTY_FIELD.match(heading) else f"{headings[-2]} {heading}"
            heading = re.sub(r"\s*[-–]\s*", " ", heading).lower()
            group = f"factbook: {headings[0]}"
            yield Pair("field", f"{heading} of {country}", f"{country}: {first_words(text)}", group)
            if is_prose(text, 40):
                for passage in chunks([text]):
                    yield Passage(group, country, f"{heading} {country}", passage)
