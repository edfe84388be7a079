"""From bytes to a syntax tree: which grammar, and what it could not read."""

import re
from functools import cache

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from cleanuplint.findings import Span
from cleanuplint.languages.syntax import broken

UNREAD = re.compile(
    rb"""(?:\btypeof\s+|(?<=[:<|&])\s*)import\s*\(\s*(?:'[^'\n]*'|"[^"\n]*")\s*\)"""
    rb"""|(?<=\bexport)\s+type(?=\s*\*)"""
    rb"""|(?<![.\w$#])using\b(?![ \t]+[A-Za-z_$])"""
)
"""What the grammar does not know: the types `import('m').T`, `export type *`, a variable
called `using`."""
TYPES_ALONE = frozenset({"interface_body", "object_type"})
"""Nodes that hold nothing but types, so that an error in them leaves no code unread."""
TYPESCRIPT = frozenset({".ts", ".mts", ".cts"})


@cache
def language(grammar: str) -> Language:
    languages = {
        "javascript": tree_sitter_javascript.language,
        "typescript": tree_sitter_typescript.language_typescript,
        "tsx": tree_sitter_typescript.language_tsx,
    }
    return Language(languages[grammar]())


@cache
def _parser(grammar: str) -> Parser:
    return Parser(language(grammar))


def parse_plain(source: bytes) -> Node:
    """The root of the syntax tree of what is JavaScript for certain."""
    return _parser("javascript").parse(source).root_node


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
    return other if len(unread(other)) < len(unread(root)) else root


def _parse_typed(grammar: str, source: bytes) -> Node:
    """What the grammar does not know is blanked if the file can't be read otherwise."""
    root = _parser(grammar).parse(source).root_node
    if root.has_error and UNREAD.search(source):
        blanked = UNREAD.sub(_blank, source)
        other = _parser(grammar).parse(blanked).root_node
        return other if len(unread(other)) < len(unread(root)) else root
    return root


def _blank(found: re.Match[bytes]) -> bytes:
    """Spaces, or a name of the same length, which members may follow."""
    if found[0] == b"using":
        return b"_sing"
    return (b"" if found[0].strip() == b"type" else b" _").ljust(len(found[0]))


def unread(root: Node) -> tuple[Span, ...]:
    """The outermost places of code that could not be parsed."""
    return broken(root, TYPES_ALONE)
