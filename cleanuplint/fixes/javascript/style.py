"""How a file is written: its newlines, indentation, quotes, semicolons, width."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from cleanuplint.findings import Edit, Span
from cleanuplint.fixes.javascript.tree import within

MODERN = frozenset(
    {"optional_chain", "??", "type_annotation", "import_statement", "await_expression"}
)
"""Nodes of files that are surely read by something that knows `?.`."""
WIDTHS = (80, 100, 120)
"""What formatters are told a line may hold."""


@dataclass(frozen=True)
class Style:
    """The ways of one text, which every edit follows."""

    text: bytes
    root: Node

    @cached_property
    def newline(self) -> str:
        return "\r\n" if b"\r\n" in self.text else "\n"

    @cached_property
    def unit(self) -> str:
        """One step of indentation: the most common one between a line and the next."""
        steps: Counter[str] = Counter()
        before = b""
        for found in re.finditer(rb"^([ \t]*)(?=[^\s*/])", self.text, re.MULTILINE):
            here = found[1]
            if here.startswith(before) and len(here) > len(before):
                steps[here[len(before) :].decode()] += 1
            before = here
        return steps.most_common(1)[0][0] if steps else "  "

    @cached_property
    def semicolon(self) -> str:
        ends: Counter[bool] = Counter()
        for node in within(self.root):
            if node.type in ("expression_statement", "lexical_declaration", "return_statement"):
                ends[self.text[node.end_byte - 1 : node.end_byte] == b";"] += 1
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

    def line_start(self, offset: int) -> int:
        return self.text.rfind(b"\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        """Before the line break."""
        end = self.text.find(b"\n", offset)
        end = len(self.text) if end < 0 else end
        return end - 1 if self.text[end - 1 : end] == b"\r" and end > offset else end

    def indentation(self, offset: int) -> str:
        """The white space before the line of an offset."""
        found = re.compile(rb"[ \t]*").match(self.text, self.line_start(offset))
        return found[0].decode() if found else ""

    def starts_line(self, offset: int) -> bool:
        return not self.text[self.line_start(offset) : offset].strip()

    def ends_line(self, offset: int) -> bool:
        return not self.text[offset : self.line_end(offset)].strip()

    def deeper(self, span: Span) -> Iterator[Edit]:
        """One more step of indentation for each line that begins inside."""
        at = self.text.find(b"\n", span.start, span.end) + 1
        while 0 < at < span.end:
            blank = self.text[at : self.line_end(at)].strip() == b""
            if not blank and not any(one.start < at <= one.end for one in self._literal):
                yield Edit(Span(at, at), self.unit.encode())
            at = self.text.find(b"\n", at, span.end) + 1
