"""Types that a file gives a name to: aliases, interfaces, `@typedef` of JSDoc."""

from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.findings import Span
from cleanuplint.flow.graph import NamedType, TypeName
from cleanuplint.languages.javascript.nodes import key_of
from cleanuplint.languages.javascript.types import documented, types_in
from cleanuplint.languages.syntax import comments, text_of

TYPEDEF = "@typedef"


def named_types(root: Node, source: bytes) -> dict[str, NamedType]:
    """The types at the top of a module, by name."""
    found = dict(_in_comments(source, comments(root, word=TYPEDEF)))
    for statement in root.named_children:
        declaration = statement.child_by_field_name("declaration") or statement
        name = declaration.child_by_field_name("name")
        if name is not None and declaration.type == "type_alias_declaration":
            found[text_of(name)] = _aliased(declaration.child_by_field_name("value"))
        elif name is not None and declaration.type == "interface_declaration":
            found[text_of(name)] = _interface(declaration)
    return found


def _aliased(value: Node | None) -> NamedType:
    if value is None:
        return NamedType()
    parts = value.named_children if value.type == "intersection_type" else [value]
    fields = {name: types for part in parts for name, types in _fields(part)}
    return NamedType(types_in(value), fields)


def _interface(declaration: Node) -> NamedType:
    types: tuple[TypeName, ...] = ()
    for child in declaration.named_children:
        if child.type == "extends_type_clause":
            types += tuple(one for kind in child.named_children for one in types_in(kind))
    body = declaration.child_by_field_name("body")
    return NamedType(types, dict(_fields(body)) if body is not None else {})


def _fields(node: Node) -> Iterator[tuple[str, tuple[TypeName, ...]]]:
    for member in node.named_children if node.type in ("object_type", "interface_body") else ():
        name = member.child_by_field_name("name")
        types = types_in(member.child_by_field_name("type"))
        if member.type == "property_signature" and name is not None and types:
            yield key_of(name) or "", types


def _in_comments(source: bytes, spans: tuple[Span, ...]) -> Iterator[tuple[str, NamedType]]:
    for span in spans:
        text = source[span.start : span.end].decode("utf-8", "replace")
        if TYPEDEF in text:
            yield from _definitions(text)


def _definitions(text: str) -> Iterator[tuple[str, NamedType]]:
    name = ""
    types: tuple[TypeName, ...] = ()
    fields: dict[str, tuple[TypeName, ...]] = {}
    for tag, of, type_name in documented(text):
        if tag == "typedef":
            if of != name:
                yield name, NamedType(types, fields)
                name, types, fields = of, (), {}
            types = (*types, type_name)
        elif tag.startswith("prop"):
            fields[of] = (*fields.get(of, ()), type_name)
    yield name, NamedType(types, fields)
