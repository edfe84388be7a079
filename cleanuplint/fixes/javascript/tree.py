"""Finding one's way in a syntax tree: from a span to its node, its statement, its function."""

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from cleanuplint.findings import Span
from cleanuplint.languages.javascript.nodes import TRANSPARENT
from cleanuplint.languages.syntax import ancestors, text_of, within

FUNCTIONS = frozenset(
    {
        "function_declaration",
        "function_expression",
        "generator_function",
        "generator_function_declaration",
        "arrow_function",
        "method_definition",
        "class_static_block",
    }
)
LISTS = frozenset({"program", "statement_block", "switch_case", "switch_default"})
"""Nodes that hold statements."""
NAMES = frozenset(
    {"identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern"}
)


def value_of(node: Node) -> Node:
    """The node, or what only awaits it or wraps it in parentheses and types."""
    while node.parent is not None and node.parent.type in (*TRANSPARENT, "await_expression"):
        node = node.parent
    return node


def statement_of(node: Node) -> Node | None:
    """The statement that holds the node in the innermost list of statements around it."""
    for parent in ancestors(node):
        if parent.type in LISTS and node.type != "comment" and not _is_case(node, parent):
            return node
        if parent.type in FUNCTIONS or parent.type == "class_body":
            return None
        node = parent
    return None


def _is_case(node: Node, clause: Node) -> bool:
    """`case node:`"""
    return clause.type == "switch_case" and clause.child_by_field_name("value") == node


def scope_of(statement: Node) -> list[Node]:
    """All statements that see what it declares: its list, or all clauses of its `switch`."""
    parent = statement.parent
    if parent is None or parent.type not in ("switch_case", "switch_default"):
        return siblings(statement)
    clauses = parent.parent.named_children if parent.parent is not None else [parent]
    return [node for clause in clauses for node in clause.named_children]


def function_of(node: Node) -> Node | None:
    return next((each for each in ancestors(node) if each.type in FUNCTIONS), None)


def siblings(statement: Node) -> list[Node]:
    """All statements and comments of its list, itself included."""
    parent = statement.parent
    if parent is None:
        return [statement]
    first = 0
    if parent.type == "switch_case":
        first = 1 if parent.child_by_field_name("value") is not None else 0
    return list(parent.named_children[first:])


def arrow_of(node: Node) -> Node | None:
    """The arrow function whose body, a mere expression, the node is part of."""
    for parent in ancestors(node):
        if parent.type == "arrow_function":
            return parent if parent.child_by_field_name("body") == node else None
        if parent.type in LISTS or parent.type in FUNCTIONS:
            return None
        node = parent
    return None


@dataclass(frozen=True, slots=True)
class Held:
    """The names by which code gets at a resource, and the expression that has none yet."""

    names: frozenset[str]
    unnamed: Span | None = None

    def is_in(self, node: Node) -> bool:
        return any(self._is(each) for each in within(node))

    def _is(self, node: Node) -> bool:
        if node.type in NAMES:
            return text_of(node) in self.names
        return self.unnamed == Span(node.start_byte, node.end_byte)


def assigns(node: Node, path: str) -> bool:
    """The node gives the variable or access path a value."""
    if node.type != "assignment_expression":
        return False
    target = node.child_by_field_name("left")
    return target is not None and text_of(target) == path


def mentions_path(node: Node, path: str) -> bool:
    """The node reads the variable or the access path, whatever of it."""
    return any(
        each.type in (*NAMES, "member_expression", "this") and text_of(each) == path
        for each in within(node)
    )


def names_in(pattern: Node) -> Iterator[str]:
    """The names that a declared pattern binds."""
    if pattern.type in ("identifier", "shorthand_property_identifier_pattern"):
        yield text_of(pattern)
    elif pattern.type == "pair_pattern":
        value = pattern.child_by_field_name("value")
        if value is not None:
            yield from names_in(value)
    elif pattern.type in ("assignment_pattern", "object_assignment_pattern"):
        left = pattern.child_by_field_name("left")
        if left is not None:
            yield from names_in(left)
    else:
        for child in pattern.named_children:
            yield from names_in(child)


DECLARATIONS = frozenset({"lexical_declaration", "variable_declaration"})


def declarators(statement: Node) -> list[Node]:
    if statement.type not in DECLARATIONS:
        return []
    return [child for child in statement.named_children if child.type == "variable_declarator"]


def declared(statement: Node) -> frozenset[str]:
    """The names that a statement declares in the block around it."""
    if statement.type in DECLARATIONS:
        patterns = (each.child_by_field_name("name") for each in declarators(statement))
        return frozenset(name for pattern in patterns if pattern for name in names_in(pattern))
    named = statement.child_by_field_name("name")
    if statement.type.endswith("_declaration") and named is not None:
        return frozenset({text_of(named)})
    return frozenset()
