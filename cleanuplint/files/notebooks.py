"""Jupyter notebooks: the code cells of one, read as a single module.

    %matplotlib inline        is no Python: a line that IPython takes for itself becomes `pass`
    %%bash                    a cell in another language is left out

Errs towards reading too little: a cell is left out where nobody can say what it is.
"""

import ast
import json
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

from cleanuplint.files.cell_sources import with_sources
from cleanuplint.files.source import NotText, Position, Source, form_of

PYTHON_MAGICS = frozenset(
    {"time", "timeit", "capture", "prun", "debug", "python", "python3", "pypy", "px"}
)
"""Cell magics whose cell is Python all the same."""
_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_MAGIC = re.compile(r"^([ \t]*)([%!?][^\n]*|[\w.]+\?{1,2}[ \t]*)$", re.MULTILINE)
_ASSIGNED = re.compile(r"^([ \t]*[\w., \t]+=[ \t]*)[%!][^\n]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Cell:
    """One with code, ended by a line break that the notebook doesn't have."""

    number: int
    """Its place in the notebook, from 1."""
    written: bytes
    """What stands in the notebook, in UTF-8."""
    plain: bytes
    """The same as Python, line by line where it was."""


@dataclass(frozen=True)
class Notebook(Source):
    """The code cells, one behind the other; places are told by cell."""

    cells: tuple[Cell, ...] = ()

    @classmethod
    def of(cls, cells: Iterable[Cell]) -> "Notebook":
        given = tuple(cells)
        return cls(b"".join(cell.plain for cell in given), given)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The byte of the text at which each cell begins."""
        return tuple(accumulate((len(cell.plain) for cell in self.cells), initial=0))[:-1]

    @cached_property
    def _firsts(self) -> dict[int, int]:
        """The line of the text on which each cell begins, by its number."""
        return {
            cell.number: self.line_of(start)
            for cell, start in zip(self.cells, self.starts, strict=True)
        }

    def position(self, offset: int) -> Position:
        found = super().position(offset)
        for number, first in reversed(self._firsts.items()):
            if first <= found.line:
                return Position(found.line - first + 1, found.column, number)
        return found

    def line_at(self, position: Position) -> str:
        return self.line_text(self._firsts.get(position.cell, 1) + position.line - 1)


def read_notebook(data: bytes) -> Notebook:
    """The code of a notebook; `NotText` says what is wrong with it."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotText(f"this is no notebook: {' '.join(str(error).split())}") from error
    return Notebook.of(_code_cells(document) if _is_python(document) else ())


def write_notebook(data: bytes, notebook: Notebook) -> bytes:
    """The bytes of a notebook with what became of its cells; all else as it was."""
    before = {cell.number: cell.written for cell in read_notebook(data).cells}
    sources = {
        cell.number: cell.written.removesuffix(b"\n").decode("utf-8", "surrogatepass")
        for cell in notebook.cells
        if cell.written != before[cell.number]
    }
    form = form_of(data)
    return form.write(with_sources(form.read(data).text.decode(), sources).encode())


def _is_python(document: Any) -> bool:
    metadata = _table(_table(document).get("metadata"))
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        language = _table(metadata.get(key)).get(name)
        if isinstance(language, str):
            return language.lower() in ("python", "ipython")
    return True


def _code_cells(document: Any) -> Iterator[Cell]:
    cells = _table(document).get("cells")
    for number, cell in enumerate(cells if isinstance(cells, list) else (), 1):
        table = _table(cell)
        source = table.get("source")
        text = "".join(map(str, source)) if isinstance(source, list) else str(source or "")
        if table.get("cell_type") == "code":
            plain = f"{plain_python(text)}\n".encode("utf-8", "replace")
            yield Cell(number, f"{text}\n".encode("utf-8", "surrogatepass"), plain)


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
