"""The source as far as messages quote it."""

import re
from collections.abc import Callable

from cleanuplint.checks.terms import JAVASCRIPT, PYTHON, Terms
from cleanuplint.findings import Span

LineOf = Callable[[int], int]
"""The line of an offset, as the user counts."""

MAX_QUOTE = 60
"""Characters of source that a message quotes."""
ALLOCATOR = re.compile(r"((?:[\w$#]+!?\.)+)\w*alloc\w*\(")
RAW_EXPORT = re.compile(
    r"""(?P<exports>[^\[\]\n]*)\[\s*["']\w+["']\s*\]\(\s*(?P<store>[\w.]*store)?(?=\s*[,)])"""
)


class SourceText:
    """The text of one file."""

    def __init__(
        self, source: bytes, terms: Terms = JAVASCRIPT, line_of: LineOf | None = None
    ) -> None:
        self._source = source
        self._line_of = line_of or self._count_lines
        self.terms = terms

    def quote(self, span: Span) -> str:
        """The code at a span, as one short line in backticks."""
        text = " ".join(self._source[span.start : span.end].decode("utf-8", "replace").split())
        head, paren, rest = text.partition("(")
        if len(text) > MAX_QUOTE and paren and rest.endswith(")"):
            text = f"{head}(…)"
        return f"`{text if len(text) <= MAX_QUOTE else text[: MAX_QUOTE - 1] + '…'}`"

    def allocator(self, span: Span) -> str:
        """The object, with its dot, whose allocator is called at a span; empty if it is no plain
        chain of names."""
        text = self._source[span.start : span.end].decode("utf-8", "replace")
        found = ALLOCATOR.match(text)
        return found.group(1) if found else ""

    def raw_export(self, span: Span, name: str) -> str:
        """`exports["clear"](store)`, where the call at a span is written so; else empty."""
        text = self._source[span.start : span.end].decode("utf-8", "replace")
        found = RAW_EXPORT.match(text) if self.terms is PYTHON else None
        return f'{found["exports"]}["{name}"]({found["store"] or ""})' if found else ""

    def line(self, span: Span) -> int:
        return self._line_of(span.start)

    def _count_lines(self, offset: int) -> int:
        return self._source.count(b"\n", 0, offset) + 1
