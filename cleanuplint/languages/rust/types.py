"""Types as far as they tell what holds memory."""

from tree_sitter import Node

from cleanuplint.languages.rust.parsing import code
from cleanuplint.languages.syntax import text_of
from cleanuplint.rust.model import UNIT, RustType


def type_of(node: Node | None) -> RustType:
    """The type a node spells; of an absent one, the unit type."""
    if node is None:
        return UNIT
    match node.type:
        case "type_identifier" | "primitive_type" | "identifier" | "self":
            return RustType(text_of(node))
        case "scoped_type_identifier" | "scoped_identifier":
            return type_of(node.child_by_field_name("name"))
        case "generic_type":
            return _generic(node)
        case "reference_type":
            return RustType("&", _inner(node), _is_mutable(node))
        case "pointer_type":
            return RustType("*", _inner(node), _is_mutable(node))
        case "array_type":
            fixed = node.child_by_field_name("length") is not None
            return RustType("[;]" if fixed else "[]", (type_of(_field(node, "element")),))
        case "tuple_type":
            return RustType("(,)", tuple(type_of(child) for child in code(node)))
        case "unit_type":
            return UNIT
        case "dynamic_type" | "abstract_type":
            return RustType("dyn", (type_of(_field(node, "trait")),))
        case _:
            return RustType("")


def _generic(node: Node) -> RustType:
    arguments = node.child_by_field_name("type_arguments")
    inner = [child for child in code(arguments) if child.type != "lifetime"] if arguments else []
    return RustType(type_of(_field(node, "type")).name, tuple(type_of(child) for child in inner))


def _inner(node: Node) -> tuple[RustType, ...]:
    return (type_of(_field(node, "type")),)


def _field(node: Node, name: str) -> Node | None:
    return node.child_by_field_name(name)


def _is_mutable(node: Node) -> bool:
    return any(child.type == "mutable_specifier" for child in node.children)
