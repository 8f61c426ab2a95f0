"""The WordPiece tokenizer of the model, the same as transformers.js runs from tokenizer.json.

A text is put in lower case, stripped of accents and cut into words (runs of letters and digits) and single marks. A word
is spelt with the longest pieces of the vocabulary, from its start; pieces inside a word begin with "##" (Schuster and
Nakajima 2012; the greedy search of Devlin et al. 2018).
"""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

PAD, UNKNOWN, START, END, MASK = "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"
SPECIAL = (PAD, UNKNOWN, START, END, MASK)
INNER = "##"
LONGEST_WORD = 100
"""Characters; a longer word is one unknown token."""

_WORD_OR_MARK = re.compile(r"[^\W_]+|[^\w\s]|_")
_CHINESE = re.compile("([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")


def normalise(text: str) -> str:
    """Lower case without accents and control characters; Chinese characters stand alone (BERT's normaliser)."""
    if not text.isascii():
        text = _CHINESE.sub(r" \1 ", text)
        text = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
        # Formatting characters go, as zero-width spaces and soft hyphens; white space among the control characters stays.
        text = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Co") and c != "\ufffd")
    return text.lower()


def split_words(text: str) -> list[str]:
    """Words and single marks of a text, normalised, in order."""
    return _WORD_OR_MARK.findall(normalise(text))


class WordPiece:
    """A vocabulary and the tokens it makes of texts. `pieces[i]` is the token with the id i."""

    def __init__(self, pieces: list[str]) -> None:
        if tuple(pieces[: len(SPECIAL)]) != SPECIAL:
            raise ValueError(f"a vocabulary begins with {', '.join(SPECIAL)}")
        self.pieces = pieces
        self.ids = {piece: number for number, piece in enumerate(pieces)}
        if len(self.ids) != len(pieces):
            raise ValueError("a piece stands twice in the vocabulary")
        self._longest = max(map(len, pieces))
        self._known: dict[str, tuple[int, ...]] = {}

    def spell(self, word: str) -> tuple[int, ...]:
        """Ids of a normalised word's pieces, or of an inner piece's; the unknown token alone if it cannot be spelt."""
        found = self._known.get(word)
        if found is None:
            found = self._known[word] = self._search(word)
        return found

    def _search(self, word: str) -> tuple[int, ...]:
        unknown = (self.ids[UNKNOWN],)
        if len(word) > LONGEST_WORD:
            return unknown
        spelt: list[int] = []
        start = len(INNER) if len(word) > len(INNER) and word.startswith(INNER) else 0
        while start < len(word):
            head = INNER if start > 0 else ""
            for end in range(min(len(word), start + self._longest), start, -1):
                number = self.ids.get(head + word[start:end])
                if number is not None:
                    spelt.append(number)
                    start = end
                    break
            else:
                return unknown
        return tuple(spelt)

    def encode(self, text: str) -> list[int]:
        """Ids of a text's tokens, without the start and end token that the model's input has."""
        return [number for word in split_words(text) for number in self.spell(word)]

    def decode(self, ids: list[int]) -> str:
        """The words that the ids spell, with single spaces between them."""
        text = " ".join(self.pieces[number] for number in ids)
        return text.replace(f" {INNER}", "")

    def as_json(self) -> dict[str, Any]:
        """Contents of tokenizer.json, in the format of Hugging Face's tokenizers library."""
        ids = self.ids
        flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}

        def sequence(name: str, kind: int) -> dict[str, Any]:
            return {"Sequence": {"id": name, "type_id": kind}}

        def special(token: str, kind: int = 0) -> dict[str, Any]:
            return {"SpecialToken": {"id": token, "type_id": kind}}

        single = [special(START), sequence("A", 0), special(END)]
        return {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": [{"id": ids[token], "content": token, **flags} for token in SPECIAL],
            "normalizer": {
                "type": "BertNormalizer",
                "clean_text": True,
                "handle_chinese_chars": True,
                "strip_accents": None,
                "lowercase": True,
            },
            "pre_tokenizer": {
                "type": "Split",
                "pattern": {"Regex": r"[\p{L}\p{N}]+|[^\p{L}\p{N}\s]"},
                "behavior": "Removed",
                "invert": True,
            },
            "post_processor": {
                "type": "TemplateProcessing",
                "single": single,
                "pair": [*single, sequence("B", 1), special(END, 1)],
                "special_tokens": {token: {"id": token, "ids": [ids[token]], "tokens": [token]} for token in (START, END)},
            },
            "decoder": {"type": "WordPiece", "prefix": INNER, "cleanup": True},
            "model": {
                "type": "WordPiece",
                "unk_token": UNKNOWN,
                "continuing_subword_prefix": INNER,
                "max_input_chars_per_word": LONGEST_WORD,
                "vocab": ids,
            },
        }

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.as_json(), ensure_ascii=False, separators=(",", ":")), encoding="utf8")

    @classmethod
    def load(cls, path: Path) -> WordPiece:
        """Reads tokenizer.json. Raises ValueError if its ids are not 0, 1, 2, …"""
        vocabulary: dict[str, int] = json.loads(path.read_text(encoding="utf8"))["model"]["vocab"]
        pieces = sorted(vocabulary, key=vocabulary.__getitem__)
        if [vocabulary[piece] for piece in pieces] != list(range(len(pieces))):
            raise ValueError(f"{path}: ids are not 0 to {len(pieces) - 1}")
        return cls(pieces)
