"""Ignore comments."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
Write = Callable[..., Path]

LEAK = "wasm LEAK(missing-release)"


@pytest.mark.parametrize(
    "text",
    [
        f"{LEAK} // cleanuplint: ignore[missing-release]",
        f"{LEAK} // cleanuplint: ignore[missing-release] it ends here",
        f"{LEAK} /* cleanuplint: ignore[missing-release] */",
        f"{LEAK} // cleanuplint:ignore [ missing-release ]",
        f"// cleanuplint: ignore[missing-release]\n{LEAK}",
        f"/* cleanuplint: ignore[missing-release] */\n{LEAK}",
        f"/*\n * cleanuplint: ignore[missing-release]\n */\n{LEAK}",
        f"// cleanuplint: ignore[missing-release]\n// and a word\n{LEAK}",
        f"  {{/* cleanuplint: ignore[missing-release] */}}\n  {LEAK}",
        f"// cleanuplint: ignore[missing-release]\r\n{LEAK}\r\n",
        f"// cleanuplint: ignore[missing-release, unguarded-call]\n{LEAK} LEAK(unguarded-call)",
        f"{LEAK}\n\n// cleanuplint: ignore-file[missing-release] a demonstration",
        f"{LEAK}\n// cleanuplint: ignore-file",
    ],
)
def test_ignored(text: str, check: Run, write: Write) -> None:
    write("a.js", text)
    result = check()
    assert (result.stdout, result.exit_code) == ("", 0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            f"// cleanuplint: ignore[missing-release]\n\n{LEAK}",
            "`missing-release` has nothing to say here, so there is nothing to ignore",
        ),
        (
            f"f(); // cleanuplint: ignore[missing-release]\n{LEAK}",
            "`missing-release` has nothing to say here, so there is nothing to ignore",
        ),
        (
            f"{LEAK} // cleanuplint: ignore[mising-release]",
            "no rule is called `mising-release` (did you mean `missing-release`?)",
        ),
        (
            f"{LEAK} // cleanuplint: ignore",
            "this comment names no rule, so it ignores nothing",
        ),
        (
            f"{LEAK} // cleanuplint: ignore[]",
            "this comment names no rule, so it ignores nothing",
        ),
        (
            f"{LEAK} // cleanuplint: ingore[missing-release]",
            "`cleanuplint: ingore` is not known (did you mean `ignore`?)",
        ),
    ],
)
def test_not_ignored_and_told(text: str, told: str, check: Run, write: Write) -> None:
    write("a.js", text)
    lines = check().stdout.splitlines()
    assert sum("missing-release: it leaks" in line for line in lines) == 1
    assert [line.split(": ", 2)[2] for line in lines if "unused-suppression" in line] == [told]


def test_a_comment_in_a_file_of_no_interest(check: Run, write: Write) -> None:
    write("a.js", "f();\n// cleanuplint: ignore-file\n")
    assert check().stdout == (
        "a.js:2:1: unused-suppression: this comment ignores nothing: the file has no finding\n"
    )


def test_one_of_two_rules_is_unused(check: Run, write: Write) -> None:
    write("a.js", f"{LEAK} // cleanuplint: ignore[missing-release, double-release]")
    assert "`double-release` has nothing to say here" in check().stdout


def test_a_comment_on_a_rule_that_is_off_is_left_alone(check: Run, write: Write) -> None:
    write("a.js", "wasm() // cleanuplint: ignore[cleanup-masks-error]")
    assert check().exit_code == 0
    assert check("--extend-select", "cleanup-masks-error").exit_code == 1


def test_a_comment_on_a_hidden_finding_is_in_use(check: Run, write: Write) -> None:
    text = "wasm LEAK(missing-release,assumed) // cleanuplint: ignore[missing-release]"
    write("a.js", text)
    assert check().exit_code == 0


def test_unused_suppression_can_be_ignored(check: Run, write: Write) -> None:
    stale = "// cleanuplint: ignore[missing-release]\n"
    write("a.js", stale)
    assert check().exit_code == 1
    assert check("--ignore", "unused-suppression").exit_code == 0
    write("a.js", stale + "// cleanuplint: ignore-file[unused-suppression]\n")
    assert check().exit_code == 0


def test_strings_are_no_comments(check: Run, write: Write) -> None:
    write("a.js", f'{LEAK}; "cleanuplint: ignore[missing-release]"')
    assert check().exit_code == 1
