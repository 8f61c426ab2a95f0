"""The one command: its steps, and that the pairs are checked against every evaluation text."""

import unittest
from pathlib import Path
from unittest import mock

import make


class Commands(unittest.TestCase):
    def setUp(self) -> None:
        self.steps = make.commands(Path("/d"), Path("/r"), None, 1, None, None)

    def test_every_step_has_its_commands(self) -> None:
        self.assertEqual(tuple(self.steps), make.STEPS)

    def test_pairs_are_checked_against_collections_corpus_and_golden_questions(self) -> None:
        (command,) = self.steps["pairs"]
        never = command[command.index("--evaluation") + 1 :]
        self.assertEqual(never, [str(make.PROJECT / "corpus"), str(make.PROJECT / "test" / "golden"), "/d/evaluation"])
        # Its folder is written by the step before.
        self.assertEqual(make.STEPS.index("collections") + 1, make.STEPS.index("pairs"))
        self.assertIn("/d/evaluation", self.steps["collections"][-1])

    def test_a_step_that_fails_ends_the_run(self) -> None:
        failed = mock.Mock(returncode=3)
        with mock.patch("subprocess.run", return_value=failed) as run, mock.patch("builtins.print"):
            self.assertEqual(make.main(["--from", "tokenizer"]), 3)
        self.assertEqual(run.call_count, 1)
        self.assertIn("tokenizer.py", run.call_args.args[0][1])


if __name__ == "__main__":
    unittest.main()
