"""Microsoft's documentation: Markdown pages, and FAQ pages in YAML files that begin with "### YamlMime:FAQ"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

import yaml

from . import File, Pair, Passage, Record, pages
from .text import chunks, first_words, is_prose, strip_blocks, strip_inline, words

_INCLUDE = re.compile(r"(?i)\[!INCLUDE\s*\[[^\]]*\]\s*\(([^)]*)\)\s*\]|\[!INCLUDE[^\]]*\]\(([^)]*)\)")
_SHORT_INCLUDE = 80  # characters: a name, not a paragraph
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _paragraphs(text: str) -> list[str]:
    blocks = strip_blocks(text).split("\n\n")
    return [plain for block in blocks if block.count("|") < 2 and (plain := strip_inline(block.lstrip("-* ")))]


def _faq(path: str, text: str, group_name: str) -> Iterator[Record]:
    try:
        page = yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, ValueError):
        return
    if not isinstance(page, dict):
        return
    title = pages.clean_title(strip_inline(str(page.get("title") or "")))
    group = f"{group_name}: {title or path}"
    for section in page.get("sections") or []:
        for item in (section or {}).get("questions") or []:
            if not isinstance(item, dict):
                continue
            question = strip_inline(strip_blocks(str(item.get("question") or "")))
            paragraphs = _paragraphs(str(item.get("answer") or ""))
            answer = " ".join(paragraphs)
            if not question or not is_prose(answer, 6):
                continue
            yield Pair("faq" if question.endswith("?") else "heading", question, first_words(answer), group)
            if len(words(answer)) >= 40:
                for passage in chunks(paragraphs):
                    if is_prose(passage, 40):
                        yield Passage(group, title, question, passage)


def _fill_in(text: str, short: dict[str, str]) -> str:
    """The text with includes of a few words, mostly product names, in place; all other includes are stripped later."""
    return _INCLUDE.sub(lambda match: short.get(PurePosixPath(match.group(1) or match.group(2)).name, match.group(0)), text)


def extract(files: Iterable[File], options: dict[str, Any]) -> Iterator[Record]:
    """Question → start of the answer for FAQ files, grouped by page; Markdown files as in `pages`."""
    texts = [(path, content.decode("utf8", "replace").lstrip("\ufeff")) for path, content in files]
    short = {
        PurePosixPath(path).name: text.strip()
        for path, text in texts
        if "includes/" in path and len(text) < _SHORT_INCLUDE and "\n" not in text.strip()
    }
    for path, text in texts:
        filled = _fill_in(text, short)
        if path.endswith(".md"):
            yield from pages.extract([(path, filled.encode())], options)
        elif text.startswith("### YamlMime:FAQ"):
            yield from _faq(path, filled, str(options.get("group", "")))
