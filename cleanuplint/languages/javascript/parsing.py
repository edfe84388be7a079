"""From bytes to a syntax tree: which grammar, and what it could not read."""

from functools import cache

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from cleanuplint.findings import Span

TYPESCRIPT = frozenset({".ts", ".mts", ".cts"})


@cache
def _parser(grammar: str) -> Parser:
    languages = {
        "javascript": tree_sitter_javascript.language,
        "typescript": tree_sitter_typescript.language_typescript,
        "tsx": tree_sitter_typescript.language_tsx,
    }
    return Parser(Language(languages[grammar]()))


def parse(source: bytes, suffix: str) -> Node:
    """The root of the syntax tree.

    A `.js` file that the JavaScript grammar does not read whole is often Flow or TypeScript in
    disguise: then the TSX grammar is tried and the tree with fewer errors is kept.
    """
    if suffix in TYPESCRIPT:
        return _parser("typescript").parse(source).root_node
    if suffix == ".tsx":
        return _parser("tsx").parse(source).root_node
    root = _parser("javascript").parse(source).root_node
    if not root.has_error:
        return root
    other = _parser("tsx").parse(source).root_node
    return other if len(broken(other)) < len(broken(root)) else root


def broken(root: Node) -> tuple[Span, ...]:
    """The outermost places that could not be parsed."""
    found: list[Span] = []
    open_nodes = [root]
    while open_nodes:
        node = open_nodes.pop()
        if node.is_error or node.is_missing:
            found.append(span_of(node))
        elif node.has_error:
            open_nodes.extend(node.children)
    return tuple(sorted(found))


def comments(root: Node) -> tuple[Span, ...]:
    found: list[Span] = []
    open_nodes = [root]
    while open_nodes:
        node = open_nodes.pop()
        if node.type == "comment":
            found.append(span_of(node))
        elif node.child_count:
            open_nodes.extend(node.children)
    return tuple(sorted(found))


def span_of(node: Node) -> Span:
    return Span(node.start_byte, node.end_byte)


def text_of(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
