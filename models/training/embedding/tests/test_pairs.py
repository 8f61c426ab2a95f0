"""Cleaning, doubles, the manifest, and above all: pairs never contain evaluation text."""

import json
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import pairs
from extract import FORMATS, Pair, Passage
from leaks import LeakCheck, evaluation_texts, strings
from sources import load_sources, repository_folder

SECRET = "The lighthouse keeper counted forty seven gulls on the railing before breakfast."
OTHER = (
    "The ferry leaves from the north quay at half past six in the morning and it comes back before the sun has set, and"
    " on Sundays there is no ferry at all because the crew has to rest and the boat has to be cleaned for the next week."
)


class Leaks(unittest.TestCase):
    def test_eight_words_in_a_row_are_found_whatever_their_case_and_marks(self) -> None:
        check = LeakCheck([SECRET])
        found = check.leaking(["He said: LIGHTHOUSE keeper -- counted forty-seven gulls, on the... railing!", OTHER, ""])
        self.assertEqual(found.tolist(), [True, False, False])

    def test_seven_words_in_a_row_are_not(self) -> None:
        self.assertFalse(LeakCheck([SECRET]).leaking(["the lighthouse keeper counted forty seven gulls"])[0])

    def test_runs_do_not_cross_from_one_text_into_the_next(self) -> None:
        check = LeakCheck(["one two three four five six seven eight"])
        self.assertEqual(check.leaking(["one two three four", "five six seven eight"]).tolist(), [False, False])

    def test_short_questions_are_compared_whole(self) -> None:
        check = LeakCheck([])
        check.add_short(["Where is my card?"])
        self.assertEqual(check.leaking(["where is my card", "where is my new card"]).tolist(), [True, False])

    def test_evaluation_files_of_every_kind_are_read(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "a.json").write_text(json.dumps({"docs": [{"id": "1", "text": "first"}]}))
            Path(folder, "b.jsonl").write_text('{"question": "second"}\n\n{"answers": ["third"]}\n')
            Path(folder, "c.md").write_text("fourth")
            self.assertEqual(list(evaluation_texts([Path(folder)])), ["1", "first", "second", "third", "fourth"])
        self.assertEqual(list(strings({"a": [1, None, "x"]})), ["x"])

    def test_a_missing_evaluation_path_is_an_error(self) -> None:
        with self.assertRaises(FileNotFoundError):
            list(evaluation_texts([Path("/no/such/folder")]))


class Cleaning(unittest.TestCase):
    def kept(self, *records: Pair | Passage) -> tuple[list[Pair | Passage], dict[str, int]]:
        statistics = pairs.Statistics()
        return pairs.clean(records, statistics, pairs.Doubles()), dict(statistics.dropped)

    def test_doubles_go_whatever_their_punctuation(self) -> None:
        first, second = Pair("faq", "When does it leave?", OTHER, "g"), Pair("faq", "when does it leave", OTHER.upper(), "h")
        self.assertEqual(self.kept(first, second), ([first], {"double": 1}))

    def test_flaws_are_counted_by_name(self) -> None:
        records = [
            Pair("faq", "", OTHER, "g"),
            Pair("faq", "When does it leave?", "Too short.", "g"),
            Pair("faq", "When does it leave?", OTHER + " {{ left }}", "g"),
            Pair("faq", OTHER, OTHER, "g"),
            Passage("g", "t", "h", "far too short"),
        ]
        dropped = {"query length": 1, "passage length": 2, "markup left": 1, "passage is the query": 1}
        self.assertEqual(self.kept(*records), ([], dropped))

    def test_definitions_may_be_short(self) -> None:
        record = Pair("definition", "ferry", "a boat for crossing", "g")
        self.assertEqual(self.kept(record), ([record], {}))

    def test_a_question_of_many_pages_goes(self) -> None:
        records = [Pair("faq", "How do I apply?", f"Number {i}: {OTHER}", f"page {i}") for i in range(6)]
        self.assertEqual(self.kept(*records), ([], {"query of many pages": 6}))


class WholeRun(unittest.TestCase):
    """From a repository to the files, with evaluation text in it."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        repository = self.root / "mirror" / "port+ferry"
        repository.mkdir(parents=True)
        git = ["git", "-C", str(repository), "-c", "user.name=t", "-c", "user.email=t@example.com"]
        subprocess.run([*git, "init", "-q"], check=True)
        (repository / "faq.md").write_text(
            f"# Ferry questions\n\n## When does the ferry leave?\n\n{OTHER}\n\n## What did the keeper count?\n\n{SECRET} {OTHER}\n\n"
            f"## How many gulls does a keeper see?\n\nIt is known to all. {OTHER}\n"
        )
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-qm", "x"], check=True)
        self.evaluation = self.root / "evaluation.json"
        self.evaluation.write_text(json.dumps({"docs": [{"text": SECRET}], "queries": ["How many gulls does a keeper see?"]}))
        self.sources = [
            {"name": "ferry", "repository": "port/ferry", "commit": "HEAD", "licence": "CC0 1.0", "format": "pages", "files": ["*.md"], "options": {}}
        ]

    def make(self, *arguments: str) -> dict[str, list[dict[str, str]]]:
        out = self.root / "out"
        with mock.patch.object(pairs, "load_sources", return_value=self.sources), mock.patch("builtins.print"):
            pairs.main(["--mirror", str(self.root / "mirror"), "--out", str(out), *arguments])
        return {
            kind: [json.loads(line) for line in (out / kind / "ferry.jsonl").read_text().splitlines()]
            for kind in ("pairs", "passages")
        }

    def test_pairs_never_contain_evaluation_text(self) -> None:
        written = self.make("--evaluation", str(self.evaluation))
        everything = json.dumps(written)
        self.assertNotIn("counted forty seven gulls", everything)
        self.assertNotIn("How many gulls", everything)
        self.assertIn("When does the ferry leave?", [row["query"] for row in written["pairs"]])
        statistics = json.loads((self.root / "out" / "statistics.json").read_text())
        self.assertGreater(statistics["ferry"]["dropped"]["evaluation text"], 0)

    def test_without_the_check_they_would(self) -> None:
        self.assertIn("counted forty seven gulls", json.dumps(self.make("--no-evaluation")))

    def test_rows_have_the_documented_fields(self) -> None:
        written = self.make("--evaluation", str(self.evaluation))
        self.assertEqual(set(written["pairs"][0]), {"kind", "source", "query", "passage", "group"})
        self.assertEqual(set(written["passages"][0]), {"source", "group", "title", "heading", "text"})

    def test_a_repository_that_is_not_there_names_the_command(self) -> None:
        with self.assertRaisesRegex(FileNotFoundError, "fetch.py"):
            repository_folder(self.root, "port/other")


class Manifest(unittest.TestCase):
    def test_every_source_is_pinned_licensed_and_readable(self) -> None:
        sources = load_sources()
        names = [source["name"] for source in sources]
        self.assertEqual(len(names), len(set(names)))
        for source in sources:
            with self.subTest(source["name"]):
                self.assertRegex(source["commit"], r"^[0-9a-f]{40}$")
                self.assertIn(source["format"], FORMATS)
                self.assertTrue(source["stated_in"])
                # Licences that do not let a model made from the text be shipped.
                self.assertNotRegex(source["licence"], r"(?i)\bNC\b|\bND\b|non-?commercial|research only|unknown")

    def test_a_missing_field_is_named(self) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write("families:\n- family: x\n  sources:\n  - {name: ferry, repository: a/b, commit: c, format: pages, files: [x]}\n")
            file.flush()
            with self.assertRaisesRegex(ValueError, 'source "ferry" has no "licence"'):
                load_sources(Path(file.name))


if __name__ == "__main__":
    unittest.main()
