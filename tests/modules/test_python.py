"""Which file each form of Python's import names."""

from pathlib import Path

import pytest

from cleanuplint.modules.python import PythonModules, specifiers

TREE = (
    "pyproject.toml",
    "src/app/__init__.py",
    "src/app/host.py",
    "src/app/native.pyi",
    "src/app/deep/__init__.py",
    "src/app/deep/worker.py",
    "src/app/json.py",
    "scripts/run.py",
    "scripts/near.py",
    "plain/part.py",
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in TREE:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


@pytest.mark.parametrize(
    ("folder", "specifier", "expected"),
    [
        ("src/app", ".host", "src/app/host.py"),
        ("src/app", ".", "src/app/__init__.py"),
        ("src/app", ".deep", "src/app/deep/__init__.py"),
        ("src/app/deep", "..host", "src/app/host.py"),
        ("src/app/deep", "..", "src/app/__init__.py"),
        ("src/app/deep", ".worker", "src/app/deep/worker.py"),
        ("src/app/deep", "app.host", "src/app/host.py"),
        ("scripts", "app.deep.worker", "src/app/deep/worker.py"),
        ("scripts", "near", "scripts/near.py"),
        ("scripts", "plain.part", "plain/part.py"),
        ("src/app", ".native", "src/app/native.pyi"),
        ("src/app", "json", None),
        ("src/app", ".missing", None),
        ("src/app/deep", "wasmtime", None),
        ("src/app/deep", ".......too.far", None),
    ],
)
def test_resolution(project: Path, folder: str, specifier: str, expected: str | None) -> None:
    found = PythonModules().resolve(project / folder, specifier)
    assert (found.relative_to(project).as_posix() if found else None) == expected


def test_nothing_above_the_project_is_looked_at(project: Path) -> None:
    (project.parent / "outside.py").touch()
    assert PythonModules().resolve(project / "scripts", "outside") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a.b, c as d", {"a.b", "c"}),
        ("from a import b", {"a", "a.b"}),
        ("from . import b", {".", ".b"}),
        ("from ..a import (\n    b,  # first\n    c as d,\n)", {"..a", "..a.b", "..a.c"}),
        ("from a import *", {"a"}),
        ("if x:\n    from a import b; b()", {"a", "a.b"}),
        ("from a import b, \\\n    c", {"a", "a.b", "a.c"}),
        ("# from a import b", set()),
        ("yield from a", set()),
    ],
)
def test_specifiers(text: str, expected: set[str]) -> None:
    assert specifiers(text.encode()) == expected
