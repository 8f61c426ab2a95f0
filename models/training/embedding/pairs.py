"""Makes the training pairs and passages: extracts every source of sources.yaml, cleans, drops doubles and leaks.

    python3 pairs.py --mirror <folder of repositories> --out <folder> --evaluation <file or folder> ...

Writes <out>/pairs/<source>.jsonl with one {"kind", "source", "query", "passage", "group"} a line,
<out>/passages/<source>.jsonl with {"source", "group", "title", "heading", "text"}, and <out>/statistics.json.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from extract import Pair, Passage, Record, extractor
from extract.gitfiles import read_files
from extract.text import is_prose, words
from leaks import LeakCheck, evaluation_texts
from sources import HERE, load_sources, repository_folder

# Short texts are meant to be short here: a definition of four words is whole.
_SHORT_KINDS = {"glossary", "definition", "example", "paraphrase", "field"}
_BATCH = 5000
# The same question over many pages ("How do I apply?") cannot be told apart by its words: of a query that occurs more
# often than this in one source, none is kept.
_MOST_SAME_QUERY = 4
_MOST_SAME_PASSAGE = 5


@dataclass(slots=True)
class Statistics:
    """What became of a source's records."""

    extracted: int = 0
    pairs: int = 0
    passages: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        return {
            "extracted": self.extracted,
            "pairs": self.pairs,
            "passages": self.passages,
            "kinds": dict(self.kinds.most_common()),
            "dropped": dict(self.dropped.most_common()),
        }


def flaw(record: Record) -> str | None:
    """Why a record is not fit for training, or None. The names are the keys of the statistics."""
    if isinstance(record, Passage):
        count = len(words(record.text))
        if count < 40 or count > 260:
            return "passage length"
        return None if is_prose(record.text) else "not prose"
    asked = len(words(record.query))
    if asked == 0 or asked > 60 or len(record.query) > 400 or (asked < 2 and record.kind not in _SHORT_KINDS):
        return "query length"
    told = words(record.passage)
    if len(told) < (3 if record.kind in _SHORT_KINDS else 10):
        return "passage length"
    if record.kind not in _SHORT_KINDS and not is_prose(record.passage, 10):
        return "not prose"
    if re.search(r"\{\{|\{%|\]\(|</?[a-z]+>|::::?|\bTODO\b|lorem ipsum", record.query + record.passage, re.I):
        return "markup left"
    return "passage is the query" if _key(record.query) == _key(record.passage) else None


def _key(text: str) -> bytes:
    """A text's identity without case, punctuation and spaces."""
    return hashlib.blake2b(re.sub(r"[\W_]+", "", text.lower()).encode(), digest_size=8).digest()


class Doubles:
    """Remembers what has been taken, over all sources."""

    def __init__(self) -> None:
        self._pairs: set[bytes] = set()
        self._texts: set[bytes] = set()

    def is_new(self, record: Record) -> bool:
        if isinstance(record, Passage):
            # The first 30 words: versions of a page differ in their last sentences.
            key, seen = _key(" ".join(record.text.split()[:30])), self._texts
        else:
            key, seen = _key(record.query) + _key(" ".join(record.passage.split()[:30])), self._pairs
        if key in seen:
            return False
        seen.add(key)
        return True


def clean(records: Iterable[Record], statistics: Statistics, doubles: Doubles) -> list[Record]:
    """The fit and new records of one source, in order, overfull queries and passages removed."""
    kept: list[Record] = []
    for record in records:
        statistics.extracted += 1
        reason = flaw(record) or (None if doubles.is_new(record) else "double")
        if reason:
            statistics.dropped[reason] += 1
        else:
            kept.append(record)
    pairs = [record for record in kept if isinstance(record, Pair)]
    # Words have many senses and questions many good answers; headings that recur are headings of every page.
    queries = Counter(_key(pair.query) for pair in pairs if pair.kind not in _SHORT_KINDS and pair.kind not in ("qa",))
    passages = Counter(_key(pair.passage) for pair in pairs if pair.kind not in ("qa", "definition"))
    result: list[Record] = []
    for record in kept:
        if isinstance(record, Pair):
            if queries[_key(record.query)] > _MOST_SAME_QUERY:
                statistics.dropped["query of many pages"] += 1
                continue
            if passages[_key(record.passage)] > _MOST_SAME_PASSAGE:
                statistics.dropped["passage of many pages"] += 1
                continue
        result.append(record)
    return result


def without_leaks(records: list[Record], check: LeakCheck, statistics: Statistics) -> Iterator[Record]:
    """Leaves out every record whose query or text shares a run of words with evaluation text."""
    for start in range(0, len(records), _BATCH):
        batch = records[start : start + _BATCH]
        texts = [record.passage if isinstance(record, Pair) else record.text for record in batch]
        queries = [record.query if isinstance(record, Pair) else record.heading for record in batch]
        for record, text, query in zip(batch, check.leaking(texts), check.leaking(queries), strict=True):
            if text or query:
                statistics.dropped["evaluation text"] += 1
            else:
                yield record


def extract_source(source: dict[str, Any], mirror: Path) -> Iterator[Record]:
    """Records of one entry of sources.yaml."""
    extract = extractor(source["format"])
    repository = repository_folder(mirror, source["repository"])
    files = read_files(repository, source["commit"], source["files"], source.get("not", []))
    yield from extract(files, source.get("options", {}))


def write_source(name: str, records: Iterable[Record], out: Path, statistics: Statistics) -> None:
    """Writes one source's two files; they appear under their names only when they are whole."""
    targets = {kind: out / kind / f"{name}.jsonl" for kind in ("pairs", "passages")}
    streams: dict[str, TextIO] = {}
    for kind, target in targets.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        streams[kind] = target.with_suffix(".part").open("w", encoding="utf8")
    for record in records:
        if isinstance(record, Pair):
            statistics.pairs += 1
            statistics.kinds[record.kind] += 1
            row = {"kind": record.kind, "source": name, "query": record.query, "passage": record.passage}
            kind, row["group"] = "pairs", record.group
        else:
            statistics.passages += 1
            row = {"source": name, "group": record.group, "title": record.title, "heading": record.heading}
            kind, row["text"] = "passages", record.text
        streams[kind].write(json.dumps(row, ensure_ascii=False) + "\n")
    for kind, target in targets.items():
        streams[kind].close()
        part = target.with_suffix(".part")
        if part.stat().st_size:
            part.rename(target)
        else:
            part.unlink()
            target.unlink(missing_ok=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Make the training pairs and passages of the bundled embedding model.")
    parser.add_argument("--mirror", type=Path, default=HERE / "repositories", help="folder with one git repository a source")
    parser.add_argument("--out", type=Path, default=HERE / "data", help="where pairs/ and passages/ are written")
    parser.add_argument("--evaluation", type=Path, nargs="*", default=[], help="files and folders never to be trained on")
    parser.add_argument("--no-evaluation", action="store_true", help="run without a leak check (never for a shipped model)")
    parser.add_argument("--only", nargs="*", default=[], help="names of the sources to make; the others stay as they are")
    options = parser.parse_args(arguments)
    if not options.evaluation and not options.no_evaluation:
        parser.error("give the evaluation texts with --evaluation, or --no-evaluation to go without the leak check")
    sources = [source for source in load_sources() if not options.only or source["name"] in options.only]
    unknown = set(options.only) - {source["name"] for source in sources}
    if unknown:
        parser.error(f"not in sources.yaml: {', '.join(sorted(unknown))}")
    texts = list(evaluation_texts(options.evaluation))
    check = LeakCheck(texts)
    check.add_short(texts)
    print(f"leak check: {len(texts)} texts, {check.size} runs of {check.run} words", flush=True)
    del texts
    doubles = Doubles()
    report = options.out / "statistics.json"
    results: dict[str, Any] = json.loads(report.read_text()) if options.only and report.exists() else {}
    for source in sources:
        statistics = Statistics()
        records = clean(extract_source(source, options.mirror), statistics, doubles)
        write_source(source["name"], without_leaks(records, check, statistics), options.out, statistics)
        results[source["name"]] = statistics.as_json()
        report.write_text(json.dumps(results, indent=1) + "\n")
        print(
            f"{source['name']}: {statistics.pairs} pairs, {statistics.passages} passages; dropped"
            f" {dict(statistics.dropped)}",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
