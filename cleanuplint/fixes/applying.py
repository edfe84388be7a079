"""Edits applied to a text, and where what was there is afterwards."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from cleanuplint.findings import Edit, Fix


def applied(text: bytes, edits: Iterable[Edit]) -> bytes:
    """The text after edits that are in order and don't overlap."""
    parts: list[bytes] = []
    at = 0
    for edit in edits:
        parts += text[at : edit.span.start], edit.text
        at = edit.span.end
    return b"".join((*parts, text[at:]))


def moved(offset: int, edits: Sequence[Edit]) -> int | None:
    """Where the byte at an offset is afterwards; None if it was replaced."""
    shift = 0
    for edit in edits:
        if edit.span.start > offset:
            break
        if edit.span.end > offset:
            return None
        shift += len(edit.text) - (edit.span.end - edit.span.start)
    return offset + shift


def are_apart(fixes: Iterable[Fix]) -> bool:
    """No two of the fixes touch the same place."""
    spans = sorted((edit.span, number) for number, fix in enumerate(fixes) for edit in fix.edits)
    return all(
        one.end < after.start
        for (one, number), (after, other) in pairwise(spans)
        if number != other
    )
