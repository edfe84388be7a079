"""Fixes of a notebook: each stays in one cell, and touches no line that IPython takes for itself.

    cells ─ one text of Python ─ edits ─ the same edits, of the cells

A cell can be run without the one before it, so what belongs together must not be spread over two.
Only an `import` that a fix needs is brought along: it goes to the top of the cell that is fixed.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from cleanuplint.files.notebooks import Cell, Notebook, plain_python, write_notebook
from cleanuplint.findings import Edit, Finding, Fix, Span
from cleanuplint.fixes.applying import applied
from cleanuplint.fixes.repair import Repair

_IMPORT = re.compile(rb"\s*(import \w+)\s*")
_IMPORTS = (b"import ", b"from ")


@dataclass(slots=True)
class NotebookRepair(Repair):
    """All cells as one text, which is put back into them after each fix."""

    notebook: Notebook = field(kw_only=True)
    check_cells: Callable[[Notebook], Sequence[Finding]] = field(kw_only=True)

    @property
    def source(self) -> Notebook:
        return self.notebook

    def fitted(self, fix: Fix) -> Fix | None:
        return fitted(self.notebook, fix)

    def look(self, edits: Sequence[Edit]) -> Sequence[Finding]:
        return self.check_cells(edited(self.notebook, edits))

    def settle(self, edits: Sequence[Edit]) -> None:
        self.notebook = edited(self.notebook, edits)
        self.text = self.notebook.text

    def written(self, data: bytes) -> bytes:
        return write_notebook(data, self.notebook)


def fitted(notebook: Notebook, fix: Fix) -> Fix | None:
    """The fix within one cell; None if it can't be."""
    edits = _together(notebook, fix.edits)
    homes = {_home(notebook, edit) for edit in edits}
    home = homes.pop() if len(homes) == 1 else None
    if home is None or _cell_after(notebook, home, edits) is None:
        return None
    return replace(fix, edits=edits)


def edited(notebook: Notebook, edits: Sequence[Edit]) -> Notebook:
    """The notebook after edits of fixes that fit."""
    homes = [_home(notebook, edit) for edit in edits]

    def after(at: int, cell: Cell) -> Cell:
        own = [edit for edit, home in zip(edits, homes, strict=True) if home == at]
        return (_cell_after(notebook, at, own) if own else None) or cell

    return Notebook.of(after(at, cell) for at, cell in enumerate(notebook.cells))


def _home(notebook: Notebook, edit: Edit) -> int | None:
    """The cell that holds all of it. What is inserted between two cells is of the first."""
    for at, (start, cell) in enumerate(zip(notebook.starts, notebook.cells, strict=True)):
        if start <= edit.span.start and edit.span.end <= start + len(cell.plain):
            return at
    return None


def _together(notebook: Notebook, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """With an import beside what needs it, if there is one that is not."""
    imports = [edit for edit in edits if _is_import(edit)]
    others = [edit for edit in edits if edit not in imports]
    homes = {_home(notebook, edit) for edit in others}
    home = homes.pop() if len(homes) == 1 else None
    if len(imports) != 1 or home is None or _home(notebook, imports[0]) == home:
        return edits
    first = _on_top(notebook, home, imports[0])
    return (first, *others) if first.span.end <= others[0].span.start else edits


def _is_import(edit: Edit) -> bool:
    return edit.span.start == edit.span.end and bool(_IMPORT.fullmatch(edit.text))


def _on_top(notebook: Notebook, home: int, edit: Edit) -> Edit:
    """It takes the first character along, for before it would be the end of another cell."""
    start, cell = notebook.starts[home], notebook.cells[home].plain
    blank = b"\n" if cell.startswith(_IMPORTS) else b"\n\n"
    return Edit(Span(start, start + 1), _IMPORT.sub(rb"\1", edit.text) + blank + cell[:1])


def _cell_after(notebook: Notebook, home: int, edits: Sequence[Edit]) -> Cell | None:
    """None if what stands in the notebook can't be edited so."""
    cell, start = notebook.cells[home], notebook.starts[home]
    own = [Edit(Span(one.span.start - start, one.span.end - start), one.text) for one in edits]
    as_written = [found for edit in own if (found := _as_written(cell, edit)) is not None]
    if len(as_written) < len(own) or not cell.plain.strip():
        return None
    written, plain = applied(cell.written, as_written), applied(cell.plain, own)
    return Cell(cell.number, written, plain) if _reads_as(written, plain) else None


def _as_written(cell: Cell, edit: Edit) -> Edit | None:
    """The edit of the cell as it stands in the notebook; None on lines that stand otherwise."""
    plain, written = _Lines.of(cell.plain), _Lines.of(cell.written)
    first, last = plain.number(edit.span.start), plain.number(edit.span.end)
    whole = first < last and plain.starts[last] == edit.span.end
    touched = slice(first, last if whole else last + 1)
    if plain.lines[touched] != written.lines[touched]:
        return None
    start, end = (
        written.starts[line] + at - plain.starts[line]
        for line, at in ((first, edit.span.start), (last, edit.span.end))
    )
    return Edit(Span(start, end), edit.text)


def _reads_as(written: bytes, plain: bytes) -> bool:
    """It ends as before, and the notebook read again gives the same Python."""
    code = written.removesuffix(b"\n").decode("utf-8", "surrogatepass")
    again = f"{plain_python(code)}\n".encode("utf-8", "replace")
    return written.endswith(b"\n") and again == plain


@dataclass(frozen=True, slots=True)
class _Lines:
    lines: list[bytes]
    starts: list[int]
    """The byte at which each begins."""

    @classmethod
    def of(cls, text: bytes) -> "_Lines":
        lines = text.split(b"\n")
        return cls(lines, list(accumulate((len(line) + 1 for line in lines[:-1]), initial=0)))

    def number(self, offset: int) -> int:
        return bisect_right(self.starts, offset) - 1
