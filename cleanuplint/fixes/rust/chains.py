"""One more call at the end of a chain of them, laid out as rustfmt would."""

import re
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from cleanuplint.findings import Edit, Span
from cleanuplint.fixes.rust.file import WIDTH, File
from cleanuplint.languages.syntax import within

CHAIN_WIDTH = 60
"""Of a chain of several calls on one line."""
CHAINABLE = frozenset(
    {
        "call_expression", "identifier", "field_expression", "try_expression", "await_expression",
        "parenthesized_expression", "macro_invocation", "index_expression",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Chain:
    """An expression, from its root to its last call."""

    file: File
    node: Node

    @cached_property
    def dots(self) -> list[Node]:
        """The dots between its links, in the order of the text."""
        return list(reversed(_dots(self.node)))

    @property
    def root_end(self) -> int:
        return self.dots[0].start_byte if self.dots else self.node.end_byte

    def followed_by(self, link: str, tail: str) -> list[Edit]:
        """Edits that add a link; `tail`: what stands behind the chain on its line."""
        layout, end = self.file.layout, self.node.end_byte
        start = layout.line_start(self.node.start_byte)
        indent = layout.indentation(self.node.start_byte) + layout.unit
        if self.node.start_point.row != self.node.end_point.row:
            last = self.dots[-1].start_byte if self.dots else end
            own_line = bool(self.dots) and layout.starts_line(last)
            text = f"{layout.newline}{layout.indentation(last)}{link}" if own_line else link
            return [Edit(Span(end, end), text.encode())]
        line = len(layout.text[start:end].decode() + link + tail)
        if line <= WIDTH and (not self.dots or self._is_short(link + tail.rstrip(";"))):
            return [Edit(Span(end, end), link.encode())]
        broken = f"{layout.newline}{indent}"
        breaks = [Edit(Span(at, at), broken.encode()) for at in self._breaks()]
        return [*breaks, Edit(Span(end, end), f"{broken}{link}".encode())]

    def _is_short(self, more: str) -> bool:
        return len(self.file.code(self.node) + more) <= widest_chain(self.file)

    def _breaks(self) -> list[int]:
        """Where the line is broken; a root as short as one step keeps its first link."""
        layout = self.file.layout
        first = layout.starts_line(self.node.start_byte)
        short = self.root_end - self.node.start_byte <= len(layout.unit.expandtabs(4))
        return [dot.start_byte for dot in (self.dots[1:] if first and short else self.dots)]


def _dots(node: Node) -> list[Node]:
    """From the last to the first."""
    found: list[Node] = []
    inner: Node | None = node
    while inner is not None:
        if inner.type == "call_expression":
            function = inner.child_by_field_name("function")
            if function is not None and function.type == "generic_function":
                function = function.child_by_field_name("function")
            inner = (
                function if function is not None and function.type == "field_expression" else None
            )
        elif inner.type in ("field_expression", "await_expression"):
            found += [it for it in inner.children if it.type == "."]
            inner = inner.children[0]
        elif inner.type in ("try_expression", "index_expression"):
            inner = inner.children[0]
        else:
            inner = None
    return found


def widest_chain(file: File) -> int:
    """How long a chain of several calls may be; a file shows it where it goes beyond the usual."""
    for node in within(file.root):
        if node.type == "call_expression" and node.start_point.row == node.end_point.row:
            text = file.code(node)
            if len(text) > CHAIN_WIDTH and len(_dots(node)) > 1 and not re.search(r"\{", text):
                return WIDTH
    return CHAIN_WIDTH
