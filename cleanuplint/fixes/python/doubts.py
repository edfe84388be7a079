"""Why a release may be more than a release: who else may hold what it ends.

A later release that is already there proves that all in between were borrows. Where none is, every
way out is a doubt: what is returned, stored, captured or handed to code that nobody here can read.
"""

import re
from collections.abc import Iterator, Sequence

import libcst as cst

from cleanuplint.findings import Remedy
from cleanuplint.fixes.python.file import File
from cleanuplint.fixes.python.walking import CLOSURES, Held, path_of, within

LATER = re.compile(r"(?:^|[._])(?:create_task|ensure_future|submit|call_(?:soon|later|at)|gather)")
"""Calls that run what they are given at another time."""
GUESS = "that it is WASM memory is a guess by its name"
BORROWING = frozenset(
    {"print", "len", "str", "repr", "isinstance", "hasattr", "callable", "type", "id", "bool"}
)


def doubt(remedy: Remedy, nodes: Sequence[cst.CSTNode], held: Held) -> str:
    """The first reason to doubt; empty where there is none."""
    if remedy.assumed:
        return GUESS
    if remedy.clears or remedy.existing:
        return ""
    if remedy.given:
        return "somebody else may own it by then"
    reasons = (why for node in nodes for each in within(node) for why in _of(each, held, remedy))
    return next(reasons, "")


def hands_over(statement: cst.CSTNode, held: Held, remedy: Remedy) -> bool:
    """Somebody else may have it when the statement is done."""
    return any(True for each in within(statement) for _ in _of(each, held, remedy))


def _of(node: cst.CSTNode, held: Held, remedy: Remedy) -> Iterator[str]:
    match node:
        case cst.Return(value=value) if value is not None and is_view(value, held):
            yield "what is returned may need it"
        case cst.Assign(targets=targets, value=value) if held.keeps(value):
            if any(isinstance(each.target, cst.Attribute | cst.Subscript) for each in targets):
                yield "it is stored where it may be needed later"
        case cst.Call(func=func, args=args) if not _borrows(func, held, remedy):
            if any(is_view(argument.value, held) for argument in args):
                yield f"`{path_of(func) or 'a call'}` may keep it"
            if LATER.search(path_of(func)) and any(held.is_in(each.value) for each in args):
                yield f"`{path_of(func)}` may run it after the release"
        case each if isinstance(each, CLOSURES) and held.is_in(each):
            yield "a function that uses it may run after the release"


def is_view(value: cst.CSTNode, held: Held) -> bool:
    """An attribute or element of it; what its methods return is taken to be a value."""
    while isinstance(value, cst.Attribute | cst.Subscript):
        value = value.value
        if held.is_it(value):
            return True
    return held.is_it(value)


def _borrows(func: cst.CSTNode, held: Held, remedy: Remedy) -> bool:
    """A built-in, a function of a library, or a method of the resource itself."""
    owner = path_of(func.value) if isinstance(func, cst.Attribute | cst.Subscript) else ""
    named = ({path_of(func), owner} - {"self", "cls"}) & (BORROWING | remedy.libraries)
    return bool(named - {""}) or held.is_in(func)


def handed_out(file: File, scope: cst.CSTNode, place: str) -> str:
    """Why something else may hold what is in a place: it is read whole in more than a test."""
    for node in within(scope):
        if path_of(node) == place and not _is_looked_at(file, node):
            return f"something else may hold what was in `{place}`"
    return ""


def _is_looked_at(file: File, node: cst.CSTNode) -> bool:
    """It is used, tested or given a value where it stands."""
    match file.parents.get(node):
        case cst.Attribute() | cst.AssignTarget() | cst.AnnAssign() | cst.UnaryOperation():
            return True
        case cst.Comparison() | cst.ComparisonTarget() | cst.If() | cst.IfExp() | cst.Subscript():
            return True
    return False
