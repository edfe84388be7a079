"""A Rust package in an empty folder, and what a check of one of its files says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cleanuplint.config import Configuration
from cleanuplint.files.targets import Target
from cleanuplint.run import run

Found = set[tuple[int, str]]
Check = Callable[[str], Found]
MANIFEST = '[package]\nname = "engine"\nversion = "0.1.0"\n'


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "Cargo.toml").write_text(MANIFEST)
    (tmp_path / "cleanuplint.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def check(package: Path) -> Check:
    """Line and rule of each finding in one file of the package."""

    def findings(name: str) -> Found:
        report = run([Target(package / name, named=True)], [], Configuration())
        assert not report.all_errors
        return {(one.start.line, one.rule) for one in report.findings}

    return findings
