"""MedQuAD: questions and answers of the US National Institutes of Health, one XML file a topic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any
from xml.etree import ElementTree

from . import File, Pair, Passage, Record
from .text import chunks, first_words, squeeze

# Answers open with leftovers of the page they were taken from: "On this Page", "Summary :", "Key Points -".
_LEFTOVERS = re.compile(r"^(key points\b[^.]*?- |summary\s*:\s*|on this page\s*:?\s*)", re.I)


def extract(files: Iterable[File], options: dict[str, Any]) -> Iterator[Record]:
    """Question → start of the answer, grouped by collection; the whole answer as passages."""
    for path, content in files:
        try:
            root = ElementTree.fromstring(content)
        except ElementTree.ParseError:
            continue
        topic = squeeze(root.findtext("Focus") or "")
        group = PurePosixPath(path).parent.name
        for item in root.iter("QAPair"):
            # The questions were made from templates: "What is (are) Asthma ?".
            question = squeeze(item.findtext("Question") or "").replace("is (are)", "is")
            question = re.sub(r"\s+([?.,])", r"\1", question)
            answer = _LEFTOVERS.sub("", squeeze(item.findtext("Answer") or ""))
            if not question or len(answer) < 40:
                continue
            yield Pair("qa", question, first_words(answer), group)
            for passage in chunks([answer])[:6]:
                yield Passage(group, topic, question, passage)
