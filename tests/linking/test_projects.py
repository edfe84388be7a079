"""Files without a configuration are one project, whatever folder they are in."""

from pathlib import Path

import pytest

from cleanuplint import analysis
from cleanuplint.config import Configuration
from cleanuplint.files.targets import Target
from cleanuplint.run import run

FACTORY = """
from wasmtime import Store

def make_store():
    return Store()
"""
USER = """
from app.factory import make_store

def use():
    return make_store()
"""


def test_a_file_that_several_folders_import_is_summarised_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    (tmp_path / "setup.py").touch()
    users = [tmp_path / "app" / name / "user.py" for name in "abc"]
    for path, text in [(tmp_path / "app/factory.py", FACTORY), *((one, USER) for one in users)]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    summarised: list[str] = []
    original = analysis.summarise_source

    def count(name: str, *given: object) -> object:
        summarised.append(name)
        return original(name, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(analysis, "summarise_source", count)
    report = run([Target(path, named=True) for path in users], [], Configuration(isolated=True))
    assert not report.errors
    assert summarised == ["../app/factory.py"]
