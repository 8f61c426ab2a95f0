"""Makes corpora and questions with marked answers from openly licensed data, for dump.mjs.

usage: prepare.py OUT EXCLUDED [--squad FILE...] [--qed FILE...] [--covid FILE...] [--sentences FILE...]
  OUT        folder: corpora/NAME, NAME.jsonl and sets.json
  EXCLUDED   folder of articles (*.txt) that questions are evaluated on: SQuAD's articles of these names are left out, and so
             is every loose sentence that stands in one of them
  squad      SQuAD 1.1 or 2.0, or SquadShifts' new Wikipedia, as JSON
  qed        QED, as JSON lines
  covid      COVID-QA, as JSON; only its articles under CC BY or CC0
  sentences  JSON lines {"query", "passage"}: questions of SQuAD with nothing but the sentence that answers them

Ten corpora of SQuAD's articles are made; the last two (squad-8, squad-9) and the last of QED and COVID-QA are held out.
"""

import argparse
import json
import random
import re
import urllib.parse
from pathlib import Path


def slug(title):
    return re.sub(r"[^a-z0-9]+", "_", urllib.parse.unquote(title).lower()).strip("_")


def letters(text):
    return re.sub(r"\W+", "", text.lower())


class Out:
    def __init__(self, folder):
        self.folder, self.sets = Path(folder), []

    def add(self, name, documents, questions):
        """documents: {name: (title or None, paragraphs)}"""
        corpus = self.folder / "corpora" / name
        corpus.mkdir(parents=True, exist_ok=True)
        for document, (title, paragraphs) in documents.items():
            head = [] if title is None else ["# " + title]
            (corpus / f"{document}.md").write_text("\n\n".join(head + list(paragraphs)) + "\n")
        file = self.folder / f"{name}.jsonl"
        file.write_text("".join(json.dumps(q) + "\n" for q in questions))
        self.sets.append({"name": name, "corpus": str(corpus), "questions": str(file), "format": "squad"})

    def split(self, name, count, documents, questions):
        names = sorted(documents)
        random.shuffle(names)
        for i in range(count):
            mine = {n: documents[n] for n in names[i::count]}
            self.add(f"{name}-{i}", mine, [q for q in questions if q["source"] in mine])


def question(text, source, paragraph, start, end, impossible=False):
    return {"question": text.strip(), "source": source, "paragraph": paragraph, "start": start, "end": end, "impossible": impossible}


def squad(files, excluded):
    documents, questions, seen = {}, [], set()
    for article in (a for file in files for a in json.load(open(file))["data"]):
        name = slug(article["title"])
        if name in excluded:
            continue
        title = urllib.parse.unquote(article["title"]).replace("_", " ")
        paragraphs = documents.setdefault(name, (title, {}))[1]
        for paragraph in article["paragraphs"]:
            text = paragraph["context"].replace("\n", " ")
            paragraphs[text] = True
            for qa in paragraph["qas"]:
                impossible = bool(qa.get("is_impossible"))
                if (text, qa["question"]) in seen or not (impossible or qa["answers"]):
                    continue
                seen.add((text, qa["question"]))
                start = -1 if impossible else qa["answers"][0]["answer_start"]
                end = -1 if impossible else start + len(qa["answers"][0]["text"])
                questions.append(question(qa["question"], name, text, start, end, impossible))
    return documents, questions


def joined(text):
    """Text cut into words, put together again, and where each of its characters has gone."""
    gone = {m.start() for m in re.finditer(r" (?=[,.;:!?)\]%]|'s\b|n't\b|'(?:re|ve|ll|d)\b)|(?<=[(\[]) ", text)}
    places, out = [], []
    for i, character in enumerate(text):
        places.append(len(out))
        if i not in gone:
            out.append(character)
    return "".join(out), [*places, len(out)]


def qed(files, excluded):
    documents, questions = {}, []
    for row in (json.loads(line) for file in files for line in open(file)):
        name, answers = slug(row["title_text"]), [a for one in row["original_nq_answers"] for a in one]
        if name in excluded or not answers:
            continue
        text, places = joined(row["paragraph_text"])
        documents.setdefault(name, (row["title_text"], {}))[1][text] = True
        questions.append(question(row["question_text"], name, text, places[answers[0]["start"]], places[answers[0]["end"]]))
    return documents, questions


def covid(files):
    documents, questions = {}, []
    for part in (p for file in files for a in json.load(open(file))["data"] for p in a["paragraphs"]):
        context = part["context"]
        title = context.strip().split("\n")[0]
        if not re.search(r"License: ?cc-(by|0)\b(?!-n)", context[:3000]):
            continue
        paragraphs = [(m.start(), m.group().replace("\n", " ")) for m in re.finditer(r"[^\n]+(?:\n(?!\n)[^\n]+)*", context)]
        documents[slug(title)[:60]] = (title, [text for _, text in paragraphs[1:]])
        for qa in part["qas"]:
            if not qa["answers"] or qa.get("is_impossible"):
                continue
            at = qa["answers"][0]["answer_start"]
            for start, text in paragraphs:
                if start <= at < start + len(text):
                    one = question(qa["question"], slug(title)[:60], text, at - start, at - start + len(qa["answers"][0]["text"]))
                    if one not in questions:
                        questions.append(one)
    return documents, questions


def sentences(files, taken, excluded_text):
    documents, questions = {}, []
    for row in (json.loads(line) for file in files for line in open(file)):
        text, middle = row["passage"], len(row["passage"]) // 2
        bare = letters(text)
        if letters(row["query"]) in taken or bare[:80] in excluded_text or bare[-60:] in excluded_text or len(text) < 25:
            continue
        name = f"note-{len(documents)}" if text not in documents else documents[text]
        documents[text] = name
        questions.append(question(row["query"], name, text, middle, middle + 1))
    return {name: (None, [text]) for text, name in documents.items()}, questions


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("out")
    parser.add_argument("excluded")
    for name in ("squad", "qed", "covid", "sentences"):
        parser.add_argument(f"--{name}", nargs="*", default=[])
    args = parser.parse_args()
    random.seed(7)
    out = Out(args.out)
    files = list(Path(args.excluded).glob("*.txt"))
    excluded = {slug(file.stem) for file in files}
    documents, questions = squad(args.squad, excluded)
    out.split("squad", 10, documents, questions)
    held = {q["source"] for s in out.sets[8:] for q in map(json.loads, open(s["questions"]))}
    out.split("qed", 3, *qed(args.qed, excluded))
    out.split("covid", 4, *covid(args.covid))
    text = letters(" ".join(file.read_text() for file in files))
    text += "".join(letters(p) for name in held for p in documents[name][1])
    out.split("sent", 2, *sentences(args.sentences, {letters(q["question"]) for q in questions}, text))
    (out.folder / "sets.json").write_text(json.dumps(out.sets))


if __name__ == "__main__":
    main()
