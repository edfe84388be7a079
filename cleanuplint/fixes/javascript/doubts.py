"""Why a release may be more than a release: who else may hold what it ends.

A later release that is already there proves that all in between were borrows. Where none is,
every way out of the extent is a doubt: what is returned, stored, captured or handed to code that
nobody here can read.
"""

from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.findings import Remedy
from cleanuplint.fixes.javascript.extent import Extent, is_plain, keeps
from cleanuplint.fixes.javascript.tree import FUNCTIONS, ancestors, declared, mentions, within
from cleanuplint.flow.words import RUNS_NOW
from cleanuplint.languages.syntax import text_of

GUESS = "that it is WASM memory is a guess by its name"


def doubt(remedy: Remedy, extent: Extent, own: frozenset[str]) -> str:
    """The first reason to doubt; empty where there is none. `own`: functions of the file."""
    if remedy.assumed:
        return GUESS
    if remedy.clears:
        return ""
    if remedy.given and not remedy.existing:
        return "somebody else may own it by then"
    for node in extent.nodes:
        for reason in _reasons(node, extent.names, own, proven=bool(remedy.existing)):
            return reason
    return ""


def _reasons(
    statement: Node, names: frozenset[str], own: frozenset[str], proven: bool
) -> Iterator[str]:
    for node in within(statement):
        match node.type:
            case "return_statement" if not proven:
                yield from _returned(node, names)
            case "assignment_expression" if not proven:
                yield from _stored(node, names, statement)
            case "call_expression" | "new_expression" if not proven:
                yield from _handed(node, names, own)
            case kind if kind in FUNCTIONS and mentions(node, names) and not _runs_now(node):
                yield f"`{_short(node)}` may run after the release"


def _returned(node: Node, names: frozenset[str]) -> Iterator[str]:
    value = next(iter(node.named_children), None)
    if value is not None and keeps(value, names):
        yield f"what is returned, `{_short(value)}`, may need it"


def _stored(node: Node, names: frozenset[str], statement: Node) -> Iterator[str]:
    target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
    if target is None or value is None or not keeps(value, names):
        return
    if target.type == "identifier" and text_of(target) in names:
        return
    yield f"`{_short(target)}` may need it later"


def _handed(call: Node, names: frozenset[str], own: frozenset[str]) -> Iterator[str]:
    """An argument is the resource, and the callee is neither of this file nor the library's."""
    arguments = call.child_by_field_name("arguments")
    callee = call.child_by_field_name("function") or call.child_by_field_name("constructor")
    if arguments is None or callee is None or text_of(callee) in own:
        return
    if callee.type == "member_expression" and mentions(callee, names):
        return
    if text_of(callee).startswith("console."):
        return
    for argument in arguments.named_children:
        if argument.type in FUNCTIONS or is_plain(argument):
            continue
        if mentions(argument, names) and argument.type != "call_expression":
            yield f"`{_short(callee)}` may keep it"


def _runs_now(function: Node) -> bool:
    """A callback of `forEach` and the like, or one that is called where it stands."""
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


def functions_of(root: Node) -> frozenset[str]:
    """The functions that the file declares, whose handling of arguments the solver has read."""
    return frozenset(
        name
        for node in within(root)
        if node.type in ("function_declaration", "generator_function_declaration")
        for name in declared(node)
    )
