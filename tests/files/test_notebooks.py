"""Notebooks: which cells are code, and where in them something is."""

import json
from typing import Any

import pytest

from cleanuplint.files.notebooks import plain_python, read_notebook
from cleanuplint.files.source import NotText, Position


def notebook(*cells: Any, language: str | None = "python") -> bytes:
    metadata = {} if language is None else {"language_info": {"name": language}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4}).encode()


def code(source: str | list[str]) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "outputs": []}


TEXT = {"cell_type": "markdown", "source": ["# Title"]}


def test_code_cells_are_one_module() -> None:
    read = read_notebook(notebook(TEXT, code(["a = 1\n", "b = 2"]), TEXT, code("é = b")))
    assert read.text == "a = 1\nb = 2\né = b\n".encode()


def test_places_are_told_by_cell() -> None:
    read = read_notebook(notebook(TEXT, code("a = 1\nb = 2"), TEXT, code("\n c = b")))
    where = read.position(read.text.index(b"c ="))
    assert where == Position(2, 2, cell=4)
    assert str(where) == "cell 4:2:2"
    assert read.line_at(where) == " c = b"
    assert str(read.position(0)) == "cell 2:1:1"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("for x in y:\n    !ls {x}\n", "for x in y:\n    pass\n"),
        ("files = !ls\n%time f(x)", "files = None\npass"),
        ("x?\nf.g??", "pass\npass"),
        ("%%bash\nls | grep 'a\n", "\n\n"),
        ("%%time\nx = 1\n", "pass\nx = 1\n"),
        ("x = (a\n% b)", "x = (a\n% b)"),
        ("x = '?'\nif x != y: pass", "x = '?'\nif x != y: pass"),
    ],
)
def test_what_ipython_takes_for_itself(cell: str, expected: str) -> None:
    assert plain_python(cell) == expected


def test_another_language_is_left_alone() -> None:
    assert read_notebook(notebook(code("x <- 1"), language="R")).text == b""
    assert read_notebook(notebook(code("x = 1"), language=None)).text == b"x = 1\n"


@pytest.mark.parametrize(
    "document", ["[]", "{}", '{"cells": 3}', '{"cells": [null, {"cell_type": "code"}]}', "null"]
)
def test_a_strange_notebook_holds_no_code(document: str) -> None:
    assert read_notebook(document.encode()).text.strip() == b""


def test_nonsense_is_no_notebook() -> None:
    with pytest.raises(NotText, match="this is no notebook: Expecting value"):
        read_notebook(b"x = 1")
