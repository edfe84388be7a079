"""Collections that drop entries: each is released first."""

from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.findings import Finding, Fix, Remedy
from cleanuplint.fixes.javascript import guard
from cleanuplint.fixes.javascript.cleanup import Cleanup, Lines
from cleanuplint.fixes.javascript.doubts import GUESS
from cleanuplint.fixes.javascript.file import File, fix
from cleanuplint.fixes.javascript.naming import names_for
from cleanuplint.fixes.javascript.tree import (
    assigns,
    declarators,
    function_of,
    siblings,
    statement_of,
)
from cleanuplint.languages.syntax import text_of, within

PURE = frozenset({"identifier", "string", "number", "member_expression", "template_string", "this"})


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    """Releases before what drops, or behind what replaces."""
    remedy = finding.remedy
    drop = file.at(finding.span)
    statement = None if drop is None else statement_of(drop)
    if remedy is None or drop is None or statement is None or not remedy.place:
        return
    if statement.type != "expression_statement" or not remedy.release:
        return
    unsafe = GUESS if remedy.assumed else _handed_out(remedy, file, statement)
    if _method(drop) == "set":
        old = _old_entry(remedy, statement)
        if old:
            lines = Cleanup(file.style, remedy).plain(old, optional=True)
            yield fix(guard.after(file.style, statement, lines), unsafe)
        return
    lines = _before(remedy, file, drop)
    if lines:
        yield fix(guard.ahead(file.style, statement, lines), unsafe)


def _method(drop: Node) -> str:
    callee = drop.child_by_field_name("function")
    name = callee.child_by_field_name("property") if callee is not None else None
    return text_of(name) if name is not None else ""


def _before(remedy: Remedy, file: File, drop: Node) -> Lines:
    cleanup, place = Cleanup(file.style, remedy), remedy.place
    if _method(drop) == "delete":
        arguments = drop.child_by_field_name("arguments")
        key = arguments.named_children[0] if arguments is not None else None
        if key is None or key.type not in PURE or not _is_made(file, place, "Map"):
            return ()
        return cleanup.plain(f"{place}.get({text_of(key)})", optional=True)
    entries = f"{place}.values()" if _is_made(file, place, "Map") else place
    name = file.fresh(drop, *names_for(remedy.resource))
    inner = (file.style.unit + line for line in cleanup.plain(name))
    return (f"for (const {name} of {entries}) {{", *inner, "}")


def _is_made(file: File, place: str, kind: str) -> bool:
    """Somewhere the place is given a `new Map()`."""
    name = place.rpartition(".")[2]
    for node in within(file.root):
        value = node.child_by_field_name("value")
        target = node.child_by_field_name("name") or node.child_by_field_name("property")
        if assigns(node, place):
            value = node.child_by_field_name("right")
        elif target is None or text_of(target) != name:
            continue
        if value is not None and text_of(value).startswith(f"new {kind}"):
            return True
    return False


def _old_entry(remedy: Remedy, statement: Node) -> str:
    """The variable that holds what `set` replaces."""
    for node in siblings(statement):
        for declarator in declarators(node):
            value, name = (
                declarator.child_by_field_name("value"),
                declarator.child_by_field_name("name"),
            )
            if value is not None and name is not None and name.type == "identifier":
                if text_of(value).startswith(f"{remedy.place}.get("):
                    return text_of(name)
    return ""


def _handed_out(remedy: Remedy, file: File, statement: Node) -> str:
    """Another function reads single entries: it may have handed one on."""
    here = function_of(statement)
    for node in within(file.root):
        if node.type == "call_expression" and function_of(node) != here:
            callee = node.child_by_field_name("function")
            if callee is not None and text_of(callee) == f"{remedy.place}.get":
                return f"`{text_of(node)}` may have handed one on"
    return ""
