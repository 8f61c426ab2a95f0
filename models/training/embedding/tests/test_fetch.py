"""Bringing one commit of a repository, from a repository on this disk."""

import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import fetch
from extract.gitfiles import read_files


class Fetch(unittest.TestCase):
    def test_brings_the_pinned_commit_and_not_a_later_one(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            origin = Path(folder, "host", "port", "ferry.git")
            origin.mkdir(parents=True)
            git = ["git", "-C", str(origin), "-c", "user.name=t", "-c", "user.email=t@example.com"]
            subprocess.run([*git, "init", "-q"], check=True)
            # What GitHub allows: asking for a commit by its number.
            subprocess.run([*git, "config", "uploadpack.allowAnySHA1InWant", "true"], check=True)
            commits: list[str] = []
            for text in ("first", "second"):
                (origin / "a.md").write_text(text)
                subprocess.run([*git, "add", "a.md"], check=True)
                subprocess.run([*git, "commit", "-qm", text], check=True)
                commits.append(subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip())
            sources = [{"name": "ferry", "repository": "port/ferry", "commit": commits[0]}]
            into = Path(folder, "mirror")
            host = Path(folder, "host").as_uri()
            with mock.patch.object(fetch, "load_sources", return_value=sources), mock.patch("builtins.print"):
                self.assertEqual(fetch.main(["--into", str(into), "--host", host]), 0)
                self.assertEqual(list(read_files(into / "port+ferry", commits[0], ["*"])), [("a.md", b"first")])
                self.assertEqual(fetch.main(["--into", str(into), "--host", "file:///nowhere"]), 0, "it is there already")
                sources[0]["commit"] = "0" * 40
                self.assertEqual(fetch.main(["--into", str(into), "--host", host]), 1)
