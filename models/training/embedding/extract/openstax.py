"""OpenStax textbooks: CNXML modules with prose, glossaries, and exercises with solutions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree import ElementTree

from . import File, Pair, Passage, Record
from .text import chunks, first_words, is_prose, squeeze, words

_CNXML = "{http://cnx.rice.edu/cnxml}"
# Not running text: numbers, formulas and captions would cut sentences in two.
_LEFT_OUT = {"figure", "table", "media", "equation", "math", "code", "footnote", "iframe", "newline"}
_APPARATUS = re.compile(
    r"further (exploration|research|reading)|references|suggested reading|bibliograph|works cited|credits|self.check"
    r"|critical thinking|review questions|exercises|problems|video|websites|articles|short answer|personal application"
    r"|multiple choice|learning objectives|discussion questions",
    re.I,
)
_GENERIC_HEADING = re.compile(
    r"^(introduction|summary|conclusion|overview|key (terms|concepts|equations)|(section|chapter) (summary|review)"
    r"|conceptual questions|review|answer|discussion|strategy|solution|link to learning|check your (learning"
    r"|understanding)|step \d+.*|example.*|note|significance|sources?)\b",
    re.I,
)


def _name(element: ElementTree.Element) -> str:
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def _plain(element: ElementTree.Element) -> str:
    """The text of an element without the empty brackets that references to figures leave."""
    return re.sub(r"\s+\([\s,;]*(?:and)?\s*\)", "", squeeze(_text(element)))


def _text(element: ElementTree.Element) -> str:
    parts = [element.text or ""]
    for child in element:
        name = _name(child)
        if name and name not in _LEFT_OUT:
            parts.append(_text(child))
            if name in ("item", "para", "title", "list"):
                parts.append(" ")
        parts.append(child.tail or "")
    return "".join(parts)


def _title(element: ElementTree.Element) -> str:
    title = element.find(f"{_CNXML}title")
    return "" if title is None else _plain(title)


def _sections(element: ElementTree.Element, headings: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """(headings, paragraphs) of every section, notes and examples as sections of their own, apparatus left out."""
    paragraphs: list[str] = []
    inner: list[tuple[list[str], list[str]]] = []
    for child in element:
        name = _name(child)
        if name in ("para", "list"):
            text = _plain(child)
            if len(text) > 40:
                paragraphs.append(text)
        elif name in ("section", "note", "example"):
            heading = _title(child)
            if _APPARATUS.search(heading) or _APPARATUS.search(child.get("class", "").replace("-", " ")):
                continue
            inner.extend(_sections(child, headings + [heading] if heading else headings))
    if paragraphs:
        yield headings, paragraphs
    yield from inner


def _module(root: ElementTree.Element, book: str) -> Iterator[Record]:
    title = _title(root)
    content = root.find(f"{_CNXML}content")
    if content is None:
        return
    group = f"{book}: {title}"
    for headings, paragraphs in _sections(content, [title] if title else []):
        telling = [heading for heading in headings if heading and not _GENERIC_HEADING.match(heading)]
        heading = telling[-1] if telling else ""
        # A short heading ("Causes") says little without the one above it.
        query = f"{telling[-2]} {heading}" if len(telling) > 1 and len(words(heading)) < 3 else heading
        passages = chunks(paragraphs)
        for passage in passages:
            yield Passage(group, title, query, passage)
        if query and passages and is_prose(passages[0]):
            yield Pair("heading", query, passages[0], group)
    for exercise in content.iter(f"{_CNXML}exercise"):
        problem, solution = exercise.find(f"{_CNXML}problem"), exercise.find(f"{_CNXML}solution")
        if problem is not None and solution is not None:
            question, answer = _plain(problem), _plain(solution)
            if question and is_prose(answer, 8):
                yield Pair("exercise", question, first_words(answer), group)
    for definition in root.iter(f"{_CNXML}definition"):
        term, meaning = definition.find(f"{_CNXML}term"), definition.find(f"{_CNXML}meaning")
        if term is not None and meaning is not None:
            yield Pair("glossary", _plain(term), _plain(meaning), group)


def extract(files: Iterable[File], options: dict[str, Any]) -> Iterator[Record]:
    """CNXML modules; `options["book"]` names the book in the groups."""
    for _, content in files:
        try:
            root = ElementTree.fromstring(content)
        except ElementTree.ParseError:
            continue
        yield from _module(root, str(options.get("book", "")))
