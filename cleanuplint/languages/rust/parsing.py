"""From bytes to a syntax tree, and what it could not read."""

import re
from collections.abc import Iterator
from functools import cache

import tree_sitter_rust
from tree_sitter import Language, Node, Parser

from cleanuplint.findings import Span
from cleanuplint.languages.syntax import broken

COMMENTS = frozenset({"line_comment", "block_comment"})
WITHOUT_CODE = frozenset(
    {
        "foreign_mod_item", "macro_definition", "type_item", "type_arguments", "dynamic_type",
        "struct_pattern",
    }
)  # fmt: skip
"""What stands inside runs nothing. The grammar knows no `pub type T;` in an `extern` block, no
`dyn 'a + Trait`, no `-1` as a type argument."""
UNREAD = re.compile(
    rb"\bas\s+[\w:]+(?=\s*<=)"
    rb"|\b(?:pub\s*(?:\([^()]*\)\s*)?)?trait\s+\w+(?:<[^={};]*>)?\s*=[^;{}]*;"
)
"""What the grammar does not know: `x as u32 <= y` is no start of type arguments; trait aliases."""
ATTRIBUTE = re.compile(rb"#\[(?:[^\[\]]|\[[^\[\]]*\])*\]")
"""Known in front of items and fields, not in front of a parameter or within a pattern."""


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_rust.language()))


def parse(source: bytes) -> Node:
    """The root of the syntax tree."""
    root = _parser().parse(source).root_node
    if not root.has_error:
        return root
    other = _parser().parse(_without_unread(source, root)).root_node
    return other if len(unread(other)) < len(unread(root)) else root


def _without_unread(source: bytes, root: Node) -> bytes:
    """With blanks in place of what the grammar does not know, attributes only where it failed."""
    blanked = bytearray(UNREAD.sub(_blank, source))
    for span in unread(root):
        start = source.rfind(b"\n", 0, span.start) + 1
        end = source.find(b"\n", span.end)
        for found in ATTRIBUTE.finditer(source, start, end if end >= 0 else len(source)):
            blanked[found.start() : found.end()] = _blank(found)
    return bytes(blanked)


def _blank(found: re.Match[bytes]) -> bytes:
    return re.sub(rb"[^\r\n]", b" ", found[0])


def unread(root: Node) -> tuple[Span, ...]:
    """The places with code that could not be parsed."""
    return tuple(span for span in broken(root, WITHOUT_CODE) if not _is_visibility(root, span))


def _is_visibility(root: Node, span: Span) -> bool:
    """The `pub` of `pub impl`, which some macros allow."""
    node = root.descendant_for_byte_range(span.start, span.end)
    while node is not None and not node.is_error and node.parent is not None:
        node = node.parent
    return node is not None and [child.type for child in node.children] == ["visibility_modifier"]


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
