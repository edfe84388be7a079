"""Each construct that a version of Python has added is read, and is of that version.

The code is that of the cases, which show what is found in it. Ruff knows the syntax of each
version.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanuplint.languages.python import lower
from cleanuplint.languages.python.respelling import respelled
from cleanuplint.languages.python.tokens import tokens
from tests.pages.fences import Case, cases_of

PAGE = Path(__file__).parents[1] / "pages" / "cases" / "python-syntax.md"
CASES = list(cases_of("", PAGE.read_text(encoding="utf-8")))
VERSION = "Python 3."


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.section}::{case.name}")
def test_it_is_read(case: Case) -> None:
    program = lower(case.source, ".py")
    assert program.broken == ()
    assert program.opaque == 0


@pytest.mark.parametrize("before", [0, 1])
def test_it_is_of_its_version(tmp_path: Path, before: int) -> None:
    targets = {}
    for number, case in enumerate(CASES):
        if case.section.startswith(VERSION):
            path = tmp_path / f"{number}.py"
            path.write_bytes(case.source)
            targets[str(path)] = f"py3{int(case.section.removeprefix(VERSION)) - before}"
    assert refused_by_ruff(targets) == (targets.keys() if before else set())


def refused_by_ruff(targets: dict[str, str]) -> set[str]:
    """The files with syntax that the Python each of them is for does not have."""
    setting = "per-file-target-version=" + json.dumps(targets).replace(": ", "=")
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--exit-zero"]
    command += ["--select", "E9", "--output-format", "json", "--config", setting, *targets]
    done = subprocess.run(command, capture_output=True, check=True)
    return {found["filename"] for found in json.loads(done.stdout)}


PIECES = ["{", "**", "*", "(", ")", "}", "[", "]", "f'", "'", '"""', "for", "lazy", "import", ":"]
PIECES += ["a", "=", "\\", "\n", " ", "#", "#cleanuplint:", "->", "def", "ß", "await", ",", "\r"]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_what_is_respelled_stays_in_its_place(text: str) -> None:
    source = text.encode()
    assert b"".join(token.text for token in tokens(source)) == source
    assert len(respelled(source)) == len(source)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("{**a(b, [c]) for d in e}", "{  a(b, [c]) for d in e}"),
        ('{**a, "b": [c for d in e]}', None),
        ("{**{}, **a}", None),
        ("lazy from a import *\nb\n", "lazy;from a import *\nb\n"),
        ("lazy = 3; a(*lazy); lazy.imports", None),
        ("a[*b, *c.d(), e * (f)]", None),
        ("a[*(b)], *await c, *[d]", "a[ (b)],  await c,  [d]"),
        ("f(*(a), **{}, b=c ** (d))", None),
        ("a: b[:, c] = d[:]", "a: b       = d[:]"),
        ("def f(a: b[:] = c, d=e[:]) -> g[::1]:", "def f(a: b    = c, d=e[:]) -> g     :"),
        ("if a: b[:] = c", None),
        ("f(a +\n# b\nc)  # d\ne", "f(a +     c)  # d\ne"),
        ("f(a,  # cleanuplint: ignore\nb)", None),
        ("f'{a +\nb:#}}x' # c\n'''\n'''", "f'{a + b:#}}x' # c\n'''\n'''"),
        ("rf'''{{(\n''' + f\"{a['(']}\" + (\n'')", "rf'''{{(\n''' + f\"{a['(']}\" + ( '')"),
        ('\'it\'\'s \\\' (\' """(\n"""; (\r\na)', '\'it\'\'s \\\' (\' """(\n"""; (  a)'),
    ],
)
def test_respelling(text: str, other: str | None) -> None:
    assert respelled(text.encode()).decode() == (text if other is None else other)
