"""Plain text out of Markdown, HTML and the templates around them, and prose cut into passages."""

from __future__ import annotations

import html
import re

_SPACE = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"""(?<=[.!?])["”)]?\s+(?=[A-Z0-9"“(])""")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LETTERS = re.compile(r"[A-Za-z]")

# The commonest English function words. Their share tells running English from lists, code and other languages.
_FUNCTION_WORDS = frozenset(
    "the of and to a in is that for it as was with be by on not he i this are or his from at which but have an had they"
    " you were their one all we can her has there been if more when will would who so no out up into do any your what"
    " its about than them then these some could my how our".split()
)

# A fence may open inside a quote or an item of a list.
_FENCE = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d{1,3}[.)])[ \t]+)*(`{3,}|~{3,})([^`\n]*)$")
_HIDDEN_HTML = re.compile(r"(?is)<(script|style|pre|table|svg|iframe|figure|math)\b[^>]*>.*?</\1\s*>")
_COMMENT = re.compile(r"(?s)<!--.*?-->")
_ATTRIBUTE_TEXT = re.compile(r"""\btext=["']([^"']*)["']""")
_QUOTED = re.compile(r"""["']([^"']+)["']""")
_MS_BLOCK = re.compile(r"(?m)^\s*:::.*$")
_MS_IMAGE = re.compile(r"(?s):::image.*?:::")
_MS_INCLUDE = re.compile(r"(?i)\[!INCLUDE\s*\[[^\]]*\]\s*\([^)]*\)\s*\]|\[!(?:INCLUDE|div|VIDEO|code)[^\]]*\](?:\([^)]*\))?")
_ALERT = re.compile(r"(?mi)^[ \t]*>?[ \t]*\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*")
_IMAGE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?")
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\((?:[^()]|\([^()]*\))*\)")
_REFERENCE_LINK = re.compile(r"\[([^\[\]]+)\]\[[^\]]*\]")
_REFERENCE = re.compile(r"(?m)^\s{0,3}\[[^\]]+\]:\s+\S.*$")
_FOOTNOTE = re.compile(r"\[\^[^\]]+\]:?")
# {: .class}, {#id}, and the identifiers of React's documentation: {/*id*/}
_ATTRIBUTES = re.compile(r"\{[:#./][^}\n]*\}")
_TAG = re.compile(r"</?[A-Za-z][^>]*>")
_URL = re.compile(r"<?\bhttps?://[^\s)>]+>?")
_EMPHASIS = re.compile(r"(?<!\w)(\*{1,3}|_{1,3})(?=\S)(.+?)(?<=\S)\1(?!\w)")


def squeeze(text: str) -> str:
    """Entities decoded, every run of white space one space."""
    return _SPACE.sub(" ", html.unescape(text)).strip()


def words(text: str) -> list[str]:
    return _WORD.findall(text)


def _template(match: re.Match[str]) -> str:
    """The visible text of a template tag: `text="..."` of a Hugo short code, the argument of an MDN macro, or nothing."""
    inside = match.group(0)
    named = _ATTRIBUTE_TEXT.search(inside)
    if named:
        return named.group(1)
    # {{domxref("Node.firstChild")}}, {{glossary("DOM", "document object model")}}: the last argument is what is shown.
    if re.match(r"\{\{\s*\w+\s*\(", inside):
        if re.match(r"(?i)\{\{\s*(compat|specifications|embed\w*|\w*sidebar|\w*ref|previous\w*|next\w*|apiref)\b\s*[()}]", inside):
            if not re.match(r"(?i)\{\{\s*(dom|css|html|js|svg|http)\w*ref|\{\{\s*(cssxref|htmlelement|httpheader)", inside):
                return " "
        arguments = [value for value in _QUOTED.findall(inside) if value]
        if arguments:
            return arguments[1] if len(arguments) > 1 and re.search(r"[A-Za-z]", arguments[1]) else arguments[0]
    return " "


def _without_code(text: str) -> str:
    """The text without fenced code. A second opening fence inside code (with a language) does not close it."""
    kept: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if not fence:
            if mark:
                fence = mark.group(1)
                kept.append("")
            else:
                kept.append(line)
        elif mark and mark.group(1)[0] == fence[0] and len(mark.group(1)) >= len(fence) and not mark.group(2).strip():
            fence = ""
    return "\n".join(kept)


def strip_blocks(text: str) -> str:
    """Markdown without code blocks, tables, scripts, comments, images, templates and includes; headings and lists stay."""
    text = text.replace("\r\n", "\n").replace("\u00a0", " ").replace("\u200b", "")
    text = _without_code(text)
    text = _COMMENT.sub(" ", text)
    text = _HIDDEN_HTML.sub("\n\n", text)
    text = re.sub(r"(?s)\{\{.*?\}\}", _template, text)
    text = re.sub(r"(?s)\{%-?\s*(?:raw|endraw|comment.*?endcomment)?.*?%\}", " ", text)
    text = _MS_IMAGE.sub(" ", text)
    text = _MS_BLOCK.sub("", text)
    text = _ALERT.sub("", text)
    text = _MS_INCLUDE.sub(" ", text)
    text = re.sub(r"(?i)</?(p|div|ul|ol|dl|section|article|details|blockquote)\b[^>]*>", "\n\n", text)
    text = re.sub(r"(?i)<(li|dt)\b[^>]*>", "\n- ", text)
    text = re.sub(r"(?i)</(li|dt|dd)\s*>", "\n", text)
    text = re.sub(r"(?i)<br\s*/?>", " \n", text)
    text = re.sub(r"(?is)<h([1-6])\b[^>]*>(.*?)</h\1\s*>", lambda m: "\n\n" + "#" * int(m.group(1)) + " " + squeeze(m.group(2)) + "\n\n", text)
    text = re.sub(r"(?is)<summary\b[^>]*>(.*?)</summary\s*>", lambda m: "\n\n###### " + squeeze(_TAG.sub(" ", m.group(1))) + "\n\n", text)
    text = _REFERENCE.sub("", text)
    return text


def strip_inline(text: str) -> str:
    """One block of Markdown or HTML as plain text: link texts stay, addresses, emphasis, code marks and tags go."""
    text = _IMAGE.sub(" ", text)
    text = _LINK.sub(r"\1", text)
    text = _REFERENCE_LINK.sub(r"\1", text)
    text = _FOOTNOTE.sub("", text)
    text = _ATTRIBUTES.sub("", text)
    text = _TAG.sub("", text)
    text = _URL.sub(" ", text)
    text = re.sub(r"`+([^`]*)`+", r"\1", text)
    for _ in range(2):
        text = _EMPHASIS.sub(r"\2", text)
    text = text.replace("**", "").replace("__", "")
    text = re.sub(r"\\([\\`*_{}\[\]()#+.!<>|-])", r"\1", text)
    text = squeeze(text)
    return re.sub(r"\s+([.,;:?!)])", r"\1", text)


def is_prose(text: str, least_words: int = 20) -> bool:
    """Whether a text is running English: mostly letters, and about as many function words as English has."""
    found = words(text)
    if len(found) < least_words:
        return False
    if len(_LETTERS.findall(text)) < 0.65 * len(text.replace(" ", "")):
        return False
    # Running English has 35 to 55 % of these words; terse documentation about 20 %; lists and code less than 12 %.
    return sum(word.lower() in _FUNCTION_WORDS for word in found) >= 0.16 * len(found)


def is_question(text: str) -> bool:
    """Whether a heading is a question: it ends with a question mark and has at least three words."""
    return text.rstrip().endswith("?") and len(words(text)) >= 3


def sentences(text: str) -> list[str]:
    return [part for part in _SENTENCE_END.split(text) if part]


def first_words(text: str, most: int = 150) -> str:
    """The start of a text in whole sentences, at most `most` words; a longer first sentence is cut."""
    taken: list[str] = []
    count = 0
    for sentence in sentences(text):
        size = sentence.count(" ") + 1
        if count + size > most:
            break
        taken.append(sentence)
        count += size
    if not taken:
        return " ".join(text.split(" ")[:most])
    return " ".join(taken)


def chunks(paragraphs: list[str], least: int = 60, most: int = 170) -> list[str]:
    """Paragraphs of one section as passages of whole sentences, about `least` to `most` words each."""
    passages: list[str] = []
    current: list[str] = []
    count = 0

    def close() -> None:
        nonlocal count
        passages.append(" ".join(current))
        current.clear()
        count = 0

    for paragraph in paragraphs:
        for sentence in sentences(paragraph):
            size = sentence.count(" ") + 1
            if count and count + size > most:
                close()
            current.append(sentence)
            count += size
        if count >= least * 1.5:
            close()
    if count >= 25 or (count and not passages):
        close()
    return passages
