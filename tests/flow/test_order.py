"""The findings in a file do not depend on the order of its functions, nor on the hash seed."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cleanuplint.analysis import check_source
from tests.pages.fences import knowledge

FUNCTIONS = 5
HEAD = 'import Parser from "web-tree-sitter";\nconst parser = new Parser();\n'
NUMBERS = st.integers(0, FUNCTIONS - 1)
STATEMENTS = st.one_of(
    st.sampled_from(["t.delete();", "if (n) return;", "JSON.parse(n);", "if (n) t.delete();"]),
    st.builds("f{}(t, n);".format, NUMBERS),
    st.builds("if (n) f{}(t, n - 1); else f{}(t, n);".format, NUMBERS, NUMBERS),
    st.builds("try {{ f{}(t, n); }} finally {{ f{}(t, n); }}".format, NUMBERS, NUMBERS),
    st.builds("for (const m of n) f{}(t, m);".format, NUMBERS),
)
BODIES = st.lists(STATEMENTS, min_size=1, max_size=3).map(" ".join)
PROGRAMS = st.lists(BODIES, min_size=FUNCTIONS, max_size=FUNCTIONS)


def functions_of(bodies: Sequence[str]) -> list[str]:
    """One line for each helper, and for each a caller that makes what it is given."""
    helpers = [f"function f{i}(t, n) {{ {body} }}" for i, body in enumerate(bodies)]
    callers = [
        f"export function a{i}(x, n) {{ const t = parser.parse(x); f{i}(t, n); }}"
        for i in range(len(bodies))
    ]
    return helpers + callers


def findings_in(functions: Sequence[str]) -> set[tuple[str, str]]:
    """The function and the rule of each finding."""
    text = HEAD + "\n".join(functions)
    findings, _ = check_source(text.encode(), ".js", knowledge())
    return {
        (text[: found.span.start].rpartition("\n")[2].partition("(")[0], found.rule)
        for found in findings
    }


@settings(max_examples=25, deadline=None)
@given(PROGRAMS, st.randoms(use_true_random=False))
def test_the_order_of_functions_changes_nothing(bodies: list[str], shuffler: random.Random) -> None:
    functions = functions_of(bodies)
    expected = findings_in(functions)
    shuffler.shuffle(functions)
    assert findings_in(functions) == expected


@settings(max_examples=15, deadline=None)
@given(PROGRAMS, NUMBERS)
def test_what_nobody_else_calls_changes_nothing_else(bodies: list[str], number: int) -> None:
    functions = functions_of(bodies)
    more = f"export function more(x, n) {{ const t = parser.parse(x); f{number}(t, 1); }}"
    with_more = findings_in([more, *functions])
    assert {found for found in with_more if "more" not in found[0]} == findings_in(functions)


CONTRACT = """
name = "two"
modules = ["two"]
quiet = ["quietly"]
[functions]
quietly = "&A"
loudly = "&A"
[classes.A]
releases = ["free"]
methods = {x = "B", peek = "&A"}
quiet = ["peek"]
[classes.B]
releases = ["free"]
methods = {peek = "&A"}
[classes.C]
releases = ["close"]
methods = {x = "C"}
"""
UNDECIDED = """
import { A, B, C, quietly, loudly } from "two";
export function called(flag) {
  const call = flag ? quietly : loudly;
  const a = new A();
  call();
  a.free();
}
export function asked(flag) {
  const a = new A();
  const it = flag ? new A() : new B();
  it.peek();
  it.free();
  a.free();
}
export function made(flag) {
  const other = flag ? new A() : new C();
  const it = other.x();
  it.free();
  other.free();
}
"""


def test_the_hash_seed_changes_nothing(tmp_path: Path) -> None:
    """Where a value may be two things, a set of the two is in another order in each run."""
    (tmp_path / "two.toml").write_text(CONTRACT)
    (tmp_path / "cleanuplint.toml").write_text('contracts = ["two.toml"]')
    (tmp_path / "a.js").write_text(UNDECIDED)
    command = [sys.executable, "-m", "cleanuplint", "check", "a.js", "--output-format", "json"]
    told = {
        subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        for seed in range(1, 4)
    }
    assert len(told) == 1
    lines = {found["start"]["line"] for found in json.loads(told.pop())["findings"]}
    assert {5, 10} <= lines
