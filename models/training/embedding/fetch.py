"""Brings the repositories of sources.yaml, each at its commit, with plain git.

    python3 fetch.py [--into <folder>] [--only <name> ...]

Each repository becomes a bare folder <into>/owner+name with that one commit. A repository that is there already and
holds the commit is left alone, so that the command can be repeated after a failure.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from sources import HERE, folder_name, load_sources, repository_folder


def has_commit(repository: Path, commit: str) -> bool:
    done = subprocess.run(["git", "-C", str(repository), "cat-file", "-e", f"{commit}^{{commit}}"], capture_output=True)
    return done.returncode == 0


def bring(repository: str, commit: str, into: Path, host: str) -> None:
    """Fetches one commit without history. Raises CalledProcessError with git's own message."""
    folder = into / folder_name(repository)
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "--quiet", "--bare", str(folder)], check=True)
    subprocess.run(
        ["git", "-C", str(folder), "fetch", "--quiet", "--depth", "1", f"{host}/{repository}.git", commit],
        check=True,
        capture_output=True,
        text=True,
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Bring the repositories the training pairs are made from.")
    parser.add_argument("--into", type=Path, default=HERE / "repositories", help="where the repositories are kept")
    parser.add_argument("--host", default="https://github.com", help="where they are fetched from")
    parser.add_argument("--only", nargs="*", default=[], help="names of sources; the default is all of them")
    options = parser.parse_args(arguments)
    failed: list[str] = []
    for source in load_sources():
        repository, commit = source["repository"], source["commit"]
        if options.only and source["name"] not in options.only:
            continue
        try:
            if has_commit(repository_folder(options.into, repository), commit):
                continue
        except FileNotFoundError:
            pass
        print(f"{repository} at {commit[:8]}", flush=True)
        try:
            bring(repository, commit, options.into, options.host)
        except subprocess.CalledProcessError as error:
            failed.append(f"{repository}: {(error.stderr or str(error)).strip()}")
    for line in failed:
        print(f"not fetched: {line}", file=sys.stderr)
    if failed:
        print("Run the same command again, or leave these sources out with: pairs.py --only ...", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
