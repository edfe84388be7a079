"""How check time and memory grow with the number of files that are linked to each other.

    python bench/linking.py [FILES …]        (default: 64 256 1024)

Writes a project of that many files, in packages of a workspace: each package has a wrapper of a
parser, factories, helpers that release, a barrel and users of the package before it, so every file
is linked to others, and some import each other. Prints processor seconds (workers included), the
largest resident memory of a process, and both by file. One file of each package leaks, and nothing
else does: the findings are counted, so that a run that links nothing is seen.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FILES_PER_PACKAGE = 8

POOL = """import {{ Parser }} from "web-tree-sitter";
export class Pool {{
  #parser = new Parser();
  parse(text) {{ return this.#parser.parse(text); }}
  close() {{ this.#parser.delete(); }}
}}
"""
MAKE = """import {{ Pool }} from "./pool.js";
import {{ end }} from "./end.js";
export function make(text) {{
  const pool = new Pool();
  try {{ return pool.parse(text); }} finally {{ end(pool); }}
}}
export function pair(text) {{ return {{ tree: make(text), text }}; }}
"""
END = """export function end(pool) {{ pool.close(); }}
export function free(tree) {{ tree.delete(); }}
"""
INDEX = """export * from "./pool.js";
export {{ make as build, pair }} from "./make.js";
export {{ free }} from "./end.js";
export * from "./service.js";
"""
SERVICE = """import {{ Pool, build, free }} from "./index.js";
export class Service {{
  pool = new Pool();
  outline(text) {{
    const tree = build(text);
    try {{ return tree.rootNode.text; }} finally {{ free(tree); }}
  }}
  stop() {{ this.pool.close(); }}
}}
"""
USE = """import {{ Service, pair, free }} from "{before}";
export function run{number}(text, visit) {{
  const service = new Service();
  try {{
    const {{ tree }} = pair(text);
    try {{ visit(); return service.outline(text); }} finally {{ free(tree); }}
  }} finally {{ service.stop(); }}
}}
"""
LEAK = """import {{ Service }} from "{before}";
export function leak{number}(text) {{ return new Service().outline(text); }}
"""
PLAIN = """import {{ run{number} }} from "./use.js";
export const many = (texts) => texts.map((text) => run{number}(text, () => {{}}));
"""
TEXTS = {
    "pool.js": POOL,
    "make.js": MAKE,
    "end.js": END,
    "index.js": INDEX,
    "service.js": SERVICE,
    "use.js": USE,
    "leak.js": LEAK,
    "plain.js": PLAIN,
}


def write(root: Path, files: int) -> None:
    """A workspace of so many files; each package uses the one before it."""
    (root / "package.json").write_text('{"workspaces": ["packages/*"]}')
    for number in range(files // FILES_PER_PACKAGE):
        folder = root / "packages" / f"p{number}"
        folder.mkdir(parents=True)
        (folder / "package.json").write_text(f'{{"name": "@bench/p{number}", "main": "index.js"}}')
        before = f"@bench/p{number - 1}" if number else "./index.js"
        for name, text in TEXTS.items():
            (folder / name).write_text(text.format(number=number, before=before))


def measure(files: int) -> tuple[float, float, float, int]:
    """Seconds on the clock, of processors, resident MB, and findings."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), files)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        command = [sys.executable, "-m", "cleanuplint", "check", "--output-format", "concise"]
        done = subprocess.run([*command, folder], check=False, capture_output=True, text=True)
        clock = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        found = sum(": " in line for line in done.stdout.splitlines())
        return clock, spent, after.ru_maxrss / 1024, found


def main() -> None:
    sizes = [int(given) for given in sys.argv[1:]] or [64, 256, 1024]
    print(f"{'files':>6} {'clock s':>8} {'cpu s':>7} {'ms/file':>8} {'MB':>6} {'findings':>9}")
    for files in sizes:
        clock, spent, memory, found = measure(files)
        each = 1000 * spent / files
        print(f"{files:>6} {clock:>8.2f} {spent:>7.2f} {each:>8.1f} {memory:>6.0f} {found:>9}")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    main()
