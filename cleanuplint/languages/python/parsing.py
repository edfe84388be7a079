"""From bytes to a syntax tree, and what could not be read."""

import re
from functools import cache

import tree_sitter_python
from tree_sitter import Language, Node, Parser

from cleanuplint.findings import Span
from cleanuplint.languages.syntax import broken

LAZY = re.compile(rb"^([ \t]*lazy)[ \t](?=[ \t]*(?:import|from)\b)", re.MULTILINE)
"""An import of Python 3.15 that the grammar does not know; `lazy;` before it, it does."""
TYPES_ALONE = frozenset({"type_parameter"})
"""Nodes that hold nothing but types: the grammar does not know their defaults, `[T = int]`."""


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_python.language()))


def parse(source: bytes) -> Node:
    """The root of the syntax tree."""
    root = _parser().parse(source).root_node
    if root.has_error and LAZY.search(source):
        return _parser().parse(LAZY.sub(rb"\1;", source)).root_node
    return root


def unread(root: Node) -> tuple[Span, ...]:
    """The outermost places of code that could not be parsed."""
    return broken(root, TYPES_ALONE)
