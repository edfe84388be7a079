"""Type annotations and JSDoc as evidence: which classes they name."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.flow.graph import TypeName
from cleanuplint.languages.syntax import text_of

WRAPPERS = frozenset({"Promise", "Readonly", "NonNullable", "Awaited", "Partial", "Required"})
CONTAINERS = frozenset(
    {"Array", "ReadonlyArray", "Set", "ReadonlySet", "Map", "ReadonlyMap", "Record", "Iterable"}
)


def types_in(node: Node | None, container: bool = False) -> tuple[TypeName, ...]:
    """The classes that an annotation names."""
    return tuple(dict.fromkeys(_types(node, container))) if node is not None else ()


def _types(node: Node, container: bool) -> Iterator[TypeName]:
    match node.type:
        case "type_identifier" | "nested_type_identifier" | "identifier" | "predefined_type":
            yield TypeName(tuple(text_of(node).replace(" ", "").split(".")), container)
        case "member_expression":
            yield from _named(text_of(node), container)
        case "array_type":
            for child in node.named_children:
                yield from _types(child, True)
        case "generic_type":
            yield from _generic(node, container)
        case (
            "type_annotation"
            | "union_type"
            | "intersection_type"
            | "parenthesized_type"
            | "readonly_type"
            | "type_query"
            | "asserts_annotation"
        ):
            for child in node.named_children:
                yield from _types(child, container)


def _generic(node: Node, container: bool) -> Iterator[TypeName]:
    children = node.named_children
    name = text_of(children[0])
    if name not in WRAPPERS | CONTAINERS:
        yield from _types(children[0], container)
        return
    for child in children[1].named_children if len(children) > 1 else ():
        yield from _types(child, container or name in CONTAINERS)


_CARRIERS = frozenset(
    {
        "export_statement", "variable_declarator", "lexical_declaration", "variable_declaration",
        "pair", "assignment_expression", "expression_statement",
    }
)  # fmt: skip


def documentation(node: Node) -> str:
    """The comment right before the statement that `node` is the substance of."""
    while True:
        before = node.prev_sibling
        if before is not None and before.type == "comment":
            return text_of(before)
        parent = node.parent
        if parent is None or parent.type not in _CARRIERS:
            return ""
        node = parent


_TAG = re.compile(r"@(type|param|returns?|typedef|property|prop)\s*\{([^{}]*)\}\s*\[?([\w$]*)")
_NAME = re.compile(r"""^(?:import\(\s*["']([^"']+)["']\s*\)\.)?([A-Za-z_$][\w$.]*)(\[\])?$""")


def documented(comment: str) -> Iterator[tuple[str, str, TypeName]]:
    """The (tag, parameter name, type) triples of a JSDoc comment."""
    for tag, text, name in _TAG.findall(comment):
        for part in text.split("|"):
            inner = re.sub(r"^(?:Promise|Array|Set)\.?<(.*)>$", r"\1", part.strip(" ?!()"))
            for type_name in _named(inner.strip(), part.strip().startswith(("Array", "Set"))):
                yield tag, name, type_name


def _named(text: str, container: bool) -> Iterator[TypeName]:
    """`Tree`, `ts.Tree[]`, `import('web-tree-sitter').Tree`."""
    found = _NAME.match(text)
    if found and found[2] not in ("null", "undefined", "any"):
        module = found[1] or ""
        yield TypeName(tuple(found[2].split(".")), container or bool(found[3]), module)
