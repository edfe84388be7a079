"""Which names a function, class body or module binds: all of them are known before it runs."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from cleanuplint.flow.graph import TypeName, VariableKind
from cleanuplint.languages.python.nodes import parts
from cleanuplint.languages.python.types import types_in
from cleanuplint.languages.syntax import text_of

TARGETS = frozenset(
    {
        "pattern_list", "tuple_pattern", "list_pattern", "list_splat_pattern", "tuple", "list",
        "list_splat", "expression_list", "parenthesized_expression", "as_pattern_target",
    }
)  # fmt: skip
"""What groups the targets of an assignment."""
HOLDERS = frozenset(
    {
        "module", "block", "decorated_definition", "expression_statement", "assignment",
        "if_statement", "elif_clause", "else_clause", "for_statement", "while_statement",
        "try_statement", "except_clause", "except_group_clause", "finally_clause",
        "with_statement", "with_clause", "with_item", "as_pattern", "match_statement",
        "case_clause", "ERROR",
    }
)  # fmt: skip
"""What can bind names inside where no expression has a `:=`; most code is expressions."""


@dataclass(slots=True)
class Binding:
    """One name that a scope binds."""

    node: Node
    """Where it is first bound."""
    kind: VariableKind
    types: tuple[TypeName, ...] = ()
    stores: int = 0


@dataclass(slots=True)
class Bindings:
    """The names of one scope."""

    own: dict[str, Binding] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)
    """Names that `nonlocal` says belong to an enclosing function."""
    of_module: set[str] = field(default_factory=set)
    """Names that `global` says belong to the module."""

    def add(self, node: Node, kind: VariableKind, types: tuple[TypeName, ...] = ()) -> None:
        known = self.own.setdefault(text_of(node), Binding(node, kind))
        known.stores += 1
        known.types += types


def bindings(body: Node) -> Bindings:
    """The names that a body binds, those of functions and classes inside it left out."""
    found = Bindings()
    open_nodes = [body]
    everywhere = b":=" in (body.text or b"")
    while open_nodes:
        node = open_nodes.pop()
        inside = list(_read(node, found))
        if everywhere or node.type in HOLDERS:
            open_nodes.extend(reversed(inside))
    for name in found.elsewhere | found.of_module:
        found.own.pop(name, None)
    return found


def _read(node: Node, found: Bindings) -> Iterator[Node]:
    """Enter what a node binds; gives the nodes in which more may be bound."""
    match node.type:
        case "function_definition" | "class_definition":
            name = node.child_by_field_name("name")
            is_class = node.type == "class_definition"
            if name is not None:
                found.add(name, VariableKind.CLASS if is_class else VariableKind.FUNCTION)
        case "lambda" | "comment":
            return
        case "import_statement" | "import_from_statement":
            for name in imported_names(node):
                found.add(name, VariableKind.IMPORT)
        case "global_statement":
            found.of_module.update(text_of(child) for child in parts(node))
        case "nonlocal_statement":
            found.elsewhere.update(text_of(child) for child in parts(node))
        case "case_pattern":
            for name in captured_names(node):
                found.add(name, VariableKind.LOCAL)
        case _:
            yield from _bound_by_target(node, found)


def _bound_by_target(node: Node, found: Bindings) -> Iterator[Node]:
    target = target_of(node)
    types = types_in(node.child_by_field_name("type")) if node.type == "assignment" else ()
    for name in names_in(target) if target is not None else ():
        found.add(name, VariableKind.LOCAL, types)
    for child in node.named_children:
        if child != target or child.type not in (*TARGETS, "identifier"):
            yield child


def target_of(node: Node) -> Node | None:
    """What stands left of `=`, `:=`, `in` or right of `as`."""
    match node.type:
        case "assignment" | "augmented_assignment" | "for_statement" | "type_alias_statement":
            return node.child_by_field_name("left")
        case "named_expression":
            return node.child_by_field_name("name")
        case "as_pattern":
            return node.child_by_field_name("alias")
        case "delete_statement":
            return next(iter(parts(node)), None)
    return None


def names_in(target: Node) -> Iterator[Node]:
    """The identifiers that a target binds."""
    if target.type == "identifier":
        yield target
    elif target.type in TARGETS or target.type == "type":
        for child in target.named_children:
            yield from names_in(child)


def imported_names(statement: Node) -> Iterator[Node]:
    """The local names of an import; of `import a.b` that is `a`."""
    for item in statement.children_by_field_name("name"):
        alias = item.child_by_field_name("alias")
        if alias is not None:
            yield alias
        elif item.named_children:
            yield item.named_children[0]


def captured_names(pattern: Node) -> Iterator[Node]:
    """The names that a `case` pattern binds."""
    children = parts(pattern)
    match pattern.type:
        case "dotted_name" if len(children) == 1 and text_of(pattern) != "_":
            yield children[0]
        case "splat_pattern":
            yield from (child for child in children if child.type == "identifier")
        case "as_pattern":
            yield from captured_names(children[0])
            yield from (child for child in children[1:] if child.type == "identifier")
        case "class_pattern" | "keyword_pattern":
            for child in children[1:]:
                yield from captured_names(child)
        case "dotted_name" | "identifier":
            return
        case _:
            for child in children:
                yield from captured_names(child)
