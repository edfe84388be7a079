"""The other commands, and the program as a process."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from cleanuplint.rulebook import rules
from cleanuplint.version import VERSION

Run = Callable[..., Result]
Write = Callable[..., Path]


def program(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cleanuplint", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_rules_lists_every_rule(run: Run) -> None:
    text = run("rules").stdout
    for rule in rules().values():
        mark = " " if rule.default else "-"
        assert f"{mark} {rule.id} " in text
        assert rule.summary in text


@pytest.mark.parametrize("rule", sorted(rules()))
def test_explain_prints_the_page(rule: str, run: Run) -> None:
    result = run("explain", rule)
    assert result.stdout.startswith(f"{rule} (")
    assert result.stdout.endswith(rules()[rule].page)
    assert result.exit_code == 0


def test_explain_knows_near_names(run: Run) -> None:
    result = run("explain", "unguarded-cal")
    assert result.stderr == (
        "error: no rule is called `unguarded-cal` (did you mean `unguarded-call`?)\n"
    )
    assert result.exit_code == 2


def test_help_names_every_command(run: Run) -> None:
    text = run("--help").stdout
    for command in ("check", "explain", "hook", "rules"):
        assert f"\n  {command} " in text
    assert "tool_input.file_path" in run("hook", "post-edit", "--help").stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--version",), 0),
        (("check", "--help"), 0),
        (("check", "gone.js"), 2),
        (("check", "--bogus"), 2),
        (("bogus",), 2),
        (("explain", "bogus"), 2),
        (("hook", "post-edit", "--bogus"), 0),
        (("hook", "post-edit", "--help"), 0),
    ],
)
def test_exit_codes_of_the_process(arguments: tuple[str, ...], code: int, tmp_path: Path) -> None:
    assert program(*arguments, cwd=tmp_path).returncode == code


def test_version(tmp_path: Path) -> None:
    assert program("--version", cwd=tmp_path).stdout == f"cleanuplint {VERSION}\n"


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (("hook", "post-edit", "a.js"), {"tree_sitter", "click", "ignore", "libcst", "wasmtime"}),
        (("hook", "post-edit", "a.js"), {"cleanuplint.cargo", "cleanuplint.flow"}),
        (("check", "a.js"), {"tree_sitter", "libcst", "wasmtime", "multiprocessing"}),
        (("check", "a.js"), {f"cleanuplint.{name}" for name in ("cargo", "flow", "fixes", "rust")}),
        (("--version",), {"tree_sitter", "ignore", "tomllib"}),
    ],
)
def test_a_start_loads_only_what_it_needs(
    arguments: tuple[str, ...], unwanted: set[str], tmp_path: Path
) -> None:
    (tmp_path / "a.js").write_text("export const one = 1;\n")
    script = (
        "import sys, cleanuplint.cli as cli\n"
        f"sys.argv = ['cleanuplint', *{list(arguments)!r}]\n"
        "try: cli.main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "print(*sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert not unwanted.intersection(ran.stdout.splitlines()[-1].split())
