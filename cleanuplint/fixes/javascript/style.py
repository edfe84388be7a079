"""How a file is written: its newlines, indentation, quotes, semicolons, width."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from cleanuplint.findings import Edit, Span
from cleanuplint.fixes.javascript.statements import end
from cleanuplint.fixes.layout import Layout
from cleanuplint.languages.syntax import within

MODERN = frozenset(
    {"optional_chain", "??", "type_annotation", "import_statement", "await_expression"}
)
"""Nodes of files that are surely read by something that knows `?.`."""
WIDTHS = (80, 100, 120)
"""What formatters are told a line may hold."""


@dataclass(frozen=True)
class Style(Layout):
    """The ways of one text, which every edit follows."""

    root: Node

    @cached_property
    def semicolon(self) -> str:
        ends: Counter[bool] = Counter()
        for node in within(self.root):
            if node.type in ("expression_statement", "lexical_declaration", "return_statement"):
                at = end(node)
                ends[self.text[at - 1 : at] == b";"] += 1
        return ";" if ends[True] >= ends[False] else ""

    @cached_property
    def quote(self) -> str:
        strings = [node for node in within(self.root) if node.type == "string"]
        double = sum(self.text[node.start_byte] == ord('"') for node in strings)
        return '"' if double * 2 > len(strings) else "'"

    @cached_property
    def width(self) -> int:
        longest = max(map(len, self.text.splitlines()), default=0)
        return next((width for width in WIDTHS if longest <= width), WIDTHS[-1])

    @cached_property
    def optional_chaining(self) -> bool:
        """The file is in a language that surely has `?.`."""
        return any(node.type in MODERN for node in within(self.root))

    @cached_property
    def _literal(self) -> list[Span]:
        """Where the white space of a line belongs to a value."""
        return [
            Span(node.start_byte, node.end_byte)
            for node in within(self.root)
            if node.type in ("template_string", "string", "regex")
            and node.start_point.row != node.end_point.row
        ]

    def deeper(self, span: Span) -> Iterator[Edit]:
        """One more step of indentation for each line that begins inside."""
        at = self.text.find(b"\n", span.start, span.end) + 1
        while 0 < at < span.end:
            blank = self.text[at : self.line_end(at)].strip() == b""
            if not blank and not any(one.start < at <= one.end for one in self._literal):
                yield Edit(Span(at, at), self.unit.encode())
            at = self.text.find(b"\n", at, span.end) + 1
