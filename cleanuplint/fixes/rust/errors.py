"""A buffer that an `Err` leaves filled is emptied on the way out, or before anything can fail."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.findings import Edit, Emptying, Finding, Fix, Span
from cleanuplint.fixes.rust import blocks
from cleanuplint.fixes.rust.borrows import Borrows
from cleanuplint.fixes.rust.exits import Leaving
from cleanuplint.fixes.rust.file import File, fix
from cleanuplint.fixes.rust.wrapping import wrapped
from cleanuplint.languages.rust.parsing import COMMENTS

SEVERAL = 3
"""With more exits than this, one place that empties is easier to read."""


def fixes(finding: Finding, file: File, emptying: Emptying) -> Iterator[Fix]:
    function = file.function_at(finding.span)
    if function is None or not emptying.clear:
        return
    around = wrapped(file, function, emptying)
    single = () if emptying.is_locked else tuple(_without_split(file, function, emptying))
    few = len(emptying.exits) <= SEVERAL
    for edits in (*single, around) if few else (around, *single):
        if edits:
            yield fix(edits, emptying.doubt)


def _without_split(file: File, function: Node, emptying: Emptying) -> Iterator[list[Edit]]:
    """Before anything can fail, at each exit, or both."""
    first = _first_of_all(file, function, emptying)
    in_place = _in_place(file, function, emptying)
    if emptying.from_before and first:
        yield first
    if in_place:
        yield in_place
        if first and not emptying.from_before:
            yield [*first, *in_place]


def _in_place(file: File, function: Node, emptying: Emptying) -> list[Edit] | None:
    leaving = Leaving(file, emptying, Borrows.of(file, function, emptying))
    found = [leaving.edits(span) for span in dict.fromkeys(emptying.exits)]
    return None if None in found else [edit for some in found if some is not None for edit in some]


def _first_of_all(file: File, function: Node, emptying: Emptying) -> list[Edit] | None:
    """The `clear` of the function moves up to its start, or one is put there."""
    body = function.child_by_field_name("body")
    if body is None:
        return None
    statement = f"{emptying.clear};"
    first = blocks.at_start(file, body, (statement,))
    cleared = next((it for it in body.named_children if file.code(it) == statement), None)
    if first is None or (cleared is None and not emptying.first_of_all):
        return None
    if cleared is None:
        return [first]
    before = body.named_children[: body.named_children.index(cleared)]
    uses = re.compile(rf"\b{re.escape(emptying.place)}\b|\bself\.\w+\(")
    if any(uses.search(file.code(it)) for it in before if it.type not in COMMENTS):
        return None
    return _moved(file, cleared, first)


def _moved(file: File, cleared: Node, first: Edit) -> list[Edit] | None:
    """The statement goes up, with a comment that is about nothing else."""
    layout = file.layout
    after = cleared.next_named_sibling
    if not layout.starts_line(cleared.start_byte) or not layout.ends_line(cleared.end_byte):
        return None
    alone = after is None or after.start_point.row > cleared.end_point.row + 1
    top = blocks.with_comments(file, cleared) if alone else cleared
    start, end = layout.line_start(top.start_byte), layout.line_end(cleared.end_byte)
    moved = layout.text[start:end] + layout.newline.encode()
    if first.text.endswith(2 * layout.newline.encode()):
        moved += layout.newline.encode()
    rest = layout.text.find(b"\n", end) + 1
    if alone and not layout.text[layout.line_start(start - 1) : start].strip():
        rest = layout.text.find(b"\n", rest) + 1  # one empty line is enough
    return [Edit(first.span, moved), Edit(Span(start, rest), b"")]
