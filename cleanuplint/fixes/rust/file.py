"""One file of Rust to be fixed: its tree, its layout, and its items."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from tree_sitter import Node

from cleanuplint.findings import Edit, Fix, Span
from cleanuplint.fixes.layout import Layout
from cleanuplint.languages.rust.parsing import COMMENTS
from cleanuplint.languages.rust.types import type_of
from cleanuplint.languages.syntax import ancestors, node_at

Lines = tuple[str, ...]

EXPORTED = re.compile(r"\bwasm_bindgen\b")
CONDITION = re.compile(r"#\[cfg\(")
WIDTH = 100
"""Of a line, as rustfmt has it."""


class RustLayout(Layout):
    usual_unit: ClassVar[str] = "    "


@dataclass(frozen=True)
class File:
    root: Node
    layout: RustLayout

    def code(self, node: Node) -> str:
        """The text of a node, as it is in the file."""
        return self.layout.text[node.start_byte : node.end_byte].decode()

    def at(self, span: Span) -> Node | None:
        return node_at(self.root, span)

    def joined(self, indent: str, lines: Lines) -> str:
        """Lines at the same depth, one after the other, without the last line break."""
        return self.layout.newline.join(indent + line if line else "" for line in lines)

    # ── items ───────────────────────────────────────────────────────────────────────────────────

    def function_at(self, span: Span) -> Node | None:
        """The innermost function around a place."""
        node = self.root.descendant_for_byte_range(span.start, span.end)
        if node is None:
            return None
        around = (node, *ancestors(node))
        return next((each for each in around if each.type == "function_item"), None)

    def named_by(self, name: Span, kind: str) -> Node | None:
        """The item whose name stands there."""
        node = self.at(name)
        item = node.parent if node is not None else None
        return item if item is not None and item.type == kind else None

    def impls_of(self, struct: Node) -> list[Node]:
        """The `impl`s of a struct beside it, in order."""
        container, name = struct.parent, struct.child_by_field_name("name")
        if container is None or name is None:
            return []
        items = (it for it in container.named_children if it.type == "impl_item")
        return [it for it in items if owner_of(it) == self.code(name)]

    def is_exported(self, item: Node) -> bool:
        return any(EXPORTED.search(self.code(it)) for it in attributes(item))

    def conditions(self, item: Node) -> Lines:
        """The `#[cfg(…)]` of an item."""
        found = (self.code(it) for it in attributes(item))
        return tuple(it for it in found if CONDITION.match(it))

    # ── edits ───────────────────────────────────────────────────────────────────────────────────

    def after(self, item: Node, lines: Lines) -> Edit:
        """Lines behind an item, an empty one between, as deep as the item."""
        layout = self.layout
        end = layout.line_end(item.end_byte)
        text = self.joined(layout.indentation(item.start_byte), ("", "", *lines))
        return Edit(Span(end, end), text.encode())

    def nested(self, lines: Lines) -> Lines:
        """Lines one step deeper."""
        return tuple(self.layout.unit + line if line else "" for line in lines)


def fix(edits: list[Edit], unsafe: str = "") -> Fix:
    return Fix(tuple(sorted(edits)), unsafe)


def attributes(item: Node) -> Iterator[Node]:
    """Those of an item, from the nearest to the first."""
    before = item.prev_sibling
    while before is not None and before.type in ("attribute_item", *COMMENTS):
        if before.type == "attribute_item":
            yield before
        before = before.prev_sibling


def owner_of(impl: Node) -> str:
    """The name of the type that an `impl` is about."""
    return type_of(impl.child_by_field_name("type")).name


def impl_of(function: Node) -> Node | None:
    """The `impl` that a function is a method of."""
    body = function.parent
    around = body.parent if body is not None else None
    return around if around is not None and around.type == "impl_item" else None


def receiver_of(function: Node) -> Node | None:
    """`&mut self`."""
    listed = function.child_by_field_name("parameters")
    found = listed.named_children if listed is not None else []
    return next((it for it in found if it.type == "self_parameter"), None)
