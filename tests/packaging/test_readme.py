"""What the README shows is what a user gets."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from cleanuplint.cli.check import command
from cleanuplint.config import KEYS, read

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def _fence(language: str) -> str:
    """The first fence of a language."""
    found = re.search(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def test_the_finding_is_a_real_one(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/outline.js").write_text(_fence("js"))
    ran = subprocess.run(
        [sys.executable, "-m", "cleanuplint", "check", "src"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert "$ cleanuplint check src\n" + ran.stdout.decode() == _fence("text")


def test_the_configuration_is_accepted_and_whole(tmp_path: Path) -> None:
    text = _fence("toml")
    path = tmp_path / "cleanuplint.toml"
    path.write_text(text)
    read(path)
    shown = {*tomllib.loads(text), "exclude"}
    assert shown == set(KEYS)
    assert "`exclude` replaces the defaults" in text


def test_every_option_is_named() -> None:
    for parameter in command.params:
        for option in parameter.opts:
            if option.startswith("--"):
                assert f"`{option}`" in README or f"`{option}" in README
