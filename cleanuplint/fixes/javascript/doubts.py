"""Why a release may be more than a release: who else may hold what it ends.

A later release that is already there proves that all in between were borrows. Where none is,
every way out of the extent is a doubt: what is returned, stored, captured or handed to code that
nobody here can read.
"""

from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.findings import Remedy
from cleanuplint.fixes.javascript.extent import KEEPING, Extent, is_plain, keeps
from cleanuplint.fixes.javascript.tree import FUNCTIONS, NAMES, Held, function_of
from cleanuplint.flow.words import RUNS_NOW
from cleanuplint.languages.syntax import ancestors, text_of, within

BORROWING = ("console.", "Math.", "Object.keys", "Object.entries", "JSON.", "String", "Array.from")
"""Functions of the language that keep nothing."""
LOOKING = frozenset(
    {"parenthesized_expression", "unary_expression", "formal_parameters", "required_parameter",
     "augmented_assignment_expression"}
)  # fmt: skip
"""What looks at a value and hands it to nobody."""
GUESS = "that it is WASM memory is a guess by its name"


def doubt(remedy: Remedy, extent: Extent, own: frozenset[str], ends_there: bool = False) -> str:
    """The first reason to doubt; empty where there is none.

    `own`: functions of the file. `ends_there`: what follows the extent has a release already, so
    that what is returned can't need the resource.
    """
    if remedy.assumed:
        return GUESS
    if remedy.clears:
        return ""
    if remedy.given and not remedy.existing:
        return "somebody else may own it by then"
    known = own | remedy.libraries
    for node in extent.nodes:
        for reason in _reasons(node, extent.held, known, bool(remedy.existing), ends_there):
            return reason
    return ""


def _reasons(
    statement: Node, held: Held, known: frozenset[str], proven: bool, ends_there: bool
) -> Iterator[str]:
    for node in within(statement):
        match node.type:
            case "return_statement" if not ends_there:
                value = next(iter(node.named_children), None)
                yield from returned(value, held)
            case "assignment_expression" if not proven:
                yield from _stored(node, held)
            case "call_expression" | "new_expression" if not proven:
                yield from _handed(node, held, known)
            case kind if kind in FUNCTIONS and held.is_in(node) and not runs_now(node):
                yield f"`{_short(node)}` may run after the release"


def returned(value: Node | None, held: Held) -> Iterator[str]:
    """What is given to the caller may be a view of the memory."""
    if value is not None and keeps(value, held):
        yield f"what is returned, `{_short(value)}`, may need it"


def _stored(node: Node, held: Held) -> Iterator[str]:
    target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
    if target is None or value is None or not keeps(value, held):
        return
    if target.type == "identifier" and text_of(target) in held.names:
        return
    yield f"`{_short(target)}` may need it later"


def _handed(call: Node, held: Held, known: frozenset[str]) -> Iterator[str]:
    """An argument is the resource, and the callee is neither of this file nor the library's."""
    arguments = call.child_by_field_name("arguments")
    callee = call.child_by_field_name("function") or call.child_by_field_name("constructor")
    if arguments is None or callee is None or _borrows(callee, held, known):
        return
    for argument in arguments.named_children:
        if argument.type in FUNCTIONS or is_plain(argument):
            continue
        if held.is_in(argument) and argument.type != "call_expression":
            yield f"`{_short(callee)}` may keep it"


def handed_out(scope: Node, place: str, but: Node) -> str:
    """Why something else may hold what is in a place: it is read whole in more than a test."""
    for node in within(scope):
        if not (node.type in ("identifier", "member_expression") and text_of(node) == place):
            continue
        if not (but.start_byte <= node.start_byte < but.end_byte or _is_looked_at(node)):
            return f"`{_short(node.parent or node)}` may have handed the old one on"
    return ""


def _is_looked_at(node: Node) -> bool:
    """It is used, tested or given a value where it stands."""
    parent = node.parent
    if parent is None or parent.type in LOOKING:
        return True
    first = parent.named_children[0] == node
    match parent.type:
        case "member_expression" | "variable_declarator" | "assignment_expression":
            return first
        case "ternary_expression":
            return first
        case "binary_expression":
            operator = parent.child_by_field_name("operator")
            return operator is not None and (operator.type not in KEEPING or first)
        case "non_null_expression" | "as_expression":
            return _is_looked_at(parent)
    return False


def _borrows(callee: Node, held: Held, known: frozenset[str]) -> bool:
    """A function of the file or of a library, or a method of the resource itself."""
    if text_of(callee) in known or text_of(callee).startswith(BORROWING):
        return True
    if callee.type != "member_expression":
        return False
    owner = callee.child_by_field_name("object")
    return held.is_in(callee) or (owner is not None and text_of(owner) in known)


def kept_by_callee(call: Node, root: Node) -> str:
    """Why a method of the file that makes the resource may have kept it."""
    callee = next((n for n in within(call) if n.type == "call_expression"), call)
    name = text_of(callee.child_by_field_name("function") or callee).removeprefix("this.")
    for node in within(root):
        named = node.child_by_field_name("name") if node.type == "method_definition" else None
        if named is not None and text_of(named) == name:
            targets = (each.child_by_field_name("left") for each in within(node))
            if any(
                target is not None and text_of(target).startswith("this.") for target in targets
            ):
                return f"`{name}` may have kept it"
    return ""


def runs_now(function: Node) -> bool:
    """A callback of `forEach` and the like, or called where it stands or by its name alone."""
    holder = function.parent
    if holder is not None and holder.type == "variable_declarator":
        return _is_only_called(holder)
    return _is_callback(function)


def _is_only_called(declarator: Node) -> bool:
    """Each mention of the name is a call of it, in code that itself runs now."""
    name, around = declarator.child_by_field_name("name"), function_of(declarator)
    if name is None or around is None or name.type != "identifier":
        return False
    own = declarator.child_by_field_name("value")
    for node in within(around):
        if node == name or node.type not in NAMES or text_of(node) != text_of(name):
            continue
        parent, inside = node.parent, function_of(node)
        if parent is None or parent.child_by_field_name("function") != node:
            return False
        if inside not in (around, own) and not (inside is not None and _is_callback(inside)):
            return False
    return True


def _is_callback(function: Node) -> bool:
    for parent in ancestors(function):
        if parent.type in ("arguments", "parenthesized_expression"):
            continue
        if parent.type != "call_expression":
            return False
        callee = parent.child_by_field_name("function")
        if callee is not None and callee.type == "member_expression":
            name = callee.child_by_field_name("property")
            return name is not None and text_of(name) in RUNS_NOW
        return callee is not None and callee.start_byte <= function.start_byte < callee.end_byte
    return False


def _short(node: Node) -> str:
    text = " ".join(text_of(node).split())
    return text if len(text) <= 40 else f"{text[:39]}…"
