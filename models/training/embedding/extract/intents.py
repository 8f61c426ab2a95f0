"""What people say to an assistant, by intent: two utterances of one intent are a pair (Rasa's training format)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from . import File, Pair, Record
from .text import squeeze, words

_STEP = 7
"""How far apart, in the file's order, the two utterances lie: neighbours are often one person's."""


def extract(files: Iterable[File], options: dict[str, Any]) -> Iterator[Record]:
    """Each utterance of at least two words with another of its intent; `options["group"]` names the groups."""
    for _, content in files:
        utterances: defaultdict[str, list[str]] = defaultdict(list)
        for example in json.loads(content)["rasa_nlu_data"]["common_examples"]:
            text = squeeze(str(example.get("text", "")))
            if example.get("intent") and len(words(text)) >= 2:
                utterances[str(example["intent"])].append(text)
        for intent, same in utterances.items():
            # An utterance said by many is one.
            different = list(dict.fromkeys(same))
            if len(different) <= _STEP:
                continue
            for at, text in enumerate(different):
                yield Pair("paraphrase", text, different[(at + _STEP) % len(different)], f"{options.get('group', '')}: {intent}")
