"""From bytes to a syntax tree, and what it could not read."""

from collections.abc import Iterator
from functools import cache

import tree_sitter_rust
from tree_sitter import Language, Node, Parser

from cleanuplint.findings import Span

COMMENTS = ("line_comment", "block_comment")


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_rust.language()))


def parse(source: bytes) -> Node:
    """The root of the syntax tree."""
    return _parser().parse(source).root_node


def comments(root: Node) -> tuple[Span, ...]:
    found: list[Span] = []
    open_nodes = [root]
    while open_nodes:
        node = open_nodes.pop()
        if node.type in COMMENTS:
            found.append(_comment(node))
        elif node.child_count:
            open_nodes.extend(node.children)
    return tuple(sorted(found))


def _comment(node: Node) -> Span:
    """A doc comment's node reaches over its line break."""
    text = node.text or b""
    return Span(node.start_byte, node.end_byte - (len(text) - len(text.rstrip(b"\r\n"))))


def expression(source: bytes) -> Node | None:
    """The expression that a text is, if it is one."""
    root = parse(source + b";")
    if root.has_error or not root.named_children:
        return None
    statement = root.named_children[0]
    if statement.type != "expression_statement" or not statement.named_children:
        return None
    return statement.named_children[0]


def code(node: Node) -> list[Node]:
    """The named children that are not comments."""
    return [child for child in node.named_children if child.type not in COMMENTS]


def leaves(node: Node) -> Iterator[Node]:
    """The tokens of a token tree, in order."""
    if not node.child_count:
        yield node
    for child in node.children:
        yield from leaves(child)
