"""Which statements a guard has to cover, and which declarations must be hoisted out of it.

const tree = parse(text);        ← the duty arises
const size = tree.rootNode.size; ┐
report(size);                    │ the extent: to the last statement that needs the resource
log(tree.version);               ┘
return size;                     ← `size` is hoisted, or the extent goes on to the end
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tree_sitter import Node

from cleanuplint.fixes.javascript.tree import (
    FUNCTIONS,
    Held,
    declarators,
    declared,
    names_in,
    scope_of,
    siblings,
)
from cleanuplint.languages.syntax import text_of, within

LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})
ANYWHERE = "variable_declaration"
"""A `var` is seen in all of its function, wherever it stands."""
SHORT = 3
"""Statements after the last use that may just as well be under the guard."""


@dataclass(frozen=True, slots=True)
class Extent:
    """Consecutive statements and comments of one block."""

    nodes: tuple[Node, ...]
    hoisted: tuple[Node, ...]
    """Declarations in it whose names are needed after it."""
    held: Held
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
    following: Sequence[Node], held: Held, released: Node | None = None, gone: Sequence[Node] = ()
) -> Extent | None:
    """From the first statement after the duty arose to the last that needs the resource.

    `released`: the statement that releases it now; the guard ends there. None where no statement
    uses it, and None where what the guard would have to cover can't be moved into a block.
    `gone`: all statements and comments that will be taken away.
    """
    following = without_comments(following, gone)
    following = _without_end(following, [node for node in gone if node != released])
    held = derived(following, held)
    if released is not None:
        return until(following, released, held)
    uses = [node for node in following if held.is_in(node)]
    return covering(following, uses[-1], held) if uses else None


def until(following: Sequence[Node], released: Node, held: Held) -> Extent | None:
    """Up to the release, which moves into the guard."""
    before = [node for node in following if node.start_byte < released.start_byte]
    code = [node for node in before if node.type != "comment"]
    rest = [node for node in following if node != released]
    return covering(rest, _with_cleanup(rest, code), held) if code else None


def _with_cleanup(rest: Sequence[Node], code: Sequence[Node]) -> Node:
    """The last statement of the code, or of the calls behind it that clean up after it."""
    made = Held(frozenset(name for node in code for name in declared(node)))
    last = code[-1]
    for node in rest:
        if node.start_byte > last.start_byte:
            if node.type != "expression_statement" or not made.is_in(node):
                break
            last = node
    return last


def covering(following: Sequence[Node], last: Node, held: Held) -> Extent | None:
    """Up to a statement, or on to the end of the block where that is simpler."""
    inside, tail = _split(following, next(n for n, it in enumerate(following) if it == last))
    needed = [node for node in inside if _is_needed_outside(node, inside)]
    if tail and (_only_returns(tail) or (needed and (is_short(tail) or not _hoistable(needed)))):
        if (whole := _whole(following, held)) is not None:
            return whole
    if not (_hoistable(needed) and _is_movable(inside)):
        return None
    return Extent(tuple(inside), tuple(needed), held)


def is_short(tail: Sequence[Node]) -> bool:
    """A few statements that don't wait for anything."""
    code = [node for node in tail if node.type != "comment"]
    return len(code) <= SHORT and not any(
        each.type in ("await_expression", *LOOPS) for node in code for each in within(node)
    )


def _split(following: Sequence[Node], last: int) -> tuple[list[Node], list[Node]]:
    """Up to the last statement with the comment behind it, and the rest."""
    after_last = following[last + 1 : last + 2]
    if after_last and after_last[0].type == "comment":
        if after_last[0].start_point.row == following[last].end_point.row:
            last += 1
    return list(following[: last + 1]), list(following[last + 1 :])


def without_comments(nodes: Sequence[Node], gone: Sequence[Node]) -> list[Node]:
    """The nodes without comments that go elsewhere."""
    return [node for node in nodes if node.type != "comment" or node not in gone]


def _without_end(nodes: Sequence[Node], gone: Sequence[Node]) -> Sequence[Node]:
    """The nodes without those at the end that go."""
    while nodes and nodes[-1] in gone:
        nodes = nodes[:-1]
    return nodes


def _is_needed_outside(declaration: Node, inside: Sequence[Node]) -> bool:
    """By what follows, or by a function that stands before and is called later."""
    names = frozenset() if declaration.type == ANYWHERE else declared(declaration)
    return bool(names) and any(
        Held(names).is_in(node) for node in scope_of(declaration) if node not in inside
    )


def _whole(nodes: Sequence[Node], held: Held) -> Extent | None:
    """To the end of the block, with nothing hoisted."""
    is_needed = any(_is_needed_outside(node, nodes) for node in nodes)
    return None if is_needed or not _is_movable(nodes) else Extent(tuple(nodes), (), held)


def _is_movable(nodes: Sequence[Node]) -> bool:
    """No block may hold what the module imports and exports."""
    return not any(node.type in ("import_statement", "export_statement") for node in nodes)


def _only_returns(tail: Sequence[Node]) -> bool:
    code = [node for node in tail if node.type != "comment"]
    return len(code) == 1 and code[0].type == "return_statement"


def _hoistable(declarations: Sequence[Node]) -> bool:
    """Each declares variables, not a function or a class."""
    return all(declarators(node) for node in declarations)


def hands_over(extent: Extent, held: Held) -> bool:
    """A `return` in it gives the resource itself to the caller: no `finally` may release it."""
    held = derived(extent.nodes, held, _other_name_of)
    return any(
        _is_given(value, held)
        for statement in extent.nodes
        for node in within(statement)
        if node.type == "return_statement"
        for value in node.named_children[:1]
    )


def _is_given(value: Node, held: Held) -> bool:
    """The name itself, or an object or array that holds it."""
    match value.type:
        case "identifier" | "shorthand_property_identifier":
            return held.is_in(value)
        case "pair":
            inner = value.child_by_field_name("value")
            return inner is not None and _is_given(inner, held)
        case "object" | "array" | "parenthesized_expression" | "as_expression":
            return any(_is_given(child, held) for child in value.named_children)
        case "ternary_expression":
            return any(_is_given(child, held) for child in value.named_children[1:])
        case "non_null_expression" | "await_expression" | "satisfies_expression":
            return any(_is_given(child, held) for child in value.named_children)
    return False


def _other_name_of(value: Node, held: Held) -> bool:
    return value.type == "identifier" and held.is_in(value)


def keeps(value: Node, held: Held) -> bool:
    """The value may hold on to the resource: it is made of it, and is no plain value."""
    return held.is_in(value) and not is_plain(value)


def derived(nodes: Sequence[Node], held: Held, is_of: Callable[[Node, Held], bool] = keeps) -> Held:
    """What is held, and all variables that are given a value of it."""
    while True:
        more = {
            name
            for statement in nodes
            for node in within(statement)
            for name in _made_of(node, held, is_of)
        }
        if more <= held.names:
            return held
        held = replace(held, names=held.names | more)


def _made_of(node: Node, held: Held, is_of: Callable[[Node, Held], bool]) -> frozenset[str]:
    """The variables that a declarator, assignment or loop gives a value made of it."""
    match node.type:
        case "variable_declarator":
            target, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        case "assignment_expression" | "for_in_statement":
            target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
        case _:
            return frozenset()
    if target is None or value is None or value.type in FUNCTIONS or not is_of(value, held):
        return frozenset()
    if target.type in ("member_expression", "subscript_expression"):
        return frozenset()
    return frozenset(names_in(target))


PLAIN = frozenset({"template_string", "string", "number", "true", "false", "null", "undefined"})
COMPUTES = frozenset({"unary_expression", "update_expression"})
KEEPING = frozenset({"&&", "||", "??"})
"""Operators whose result is one of their operands."""
PLAIN_METHODS = frozenset(
    {
        "getString", "getNumber", "getBigInt", "getWidth", "getHeight",
        "toString", "toFixed", "join", "includes", "startsWith", "endsWith", "indexOf", "trim",
        "toUpperCase", "toLowerCase", "stringify", "isArray", "toJSON", "charCodeAt", "getTime",
    }
)  # fmt: skip
PLAIN_CALLS = frozenset(
    {
        "String", "Number", "Boolean", "BigInt", "Symbol", "parseInt", "parseFloat",
        "Uint8Array.from", "Float32Array.from", "Buffer.from",
    }
)  # fmt: skip
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
        case "assignment_expression" | "as_expression" | "satisfies_expression":
            inner = value.child_by_field_name("right") or value.named_children[0]
            return is_plain(inner)
        case kind:
            return kind in PLAIN or kind in COMPUTES


def _is_plain_call(call: Node) -> bool:
    callee = call.child_by_field_name("function")
    if callee is None:
        return False
    if text_of(callee) in PLAIN_CALLS or text_of(callee).startswith("Math."):
        return True
    if callee.type == "member_expression":
        name = callee.child_by_field_name("property")
        return name is not None and text_of(name) in PLAIN_METHODS
    return False
