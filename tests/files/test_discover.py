"""Which files are looked at."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cleanuplint.files.discover import discover
from cleanuplint.files.patterns import Globs
from cleanuplint.files.targets import Exclusion
from cleanuplint.settings import DEFAULT_EXCLUDE

Look = Callable[..., list[str]]


@pytest.fixture
def tree(tmp_path: Path) -> Callable[..., Path]:
    def make(*names: str, **contents: str) -> Path:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return tmp_path

    return make


def found(root: Path, *names: str, exclude: tuple[str, ...] = (), force: bool = False) -> list[str]:
    exclusion = Exclusion(Globs(root, DEFAULT_EXCLUDE + exclude), force)
    targets, _ = discover([root / name for name in names or (".",)], lambda folder: exclusion)
    return [target.path.relative_to(root).as_posix() for target in targets]


def test_every_language_served_and_no_other(tree: Callable[..., Path]) -> None:
    served = ["a.cjs", "a.cts", "a.js", "a.jsx", "a.mjs", "a.mts", "a.ts", "a.tsx"]
    assert found(tree(*served, "a.json", "a.html", "js", "a.js.map")) == served


def test_files_come_in_the_order_of_their_names(tree: Callable[..., Path]) -> None:
    assert found(tree("b/a.js", "a.js", "b.js", "a/z.js")) == ["a/z.js", "a.js", "b/a.js", "b.js"]


@pytest.mark.parametrize(
    "name",
    [
        "node_modules/x/a.js",
        "packages/a/node_modules/x/a.js",
        "dist/a.js",
        "build/a.js",
        "a.min.js",
        "pkg/engine_bg.js",
        "types.d.ts",
        ".git/hooks/a.js",
    ],
)
def test_left_out_by_default_but_not_if_named(name: str, tree: Callable[..., Path]) -> None:
    root = tree(name, "kept.js")
    assert found(root) == ["kept.js"]
    assert found(root, name) == [name]
    assert found(root, name, force=True) == []


def test_hand_written_code_in_folders_with_ambiguous_names(tree: Callable[..., Path]) -> None:
    names = ["out/a.js", "pkg/a.js", "target/a.js", "vendor/a.js"]
    assert found(tree(*names)) == names


def test_git_ignore_files_at_every_level(tree: Callable[..., Path]) -> None:
    root = tree("a.js", "b.js", "sub/a.js", "sub/b.js", "sub/deep/b.js", "sub/deep/c.js")
    (root / ".gitignore").write_text("a.js\n")
    (root / "sub/.gitignore").write_text("!a.js\nb.js\n")
    (root / "sub/deep/.gitignore").write_text("!b.js\n/c.js\n")
    assert found(root) == ["b.js", "sub/a.js", "sub/deep/b.js"]
    assert found(root, "sub/deep") == ["sub/deep/b.js"]


def test_a_git_ignore_file_does_not_hide_what_is_named(tree: Callable[..., Path]) -> None:
    root = tree("a.js")
    (root / ".gitignore").write_text("a.js\n")
    assert found(root, "a.js") == ["a.js"]


def test_exclude_patterns(tree: Callable[..., Path]) -> None:
    root = tree("src/a.js", "src/a.gen.js", "src/old/a.js", "a{b}.js")
    assert found(root, exclude=("*.gen.js", "/src/old", "a{b}.js")) == ["src/a.js"]


def test_a_folder_named_inside_an_excluded_one(tree: Callable[..., Path]) -> None:
    root = tree("dist/lib/a.js", "dist/lib/node_modules/b.js")
    assert found(root, "dist/lib") == ["dist/lib/a.js"]


def test_a_configuration_further_down_excludes_more(tree: Callable[..., Path]) -> None:
    root = tree("a.js", "sub/a.js", "sub/old/b.js")
    outer = Exclusion(Globs(root, ()), False)
    inner = Exclusion(Globs(root / "sub", ("old/",)), False)

    def excluded(folder: Path) -> Exclusion:
        return inner if folder.is_relative_to(root / "sub") else outer

    targets, _ = discover([root], excluded)
    assert [target.path.name for target in targets] == ["a.js", "a.js"]


def test_links_lead_nowhere_unless_named(tree: Callable[..., Path]) -> None:
    root = tree("src/a.js")
    (root / "src/loop").symlink_to(root / "src")
    (root / "src/self.js").symlink_to("self.js")
    (root / "src/link.js").symlink_to("a.js")
    assert found(root) == ["src/a.js"]
    assert found(root, "src/link.js") == ["src/link.js"]
    assert found(root, "src/loop") == ["src/loop/a.js"]


def test_a_file_found_and_named_is_one_file(tree: Callable[..., Path]) -> None:
    root = tree("a.js")
    exclusion = Exclusion(Globs(root, ()), False)
    targets, _ = discover([root, root / "a.js", root], lambda folder: exclusion)
    assert [(target.path.name, target.named) for target in targets] == [("a.js", True)]


@pytest.mark.parametrize(
    ("name", "message", "wrong"),
    [
        ("missing.js", "no such file or directory", True),
        ("self.js", "too many levels of symbolic links", True),
        (
            "engine.pyi",
            "skipped: a stub runs nothing; name the files that import it, and it is read for them",
            False,
        ),
        ("notes.txt", "skipped: not a language that cleanuplint reads", False),
    ],
)
def test_what_is_not_reached_is_told(
    name: str, message: str, wrong: bool, tree: Callable[..., Path]
) -> None:
    root = tree("notes.txt", "engine.pyi")
    (root / "self.js").symlink_to("self.js")
    exclusion = Exclusion(Globs(root, ()), False)
    targets, unreached = discover([root / name], lambda folder: exclusion)
    assert not targets
    assert [(item.message, item.wrong) for item in unreached] == [(message, wrong)]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_told(tree: Callable[..., Path]) -> None:
    root = tree("open/a.js", "closed/b.js")
    (root / "closed").chmod(0)
    exclusion = Exclusion(Globs(root, ()), False)
    targets, unreached = discover([root], lambda folder: exclusion)
    (root / "closed").chmod(0o755)
    assert [target.path.name for target in targets] == ["a.js"]
    assert [item.wrong for item in unreached] == [True]
