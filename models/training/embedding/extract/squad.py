"""Question answering sets in SQuAD's layout: articles with paragraphs, each with its questions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from . import File, Pair, Passage, Record
from .text import first_words, is_prose, squeeze


def article_name(title: str) -> str:
    """Titles in one spelling: "Normans", "French_and_Indian_War" and "french and indian war" compare equal."""
    return re.sub(r"[^a-z0-9]+", " ", title.lower()).strip()


def extract(files: Iterable[File], options: dict[str, Any]) -> Iterator[Record]:
    """Question → its paragraph. `options["leave_out"]`: article titles that belong to evaluation sets."""
    left_out = {article_name(title) for title in options.get("leave_out", [])}
    for _, content in files:
        loaded = json.loads(content)
        # A sample of paragraphs comes as a bare list of them.
        for article in loaded["data"] if isinstance(loaded, dict) else [{"paragraphs": loaded}]:
            title = str(article.get("title", "")).replace("_", " ")
            if article_name(title) in left_out:
                continue
            for paragraph in article["paragraphs"]:
                context = squeeze(paragraph["context"])
                for item in paragraph["qas"]:
                    if not item.get("is_impossible") and item.get("question"):
                        yield Pair("qa", squeeze(item["question"]), first_words(context, 160), f"squad: {title}")
                if is_prose(context, 40):
                    yield Passage(f"squad: {title}", title, title, first_words(context, 200))
