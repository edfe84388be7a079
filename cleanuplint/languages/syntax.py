"""Syntax trees of any language: positions, text, comments, what could not be read."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tree_sitter import Node

from cleanuplint.findings import ADDRESS, Span

DEPTH = 50_000
"""Frames that lowering may nest: generated code nests expressions by the thousand."""


CLOSING = {")": "(", "]": "[", "}": "{"}
OPENING = frozenset(CLOSING.values())
CONFLICT = re.compile(rb"^<{7} ", re.MULTILINE)


@contextmanager
def deep_recursion() -> Iterator[None]:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def broken(root: Node, harmless: frozenset[str] = frozenset()) -> tuple[Span, ...]:
    """The outermost places that could not be parsed.

    Where the parser gave up on the file as a whole: the places inside, or else its end. Errors
    within a `harmless` type of node leave no code unread.
    """
    if root.is_error:
        inside = [span for child in root.children for span in broken(child, harmless)]
        return tuple(sorted(inside)) or (Span(root.end_byte, root.end_byte),)
    found: list[Span] = []
    open_nodes = [root]
    while open_nodes:
        node = open_nodes.pop()
        if node.is_error or node.is_missing:
            found.append(span_of(node))
        elif node.has_error and node.type not in harmless:
            open_nodes.extend(node.children)
    return tuple(sorted(found))


def is_malformed(root: Node) -> bool:
    """No compiler takes the file: brackets that do not match, or a merge conflict.

    What else could not be parsed may as well be right, and newer than the grammar.
    """
    if not root.has_error:
        return False
    waiting: list[str] = []
    for bracket in _brackets(root):
        if bracket in OPENING:
            waiting.append(bracket)
        elif not waiting or waiting.pop() != CLOSING[bracket]:
            return True
    return bool(waiting) or CONFLICT.search(root.text or b"") is not None


def _brackets(root: Node) -> Iterator[str]:
    """Those of the tokens, and of what the parser skipped."""
    open_nodes = [root]
    while open_nodes:
        node = open_nodes.pop()
        if node.child_count:
            open_nodes.extend(reversed(node.children))
        elif node.is_error:
            yield from (letter for letter in text_of(node) if letter in "()[]{}")
        elif not node.is_missing:
            text = node.type.removeprefix("$").removeprefix("#")
            if text in CLOSING or text in OPENING:
                yield text


def comments(
    root: Node, types: frozenset[str] = frozenset({"comment"}), word: str = ADDRESS
) -> tuple[Span, ...]:
    """All comments of a file in which one may have the word; else nobody asks for them."""
    if word.encode() not in (root.text or b""):
        return ()
    found: list[Span] = []
    open_nodes = [root]
    while open_nodes:
        node = open_nodes.pop()
        if node.type in types:
            found.append(_comment(node))
        elif node.child_count:
            open_nodes.extend(node.children)
    return tuple(sorted(found))


def _comment(node: Node) -> Span:
    """Without the line break that a doc comment of Rust reaches over."""
    text = node.text or b""
    return Span(node.start_byte, node.end_byte - (len(text) - len(text.rstrip(b"\r\n"))))


def span_of(node: Node) -> Span:
    return Span(node.start_byte, node.end_byte)


def text_of(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def node_at(root: Node, span: Span) -> Node | None:
    """The innermost node at exactly this place."""
    node = root.descendant_for_byte_range(span.start, span.end)
    if node is None or (node.start_byte, node.end_byte) != (span.start, span.end):
        return None
    return node


def ancestors(node: Node) -> Iterator[Node]:
    while node.parent is not None:
        node = node.parent
        yield node


def within(node: Node) -> Iterator[Node]:
    """The node and all below it, in the order of the text."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        yield each
        waiting.extend(reversed(each.children))
