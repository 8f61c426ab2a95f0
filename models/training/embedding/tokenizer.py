"""Trains the tokenizer: a WordPiece vocabulary of the words that occur in the training data.

    python3 tokenizer.py [--data data] [--size 40000] [--out data/tokenizer.json]

Pieces come from byte-pair merges (Sennrich et al. 2016) over the data's words. WordPiece spells greedily, not by merges,
so more merges are made than needed, and the pieces that spelling uses least are left out. Takes about two minutes.
"""

from __future__ import annotations

import argparse
import heapq
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from sources import HERE
from wordpiece import INNER, SPECIAL, WordPiece, split_words

LEAST_COUNT = 3
LONGEST_MERGED = 24
"""Characters of a word that takes part in merging; longer ones are addresses and identifiers."""
MOST_CHARACTERS = 250
MOST_NUMBERS = 1500
"""Whole numbers in the vocabulary, the most frequent ones (years above all); others are spelt in pairs of digits."""
SURPLUS = 1.3
# Abstracts are half of all words, and would fill the vocabulary with the language of physics and mathematics.
WEIGHTS = {"arxiv": 0.2}


def read_texts(data: Path) -> Iterator[tuple[str, str]]:
    """(source, text) of all pairs and passages that pairs.py wrote."""
    for file in sorted(data.glob("pairs/*.jsonl")) + sorted(data.glob("passages/*.jsonl")):
        with file.open(encoding="utf8") as lines:
            for line in lines:
                row = json.loads(line)
                for name in ("query", "passage", "heading", "text"):
                    if row.get(name):
                        yield row["source"], row[name]


def count_words(texts: Iterable[tuple[str, str]]) -> dict[str, float]:
    """How often each normalised word occurs, weighted by source."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for source, text in texts:
        counts[source].update(split_words(text))
    total: Counter[str] = Counter()
    for source, words in counts.items():
        weight = WEIGHTS.get(source, 1)
        for word, count in words.items():
            total[word] += count * weight
    return dict(total)


def merges(counts: dict[str, float], most: int) -> Iterator[str]:
    """Up to `most` pieces, in the order in which byte-pair encoding makes them from the words."""
    words = [[letter if at == 0 else INNER + letter for at, letter in enumerate(word)] for word in counts]
    weights = list(counts.values())
    frequency: defaultdict[tuple[str, str], float] = defaultdict(float)
    places: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for number, word in enumerate(words):
        for pair in zip(word, word[1:]):
            frequency[pair] += weights[number]
            places[pair].add(number)
    # Counts in the heap may be out of date: a pair whose count has changed since is put back when it is met.
    heap = [(-count, pair) for pair, count in frequency.items()]
    heapq.heapify(heap)
    made: set[str] = set()
    while heap and len(made) < most:
        negative, pair = heapq.heappop(heap)
        count = frequency.get(pair, 0)
        if count < LEAST_COUNT:
            continue
        if -negative > count + 1e-6:
            heapq.heappush(heap, (-count, pair))
            continue
        piece = pair[0] + pair[1].removeprefix(INNER)
        changed: set[tuple[str, str]] = set()
        for number in places.pop(pair):
            word, weight = words[number], weights[number]
            merged: list[str] = []
            at = 0
            while at < len(word):
                if tuple(word[at : at + 2]) == pair:
                    merged.append(piece)
                    at += 2
                else:
                    merged.append(word[at])
                    at += 1
            if len(merged) == len(word):
                continue
            for old in zip(word, word[1:]):
                frequency[old] -= weight
            for new in zip(merged, merged[1:]):
                frequency[new] += weight
                places[new].add(number)
                changed.add(new)
            words[number] = merged
        frequency.pop(pair, None)
        for new in changed - {pair}:
            heapq.heappush(heap, (-frequency[new], new))
        if piece not in made:
            made.add(piece)
            yield piece


def train(counts: dict[str, float], size: int) -> WordPiece:
    """A vocabulary of at most `size` pieces for words with these counts."""
    letters: Counter[str] = Counter()
    for word, count in counts.items():
        for letter in word:
            letters[letter] += count
    alphabet = [letter for letter, count in letters.most_common(MOST_CHARACTERS) if letter.isascii() or count >= 100]
    digits = [f"{INNER}{number:02d}" for number in range(100)]
    basic = [*SPECIAL, *alphabet, *(INNER + letter for letter in alphabet if letter.isalnum()), *digits]
    known = set(alphabet)
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    numbers = [word for word in ranked if word.isdigit() and len(word) > 1][:MOST_NUMBERS]
    mergeable = {
        word: counts[word]
        for word in ranked
        if counts[word] >= LEAST_COUNT and 1 < len(word) <= LONGEST_MERGED and known.issuperset(word) and not word.isdigit()
    }
    candidates = list(dict.fromkeys([*basic, *numbers, *merges(mergeable, int(size * SURPLUS))]))
    draft = WordPiece(candidates)
    used = [0.0] * len(candidates)
    for word, count in counts.items():
        if count >= 2:
            for number in draft.spell(word):
                used[number] += count
    rest = sorted(range(len(set(basic)), len(candidates)), key=lambda number: -used[number])
    return WordPiece(candidates[: len(set(basic))] + [candidates[number] for number in rest[: size - len(set(basic))]])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Train the WordPiece vocabulary of the bundled embedding model.")
    parser.add_argument("--data", type=Path, default=HERE / "data", help="what pairs.py wrote")
    parser.add_argument("--size", type=int, default=40_000, help="pieces in the vocabulary")
    parser.add_argument("--out", type=Path, help="the file to write; tokenizer.json in the data folder if left out")
    options = parser.parse_args(arguments)
    counts = count_words(read_texts(options.data))
    tokenizer = train(counts, options.size)
    tokenizer.save(options.out or options.data / "tokenizer.json")
    total = sum(counts.values())
    pieces = sum(count * len(tokenizer.spell(word)) for word, count in counts.items())
    whole = sum(count for word, count in counts.items() if len(tokenizer.spell(word)) == 1)
    print(f"{len(tokenizer.pieces)} pieces of {len(counts)} words; {pieces / total:.3f} a word, {whole / total:.1%} whole")
    return 0


if __name__ == "__main__":
    sys.exit(main())
