"""How much `cleanuplint check` takes, beside `python -c pass` in the same run.

    python bench/speed.py [--rounds 7]

Counted is the time of the processor, and all commands take turns, so that a busy machine slows them
alike; the best and the median of the rounds are printed, with the median as a multiple of an empty
Python.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

RELEVANT = """
import { Parser } from "web-tree-sitter";
const parser = new Parser();
export function outline(text, visit) {
  const tree = parser.parse(text);
  try { return visit(tree.rootNode); } finally { tree.delete(); }
}
"""
IRRELEVANT = """
import { readFile } from "node:fs/promises";
import { format } from "./format.js";
export class Report {
  constructor(rows) { this.rows = rows; }
  async add(path) { this.rows.push(format(await readFile(path, "utf8"))); }
  total() { return this.rows.reduce((sum, row) => sum + row.length, 0); }
}
"""
FILES = 5_000


def lay_out(folder: Path) -> Mapping[str, Sequence[str]]:
    """Write the files to check; the commands by what they show."""
    (folder / "relevant.js").write_text(RELEVANT)
    (folder / "irrelevant.js").write_text(IRRELEVANT)
    for number in range(FILES):
        part = folder / "tree" / f"{number // 100:02}"
        part.mkdir(parents=True, exist_ok=True)
        text = f"// {number}\n" + IRRELEVANT * (1 + number % 7)
        (part / f"report{number}.js").write_text(text)
    program = [sys.executable, "-m", "cleanuplint"]
    check = [*program, "check", "--isolated", "--exit-zero"]
    return {
        "`python -c pass`": [sys.executable, "-c", "pass"],
        "one relevant file": [*check, "relevant.js"],
        "one irrelevant file": [*check, "irrelevant.js"],
        f"a tree of {FILES:,} irrelevant files": [*check, "tree"],
        "the post-edit hook, relevant file": [*program, "hook", "post-edit", "relevant.js"],
        "the post-edit hook, irrelevant file": [*program, "hook", "post-edit", "irrelevant.js"],
    }


def measure(command: Sequence[str], folder: Path) -> float:
    """Seconds of the processor that a command takes."""
    before = _spent()
    subprocess.run(command, cwd=folder, capture_output=True, check=True)
    return _spent() - before


def _spent() -> float:
    """What all children that ended have taken."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description="How long `cleanuplint check` takes.")
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commands = lay_out(folder)
        taken: dict[str, list[float]] = {what: [] for what in commands}
        for _ in range(rounds):
            for what, command in commands.items():
                taken[what].append(measure(command, folder))
    base = statistics.median(next(iter(taken.values())))
    print("| | best | median | times an empty Python |\n|---|---|---|---|")
    for what, times in taken.items():
        middle = statistics.median(times)
        print(f"| {what} | {min(times):.3f} s | {middle:.3f} s | {middle / base:.1f} |")


if __name__ == "__main__":
    main()
