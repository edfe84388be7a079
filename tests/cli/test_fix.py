"""`--fix`, `--diff` and the command `fix`, on real code."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleanuplint.cli.commands import group

Write = Callable[..., Path]

LEAKS = """\
import { Parser } from 'web-tree-sitter';

const parser = new Parser();

export function count(text) {
  const tree = parser.parse(text);
  measure(text);
  tree.delete();
}
"""
GUARDED = """\
import { Parser } from 'web-tree-sitter';

const parser = new Parser();

export function count(text) {
  const tree = parser.parse(text);
  try {
    measure(text);
  } finally {
    tree.delete();
  }
}
"""
UNSAFE = LEAKS.replace("measure(text);\n  tree.delete();", "return measure(tree.rootNode);")


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(group, arguments, input=stdin, prog_name="cleanuplint")


def test_fix_writes_and_counts(write: Write) -> None:
    path = write("src/a.js", LEAKS)
    result = run("fix", "src")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Fixed 1 finding in 1 file, nothing left (1 file seen, 1 parsed).\n"
    assert path.read_text() == GUARDED
    assert run("check", "--fix").exit_code == 0
    assert path.read_text() == GUARDED


def test_diff_writes_nothing(write: Write) -> None:
    path = write("a.js", LEAKS)
    result = run("check", "--diff")
    assert result.exit_code == 1
    assert result.stdout.startswith("--- a/a.js\n+++ b/a.js\n@@ -4,6 +4,9 @@\n")
    assert "-  measure(text);\n-  tree.delete();\n+  try {\n+    measure(text);\n" in result.stdout
    assert path.read_text() == LEAKS
    write("a.js", GUARDED)
    assert (run("check", "--diff").exit_code, run("check", "--diff").stdout) == (0, "")


def test_unsafe_fixes_are_asked_for(write: Write) -> None:
    path = write("a.js", UNSAFE)
    result = run("check", "--fix", "--output-format", "concise")
    assert result.exit_code == 1
    assert path.read_text() == UNSAFE
    assert "1 fixable with --fix --unsafe-fixes." in result.stderr
    result = run("check", "--fix", "--unsafe-fixes", "--show-fixes")
    assert result.exit_code == 0
    assert "fixed: a.js:6: missing-release: `tree` is never released (unsafe: what is" in (
        result.stderr
    )


def test_unsafe_fixes_alone_mean_nothing(write: Write) -> None:
    write("a.js", LEAKS)
    result = run("check", "--unsafe-fixes")
    assert result.exit_code == 2
    assert result.stderr == "error: --unsafe-fixes and --show-fixes go with --fix or --diff\n"


def test_check_tells_what_is_fixable(write: Write) -> None:
    write("a.js", LEAKS)
    write("b.js", UNSAFE)
    full = run("check")
    assert "covers every use (fixable with --fix)\n" in full.stdout
    assert "(fixable with --fix --unsafe-fixes: what is returned, `measure(tree.rootNode)`, " in (
        full.stdout
    )
    found = json.loads(run("check", "--output-format", "json").stdout)["findings"]
    assert [one["fixable"] for one in found] == [True, True]
    assert [one["fix"]["safe"] for one in found] == [True, False]


def test_json_tells_what_was_fixed(write: Write) -> None:
    write("a.js", LEAKS)
    document = json.loads(run("check", "--fix", "--output-format", "json").stdout)
    assert document["findings"] == []
    assert [(one["path"], one["line"], one["rule"]) for one in document["fixed"]] == [
        ("a.js", 6, "release-not-on-every-path")
    ]


@pytest.mark.parametrize(
    "text",
    [
        'unfixable = ["ownership"]',
        'fixable = ["guards"]',
        'unfixable = ["release-not-on-every-path"]',
    ],
)
def test_rules_can_be_left_alone(text: str, write: Write) -> None:
    path = write("a.js", LEAKS)
    write("cleanuplint.toml", text)
    assert run("check", "--fix").exit_code == 1
    assert path.read_text() == LEAKS
    assert "fixable" not in run("check").stdout


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("comment", ["", "// \u00e9\n"])
@pytest.mark.parametrize("codec", ["utf-8", "latin-1"])
def test_the_form_of_a_file_is_kept(
    newline: str, start: bytes, comment: str, codec: str, write: Write
) -> None:
    if start and codec == "latin-1":
        return
    text = (comment + LEAKS).replace("\n", newline).encode(codec)
    path = write("a.js", start + text)
    assert run("fix").exit_code == 0
    expected = (comment + GUARDED).replace("\n", newline).encode(codec)
    assert path.read_bytes() == start + expected


def test_a_file_that_cannot_be_written_is_told(write: Write) -> None:
    write("a.js", LEAKS).chmod(0o444)
    path = write("b.js", LEAKS)
    result = run("fix")
    assert result.exit_code == 2
    assert "error: a.js: not fixed: the file is read-only\n" in result.stderr
    assert path.read_text() == GUARDED


def test_standard_input_comes_back_fixed(project: Path) -> None:
    result = run("check", "-", "--fix", "--stdin-filename", "a.js", stdin=LEAKS.encode())
    assert (result.exit_code, result.stdout) == (0, GUARDED)
    result = run("check", "-", "--fix", "--stdin-filename", "a.js", stdin=UNSAFE.encode())
    assert (result.exit_code, result.stdout) == (1, UNSAFE)
    assert result.stderr.startswith("a.js:6:16: missing-release: ")
    result = run("check", "-", "--diff", "--stdin-filename", "a.js", stdin=LEAKS.encode())
    assert result.exit_code == 1


def test_a_file_without_a_last_newline(write: Write) -> None:
    path = write("a.js", LEAKS.rstrip("\n"))
    assert run("check", "--diff").stdout.endswith(" }\n\\ No newline at end of file\n")
    run("fix")
    assert path.read_text() == GUARDED.rstrip("\n")


def test_a_notebook_is_fixed_in_its_cell(write: Write) -> None:
    lines = [
        "from pyodide.ffi import create_proxy\n",
        "def listen(element, handler):\n",
        "    proxy = create_proxy(handler)\n",
        "    element.listen(proxy)\n",
        "    proxy.destroy()\n",
    ]
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": lines}
    rest = {"metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    text = json.dumps({"cells": [cell], **rest})
    path = write("a.ipynb", text)
    assert run("check", "--diff", "a.ipynb").exit_code == 1
    (found,) = json.loads(run("check", "--output-format", "json", "a.ipynb").stdout)["findings"]
    assert found["fixable"] and not found["fix"]["edits"]
    result = run("fix", "--show-fixes", "a.ipynb")
    assert "fixed: a.ipynb:cell 1:3: release-not-on-every-path: " in result.stderr
    lines[3:] = ["    try:\n", f"    {lines[3]}", "    finally:\n", f"    {lines[4]}"]
    assert path.read_text() == json.dumps({"cells": [cell], **rest})
    assert run("check", "a.ipynb").exit_code == 0


USING = '{"compilerOptions": {"lib": ["ES2022", "ESNext.Disposable"], /* all */ }}'
NEWEST = '{"extends": "./base.json"}'


@pytest.mark.parametrize(
    ("configuration", "version", "is_using"),
    [
        (USING, "", True),
        (NEWEST, "^5.4.0", True),
        (NEWEST, "~5.1.6", False),
        (NEWEST, "", False),
        ('{"compilerOptions": {"target": "es2022"}}', "^5.4.0", False),
    ],
    ids=["lib", "target", "old", "unknown", "es2022"],
)
def test_using_is_offered_where_the_project_knows_it(
    configuration: str, version: str, is_using: bool, write: Write
) -> None:
    write("tsconfig.json", configuration)
    write("base.json", '{"compilerOptions": {"target": "ESNext"}}')
    write("package.json", json.dumps({"devDependencies": {"typescript": version}}))
    write("cleanuplint.toml", '[classes.Tree]\nreleases = ["free", "[Symbol.dispose]"]\n')
    text = "import { Tree } from 'trees';\nexport function f(run: (t: Tree) => void) {\n"
    text += "  const tree = new Tree();\n  run(tree);\n  tree.free();\n}\n"
    path = write("src/a.ts", text)
    run("fix", "src")
    assert ("using tree = new Tree();" in path.read_text()) is is_using
    assert path.read_text() != text
