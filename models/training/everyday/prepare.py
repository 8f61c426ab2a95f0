"""Writes the everyday texts as collections, and their questions in the form of test/golden.

usage: prepare.py OUT [FIRST LAST]   FIRST, LAST: of the subjects' numbers, as in their names (01 to 48)
       prepare.py OUT lists          the collections of lists/ and disagreements/

Writes OUT/<subject>/corpus/{a,b,c}.md, OUT/<subject>/questions.jsonl and OUT/sets.json, which the scripts of ../answering and
everyday.mjs of ../embedding read. Raises ValueError, with file and line, for a fragment that does not stand once in its text.
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


KINDS = {"L": "list", "D": "disagreement", "S": "fact", "E": "fact", "N": "near-miss"}


def collected(file: Path) -> tuple[dict[str, str], list[dict]]:
    """The texts and questions of a collection whose questions name the texts: "D|question|a: fragment|c: fragment"."""
    written, lines = file.read_text(encoding="utf8").split("%% questions\n")
    pieces = re.split(r"^%% text (\w)\n", written, flags=re.MULTILINE)[1:]
    texts = dict(zip(pieces[::2], pieces[1::2]))
    rows = []
    for number, line in enumerate(lines.strip().split("\n")):
        kind, question, *places = (part.strip() for part in line.split("|"))
        # What follows "not" is the mistake that a careless reader makes.
        answers = [place.split(": ", 1) for place in places if not place.startswith("not ")]
        for name, fragment in answers:
            if spaced(texts[name]).count(spaced(fragment)) != 1:
                raise ValueError(f"{file}, question {number + 1}: not once in text {name}: {fragment}")
        facts, sources = [[spaced(fragment)] for _, fragment in answers], [[name] for name, _ in answers]
        if kind == "E":  # both say the same
            facts, sources = [[fact for [fact] in facts]], [[name for [name] in sources]]
        expect = "refuse" if kind == "N" else "answer"
        rows.append({"id": f"{kind}{number}", "question": question, "kind": KINDS[kind], "expect": expect, "facts": facts, "sources": sources})
    return texts, rows


def write(out: Path, name: str, texts: dict[str, str], rows: list[dict]) -> dict:
    corpus = out / name / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for letter, text in texts.items():
        (corpus / f"{letter}.md").write_text(text, encoding="utf8")
    questions = out / name / "questions.jsonl"
    questions.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf8")
    return {"name": f"everyday-{name}", "corpus": str(corpus), "questions": str(questions), "format": "golden"}


def main(out: Path, first: str = "01", last: str = "99") -> None:
    sets = []
    if first == "lists":
        for file in sorted([*TEXTS.parent.glob("lists/*.txt"), *TEXTS.parent.glob("disagreements/*.txt")]):
            sets.append(write(out, f"{file.parent.name}-{file.stem}", *collected(file)))
    else:
        for file in sorted(TEXTS.glob("*.txt")):
            if not first <= file.name[:2] <= last:
                continue
            texts = read(file)
            rows = [row for name, text, lines in texts for row in golden(name, text, lines, str(file))]
            sets.append(write(out, file.stem, {name: text for name, text, _ in texts}, rows))
    (out / "sets.json").write_text(json.dumps(sets))
    print(f"{len(sets)} subjects")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3, 4):
        sys.exit(__doc__)
    main(Path(sys.argv[1]).resolve(), *sys.argv[2:])
