"""Training examples: pairs and passages as token ids, and batches drawn from them.

An example is a query and a passage, either a pair as pairs.py wrote it, or a cloze question made anew each time it is drawn
(the inverse cloze task of Lee et al. 2019): some words of a passage's sentence, without a few that would be the answer, with
a question's opening before them; and the passage, half of the time without that sentence.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from extract.text import sentences
from model import merge_bags
from wordpiece import WordPiece

MOST_QUERY = 64
MOST_PASSAGE = 256
"""Tokens; more are cut off."""
SHORTEST_SENTENCE = 8
"""Tokens of a sentence that a question is made of."""
WINDOW = (6, 20)
"""Tokens of the sentence that the question keeps, at least and less than."""
DROPPED = 0.2
"""Share of the kept tokens that is left out, so that not every word of the question stands in the passage."""
ANSWER = (1, 4)
OPENINGS = (
    "what is,what are,what does,what was,how,how do,how does,how did,how many,how much,how can i,why,why is,why did,who,"
    "who was,when,when did,when was,where,where is,which,in what,what kind of,what type of,can i,do i,is there,does the"
).split(",")
CHUNK = 64
"""Examples of a batch that come from one group: negatives that are about the same subject."""


@dataclass(slots=True)
class Texts:
    """Token ids of many texts in a row: text i is ids[starts[i]:starts[i + 1]]."""

    ids: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, lists: list[list[int]]) -> Texts:
        lengths = np.fromiter((len(one) for one in lists), np.int64, len(lists))
        ids = np.fromiter((number for one in lists for number in one), np.int32, int(lengths.sum()))
        return cls(ids, np.concatenate([[0], np.cumsum(lengths)]))

    def lengths(self, numbers: np.ndarray) -> np.ndarray:
        return self.starts[numbers + 1] - self.starts[numbers]

    def gather(self, begin: np.ndarray, length: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The ids of the pieces that begin at `begin`, in a row, and their places in `ids`."""
        ends = np.cumsum(length)
        places = np.repeat(begin - ends + length, length) + np.arange(int(ends[-1]) if len(ends) else 0)
        return self.ids[places], places


@dataclass(slots=True)
class Batch:
    """Bags of a batch, as `model.bags` gives them, and the examples that must not count as negatives of each other."""

    queries: tuple[np.ndarray, np.ndarray, np.ndarray]
    passages: tuple[np.ndarray, np.ndarray, np.ndarray]
    same: np.ndarray
    """[examples, examples], true where a passage answers another example's query too."""


@dataclass(slots=True)
class Examples:
    """All that training draws from. Arrays `pair_…` have one entry a pair, `passage_…` one a passage."""

    queries: Texts
    answers: Texts
    pair_group: np.ndarray
    pair_label: np.ndarray
    pair_share: np.ndarray
    bodies: Texts
    sentence_starts: np.ndarray
    sentence_of: np.ndarray
    passage_group: np.ndarray
    passage_label: np.ndarray
    passage_share: np.ndarray
    openings: Texts
    vocabulary: int

    def epoch(self, random: np.random.Generator) -> np.ndarray:
        """Numbers of the examples of one round, in random order: pairs from 0 on, then passages.

        A share of 1.5 means: once for certain, a second time with a probability of a half.
        """
        shares = np.concatenate([self.pair_share, self.passage_share])
        times = np.floor(shares).astype(np.int64) + (random.random(len(shares)) < shares % 1)
        drawn = np.repeat(np.arange(len(shares)), times)
        group = np.concatenate([self.pair_group, self.passage_group])[drawn]
        # Chunks of one group, in random order; what is left over of a group goes into mixed chunks.
        order = np.lexsort((random.random(len(drawn)), group))
        group = group[order]
        first = np.concatenate([[0], np.flatnonzero(np.diff(group)) + 1, [len(group)]])
        within = np.arange(len(group)) - np.repeat(first[:-1], np.diff(first))
        size = np.repeat(np.diff(first), np.diff(first))
        whole = within < size - size % CHUNK
        rest = random.permutation(order[~whole])
        chunks = np.concatenate([order[whole], rest[: len(rest) - len(rest) % CHUNK]]).reshape(-1, CHUNK)
        return drawn[chunks[random.permutation(len(chunks))].reshape(-1)]

    def batch(self, numbers: np.ndarray, random: np.random.Generator) -> Batch:
        """The texts of these examples; cloze questions are made here."""
        pairs = len(self.pair_group)
        is_pair = numbers < pairs
        pair, passage = numbers[is_pair], numbers[~is_pair] - pairs
        at_pair, at_passage = np.flatnonzero(is_pair), np.flatnonzero(~is_pair)
        asked, told = self._pairs(pair, at_pair), self._clozes(passage, at_passage, random)
        count = len(numbers)
        label = np.empty(count, np.int64)
        label[is_pair], label[~is_pair] = self.pair_label[pair], self.passage_label[passage]
        same = label[:, None] == label[None, :]
        np.fill_diagonal(same, False)
        sides = []
        for side in (0, 1):
            tokens = np.concatenate([asked[side][0], told[side][0]]).astype(np.int64)
            owner = np.concatenate([asked[side][1], told[side][1]])
            sides.append(merge_bags(tokens, owner, count, self.vocabulary))
        return Batch(sides[0], sides[1], same)

    def _pairs(self, pair: np.ndarray, at: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """(tokens, place in the batch) of the pairs' queries, and of their answers."""
        sides = []
        for texts, most in ((self.queries, MOST_QUERY), (self.answers, MOST_PASSAGE)):
            length = np.minimum(texts.lengths(pair), most)
            sides.append((texts.gather(texts.starts[pair], length)[0], np.repeat(at, length)))
        return sides

    def _clozes(
        self, passage: np.ndarray, at: np.ndarray, random: np.random.Generator
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """(tokens, place in the batch) of the passages' cloze questions, and of the passages."""
        count = len(passage)
        first, last = self.sentence_of[passage], self.sentence_of[passage + 1]
        # The first of a few random sentences that is long enough, else the last tried.
        sentence = first + (random.random(count) * (last - first)).astype(np.int64)
        for _ in range(4):
            short = self.sentence_starts[sentence + 1] - self.sentence_starts[sentence] < SHORTEST_SENTENCE
            again = first + (random.random(count) * (last - first)).astype(np.int64)
            sentence = np.where(short, again, sentence)
        begin = self.sentence_starts[sentence]
        length = self.sentence_starts[sentence + 1] - begin
        window = np.minimum(length, random.integers(*WINDOW, count))
        start = begin + (random.random(count) * (length - window + 1)).astype(np.int64)
        tokens, places = self.bodies.gather(start, window)
        owner = np.repeat(np.arange(count), window)
        answer = start + (random.random(count) * window).astype(np.int64)
        answer_end = answer + np.minimum(random.integers(*ANSWER, count), window // 3)
        kept = (places < answer[owner]) | (places >= answer_end[owner])
        kept &= random.random(len(places)) >= (2 * DROPPED * random.random(count))[owner]
        opening = random.integers(0, len(OPENINGS), count)
        opened, _ = self.openings.gather(self.openings.starts[opening], self.openings.lengths(opening))
        asked = np.concatenate([opened, tokens[kept]])
        asked_owner = np.concatenate([np.repeat(at, self.openings.lengths(opening)), at[owner[kept]]])

        whole = np.minimum(self.bodies.lengths(passage), MOST_PASSAGE)
        tokens, places = self.bodies.gather(self.bodies.starts[passage], whole)
        owner = np.repeat(np.arange(count), whole)
        # A passage of one sentence keeps it.
        removed = (random.random(count) < 0.5) & (last - first > 1)
        kept = ~(removed[owner] & (places >= begin[owner]) & (places < (begin + length)[owner]))
        return [(asked, asked_owner), (tokens[kept], at[owner[kept]])]


def read_examples(data: Path, tokenizer: WordPiece, shares: dict[str, float]) -> Examples:
    """Reads what pairs.py wrote.

    :param shares: how often an example is drawn each round, by `kind`, `source` or `cloze:source`; 1 for any other
    """
    queries: list[list[int]] = []
    answers: list[list[int]] = []
    pair_group, pair_label, pair_share = [], [], []
    bodies: list[list[int]] = []
    sentence_starts, sentence_of = [0], [0]
    passage_group, passage_label, passage_share = [], [], []
    numbers: dict[str, int] = {}

    def number(name: str) -> int:
        return numbers.setdefault(name, len(numbers))

    for row in _rows(data / "pairs"):
        share = shares.get(row["source"], 1) * shares.get(row["kind"], 1)
        query, answer = tokenizer.encode(row["query"]), tokenizer.encode(row["passage"])
        if share == 0 or not query or not answer:
            continue
        queries.append(query[:MOST_QUERY])
        answers.append(answer[:MOST_PASSAGE])
        pair_group.append(number(f"{row['source']} {row['group'] if row['kind'] != 'paraphrase' else ''}"))
        # Questions about one text do not count as each other's negatives, nor do utterances of one intent.
        pair_label.append(number(row["group"] if row["kind"] == "paraphrase" else f"= {row['passage'][:100]}"))
        pair_share.append(share)
    for row in _rows(data / "passages"):
        share = shares.get(f"cloze:{row['source']}", shares.get("cloze", 1))
        parts = [ids for sentence in sentences(row["text"]) if (ids := tokenizer.encode(sentence))]
        if share == 0 or not parts:
            continue
        bodies.append([token for part in parts for token in part])
        for part in parts:
            sentence_starts.append(sentence_starts[-1] + len(part))
        sentence_of.append(len(sentence_starts) - 1)
        passage_group.append(number(f"{row['source']} {row['group']}"))
        # Passages of one section share their subject, so that one may well answer the other's question.
        passage_label.append(number(f"# {row['group']} {row['title']} {row['heading']}"))
        passage_share.append(share)
    return Examples(
        Texts.of(queries), Texts.of(answers), np.array(pair_group), np.array(pair_label), np.array(pair_share, np.float32),
        Texts.of(bodies), np.array(sentence_starts), np.array(sentence_of),
        np.array(passage_group), np.array(passage_label), np.array(passage_share, np.float32),
        Texts.of([tokenizer.encode(opening) for opening in OPENINGS]), len(tokenizer.pieces),
    )  # fmt: skip


def _rows(folder: Path) -> Iterator[dict[str, str]]:
    for file in sorted(folder.glob("*.jsonl")):
        with file.open(encoding="utf8") as lines:
            for line in lines:
                yield json.loads(line)
