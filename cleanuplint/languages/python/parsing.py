"""From bytes to a syntax tree."""

from functools import cache

import tree_sitter_python
from tree_sitter import Language, Node, Parser


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_python.language()))


def parse(source: bytes) -> Node:
    """The root of the syntax tree."""
    return _parser().parse(source).root_node
