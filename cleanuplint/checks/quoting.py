"""The source as far as messages quote it."""

from cleanuplint.checks.terms import JAVASCRIPT, Terms
from cleanuplint.findings import Span

MAX_QUOTE = 60
"""Characters of source that a message quotes."""


class SourceText:
    """The text of one file."""

    def __init__(self, source: bytes, terms: Terms = JAVASCRIPT) -> None:
        self._source = source
        self.terms = terms

    def quote(self, span: Span) -> str:
        """The code at a span, as one short line in backticks."""
        text = " ".join(self._source[span.start : span.end].decode("utf-8", "replace").split())
        head, paren, rest = text.partition("(")
        if len(text) > MAX_QUOTE and paren and rest.endswith(")"):
            text = f"{head}(…)"
        return f"`{text if len(text) <= MAX_QUOTE else text[: MAX_QUOTE - 1] + '…'}`"

    def line(self, span: Span) -> int:
        return self._source.count(b"\n", 0, span.start) + 1
