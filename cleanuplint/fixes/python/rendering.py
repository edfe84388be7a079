"""The edits that lead from one text to another, by lines.

A line that was only indented is an insertion at its start, so what stands on it can still be found
after the edit.
"""

from collections.abc import Iterator
from difflib import SequenceMatcher

from cleanuplint.findings import Edit, Span

INDENTATION = b" \t"


def edits_between(before: bytes, after: bytes) -> tuple[Edit, ...]:
    """The edits, in order; none where the texts are the same."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = _starts(old)
    matcher = SequenceMatcher(None, _stripped(old), _stripped(new), autojunk=False)
    edits: list[Edit] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            pairs = zip(range(a, b), range(c, d), strict=True)
            found = [edit for i, j in pairs for edit in _indented(starts[i], old[i], new[j])]
        else:
            found = [Edit(Span(starts[a], starts[b]), b"".join(new[c:d]))]
        for edit in found:
            _append(edits, edit)
    return tuple(edits)


def _stripped(lines: list[bytes]) -> list[bytes]:
    return [line.lstrip(INDENTATION) for line in lines]


def _starts(lines: list[bytes]) -> list[int]:
    """Where each line begins, and the end of the last one."""
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    return starts


def _indented(start: int, old: bytes, new: bytes) -> Iterator[Edit]:
    before, after = _indentation(old), _indentation(new)
    if before == after:
        return
    if after.endswith(before):
        yield Edit(Span(start, start), after[: len(after) - len(before)])
    else:
        yield Edit(Span(start, start + len(before)), after)


def _indentation(line: bytes) -> bytes:
    return line[: len(line) - len(line.lstrip(INDENTATION))]


def _append(edits: list[Edit], edit: Edit) -> None:
    """Two edits that meet are one."""
    if edits and edits[-1].span.end == edit.span.start:
        last = edits.pop()
        edit = Edit(Span(last.span.start, edit.span.end), last.text + edit.text)
    edits.append(edit)
