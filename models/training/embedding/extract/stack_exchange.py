"""Stack Exchange data dumps: Posts.xml, with questions and answers as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree import ElementTree

from . import File, Pair, Passage, Record
from .text import chunks, first_words, is_prose, strip_blocks, strip_inline, words

_QUESTION, _ANSWER = "1", "2"


def _paragraphs(body: str) -> list[str]:
    return [plain for block in strip_blocks(body).split("\n\n") if (plain := strip_inline(block.lstrip("- ")))]


def extract(files: Iterable[File], options: dict[str, Any]) -> Iterator[Record]:
    """Title → best answer and title → question text; the best answer is the accepted one, else the highest voted.

    Answers below a score of 1 are left out. `options["group"]` names the site.
    """
    group = str(options.get("group", ""))
    for _, content in files:
        questions: dict[str, ElementTree.Element] = {}
        best: dict[str, tuple[int, ElementTree.Element]] = {}
        try:
            rows = list(ElementTree.fromstring(content.lstrip(b"\xef\xbb\xbf")))
        except ElementTree.ParseError:
            continue
        for row in rows:
            if row.get("PostTypeId") == _QUESTION and row.get("Title"):
                questions[row.get("Id", "")] = row
        for row in rows:
            asked = questions.get(row.get("ParentId", "")) if row.get("PostTypeId") == _ANSWER else None
            if asked is None:
                continue
            accepted = asked.get("AcceptedAnswerId") == row.get("Id")
            score = int(row.get("Score", "0")) + (1_000_000 if accepted else 0)
            number = row.get("ParentId", "")
            if score >= 1 and (number not in best or score > best[number][0]):
                best[number] = (score, row)
        for number, asked in questions.items():
            title = strip_inline(asked.get("Title", ""))
            asking = " ".join(_paragraphs(asked.get("Body", "")))
            if len(words(title)) >= 3 and is_prose(asking, 15):
                yield Pair("question", title, first_words(asking), group)
            if number not in best:
                continue
            paragraphs = _paragraphs(best[number][1].get("Body", ""))
            answer = " ".join(paragraphs)
            if is_prose(answer, 12):
                yield Pair("qa", title, first_words(answer), group)
                for passage in chunks(paragraphs)[:4]:
                    if is_prose(passage, 40):
                        yield Passage(group, title, title, passage)
