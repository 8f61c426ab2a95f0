"""Each extractor on a small file of its format. All texts are made up."""

import json
import lzma
import subprocess
import tempfile
import unittest
from pathlib import Path

from extract import FORMATS, Pair, Passage, Record, extractor
from extract.gitfiles import read_files

PROSE = (
    "The ferry leaves from the north quay at half past six in the morning and it comes back before the sun has set."
    " If the wind is too strong, the harbour master puts up a red flag and all of the trips of that day are called off."
    " People who have paid for a ticket can get their money back at the office or use it on another day of that month."
)


def run(format_name: str, path: str, content: str | bytes, **options: object) -> list[Record]:
    data = content if isinstance(content, bytes) else content.encode()
    return list(extractor(format_name)([(path, data)], dict(options)))


def pairs(records: list[Record], kind: str | None = None) -> list[tuple[str, str]]:
    return [(r.query, r.passage) for r in records if isinstance(r, Pair) and (kind is None or r.kind == kind)]


class Pages(unittest.TestCase):
    def test_headings_titles_and_descriptions(self) -> None:
        page = f"---\ntitle: Ferry trips | Port of Nowhere\ndescription: When the ferry runs and what a ticket costs.\n---\n{PROSE}\n\n## Refunds\n\n{PROSE}\n"
        records = run("pages", "en/ferry.md", page, group="port")
        self.assertEqual(pairs(records, "heading"), [("Ferry trips Refunds", PROSE)])
        self.assertIn(("Ferry trips", PROSE), pairs(records, "title"))
        self.assertEqual(pairs(records, "description"), [("When the ferry runs and what a ticket costs.", PROSE)])
        self.assertTrue(any(isinstance(r, Passage) and r.text == PROSE and r.title == "Ferry trips" for r in records))

    def test_questions_in_every_dress(self) -> None:
        for question in (
            "### When does the first ferry leave?",
            "**When does the first ferry leave?**",
            "**Q: When does the first ferry leave?**",
            "Q. When does the first ferry leave?",
            "<details><summary>When does the first ferry leave?</summary>",
            "<h3 class='x'>When does the first ferry leave?</h3>",
            "7. ### When does the first ferry leave?",
        ):
            with self.subTest(question):
                records = run("pages", "faq.md", f"# Questions\n\n{question}\n\nA: {PROSE}\n")
                self.assertEqual(pairs(records, "faq"), [("When does the first ferry leave?", PROSE)])

    def test_headings_of_every_page_make_no_pairs(self) -> None:
        self.assertEqual(pairs(run("pages", "a.md", f"## Prerequisites\n\n{PROSE}\n")), [])

    def test_pages_without_required_field_are_left_out(self) -> None:
        page = f"---\ntitle: Ferry trips\nlang: fr\n---\n{PROSE}\n"
        self.assertEqual(run("pages", "a.md", page, require={"lang": "^en"}), [])


class Documentation(unittest.TestCase):
    def test_faq_yaml(self) -> None:
        text = "### YamlMime:FAQ\ntitle: Ferry FAQ\nsections:\n  - name: Times\n    questions:\n      - question: When does it leave?\n        answer: |\n          " + PROSE + "\n"
        records = run("ms_docs", "faq.yml", text, group="port")
        self.assertEqual([(r.kind, r.group) for r in records if isinstance(r, Pair)], [("faq", "port: Ferry FAQ")])
        self.assertEqual(pairs(records), [("When does it leave?", PROSE)])

    def test_includes_of_a_name_are_filled_in(self) -> None:
        page = f"# Ferry trips\n\n## When [!INCLUDE [boat](../includes/boat.md)] leaves\n\n{PROSE}\n"
        files = [("a/page.md", page.encode()), ("includes/boat.md", b"Sea Queen\n")]
        self.assertIn(("When Sea Queen leaves", PROSE), pairs(list(extractor("ms_docs")(files, {})), "heading"))

    def test_other_yaml_is_left_out(self) -> None:
        self.assertEqual(run("ms_docs", "toc.yml", "- name: Ferry\n  href: a.md\n"), [])

    def test_locale_files(self) -> None:
        text = "en:\n  faq:\n    times:\n      question: When does the ferry leave?\n      answer_html: <p>" + PROSE + "</p>\n    name:\n      question: Who is %{captain}?\n      answer: " + PROSE + "\n"
        self.assertEqual(pairs(run("locale", "en.yml", text)), [("When does the ferry leave?", PROSE)])


class Collections(unittest.TestCase):
    def test_utterances_of_an_intent(self) -> None:
        said = [f"wake me at {hour}" for hour in range(9)] + ["wake me at 1", "stop"]
        examples = [{"text": text, "intent": "alarm"} for text in said] + [{"text": "play a song", "intent": "music"}]
        found = run("intents", "all.json", json.dumps({"rasa_nlu_data": {"common_examples": examples}}), group="home")
        # Seven apart; once each; not of one word, and not of an intent that few asked for.
        self.assertEqual(pairs(found, "paraphrase")[:3], [(f"wake me at {i}", f"wake me at {(i + 7) % 9}") for i in range(3)])
        self.assertEqual((len(found), {record.group for record in found}), (9, {"home: alarm"}))

    def test_openstax(self) -> None:
        text = f"""<document xmlns="http://cnx.rice.edu/cnxml" xmlns:m="http://www.w3.org/1998/Math/MathML"><title>Tides</title>
        <content><section><title>Why tides rise</title><para>{PROSE} (<link/>) <m:math><m:mi>x</m:mi></m:math></para></section>
        <section><title>References</title><para>{PROSE}</para></section>
        <exercise><problem><para>What does the red flag mean?</para></problem><solution><para>It means that all of the trips of the day are off.</para></solution></exercise></content>
        <glossary><definition><term>neap tide</term><meaning>a tide with the least difference between high and low water</meaning></definition></glossary></document>"""
        records = run("openstax", "modules/m1/index.cnxml", text, book="sea")
        self.assertEqual(pairs(records, "heading"), [("Why tides rise", PROSE)])
        self.assertEqual(pairs(records, "glossary")[0][0], "neap tide")
        self.assertEqual(pairs(records, "exercise")[0][0], "What does the red flag mean?")
        self.assertEqual({r.group for r in records}, {"sea: Tides"})

    def test_medquad(self) -> None:
        text = f"<Document><Focus>Seasickness</Focus><QAPairs><QAPair><Question>What is (are) seasickness ?</Question><Answer>Summary : {PROSE}</Answer></QAPair></QAPairs></Document>"
        self.assertEqual(pairs(run("medquad", "1_X/1.xml", text)), [("What is seasickness?", PROSE)])

    def test_wordnet(self) -> None:
        text = "1-n:\n  members: [ferry, ferryboat]\n  definition:\n  - a boat that carries people over water\n  hypernym: [2-n]\n  example:\n  - the ferry was late\n2-n:\n  members: [boat]\n  definition: [a small vessel]\n"
        found = pairs(run("wordnet", "src/yaml/noun.artifact.yaml", text))
        self.assertIn(("ferry", "ferryboat: a boat that carries people over water; boat"), found)
        self.assertIn(("the ferry was late", "ferry, ferryboat: a boat that carries people over water"), found)

    def test_factbook(self) -> None:
        data = {"Government": {"Country name": {"conventional short form": {"text": "Nowhere"}}}, "Geography": {"Climate": {"text": PROSE}}}
        found = pairs(run("factbook", "x/no.json", json.dumps(data)))
        self.assertEqual(found, [("geography climate of Nowhere", f"Nowhere: {PROSE}")])

    def test_arxiv(self) -> None:
        table = f"arxiv_id\ttitle\tabstract\tprimary_cat\n1.1\tOn ferries\t{PROSE}\tcs.XX\n1.2\tOn $\\alpha$\t{PROSE}\tcs.XX\n"
        records = run("arxiv", "cs.tsv.xz", lzma.compress(table.encode()))
        self.assertEqual(pairs(records), [("On ferries", PROSE)])

    def test_squad_leaves_out_evaluation_articles(self) -> None:
        def article(title: str) -> dict[str, object]:
            qas = [{"question": "When is it?", "answers": [], "is_impossible": False}, {"question": "Why not?", "is_impossible": True}]
            return {"title": title, "paragraphs": [{"context": PROSE, "qas": qas}]}

        text = json.dumps({"data": [article("Ferry"), article("Doctor_Who")]})
        records = run("squad", "train.json", text, leave_out=["Doctor Who"])
        self.assertEqual(pairs(records), [("When is it?", PROSE)])
        self.assertEqual({r.group for r in records}, {"squad: Ferry"})

    def test_squad_paragraphs_without_articles(self) -> None:
        text = json.dumps([{"context": PROSE, "qas": [{"question": "When is it?", "answers": []}]}])
        self.assertEqual(pairs(run("squad", "train.json", text)), [("When is it?", PROSE)])

    def test_question_tables(self) -> None:
        lines = json.dumps({"q": "When does it leave?", "a": PROSE, "topic": "times"})
        records = run("qa_table", "a.jsonl", lines, query="q", passage="a", group="port", group_by="topic")
        self.assertEqual(pairs(records), [("When does it leave?", PROSE)])
        self.assertEqual(records[0].group, "port: times")
        listed = run("qa_table", "a.json", json.dumps([{"q": "Is it far?", "a": ["One fact.", "Two facts."]}]), query="q", passage="a")
        self.assertEqual(pairs(listed), [("Is it far?", "One fact. Two facts.")])
        columns = json.dumps({"q": ["When does it leave?", "Is it far?"], "a": [PROSE, "No."], "id": [1, 2]})
        found = pairs(run("qa_table", "a.json", columns, query="q", passage="a"))
        self.assertEqual(found, [("When does it leave?", PROSE), ("Is it far?", "No.")])

    def test_stack_exchange_takes_the_accepted_answer(self) -> None:
        def row(**fields: str) -> str:
            return "<row " + " ".join(f'{name}="{value}"' for name, value in fields.items()) + " />"

        body = f"&lt;p&gt;{PROSE}&lt;/p&gt;"
        text = "<posts>" + row(Id="1", PostTypeId="1", Title="When does the ferry leave?", Body=body, AcceptedAnswerId="3") + row(
            Id="2", PostTypeId="2", ParentId="1", Score="9", Body=f"&lt;p&gt;Wrong. {PROSE}&lt;/p&gt;"
        ) + row(Id="3", PostTypeId="2", ParentId="1", Score="2", Body=body) + "</posts>"
        records = run("stack_exchange", "Posts.xml", text, group="ferries")
        self.assertEqual(pairs(records, "qa"), [("When does the ferry leave?", PROSE)])

    def test_every_format_has_a_module_and_unknown_ones_are_refused(self) -> None:
        for name in FORMATS:
            self.assertTrue(callable(extractor(name)))
        with self.assertRaisesRegex(ValueError, "unknown format"):
            extractor("docx")


class Git(unittest.TestCase):
    def test_files_of_a_commit_by_pattern(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            git = ["git", "-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.com"]
            subprocess.run([*git, "init", "-q"], check=True)
            for name, text in (("a/b.md", "one"), ("c.md", "two"), ("d.txt", "three")):
                Path(folder, name).parent.mkdir(exist_ok=True)
                Path(folder, name).write_text(text)
            subprocess.run([*git, "add", "."], check=True)
            subprocess.run([*git, "commit", "-qm", "x"], check=True)
            Path(folder, "c.md").write_text("changed later")
            files = list(read_files(Path(folder), "HEAD", ["*.md"], ["a/*"]))
            self.assertEqual(files, [("c.md", b"two")])
            self.assertEqual(list(read_files(Path(folder), "HEAD", ["*.txt"], max_bytes=4)), [])
