"""Open English WordNet: words with their definitions, synonyms, hypernyms and examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

import yaml

from . import File, Pair, Record

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _texts(value: Any) -> list[str]:
    """Definitions and examples are strings, or mappings with the string under `text`."""
    items = value if isinstance(value, list) else [value]
    return [text for item in items if isinstance(text := item.get("text") if isinstance(item, dict) else item, str)]


def extract(files: Iterable[File], options: dict[str, Any]) -> Iterator[Record]:
    """For every synset: each word → the other words, definition and hypernyms; and example sentence → words, definition."""
    synsets: dict[str, tuple[str, dict[str, Any]]] = {}
    for path, content in files:
        name = PurePosixPath(path).stem
        if name.startswith("entries") or name == "frames":
            continue
        for key, value in yaml.load(content, Loader=_Loader).items():
            if isinstance(value, dict) and "definition" in value:
                synsets[key] = (name, value)
    for category, synset in synsets.values():
        members = [word for word in synset.get("members", []) if isinstance(word, str)]
        definition = "; ".join(_texts(synset["definition"]))
        if not members or not definition:
            continue
        above = [
            word
            for key in [*synset.get("hypernym", []), *synset.get("instance_hypernym", [])][:2]
            if key in synsets
            for word in synsets[key][1].get("members", [])[:1]
        ]
        examples = _texts(synset.get("example", []))
        for position, word in enumerate(members[:4]):
            others = ", ".join(members[:position] + members[position + 1 :])
            parts = [f"{others}: {definition}" if others else definition, ", ".join(above)]
            yield Pair("definition", word, "; ".join(part for part in parts if part), f"wordnet: {category}")
        for example in examples[:1]:
            yield Pair("example", example, f"{', '.join(members)}: {definition}", f"wordnet: {category}")
