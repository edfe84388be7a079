"""From bytes to a syntax tree: which grammar, and what it could not read."""

import re
from functools import cache

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from cleanuplint.findings import Span

IMPORT_TYPE = re.compile(rb"\btypeof\s+import\s*\(\s*(?:'[^'\n]*'|\"[^\"\n]*\")\s*\)")
TYPES_ALONE = frozenset({"interface_body", "object_type"})
"""Nodes that hold nothing but types, so that an error in them leaves no code unread."""
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
        return _parse_typed("typescript", source)
    if suffix == ".tsx":
        return _parse_typed("tsx", source)
    root = _parser("javascript").parse(source).root_node
    if not root.has_error:
        return root
    other = _parser("tsx").parse(source).root_node
    return other if len(broken(other)) < len(broken(root)) else root


def _parse_typed(grammar: str, source: bytes) -> Node:
    """The grammar does not know `typeof import('m')` everywhere: if it must, that is blanked."""
    root = _parser(grammar).parse(source).root_node
    if root.has_error and IMPORT_TYPE.search(source):
        blanked = IMPORT_TYPE.sub(lambda found: b"any".ljust(len(found[0])), source)
        other = _parser(grammar).parse(blanked).root_node
        return other if len(broken(other)) < len(broken(root)) else root
    return root


def broken(root: Node) -> tuple[Span, ...]:
    """The outermost places that could not be parsed.

    Where the parser gave up on the file as a whole: the places inside, or else its end.
    """
    if root.is_error:
        inside = [span for child in root.children for span in broken(child)]
        return tuple(sorted(inside)) or (Span(root.end_byte, root.end_byte),)
    found: list[Span] = []
    open_nodes = [root]
    while open_nodes:
        node = open_nodes.pop()
        if node.is_error or node.is_missing:
            found.append(span_of(node))
        elif node.has_error and node.type not in TYPES_ALONE:
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
