"""Reads the declarations of a `.d.ts` file, or of the JavaScript glue where there is none.

TypeScript's grammar reads both. In JavaScript the types come from the `@param` lines that
wasm-bindgen writes above each method.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from wasm_verify.types import ANY, NOTHING, ClassTypes, Declarations, Field, Kind, Signature, Type

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

CLASSES = ("class_declaration", "abstract_class_declaration", "class")
FUNCTIONS = ("function_signature", "function_declaration")
METHODS = ("method_signature", "method_definition", "abstract_method_signature")
SCOPES = ("export_statement", "ambient_declaration", "internal_module", "module", "statement_block")
_JSDOC = re.compile(r"@(param|returns?)\s*\{(.+?)\}\s*(?:\[?(\w+))?", re.MULTILINE)


@cache
def _parser() -> "Parser":
    import tree_sitter_typescript
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_typescript.language_typescript()))


def read(source: str) -> Declarations:
    """Never fails: what can't be read is left out."""
    classes: list[ClassTypes] = []
    functions: list[Signature] = []
    aliases: list[tuple[str, Type]] = []
    for node in _declarations(_parser().parse(source.encode()).root_node):
        if node.type in CLASSES and node.child_by_field_name("name"):
            classes.append(_class(node))
        elif node.type in FUNCTIONS:
            functions.append(_signature(node))
        elif alias := _alias(node):
            aliases.append(alias)
    known = dict(aliases)
    return Declarations(
        tuple(replace(one, members=_resolved(one.members, known)) for one in classes),
        _resolved(functions, known),
        tuple(aliases),
    )


def _resolved(signatures: Iterable[Signature], aliases: dict[str, Type]) -> tuple[Signature, ...]:
    return tuple(one.resolved(aliases) for one in signatures)


def _declarations(scope: "Node") -> Iterator["Node"]:
    for node in scope.named_children:
        if node.type in SCOPES or node.type == "expression_statement":
            yield from _declarations(node)
        elif node.type in ("lexical_declaration", "variable_declaration"):
            yield from (value for value in _values(node) if value.type == "class")
        else:
            yield node


def _values(node: "Node") -> Iterator["Node"]:
    for declarator in node.named_children:
        if value := declarator.child_by_field_name("value"):
            yield value


def _text(node: "Node | None") -> str:
    return (node.text or b"").decode("utf-8", "replace") if node else ""


def _class(node: "Node") -> ClassTypes:
    body = node.child_by_field_name("body")
    members = body.named_children if body else []
    return ClassTypes(
        _text(node.child_by_field_name("name")),
        tuple(_signature(member) for member in members if _is_method(member)),
    )


def _is_method(node: "Node") -> bool:
    name = node.child_by_field_name("name")
    return (
        node.type in METHODS
        and name is not None
        and name.type == "property_identifier"
        and not any(child.type in ("get", "set") for child in node.children)
    )


def _signature(node: "Node") -> Signature:
    documented = _documented(node)
    given = node.child_by_field_name("parameters")
    parameters = [_parameter(one, documented) for one in given.named_children] if given else []
    returns = node.child_by_field_name("return_type")
    words = {_text(child) for child in node.children}
    return Signature(
        _text(node.child_by_field_name("name")),
        tuple(one for one in parameters if one),
        _type(returns) if returns else documented.get("", ANY),
        "static" in words,
        "private" in words,
    )


def _documented(node: "Node") -> dict[str, Type]:
    """The types in the comment before a method, by parameter; under an empty name the result."""
    comment = node.prev_named_sibling
    if comment is None and node.parent and node.parent.type == "export_statement":
        comment = node.parent.prev_named_sibling
    if comment is None or comment.type != "comment":
        return {}
    found = {}
    for what, type_, name in _JSDOC.findall(_text(comment)):
        found[name if what == "param" else ""] = parse_type(type_)
    return found


def _parameter(node: "Node", documented: dict[str, Type]) -> Field | None:
    if node.type == "comment":
        return None
    pattern = node.child_by_field_name("pattern") or node
    rest = pattern.type == "rest_pattern"
    name = _text(pattern).lstrip(". ").split("=")[0].strip()
    annotation = node.child_by_field_name("type")
    type_ = _type(annotation) if annotation else documented.get(name, ANY)
    optional = node.type == "optional_parameter" or rest or "value" in _fields_of(node)
    return Field(name, type_, optional)


def _fields_of(node: "Node") -> set[str]:
    return {name for at in range(node.child_count) if (name := node.field_name_for_child(at))}


def _alias(node: "Node") -> tuple[str, Type] | None:
    name = _text(node.child_by_field_name("name"))
    match node.type:
        case "type_alias_declaration":
            return name, _type(node.child_by_field_name("value"))
        case "interface_declaration":
            return name, _record(node.child_by_field_name("body"))
        case "enum_declaration":
            return name, _enum(node.child_by_field_name("body"))
    return None


def _enum(body: "Node | None") -> Type:
    values = []
    for number, member in enumerate(body.named_children if body else []):
        value = member.child_by_field_name("value")
        values.append(Type(Kind.LITERAL, _text(value) if value else str(number)))
    return Type(Kind.UNION, parts=tuple(values)) if values else ANY


def _record(body: "Node | None") -> Type:
    fields = []
    for member in body.named_children if body else []:
        name = member.child_by_field_name("name")
        if name is None or member.type not in ("property_signature", "method_signature"):
            continue
        annotation = member.child_by_field_name("type")
        type_ = _type(annotation) if member.type == "property_signature" else Type(Kind.CALLBACK)
        optional = any(child.type == "?" for child in member.children)
        fields.append(Field(_text(name), type_, optional))
    return Type(Kind.RECORD, fields=tuple(fields))


def parse_type(source: str) -> Type:
    """One type, as a comment has it."""
    declared = read(f"type It = {source};").aliases
    return declared[0][1] if declared else ANY


_PREDEFINED = {
    "string": Type(Kind.STRING),
    "number": Type(Kind.NUMBER),
    "boolean": Type(Kind.BOOLEAN),
    "bigint": Type(Kind.BIGINT),
    "symbol": Type(Kind.SYMBOL),
    "void": NOTHING,
    "undefined": NOTHING,
    "null": NOTHING,
    "never": NOTHING,
}
_ARRAYS = ("Array", "ReadonlyArray", "Iterable")


def _type(node: "Node | None") -> Type:
    """The type that a node says. `any` for what has no place in `Kind`."""
    if node is None:
        return ANY
    inner = [child for child in node.named_children if child.type != "comment"]
    match node.type:
        case "type_annotation" | "parenthesized_type" | "readonly_type":
            return _type(inner[0]) if inner else ANY
        case "predefined_type" | "undefined" | "null" | "identifier" if known := _PREDEFINED.get(
            _text(node)
        ):
            return known
        case "type_identifier":
            name = _text(node)
            return _PREDEFINED.get(name) or Type(Kind.NAMED, name)
        case "literal_type":
            return _PREDEFINED.get(_text(node)) or Type(Kind.LITERAL, _text(node))
        case "array_type":
            return Type(Kind.ARRAY, parts=(_type(inner[0]),))
        case "tuple_type":
            return Type(Kind.TUPLE, parts=tuple(map(_type, inner)))
        case "union_type":
            return _union(node)
        case "object_type":
            return _record(node)
        case "function_type":
            return Type(Kind.CALLBACK)
        case "generic_type":
            return _generic(node)
    return ANY


def _union(node: "Node") -> Type:
    parts: list[Type] = []
    for child in node.named_children:
        part = _type(child)
        parts.extend(part.parts if part.kind == Kind.UNION else [part])
    return Type(Kind.UNION, parts=tuple(parts))


def _generic(node: "Node") -> Type:
    name = _text(node.child_by_field_name("name"))
    given = node.child_by_field_name("type_arguments")
    parts = tuple(map(_type, given.named_children)) if given else ()
    if name in _ARRAYS and parts:
        return Type(Kind.ARRAY, parts=parts[:1])
    return Type(Kind.NAMED, name, parts)
