"""Reads files of one commit from a git repository, bare or not, without a work tree."""

from __future__ import annotations

import fnmatch
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

from . import File

# Larger files are data dumps. They are left out by rule, and not only where a partial copy of a repository lacks them,
# so that every copy yields the same pairs.
MOST_BYTES = 4 * 2**20


def _matches(path: str, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)


def list_files(repository: Path, commit: str) -> list[tuple[str, str]]:
    """Every regular file of the commit as (path, object id), in git's order."""
    listing = subprocess.run(
        ["git", "-C", str(repository), "ls-tree", "-r", "-z", commit], capture_output=True, check=True
    ).stdout
    files: list[tuple[str, str]] = []
    for entry in listing.split(b"\0"):
        if not entry:
            continue
        info, path = entry.split(b"\t", 1)
        mode, kind, object_id = info.decode().split()
        if kind == "blob" and mode != "120000":
            files.append((path.decode("utf8", "replace"), object_id))
    return files


def read_files(
    repository: Path, commit: str, include: list[str], exclude: list[str] | None = None, max_bytes: int = MOST_BYTES
) -> Iterator[File]:
    """Yields (path, content) for the files whose path matches `include` and not `exclude`.

    Patterns are those of fnmatch, where `*` also crosses folders. Files above `max_bytes`, and files a partial copy of
    the repository lacks, are left out.
    """
    wanted = [
        (path, object_id)
        for path, object_id in list_files(repository, commit)
        if _matches(path, include) and not _matches(path, exclude or [])
    ]
    batch = subprocess.Popen(
        ["git", "-C", str(repository), "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    requests, answers = batch.stdin, batch.stdout
    assert requests is not None and answers is not None

    def ask() -> None:
        # A thread of its own: writing all requests first would fill both pipes and stop.
        try:
            for _, object_id in wanted:
                requests.write(f"{object_id}\n".encode())
            requests.close()
        except BrokenPipeError:
            pass

    threading.Thread(target=ask, daemon=True).start()
    try:
        for path, _ in wanted:
            header = answers.readline().split()
            if len(header) < 3:
                continue
            size = int(header[2])
            content = answers.read(size)
            answers.read(1)
            if size <= max_bytes:
                yield path, content
    finally:
        batch.kill()
        batch.wait()
        answers.close()
