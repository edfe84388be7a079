"""From bytes to a syntax tree, and what could not be read."""

from functools import cache

import tree_sitter_python
from tree_sitter import Language, Node, Parser

from cleanuplint.findings import Span
from cleanuplint.languages.python.respelling import respelled
from cleanuplint.languages.syntax import broken

TYPES_ALONE = frozenset({"type_parameter"})
"""Nodes that hold nothing but types: the grammar does not know their defaults, `[T = int]`."""


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_python.language()))


def parse(source: bytes) -> Node:
    """The root of the syntax tree; of respelled code where that is read better."""
    root = _parser().parse(source).root_node
    if not root.has_error:
        return root
    other = _parser().parse(respelled(source)).root_node
    return other if len(unread(other)) < len(unread(root)) else root


def unread(root: Node) -> tuple[Span, ...]:
    """The outermost places of code that could not be parsed."""
    return broken(root, TYPES_ALONE)
