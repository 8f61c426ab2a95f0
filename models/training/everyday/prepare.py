"""Writes the everyday texts as collections, and their questions in the form of test/golden.

usage: prepare.py OUT [FIRST LAST]   FIRST, LAST: of the subjects' numbers, as in their names (01 to 20)

Writes OUT/<subject>/corpus/{a,b,c}.md, OUT/<subject>/questions.jsonl and OUT/sets.json, which dump.mjs and reading/dump.mjs of
../answering and everyday.mjs of ../embedding read. Raises ValueError, with file and line, for a fragment that does not stand once in
its text.
"""

import json
import re
import sys
from pathlib import Path

TEXTS = Path(__file__).parent / "texts"


def spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def read(file: Path) -> list[tuple[str, str, list[str]]]:
    """The texts of a subject: name, Markdown, and lines of questions."""
    pieces = re.split(r"^%% text (\w)\n", file.read_text(encoding="utf8"), flags=re.MULTILINE)[1:]
    texts = []
    for name, piece in zip(pieces[::2], pieces[1::2]):
        text, questions = piece.split("%% questions\n")
        texts.append((name, text, questions.strip().split("\n")))
    return texts


def golden(name: str, text: str, lines: list[str], where: str) -> list[dict]:
    rows = []
    for number, line in enumerate(lines):
        question, *fragments = (part.strip() for part in line.split("|"))
        row = {"id": f"{name}{number}", "question": question}
        if fragments == ["-"]:
            rows.append({**row, "kind": "near-miss", "expect": "refuse", "facts": [], "sources": []})
            continue
        for fragment in fragments:
            if spaced(text).count(spaced(fragment)) != 1:
                raise ValueError(f"{where}, text {name}, question {number + 1}: not once in the text: {fragment}")
        facts = [[spaced(fragment)] for fragment in fragments]
        rows.append({**row, "kind": "fact", "expect": "answer", "facts": facts, "sources": [[name]]})
    return rows


def main(out: Path, first: str = "01", last: str = "99") -> None:
    sets = []
    for file in sorted(TEXTS.glob("*.txt")):
        if not first <= file.name[:2] <= last:
            continue
        corpus = out / file.stem / "corpus"
        corpus.mkdir(parents=True, exist_ok=True)
        rows = []
        for name, text, lines in read(file):
            (corpus / f"{name}.md").write_text(text, encoding="utf8")
            rows += golden(name, text, lines, str(file))
        questions = out / file.stem / "questions.jsonl"
        questions.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf8")
        sets.append({"name": f"everyday-{file.stem}", "corpus": str(corpus), "questions": str(questions), "format": "golden"})
    (out / "sets.json").write_text(json.dumps(sets))
    print(f"{len(sets)} subjects")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 4):
        sys.exit(__doc__)
    main(Path(sys.argv[1]).resolve(), *sys.argv[2:])
