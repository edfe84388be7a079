"""The hook after an edit: 2 means findings, and nothing else does."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cleanuplint.cli.commands import group
from cleanuplint.cli.post_edit import PLACES, post_edit

Write = Callable[..., Path]
Hook = Callable[..., tuple[int, str]]

LEAK = "wasm LEAK(missing-release)"
NOTEBOOK = {
    "cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "source": [LEAK]}],
    "metadata": {"language_info": {"name": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
LINE = "a.js:1:6: missing-release: it leaks (help: mend it)\n"


@pytest.fixture
def hook(
    engine: None,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Hook:
    def hook(*arguments: str, stdin: bytes = b"") -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = post_edit(list(arguments))
        out, err = capsys.readouterr()
        assert out == ""
        return code, err

    return hook


def test_a_file_as_argument(hook: Hook, write: Write) -> None:
    path = write("a.js", LEAK)
    assert hook("a.js") == (2, LINE)
    assert hook(str(path)) == (2, LINE)
    assert hook("a.js", "--memory-key", "swarm/agent/step") == (2, LINE)
    assert hook("a.js", "a.js", "gone.js") == (2, LINE)


@pytest.mark.parametrize(
    "event",
    [
        {"tool_input": {"file_path": "a.js"}},
        {"tool_input": {"notebook_path": "a.js"}},
        {"tool_input": {"path": "a.js"}},
        {"file_path": "a.js"},
        {"tool_info": {"file_path": "a.js"}},
        {"tool_input": None, "file_path": "a.js"},
        {"tool_input": {"file_path": 7, "path": "a.js"}},
    ],
)
def test_an_event_on_standard_input(event: Any, hook: Hook, write: Write) -> None:
    write("a.js", LEAK)
    assert hook(stdin=json.dumps(event).encode()) == (2, LINE)
    assert hook("--verbose", stdin=json.dumps(event).encode()) == (2, LINE)


@pytest.mark.parametrize(
    "stdin",
    [
        b"",
        b"nonsense",
        b"\xff\xfe\0",
        b"[]",
        b"null",
        b"{}",
        b'{"file_path": null}',
        b'{"file_path": ""}',
        b'{"file_path": "a\\u0000.js"}',
        b'{"file_path": "\\ud800.js"}',
        b'{"tool_input": ["a.js"]}',
        b'{"tool_input": {"file_path": {"file_path": "a.js"}}}',
        b"[" * 100_000,
    ],
)
def test_nonsense_on_standard_input(stdin: bytes, hook: Hook, write: Write) -> None:
    write("a.js", LEAK)
    assert hook(stdin=stdin) == (0, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("gone.js",),
        ("notes.txt",),
        ("folder.js",),
        ("irrelevant.js",),
        ("fine.js",),
        ("binary.js",),
        ("dist/a.js",),
        ("engine.js",),
        ("../outside.js",),
        ("--no-such-option",),
        ("--memory-key", "swarm/agent/step"),
        ("",),
    ],
)
def test_nothing_to_say(arguments: tuple[str, ...], hook: Hook, write: Write) -> None:
    write("notes.txt", LEAK)
    write("folder.js/a.js", LEAK)
    write("irrelevant.js", "LEAK(missing-release)")
    write("fine.js", "wasm")
    write("binary.js", "\0" + LEAK)
    write("dist/a.js", LEAK)
    write("engine.js", "__wbindgen_throw __wbg_ptr " + LEAK)
    write("../outside.js", LEAK)
    assert hook(*arguments) == (0, "")


@pytest.mark.parametrize("text", ["selct = []", "= =", "[classes.X]\nreleasse = []"])
def test_a_broken_configuration_stops_nobody(text: str, hook: Hook, write: Write) -> None:
    write("a.js", LEAK)
    write("cleanuplint.toml", text)
    code, said = hook("a.js")
    assert code == 0
    assert said.startswith("cleanuplint: cleanuplint.toml")
    assert said.count("\n") == 1


def test_a_crash_stops_nobody(hook: Hook, write: Write) -> None:
    write("a.js", "wasm CRASH")
    assert hook("a.js") == (0, "")


def test_settings_count(hook: Hook, write: Write) -> None:
    write("a.js", LEAK)
    write("cleanuplint.toml", 'ignore = ["missing-release"]')
    assert hook("a.js") == (0, "")


def test_from_a_folder_below_the_repository(
    hook: Hook, write: Write, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.js", LEAK)
    (project / "sub").mkdir()
    monkeypatch.chdir(project / "sub")
    assert hook("../a.js") == (2, "../" + LINE)


def test_a_notebook(hook: Hook, write: Write) -> None:
    write("a.ipynb", json.dumps(NOTEBOOK))
    code, said = hook(stdin=json.dumps({"tool_input": {"notebook_path": "a.ipynb"}}).encode())
    assert (code, said.count("\n")) == (2, 1)
    assert said.startswith("a.ipynb:") and "missing-release: it leaks" in said


def test_the_help_names_every_place_of_a_path() -> None:
    said = " ".join(CliRunner().invoke(group, ["hook", "post-edit", "--help"]).output.split())
    assert all(".".join(place) in said for place in PLACES)
