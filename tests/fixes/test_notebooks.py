"""Fixes of notebooks: each in one cell, and no byte around its code is touched."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanuplint.files.notebooks import Notebook, read_notebook, write_notebook
from cleanuplint.findings import Edit, Fix, Span
from cleanuplint.fixes.cells import edited, fitted


def document(*sources: object) -> dict[str, Any]:
    cells = [{"cell_type": "code", "outputs": [], "source": source} for source in sources]
    return {"cells": cells, "metadata": {"title": "ü \\ []"}, "nbformat": 4}


def written(found: dict[str, Any], **style: Any) -> bytes:
    """As nbformat writes it."""
    return (json.dumps(found, **{"indent": 1, "ensure_ascii": False, **style}) + "\n").encode()


def inserted(notebook: Notebook, before: str, text: str) -> Edit:
    at = notebook.text.index(before.encode())
    return Edit(Span(at, at), text.encode())


def fix(notebook: Notebook, *edits: Edit) -> Notebook | None:
    found = fitted(notebook, Fix(edits))
    return None if found is None else edited(notebook, found.edits)


def test_lines_are_put_where_lines_were() -> None:
    before = written(document(["a = 1\n", "é = 2"], ["b = 3"]))
    notebook = read_notebook(before)
    after = fix(notebook, inserted(notebook, "é", "c = 4\n"))
    assert after is not None
    assert write_notebook(before, after) == written(
        document(["a = 1\n", "c = 4\n", "é = 2"], ["b = 3"])
    )


@pytest.mark.parametrize("style", [{}, {"ensure_ascii": True}, {"indent": None}, {"indent": 4}])
@pytest.mark.parametrize(
    "source", [["é = 2"], ["é = 2\n", "x = 1"], "é = 2", "é = 2\nx = 1", ["é = 2\nx"]]
)
def test_the_form_of_the_notebook_is_kept(source: str | list[str], style: dict[str, Any]) -> None:
    before = written(document("a = 1", source), **style)
    notebook = read_notebook(before)
    after = fix(notebook, inserted(notebook, " = 2", "ü"))
    assert after is not None
    text = source if isinstance(source, str) else "".join(source)
    expected = text.replace("é", "éü")
    lines = expected if isinstance(source, str) else expected.splitlines(keepends=True)
    assert write_notebook(before, after) == written(document("a = 1", lines), **style)


def test_a_byte_order_mark_and_windows_newlines_stay() -> None:
    before = b"\xef\xbb\xbf" + written(document(["a = 1\n", "b = 2"])).replace(b"\n", b"\r\n")
    notebook = read_notebook(before)
    after = fix(notebook, inserted(notebook, "b", "c = 3\n"))
    assert after is not None
    told = write_notebook(before, after)
    assert told.replace(b'    "c = 3\\n",\r\n', b"") == before


def test_a_fix_of_two_cells_is_refused() -> None:
    notebook = read_notebook(written(document("a = 1\nb = 2", "c = 3")))
    assert fix(notebook, inserted(notebook, "b", "x\n"), inserted(notebook, " = 3", "y")) is None
    across = Edit(Span(notebook.text.index(b"b"), notebook.text.index(b"3")), b"")
    assert fix(notebook, across) is None


def test_an_import_comes_into_the_cell_that_needs_it() -> None:
    notebook = read_notebook(written(document("import os\na = 1", "b = 2\nc = 3")))
    edits = inserted(notebook, "import os", "import logging\n"), inserted(notebook, "c", "x\n")
    after = fix(notebook, *edits)
    assert after is not None
    assert [cell.plain for cell in after.cells] == [
        b"import os\na = 1\n",
        b"import logging\n\nb = 2\nx\nc = 3\n",
    ]


@pytest.mark.parametrize("cell", ["%time b = 1\nc = 2", "!ls\nc = 2", "%%time\nc = 2", "c?\nc = 2"])
def test_a_line_of_ipython_is_not_touched(cell: str) -> None:
    notebook = read_notebook(written(document(cell)))
    at = notebook.text.index(b"pass")
    assert fix(notebook, Edit(Span(at, at + 4), b"    pass")) is None
    after = fix(notebook, inserted(notebook, "c = 2", "b = 1\n"))
    assert after is not None
    assert after.cells[0].written.decode() == cell.replace("c = 2", "b = 1\nc = 2") + "\n"


def test_what_ipython_would_take_for_itself_is_not_written() -> None:
    notebook = read_notebook(written(document("a = 1")))
    assert fix(notebook, inserted(notebook, "a", "%b\n")) is None


LINES = st.lists(
    st.sampled_from(["a = 1", "é = 'ü'", "%time x", "!ls", "if a:", "    b", ""]), max_size=4
)


@given(st.lists(LINES, min_size=1, max_size=4), st.booleans(), st.data())
def test_what_is_written_reads_as_what_was_meant(
    sources: list[list[str]], in_lines: bool, data: st.DataObject
) -> None:
    texts = ["\n".join(lines) for lines in sources]
    given_ = [text.splitlines(keepends=True) if in_lines else text for text in texts]
    before = written(document(*given_))
    notebook = read_notebook(before)
    at = data.draw(st.integers(0, len(notebook.text)))
    at = notebook.text.rfind(b"\n", 0, at) + 1
    after = fix(notebook, Edit(Span(at, at), b"new = 1\n"))
    if after is None:
        return
    told = write_notebook(before, after)
    assert read_notebook(told) == after
    now = json.loads(told)
    changed = [cell["source"] for cell in now["cells"]]
    assert written(document(*changed)) == told
    assert sum(one != was for one, was in zip(changed, given_, strict=True)) == 1
