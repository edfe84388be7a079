"""What the README shows is what a user gets."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from click import Context

from cleanuplint.cli.check import command
from cleanuplint.cli.commands import group
from cleanuplint.config import KEYS, read

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


HOOKS = (Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")


def _fences(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def _checked(folder: Path, text: str) -> str:
    (folder / "src").mkdir()
    (folder / "src/outline.js").write_text(text)
    ran = subprocess.run(
        [sys.executable, "-m", "cleanuplint", "check", "src"],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return ran.stdout.decode()


def test_the_finding_is_a_real_one(tmp_path: Path) -> None:
    told = _checked(tmp_path, _fences("js")[0])
    assert "$ cleanuplint check src\n" + told == _fences("text")[0]


def test_what_is_ignored_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "ignored").mkdir()
    (tmp_path / "found").mkdir()
    text = _fences("js")[1]
    assert _checked(tmp_path / "ignored", text) == ""
    found = _checked(tmp_path / "found", text.replace("cleanuplint: ignore", "not "))
    assert found.count("src/outline.js:") == text.count("cleanuplint: ignore") > 0


def test_commands_are_commands() -> None:
    lines = [line for text in _fences("sh") for line in text.splitlines()]
    shown = [line.split("#")[0].split() for line in lines if line.startswith("cleanuplint ")]
    shown.append(
        json.loads(_fences("json")[0])["hooks"]["PostToolUse"][0]["hooks"][0]["command"].split()
    )
    assert len(shown) > 10
    for words in shown:
        named = group.get_command(Context(group), words[1])
        assert named is not None, words
        options = {option for parameter in named.params for option in parameter.opts}
        assert options.issuperset(word for word in words if word.startswith("--")), words


def test_the_hook_of_pre_commit_is_there() -> None:
    (hook,) = re.findall(r"- id: (.*)", _fences("yaml")[0])
    assert f"id: {hook}\n" in HOOKS


def test_the_configuration_is_accepted_and_whole(tmp_path: Path) -> None:
    text = _fences("toml")[0]
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
                assert re.search(rf"`{option}(?![\w-])", README), option
