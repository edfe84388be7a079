"""Which statements a guard has to cover, and which declarations must be hoisted out of it.

const tree = parse(text);        ← the duty arises
const size = tree.rootNode.size; ┐
report(size);                    │ the extent: to the last statement that needs the resource
log(tree.version);               ┘
return size;                     ← `size` is hoisted, or the extent goes on to the end
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from cleanuplint.fixes.javascript.tree import (
    FUNCTIONS,
    declarators,
    declared,
    mentions,
    names_in,
    siblings,
    within,
)
from cleanuplint.languages.syntax import text_of

SHORT = 3
"""Statements after the last use that may just as well be under the guard."""


@dataclass(frozen=True, slots=True)
class Extent:
    """Consecutive statements and comments of one block."""

    nodes: tuple[Node, ...]
    hoisted: tuple[Node, ...] = ()
    """Declarations in it whose names are needed after it."""
    names: frozenset[str] = frozenset()
    """The resource, and all that is made of it."""


def after(statement: Node) -> list[Node]:
    """What follows a statement in its block, without a comment on its own line."""
    following = [node for node in siblings(statement) if node.start_byte >= statement.end_byte]
    while following and following[0].type == "comment":
        if following[0].start_point.row != statement.end_point.row:
            break
        following.pop(0)
    return following


def extent(
    following: Sequence[Node], names: frozenset[str], released: Node | None = None
) -> Extent | None:
    """From the first statement after the duty arose to the last that needs the resource.

    `released`: the statement that releases it now; the guard ends there. None where no statement
    uses it, and None where what the guard would have to cover can't be moved into a block.
    """
    names = derived(following, names)
    if released is not None:
        last = next((n for n, node in enumerate(following) if node == released), 0) - 1
    else:
        uses = [n for n, node in enumerate(following) if mentions(node, names)]
        last = uses[-1] if uses else -1
    if last < 0:
        return None
    return _with_hoists(following, last, names, released)


def _with_hoists(
    following: Sequence[Node], last: int, names: frozenset[str], released: Node | None
) -> Extent | None:
    inside, rest = _split(following, last)
    tail = [node for node in rest if node != released]
    needed = [node for node in inside if declared(node) and _needed(tail, declared(node))]
    short = len([node for node in tail if node.type != "comment"]) <= SHORT
    if tail and (_only_returns(tail) or (needed and (short or not _hoistable(needed)))):
        return Extent(tuple(node for node in following if node != released), (), names)
    return Extent(tuple(inside), tuple(needed), names) if _hoistable(needed) else None


def _split(following: Sequence[Node], last: int) -> tuple[list[Node], list[Node]]:
    """Up to the last statement with the comment behind it, and the rest."""
    after_last = following[last + 1 : last + 2]
    if after_last and after_last[0].type == "comment":
        if after_last[0].start_point.row == following[last].end_point.row:
            last += 1
    return list(following[: last + 1]), list(following[last + 1 :])


def _needed(tail: Sequence[Node], names: frozenset[str]) -> bool:
    return any(mentions(node, names) for node in tail)


def _only_returns(tail: Sequence[Node]) -> bool:
    code = [node for node in tail if node.type != "comment"]
    return len(code) == 1 and code[0].type == "return_statement"


def _hoistable(declarations: Sequence[Node]) -> bool:
    """Each declares variables, not a function or a class."""
    return all(declarators(node) for node in declarations)


def derived(nodes: Sequence[Node], names: frozenset[str]) -> frozenset[str]:
    """The names, and all variables that are made of what they hold."""
    while True:
        more = {
            name
            for statement in nodes
            for node in within(statement)
            for name in _made_of(node, names)
        }
        if more <= names:
            return names
        names |= more


def _made_of(node: Node, names: frozenset[str]) -> frozenset[str]:
    """The variables that a declarator, assignment or loop gives a value made of `names`."""
    match node.type:
        case "variable_declarator":
            target, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        case "assignment_expression" | "for_in_statement":
            target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
        case _:
            return frozenset()
    if target is None or value is None or value.type in FUNCTIONS or not keeps(value, names):
        return frozenset()
    if target.type in ("member_expression", "subscript_expression"):
        return frozenset()
    return frozenset(names_in(target))


def keeps(value: Node, names: frozenset[str]) -> bool:
    """The value may hold on to the resource: it is made of it, and is no plain value."""
    return mentions(value, names) and not is_plain(value)


PLAIN = frozenset({"template_string", "string", "number", "true", "false", "null", "undefined"})
COMPUTES = frozenset({"unary_expression", "update_expression"})
KEEPING = frozenset({"&&", "||", "??"})
"""Operators whose result is one of their operands."""
PLAIN_METHODS = frozenset(
    {
        "toString", "toFixed", "join", "includes", "startsWith", "endsWith", "indexOf", "trim",
        "toUpperCase", "toLowerCase", "stringify", "isArray", "toJSON", "charCodeAt", "getTime",
    }
)  # fmt: skip
PLAIN_CALLS = frozenset({"String", "Number", "Boolean", "BigInt", "parseInt", "parseFloat"})
PLAIN_MEMBERS = frozenset(
    {"length", "size", "byteLength", "rows", "cols", "width", "height", "type", "text", "name"}
)


def is_plain(value: Node) -> bool:
    """A string, number or boolean by its form: nothing of it lives in anybody's memory."""
    match value.type:
        case "parenthesized_expression" | "await_expression" | "non_null_expression":
            return bool(value.named_children) and is_plain(value.named_children[0])
        case "binary_expression":
            operator = value.child_by_field_name("operator")
            sides = [value.child_by_field_name(side) for side in ("left", "right")]
            return operator is not None and (
                operator.type not in KEEPING or all(side and is_plain(side) for side in sides)
            )
        case "ternary_expression":
            ways = [value.child_by_field_name(way) for way in ("consequence", "alternative")]
            return all(way is not None and is_plain(way) for way in ways)
        case "member_expression":
            name = value.child_by_field_name("property")
            return name is not None and text_of(name) in PLAIN_MEMBERS
        case "call_expression":
            return _is_plain_call(value)
        case kind:
            return kind in PLAIN or kind in COMPUTES


def _is_plain_call(call: Node) -> bool:
    callee = call.child_by_field_name("function")
    if callee is None:
        return False
    if callee.type == "member_expression":
        name = callee.child_by_field_name("property")
        return name is not None and text_of(name) in PLAIN_METHODS
    return text_of(callee) in PLAIN_CALLS
