"""Jupyter notebooks: the code cells of one, read as a single module.

    %matplotlib inline        is no Python: a line that IPython takes for itself becomes `pass`
    %%bash                    a cell in another language is left out

Errs towards reading too little: a cell is left out where nobody can say what it is.
"""

import ast
import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cleanuplint.files.source import NotText, Position, Source

PYTHON_MAGICS = frozenset(
    {"time", "timeit", "capture", "prun", "debug", "python", "python3", "pypy", "px"}
)
"""Cell magics whose cell is Python all the same."""
_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_MAGIC = re.compile(r"^([ \t]*)([%!?][^\n]*|[\w.]+\?{1,2}[ \t]*)$", re.MULTILINE)
_ASSIGNED = re.compile(r"^([ \t]*[\w., \t]+=[ \t]*)[%!][^\n]*$", re.MULTILINE)


@dataclass(frozen=True)
class Notebook(Source):
    """The code cells, one behind the other; places are told by cell."""

    cells: tuple[tuple[int, int], ...] = ()
    """For each: the line of the text on which it begins, and its number in the notebook."""

    def position(self, offset: int) -> Position:
        found = super().position(offset)
        for first, number in reversed(self.cells):
            if first <= found.line:
                return Position(found.line - first + 1, found.column, number)
        return found

    def cell_line(self, offset: int) -> int:
        """The line within its cell."""
        return self.position(offset).line

    def line_at(self, position: Position) -> str:
        firsts = {number: first for first, number in self.cells}
        return self.line_text(firsts.get(position.cell, 1) + position.line - 1)


def read_notebook(data: bytes) -> Notebook:
    """The code of a notebook; `NotText` says what is wrong with it."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotText(f"this is no notebook: {' '.join(str(error).split())}") from error
    texts: list[str] = []
    cells: list[tuple[int, int]] = []
    line = 1
    for number, code in _code_cells(document) if _is_python(document) else ():
        texts.append(code)
        cells.append((line, number))
        line += code.count("\n")
    return Notebook("".join(texts).encode("utf-8", "replace"), tuple(cells))


def _is_python(document: Any) -> bool:
    metadata = _table(_table(document).get("metadata"))
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        language = _table(metadata.get(key)).get(name)
        if isinstance(language, str):
            return language.lower() in ("python", "ipython")
    return True


def _code_cells(document: Any) -> Iterator[tuple[int, str]]:
    """Number and Python of each cell with code, ended by a line break."""
    cells = _table(document).get("cells")
    for number, cell in enumerate(cells if isinstance(cells, list) else (), 1):
        table = _table(cell)
        source = table.get("source")
        text = "".join(map(str, source)) if isinstance(source, list) else str(source or "")
        if table.get("cell_type") == "code":
            yield number, plain_python(text) + "\n"


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def plain_python(cell: str) -> str:
    """The cell as Python, line by line where it was."""
    magic = _CELL_MAGIC.match(cell)
    if magic and magic[1] not in PYTHON_MAGICS:
        return "\n" * cell.count("\n")
    if not re.search(r"[%!?]", cell) or _parses(cell):
        return cell
    cell = _ASSIGNED.sub(r"\1None", cell)
    return _MAGIC.sub(lambda found: found[1] + "pass", cell)


def _parses(cell: str) -> bool:
    """Then `%` is an operator at the start of a line, and no magic."""
    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse(cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
