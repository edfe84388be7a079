"""Which declaration a name refers to."""

from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.flow.graph import TypeName, VariableKind
from cleanuplint.languages.javascript.types import types_in
from cleanuplint.languages.syntax import text_of

FUNCTIONS = frozenset(
    {
        "function_declaration", "function_expression", "function", "arrow_function",
        "method_definition", "generator_function", "generator_function_declaration",
        "class_static_block",
    }
)  # fmt: skip
CLASSES = frozenset({"class", "class_declaration", "abstract_class_declaration"})


def names_in(pattern: Node) -> Iterator[Node]:
    """The identifiers that a pattern binds."""
    match pattern.type:
        case "identifier" | "shorthand_property_identifier_pattern":
            yield pattern
        case "pair_pattern":
            value = pattern.child_by_field_name("value")
            if value is not None:
                yield from names_in(value)
        case "assignment_pattern" | "object_assignment_pattern":
            left = pattern.child_by_field_name("left")
            if left is not None:
                yield from names_in(left)
        case "required_parameter" | "optional_parameter":
            inner = pattern.child_by_field_name("pattern")
            if inner is not None:
                yield from names_in(inner)
        case "object_pattern" | "array_pattern" | "rest_pattern":
            for child in pattern.named_children:
                yield from names_in(child)


def lexical(statements: list[Node]) -> Iterator[tuple[Node, VariableKind, tuple[TypeName, ...]]]:
    """The names that `let`, `const`, `class`, `using` and `function` declare in a block."""
    for raw in statements:
        statement = _declared_by(raw)
        if statement.type in ("lexical_declaration", "using_declaration"):
            yield from _declarators(statement)
        elif statement.type in CLASSES or statement.type in FUNCTIONS:
            name = statement.child_by_field_name("name")
            if name is not None:
                is_class = statement.type in CLASSES
                yield name, VariableKind.CLASS if is_class else VariableKind.FUNCTION, ()
        elif statement.type in ("enum_declaration", "internal_module", "module"):
            name = statement.child_by_field_name("name")
            if name is not None and name.type == "identifier":
                yield name, VariableKind.LOCAL, ()
        elif statement.type == "expression_statement":
            using = using_assignment(statement)
            if using is not None:
                left = using.child_by_field_name("left")
                if left is not None:
                    yield left, VariableKind.LOCAL, ()


def _declared_by(statement: Node) -> Node:
    if statement.type == "export_statement":
        inner = statement.child_by_field_name("declaration")
        if inner is None:
            inner = next((c for c in statement.named_children if c.type != "decorator"), None)
        return inner if inner is not None else statement
    return statement


def using_assignment(statement: Node) -> Node | None:
    """The assignment in `using x = …`, which the TypeScript grammar reads as an expression."""
    inner = statement.named_children[0] if statement.named_children else None
    if inner is not None and inner.type == "await_expression" and inner.named_children:
        inner = inner.named_children[0]
    if inner is None or inner.type != "assignment_expression" or not inner.children:
        return None
    return inner if inner.children[0].type == "using" else None


def hoisted(body: Node) -> Iterator[tuple[Node, VariableKind, tuple[TypeName, ...]]]:
    """The names that `var` declares anywhere in a function."""
    open_nodes = [body]
    while open_nodes:
        node = open_nodes.pop()
        if node.type == "variable_declaration":
            yield from _declarators(node)
        elif node.type == "for_in_statement":
            kind = node.child_by_field_name("kind")
            left = node.child_by_field_name("left")
            if kind is not None and text_of(kind) == "var" and left is not None:
                for name in names_in(left):
                    yield name, VariableKind.LOCAL, ()
        if (node.type not in FUNCTIONS and node.type not in CLASSES) or node is body:
            open_nodes.extend(node.named_children)


def _declarators(
    declaration: Node,
) -> Iterator[tuple[Node, VariableKind, tuple[TypeName, ...]]]:
    for declarator in declaration.named_children:
        if declarator.type != "variable_declarator":
            continue
        pattern = declarator.child_by_field_name("name")
        if pattern is None:
            continue
        types = types_in(declarator.child_by_field_name("type"))
        for name in names_in(pattern):
            yield name, VariableKind.LOCAL, types if pattern.type == "identifier" else ()
