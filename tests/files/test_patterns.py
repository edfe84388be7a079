"""Exclude patterns mean what they mean in a git-ignore file."""

import subprocess
from pathlib import Path

import pytest

from cleanuplint.files.patterns import Globs

PATHS = (
    "a.js",
    "b.min.js",
    "dist/a.js",
    "src/a.js",
    "src/dist/a.js",
    "src/lib/a.js",
    "src/lib/deep/er/a.js",
    "src/dist.js",
    "lib/src/a.js",
    "[x]/a.js",
    "a{b,c}.js",
    "ab.js",
)


@pytest.mark.parametrize(
    "pattern",
    [
        "dist",
        "dist/",
        "/dist",
        "src/dist",
        "src/*/a.js",
        "src/**/a.js",
        "**/lib",
        "src/lib/**",
        "*.min.js",
        "?.js",
        "[ab].js",
        "[!a].js",
        r"\[x\]",
        "a{b,c}.js",
        "src",
        "/*.js",
        "**/deep/**",
        "lib/src/",
    ],
)
def test_patterns_agree_with_git(pattern: str, tmp_path: Path) -> None:
    git = ["git", "-c", "core.excludesFile=", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True)
    (tmp_path / ".gitignore").write_text(pattern + "\n")
    for path in PATHS:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    asked = subprocess.run(
        [*git, "check-ignore", "--no-index", "--stdin"],
        input="\n".join(PATHS),
        capture_output=True,
        text=True,
        check=False,
    )
    globs = Globs(tmp_path, (pattern,))
    ours = {path for path in PATHS if globs.matches(tmp_path / path)}
    assert ours == set(asked.stdout.splitlines())


def test_outside_the_root_only_the_name_counts(tmp_path: Path) -> None:
    globs = Globs(tmp_path / "project", ("tests/", "*.min.js"))
    assert not globs.matches(tmp_path / "tests/a.js")
    assert globs.matches(tmp_path / "tests/a.min.js")


def test_a_named_folder_is_not_asked_but_what_is_in_it_is(tmp_path: Path) -> None:
    globs = Globs(tmp_path, ("dist",))
    assert not globs.matches(tmp_path / "dist/a.js", below=tmp_path / "dist")
    assert globs.matches(tmp_path / "dist/dist/a.js", below=tmp_path / "dist")


def test_no_patterns_match_nothing(tmp_path: Path) -> None:
    assert not Globs(tmp_path, ()).matches(tmp_path / "a.js")
