"""Pages in Markdown or HTML (Hugo, Jekyll, docs sites): titles, headings and questions with the text under them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import yaml

from . import File, Pair, Passage, Record
from .text import chunks, first_words, is_prose, is_question, squeeze, strip_blocks, strip_inline, words

_FRONT_MATTER = re.compile(r"\A\ufeff?\s*(---|\+\+\+)[ \t]*\n(.*?)\n\1[ \t]*\n", re.S)
# A heading may be an item of a numbered list of questions: "12. ### What is a ref?". Indented further, a single # is a
# comment in code.
_HEADING = re.compile(
    r"^(?:\s{0,3}(?:\d{1,4}[.)]\s+)?(?=#)|\s+(?:[-*+]\s+)?(?=##))(#{1,6})\s+(.*?)\s*#*\s*$"
)
_SETEXT = re.compile(r"^\s{0,3}(=+|-{3,})\s*$")
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_QUESTION_MARK = re.compile(r"^(?:\*\*|__)?\s*(?:Q(?:uestion)?\s*\d*\s*[:.)]|\d{1,3}[.)])\s*(?:\*\*|__)?\s*", re.I)
_ANSWER_MARK = re.compile(r"^(?:\*\*|__)?\s*(?:A(?:nswer)?\s*\d*\s*[:.)])\s*(?:\*\*|__)?\s*", re.I)
_BOLD_LINE = re.compile(r"^\s*(?:[-*+]\s+|\d{1,3}[.)]\s+)?(?:\*\*|__|<strong>|<b>)(.+?)(?:\*\*|__|</strong>|</b>)\s*:?\s*$", re.I)
_TITLE_FIELDS = ("title", "question", "heading", "name")
_DESCRIPTION_FIELDS = ("description", "summary", "intro", "deck", "meta_description", "answer")
# Headings that name a part of every page, never its subject.
_GENERIC = re.compile(
    r"^(introduction|overview|summary|conclusions?|background|notes?|see also|next steps?|related (content|articles"
    r"|topics|links|information)|prerequisites|before you begin|requirements|examples?|usage|syntax|parameters?|return"
    r" values?|exceptions?|description|remarks|specifications|browser compatibility|what'?s next|additional resources"
    r"|resources|references|learn more|more information|further reading|getting started|installation|contents"
    r"|in this (article|section)|table of contents|try it|value|properties|methods|feedback|contributing|license"
    r"|changelog|frequently asked questions|faqs?|general|other|details|steps|procedure|about this task|results?"
    r"|limitations|known issues|troubleshooting|configuration|cause|resolution|solution|symptoms|workaround|status"
    r"|formal definition|formal syntax|constructor|inheritance|static (methods|properties)|instance (methods|properties)"
    r"|accessibility( concerns)?)\s*:?$",
    re.I,
)


@dataclass(slots=True)
class Section:
    headings: list[str]
    paragraphs: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    title: str
    description: str
    sections: list[Section]
    meta: dict[str, Any]


def front_matter(text: str) -> tuple[dict[str, Any], str]:
    """(fields, rest). Front matter that is no valid YAML (TOML, templates) is read line by line as `name: value`."""
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}, text
    rest = text[match.end() :]
    try:
        loaded = yaml.load(match.group(2), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        if isinstance(loaded, dict):
            return loaded, rest
    except (yaml.YAMLError, ValueError):
        pass
    fields: dict[str, Any] = {}
    for line in match.group(2).split("\n"):
        entry = re.match(r"""^([A-Za-z_][\w-]*)\s*[:=]\s*["']?(.*?)["']?\s*$""", line)
        if entry:
            fields[entry.group(1)] = entry.group(2)
    return fields, rest


def _field(meta: dict[str, Any], names: Iterable[str]) -> str:
    for name in names:
        value = meta.get(name)
        if isinstance(value, str) and value.strip():
            return strip_inline(strip_blocks(value))
    return ""


def _question_line(line: str) -> str | None:
    """The question of a line that is set apart as one: "**How do I …?**", "Q: How do I …?"; None for any other line."""
    bold = _BOLD_LINE.match(line)
    if bold:
        question = strip_inline(_QUESTION_MARK.sub("", bold.group(1)))
        return question if is_question(question) else None
    if re.match(r"^\s*(?:\*\*|__)?\s*Q(?:uestion)?\s*\d*\s*[:.)]", line, re.I):
        question = strip_inline(_QUESTION_MARK.sub("", line.strip()))
        return question if is_question(question) else None
    return None


def parse(text: str) -> Page:
    """A page as title, description and sections. Questions set in bold or marked "Q:" open a section of their own."""
    meta, body = front_matter(text.replace("\r\n", "\n"))
    title, description = _field(meta, _TITLE_FIELDS), _field(meta, _DESCRIPTION_FIELDS)
    sections: list[Section] = []
    open_headings: list[tuple[int, str]] = []
    current = Section([])
    block: list[str] = []

    def close_block() -> None:
        # Tested before the marks are stripped: a table row keeps its bars, a leftover directive its colons.
        raw = " ".join(block)
        block.clear()
        text = strip_inline(_ANSWER_MARK.sub("", raw.strip()))
        if raw.count("|") < 2 and len(text) > 25 and not raw.lstrip().startswith((":::", "{", "import ", "export ")):
            current.paragraphs.append(text)

    def open_section(level: int, heading: str) -> None:
        nonlocal current
        close_block()
        if current.paragraphs:
            sections.append(current)
        while open_headings and open_headings[-1][0] >= level:
            open_headings.pop()
        open_headings.append((level, heading))
        current = Section([name for _, name in open_headings])

    for line in strip_blocks(body).split("\n"):
        heading = _HEADING.match(line)
        if heading:
            name = strip_inline(_QUESTION_MARK.sub("", heading.group(2)))
            if name:
                level = len(heading.group(1))
                if level == 1 and not title:
                    title = name
                open_section(level, name)
            continue
        underline = _SETEXT.match(line)
        if underline and len(block) == 1 and not _ITEM.match(block[0]):
            name = strip_inline(block.pop())
            if name:
                open_section(1 if underline.group(1)[0] == "=" else 2, name)
            continue
        if not line.strip():
            close_block()
            continue
        question = _question_line(line)
        if question:
            open_section(7, question)
            continue
        if _ITEM.match(line):
            # Items of a list are sentences of one paragraph: they get a full stop where they have none.
            if block and not block[-1].rstrip().endswith((".", ":", ";", "?", "!", ",")):
                block[-1] = block[-1].rstrip() + "."
            line = _ITEM.sub("", line)
        block.append(re.sub(r"^\s*>\s?", "", line))
    close_block()
    if current.paragraphs:
        sections.append(current)
    return Page(title, description, sections, meta)


def clean_title(title: str, suffix: str = "") -> str:
    """A page title without the site's name: "Apply for a grant | Example Agency" → "Apply for a grant"."""
    title = re.split(r"\s+[|–—]\s+", title)[0] if re.search(r"\s[|–—]\s", title) else title
    return re.sub(suffix, "", title).strip() if suffix else title.strip()


def section_query(title: str, headings: list[str]) -> str:
    """What a section is about: its heading, with the one above or the title before it when it says too little alone."""
    telling = [name for name in headings if name and not _GENERIC.match(name)]
    if not telling or (headings and _GENERIC.match(headings[-1])):
        return ""
    last = telling[-1]
    if is_question(last) and len(words(last)) >= 5:
        return last
    above = telling[-2] if len(telling) > 1 else title
    if len(words(last)) < 4 and above and above.lower() not in last.lower():
        return f"{above}: {last}" if is_question(last) else f"{above} {last}"
    return last


def records(page: Page, group: str, title_suffix: str = "") -> Iterator[Record]:
    """Pairs and passages of one page."""
    title = clean_title(page.title, title_suffix)
    first = True
    for section in page.sections:
        passages = [passage for passage in chunks(section.paragraphs) if is_prose(passage, 8)]
        if not passages:
            continue
        query = section_query(title, section.headings)
        start = first_words(" ".join(section.paragraphs))
        if query and query != title:
            yield Pair("faq" if is_question(query) else "heading", query, start, group)
        if first and title and not _GENERIC.match(title) and len(words(title)) >= 2:
            yield Pair("faq" if is_question(title) else "title", title, start, group)
            if page.description and len(words(page.description)) >= 6 and page.description[:60] not in start:
                yield Pair("description", page.description, start, group)
                yield Pair("title", title, page.description, group)
        first = False
        for passage in passages:
            if is_prose(passage, 40):
                yield Passage(group, title, query or title, passage)


def extract(files: Iterable[File], options: dict[str, Any]) -> Iterator[Record]:
    """Pages. Options: `group` (name before the folder), `title_suffix` (a regular expression cut from titles),
    `require` (front matter fields a page must have, as regular expressions)."""
    require = {name: re.compile(pattern) for name, pattern in options.get("require", {}).items()}
    for path, content in files:
        page = parse(content.decode("utf8", "replace"))
        if any(not pattern.search(str(page.meta.get(name, ""))) for name, pattern in require.items()):
            continue
        folder = "/".join(PurePosixPath(path).parent.parts[-2:])
        group = squeeze(f"{options.get('group', '')}: {folder}")
        yield from records(page, group, str(options.get("title_suffix", "")))
