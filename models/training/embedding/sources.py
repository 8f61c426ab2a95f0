"""The data manifest, sources.yaml, and where its repositories lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent


def folder_name(repository: str) -> str:
    """The folder of a repository inside the mirror: "owner/name" → "owner+name"."""
    return repository.replace("/", "+")


def repository_folder(mirror: Path, repository: str) -> Path:
    """Where the git folder lies: owner+name, or owner+name/repo. Raises FileNotFoundError with the command to run."""
    base = mirror / folder_name(repository)
    for candidate in (base / "repo", base):
        if (candidate / "HEAD").exists() or (candidate / ".git").exists():
            return candidate
    raise FileNotFoundError(f"{repository} is not in {mirror}; run: python3 fetch.py --into {mirror}")


def load_sources(path: Path = HERE / "sources.yaml") -> list[dict[str, Any]]:
    """The manifest's entries, group defaults filled in. Raises ValueError naming the entry and field that is missing."""
    manifest = yaml.safe_load(path.read_text(encoding="utf8"))
    sources: list[dict[str, Any]] = []
    for family in manifest["families"]:
        shared = {key: value for key, value in family.items() if key != "sources"}
        for entry in family["sources"]:
            source = {**shared, **entry}
            source["options"] = {**shared.get("options", {}), **entry.get("options", {})}
            for name in ("name", "repository", "commit", "licence", "format", "files"):
                if not source.get(name):
                    raise ValueError(f'{path.name}: source "{entry.get("name", "?")}" has no "{name}"')
            sources.append(source)
    return sources
