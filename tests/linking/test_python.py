"""What the files of a Python project say to each other."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from cleanuplint.cli.commands import group

Found = list[tuple[str, int, str]]
Check = Callable[[dict[str, str]], Found]

HOST = """\
from wasmtime import Instance, Store


class Serializer:
    def __init__(self, store: Store, instance: Instance):
        self._store = store
        self._exports = instance.exports(store)
        self._exports["serializer_new"](store)

    def serialize(self, value):
        return self._exports["serialize"](self._store, value)

    def clear_buffer(self):
        self._exports["clear_buffer"](self._store)

    def close(self):
        self._exports["serializer_free"](self._store)


def copy_in(exports, store, data):
    pointer = exports["malloc"](store, len(data))
    exports["memory"].write(store, data, pointer)
    return pointer


def give_back(exports, store, pointer):
    exports["free"](store, pointer)
"""
USER = """\
{imported}


def publish(redis, serializer: {name}, message):
    redis.publish("events", serializer.serialize(message))


def size_of(store, instance, message):
    serializer = {name}(store, instance)
    return len(message)
"""
SITES = [(5, "unguarded-call"), (9, "missing-release")]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    monkeypatch.chdir(tmp_path)

    def check(files: dict[str, str]) -> Found:
        for name, text in {"pyproject.toml": "", **files}.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        ran = CliRunner().invoke(group, ["check", "--isolated", "--output-format", "json"])
        document = json.loads(ran.stdout)
        assert document["errors"] == []
        return [(it["path"], it["start"]["line"], it["rule"]) for it in document["findings"]]

    return check


@pytest.mark.parametrize(
    ("imported", "name", "user"),
    [
        ("from app.host import Serializer", "Serializer", "main.py"),
        ("from app.host import Serializer as S", "S", "main.py"),
        ("from app import Serializer", "Serializer", "main.py"),
        ("from app import host", "host.Serializer", "main.py"),
        ("import app.host", "app.host.Serializer", "main.py"),
        ("import app.host as h", "h.Serializer", "main.py"),
        ("from app.host import *", "Serializer", "main.py"),
        ("from .host import Serializer", "Serializer", "app/worker.py"),
        ("from . import host", "host.Serializer", "app/worker.py"),
        ("from . import Serializer", "Serializer", "app/worker.py"),
        ("from ..host import Serializer", "Serializer", "app/deep/worker.py"),
        ("from app.host import (\n    Serializer,\n)", "Serializer", "main.py"),
    ],
)
def test_a_class_of_the_project(check: Check, imported: str, name: str, user: str) -> None:
    files = {"app/__init__.py": "from .host import Serializer\n", "app/deep/__init__.py": ""}
    text = USER.format(imported=imported, name=name)
    shift = imported.count("\n")
    found = check({**files, "app/host.py": HOST, user: text})
    assert found == [(user, line + shift, rule) for line, rule in SITES]


def test_a_stub_says_it_by_names(check: Check) -> None:
    stub = """\
class Serializer:
    def __init__(self) -> None: ...
    def serialize_message(self, value: object) -> str: ...
    def is_valid(self, text: str) -> bool: ...
    def clear_buffer(self) -> None: ...
    def free(self) -> None: ...
"""
    user = """\
from native import Serializer


def publish(redis, message):
    serializer = Serializer()
    try:
        if serializer.is_valid(message):
            return serializer.serialize_message(message)
    finally:
        serializer.free()


def send(redis, serializer: Serializer, message):
    serializer.is_valid(message)
    redis.publish("events", serializer.serialize_message(message))
"""
    assert check({"native.pyi": stub, "user.py": user}) == [("user.py", 15, "unguarded-call")]


def test_an_allocator_behind_functions_of_another_file(check: Check) -> None:
    user = """\
from host import copy_in, give_back


def bad(exports, store, data):
    pointer = copy_in(exports, store, data)
    result = exports["run"](store, pointer)
    give_back(exports, store, pointer)
    return result


def good(exports, store, data):
    pointer = copy_in(exports, store, data)
    try:
        return exports["run"](store, pointer)
    finally:
        give_back(exports, store, pointer)
"""
    found = check({"host.py": HOST, "user.py": user})
    assert found == [("user.py", 5, "release-not-on-every-path")]


def test_files_that_import_each_other(check: Check) -> None:
    user = USER.format(imported="from host import Serializer", name="Serializer")
    host = HOST + "\n\nfrom user import size_of\n"
    assert check({"host.py": host, "user.py": user}) == [("user.py", *site) for site in SITES]


def test_a_cell_of_a_notebook(check: Check) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Title"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "from host import Serializer\n"]},
        {
            "cell_type": "code",
            "source": "\ndef publish(serializer: Serializer, m):\n    serializer.serialize(m)\n",
        },
    ]
    notebook = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4})
    assert check({"host.py": HOST, "look.ipynb": notebook}) == [("look.ipynb", 3, "unguarded-call")]
    args = ["check", "--isolated", "--output-format"]
    ran = CliRunner().invoke(group, [*args, "concise"])
    assert ran.stdout.startswith("look.ipynb:cell 3:3:5: unguarded-call: ")
    (found,) = json.loads(CliRunner().invoke(group, [*args, "json"]).stdout)["findings"]
    assert found["start"] == {"cell": 3, "line": 3, "column": 5}
    full = CliRunner().invoke(group, [*args, "full"]).stdout
    assert "3 | serializer.serialize(m)\n" in full
