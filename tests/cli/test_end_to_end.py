"""The program as a process, with the real engine."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Write = Callable[..., Path]

LEAK = """\
import Parser from "web-tree-sitter";
export function outline(text) {
  const parser = new Parser();
  return parser.getLanguage();
}
"""
BROKEN = LEAK + "function ( {{ ]\n"


def program(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cleanuplint", *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def findings(*arguments: str) -> list[dict[str, Any]]:
    document = json.loads(program("check", "--output-format", "json", *arguments).stdout)
    assert document["errors"] == []
    found: list[dict[str, Any]] = document["findings"]
    return found


@pytest.mark.parametrize(
    "data",
    [
        LEAK.encode(),
        b"\xef\xbb\xbf" + LEAK.replace("\n", "\r\n").encode(),
        LEAK.encode("utf-16"),
    ],
)
def test_a_leak_in_every_encoding(data: bytes, write: Write) -> None:
    write("a.js", data)
    ran = program("check", "--output-format", "concise")
    assert ran.stdout.startswith("a.js:3:18: missing-release: `parser` is never released\n")
    assert ran.returncode == 1


def test_a_finding_in_json(write: Write) -> None:
    write("a.js", LEAK)
    (found,) = findings("a.js")
    assert found["contract"] == "web-tree-sitter"
    assert found["category"] == "ownership"
    assert (found["start"], found["end"]) == (
        {"line": 3, "column": 18},
        {"line": 3, "column": 30},
    )


def test_a_broken_file_is_told_and_checked_as_far_as_it_was_read(write: Write) -> None:
    write("a.js", BROKEN)
    assert {"missing-release", "syntax-error"} == {found["rule"] for found in findings()}


def test_an_ignore_comment(write: Write) -> None:
    write("a.js", LEAK.replace("Parser();", "Parser(); // cleanuplint: ignore[missing-release]"))
    assert findings() == []


def test_the_answer_does_not_depend_on_the_company(write: Write) -> None:
    """Many files go to several processes."""
    for number in range(60):
        write(f"src/{number:02}.js", LEAK)
    write("src/13.js", BROKEN)
    alone = findings("src/13.js") + findings("src/59.js")
    together = findings("src")
    chosen = [it for it in together if it["path"] in ("src/13.js", "src/59.js")]
    assert chosen == alone
    assert [it["path"] for it in together] == sorted(it["path"] for it in together)


def test_the_hook(write: Write) -> None:
    write("a.js", LEAK)
    ran = program("hook", "post-edit", "a.js", "--memory-key", "swarm/agent/step")
    assert ran.stderr.startswith("a.js:3:18: missing-release: ")
    assert (ran.stdout, ran.stderr.count("\n"), ran.returncode) == ("", 1, 2)


def test_the_help_names_the_release_on_the_object_that_allocated(write: Write) -> None:
    write(
        "a.js",
        "export function hash(binding, bytes) {\n"
        "  const pointer = binding.omalloc(bytes.length);\n"
        "  binding.HEAPU8.set(bytes, pointer);\n"
        "  const sum = binding.hash(pointer);\n"
        "  binding.ofree(pointer);\n"
        "  return sum;\n"
        "}\n",
    )
    (found,) = findings("a.js")
    assert "`binding.ofree(pointer)`" in found["help"]
