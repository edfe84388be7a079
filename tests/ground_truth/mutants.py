"""Guard-removal mutants: accepted code without one of its guards.

A guard is a statement that releases or clears, or the word `using`. Where the code has another
release of the same thing, the mutant may be as good as the original.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.languages.javascript.parsing import parse
from cleanuplint.languages.syntax import text_of

from .accepted import Accepted, Mutant, cleanup_names
from .python_mutants import python_mutants

FUNCTIONS = frozenset({"function_declaration", "function_expression", "method_definition"})
USING = re.compile(rb"^(\s*|.*\()(?:await\s+)?using (?=[\w$]+\s*(?:[=:]|of\b))", re.MULTILINE)


def mutants(code: Accepted) -> Iterator[Mutant]:
    if code.suffix == ".py":
        yield from python_mutants(code)
        return
    root = parse(code.source, code.suffix)
    calls = list(_cleanup_calls(root))
    for call in calls:
        statement = _statement(call)
        inside = [one for one in calls if _covers(statement, one)]
        if inside[0] != call:
            continue
        others = {_thing(one) for one in calls if one not in inside}
        yield _without(code, statement, inside, {_thing(one) for one in inside} <= others)
    for match in USING.finditer(code.source):
        source = code.source[: match.start()] + match[1] + b"const " + code.source[match.end() :]
        line = code.source.count(b"\n", 0, match.end()) + 1
        yield Mutant(code, "using", "using", line, source, has_other=False)


def _without(code: Accepted, statement: Node, inside: list[Node], has_other: bool) -> Mutant:
    before, after = code.source[: statement.start_byte], code.source[statement.end_byte :]
    kind = "finally" if _ancestor(statement, "finally_clause") is not None else "elsewhere"
    removed = " ".join(text_of(inside[0]).split())
    line = statement.start_point[0] + 1
    return Mutant(code, kind, removed, line, before + b";" + after, has_other)


def _cleanup_calls(node: Node) -> Iterator[Node]:
    if node.type == "call_expression" and _cleans(node):
        yield node
    for child in node.children:
        yield from _cleanup_calls(child)


def _cleans(call: Node) -> bool:
    callee, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    if callee is None or callee.type != "member_expression" or arguments is None:
        return False
    name = callee.child_by_field_name("property")
    if name is None or text_of(name) not in cleanup_names() or arguments.named_children:
        return False
    return "(" not in _receiver(call)  # `f().free()` acquires what it releases


def _thing(call: Node) -> tuple[str, int]:
    """What a call releases: a name, in the function that says it."""
    node = call
    while node.parent is not None and node.type not in FUNCTIONS:
        node = node.parent
    return _receiver(call).rstrip("?"), node.start_byte


def _receiver(call: Node) -> str:
    callee = call.child_by_field_name("function")
    receiver = callee.child_by_field_name("object") if callee is not None else None
    return text_of(receiver) if receiver is not None else ""


def _statement(call: Node) -> Node:
    """The guard as a whole: the outermost statement around a call that is there for it alone."""
    node = call
    while node.parent is not None and not _holds_statements(node.parent):
        node = node.parent
    while (outer := _wrapper(node)) is not None:
        node = outer
    return node


def _holds_statements(node: Node) -> bool:
    body = ("statement_block", "program", "switch_case", "switch_default", "arrow_function")
    return node.type in body or (node.type == "if_statement")


def _wrapper(node: Node) -> Node | None:
    """`if (x) x.free()` and `try { x.free() } catch {}` around nothing else."""
    parent = node.parent
    if parent is None:
        return None
    if parent.type == "if_statement" and parent.child_by_field_name("alternative") is None:
        return parent
    if parent.type != "statement_block" or len(parent.named_children) > 1:
        return None
    outer = parent.parent
    guards = ("if_statement", "try_statement")
    if outer is not None and outer.type in guards and _only_body(outer, parent):
        return outer
    return None


def _only_body(statement: Node, body: Node) -> bool:
    if statement.type == "if_statement":
        return statement.child_by_field_name("alternative") is None
    return statement.child_by_field_name("body") == body and not any(
        child.type == "finally_clause" for child in statement.children
    )


def _ancestor(node: Node, kind: str) -> Node | None:
    current: Node | None = node
    while current is not None and current.type != kind:
        current = current.parent
    return current


def _covers(statement: Node, call: Node) -> bool:
    return statement.start_byte <= call.start_byte and call.end_byte <= statement.end_byte
