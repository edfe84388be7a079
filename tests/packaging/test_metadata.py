"""What the project says of itself."""

import re
import tomllib
from pathlib import Path

import yaml
from identify.identify import tags_from_path

from cleanuplint.files.source import SUFFIXES
from cleanuplint.version import VERSION

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())


def test_the_version_is_in_the_pattern_of_the_build() -> None:
    assert PROJECT["tool"]["hatch"]["version"]["path"] == "cleanuplint/version.py"
    assert f'VERSION = "{VERSION}"' in (ROOT / "cleanuplint/version.py").read_text()


def test_the_hook_is_the_command() -> None:
    assert HOOK["entry"] == "cleanuplint check --force-exclude"
    assert HOOK["require_serial"] is True


def test_the_hook_sees_every_language_served(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        path = tmp_path / f"a{suffix}"
        path.write_text("export {};\n")
        assert re.search(HOOK["files"], path.name)
        assert tags_from_path(str(path)).intersection(HOOK["types_or"])


def test_the_hook_sees_nothing_else() -> None:
    for name in ("a.json", "a.js.map", "ajs", "a.tsv", "a.mjsx", "js"):
        assert not re.search(HOOK["files"], name)
