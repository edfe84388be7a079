"""Settings: where they come from, what they do, and what is said of wrong ones."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
Write = Callable[..., Path]

LEAK = "wasm LEAK(missing-release)"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cleanuplint.toml", 'ignore = ["missing-release"]'),
        ("cleanuplint.toml", '\ufeffignore = ["ownership"]'),
        ("pyproject.toml", '[tool.cleanuplint]\nignore = ["ownership"]'),
        ("cleanuplint.toml", 'select = ["guards"]'),
        ("cleanuplint.toml", 'extend-exclude = ["src/"]'),
        ("cleanuplint.toml", 'test-files = ["src/"]'),
    ],
)
def test_settings_are_found_above_the_file(name: str, text: str, check: Run, write: Write) -> None:
    write("src/deep/a.js", LEAK)
    assert check().exit_code == 1
    write(name, text)
    assert check().exit_code == 0
    assert check("--isolated").exit_code == 1


def test_the_nearest_file_wins_alone(check: Run, write: Write) -> None:
    write("cleanuplint.toml", 'ignore = ["missing-release"]')
    write("near/pyproject.toml", "[tool.cleanuplint]\n")
    write("near/a.js", LEAK)
    write("far/a.js", LEAK)
    assert check().stdout == "near/a.js:1:6: missing-release: it leaks\n"
    assert check("far/a.js").exit_code == 0


def test_the_own_file_goes_before_the_shared_one(check: Run, write: Write) -> None:
    write("cleanuplint.toml", "")
    write("pyproject.toml", '[tool.cleanuplint]\nignore = ["missing-release"]')
    write("a.js", LEAK)
    assert check().exit_code == 1


@pytest.mark.parametrize("text", ["", "[tool.ruff]\n", "not = = toml", 'tool = "cleanuplint"'])
def test_a_pyproject_of_others_is_passed_over(text: str, check: Run, write: Write) -> None:
    write("cleanuplint.toml", 'ignore = ["missing-release"]')
    write("sub/pyproject.toml", text)
    write("sub/a.js", LEAK)
    assert check().exit_code == 0


def test_a_shared_file_has_a_table_for_us_or_nothing(check: Run, write: Write) -> None:
    write("pyproject.toml", "[tool]\ncleanuplint = 3")
    write("a.js", LEAK)
    result = check()
    assert result.stderr == (
        "error: pyproject.toml: `tool.cleanuplint` must be a table: [tool.cleanuplint]\n"
    )
    assert result.exit_code == 2


def test_one_file_for_all(check: Run, write: Write) -> None:
    write("near/cleanuplint.toml", "")
    write("near/a.js", LEAK)
    write("other.toml", 'ignore = ["missing-release"]')
    assert check("--config", "other.toml").exit_code == 0


def test_the_command_line_goes_before_the_file(check: Run, write: Write) -> None:
    write("cleanuplint.toml", 'select = ["guards"]\nignore = ["missing-release"]')
    write("a.js", LEAK)
    assert check().exit_code == 0
    assert check("--select", "missing-release").exit_code == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\nselct = []", ":2: unknown key `selct` (did you mean `select`?)"),
        ("select = 1", ":1: `select` must be a list of strings"),
        ("ignore = [1]", ":1: `ignore` must be a list of strings"),
        (
            'ignore = ["mising-release"]',
            ":1: `ignore`: no rule or category is called `mising-release`"
            " (did you mean `missing-release`?)",
        ),
        ('force-exclude = "yes"', ":1: `force-exclude` must be true or false"),
        (
            'min-confidence = "high"',
            ":1: `min-confidence` must be one of 'assumed', 'likely', 'sure'",
        ),
        (
            'exclude = ["!src"]',
            ":1: `exclude`: `!src` is no pattern of paths (negation is not known)",
        ),
        ("[classes]\nX = 1", ":1: `classes` must be a table of class names, each with a table"),
        ("select = = 1", ":1: this is not TOML: "),
    ],
)
def test_a_wrong_file_is_one_line_and_2(text: str, message: str, check: Run, write: Write) -> None:
    write("cleanuplint.toml", text)
    write("a.js", LEAK)
    result = check()
    assert result.stderr.startswith(f"error: cleanuplint.toml{message}")
    assert result.stderr.count("\n") == 1
    assert (result.stdout, result.exit_code) == ("", 2)


def test_the_line_in_a_shared_file(check: Run, write: Write) -> None:
    write("sub/pyproject.toml", '[other]\nselct = 1\n[tool.cleanuplint]\nselct = ["guards"]\n')
    write("sub/a.js", LEAK)
    assert check().stderr.startswith("error: sub/pyproject.toml:4: unknown key `selct`")


@pytest.mark.parametrize("text", ["[classes.X]\nreleasse = ['free']", 'contracts = ["gone.toml"]'])
def test_wrong_contracts_are_told_by_file(text: str, check: Run, write: Write) -> None:
    write("cleanuplint.toml", text)
    write("a.js", LEAK)
    result = check()
    assert result.stderr.startswith("error: ")
    assert ".toml" in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.exit_code == 2


def test_a_missing_configuration(check: Run) -> None:
    result = check("--config", "gone.toml")
    assert result.stderr == "error: gone.toml: No such file or directory\n"
    assert result.exit_code == 2


def test_force_exclude_in_the_file(check: Run, write: Write) -> None:
    write("vendor/a.js", LEAK)
    write("cleanuplint.toml", 'extend-exclude = ["vendor/"]')
    assert check("vendor/a.js").exit_code == 1
    write("cleanuplint.toml", 'extend-exclude = ["vendor/"]\nforce-exclude = true')
    assert check("vendor/a.js").exit_code == 0


def test_names_are_not_believed(check: Run, write: Write) -> None:
    write("a.js", LEAK)
    write("cleanuplint.toml", "name-heuristics = false")
    assert "0 parsed" in check().stderr


def test_classes_of_the_project_reach_the_engine(check: Run, write: Write) -> None:
    write("a.js", "new ImageEncoder() LEAK(missing-release)")
    assert check().exit_code == 0
    write("cleanuplint.toml", '[classes.ImageEncoder]\nreleases = ["free"]\n')
    assert check().exit_code == 1


def test_show_settings(check: Run, write: Write) -> None:
    write("cleanuplint.toml", 'ignore = ["guards"]\nmin-confidence = "sure"\n[classes.X]\n')
    lines = check("--show-settings").stdout.splitlines()
    assert 'ignore = ["guards"]' in lines
    assert 'min-confidence = "sure"' in lines
    assert "name-heuristics = true" in lines
    assert 'classes = { "X" = {} }' in lines
