"""Resources that nobody names: they get a name and a guard.

return Serializer().size(text)        serializer = Serializer()
                               →      try:
                                          return serializer.size(text)
                                      finally:
                                          serializer.free()
"""

from collections.abc import Iterator
from dataclasses import replace

import libcst as cst

from cleanuplint.findings import Finding, Fix, Remedy
from cleanuplint.fixes.python import guard
from cleanuplint.fixes.python.cleanup import Cleanup
from cleanuplint.fixes.python.doubts import GUESS, doubt, is_view
from cleanuplint.fixes.python.file import Block, File, Statement
from cleanuplint.fixes.python.imports import with_logging
from cleanuplint.fixes.python.naming import name_for
from cleanuplint.fixes.python.releases import Releases
from cleanuplint.fixes.python.walking import Held, path_of, targets_of, within

ONCE = (cst.SimpleStatementLine,)
"""Statements whose expressions are evaluated once, in their place."""
KEEPING = (cst.Assign, cst.AnnAssign, cst.NamedExpr, cst.Return, cst.Yield, cst.Element)
"""What holds on to a value that it is given whole."""
LATER = (cst.Lambda, cst.BaseComp, cst.IfExp, cst.BooleanOperation)
"""Expressions whose parts may be evaluated later, often, or not at all."""


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    remedy = finding.remedy
    made = file.at(remedy.origin) if remedy is not None else None
    statement = file.statement_at(remedy.origin) if remedy is not None else None
    block = file.block_of(statement) if statement is not None else None
    if remedy is None or made is None or block is None or not isinstance(statement, ONCE):
        return
    if remedy.existing or not remedy.by_method or not _is_evaluated_first(file, made, statement):
        return
    if _is_dropped(file, made):
        yield from _released_in_place(file, remedy, made)
    elif not isinstance(file.parents.get(made), KEEPING):
        yield from _named(file, remedy, made, statement, block)


def _is_dropped(file: File, made: cst.CSTNode) -> bool:
    """`make()` or `await make()` is all of the statement."""
    around = file.parents.get(made)
    around = file.parents.get(around) if isinstance(around, cst.Await) else around
    return isinstance(around, cst.Expr)


def _released_in_place(file: File, remedy: Remedy, made: cst.CSTNode) -> Iterator[Fix]:
    """`make()` becomes `make().free()`."""
    around = file.parents.get(made)
    whole = around if isinstance(around, cst.Await) else made
    text = f"({file.code(whole)})" if whole is not made else file.code(made)
    release = cst.parse_expression(Cleanup(file, remedy).plain(text)[0])
    module = file.module.deep_replace(whole, release)
    assert isinstance(module, cst.Module)
    yield from file.fix(module, GUESS if remedy.assumed else _kept(remedy, made))


def _kept(remedy: Remedy, made: cst.CSTNode) -> str:
    """Why what is dropped may be somewhere else: not a library made it."""
    callee = path_of(made.func) if isinstance(made, cst.Call) else ""
    is_of_library = callee.partition(".")[0] in remedy.libraries
    return "" if is_of_library else f"`{callee or 'what makes it'}` may keep it"


def _named(
    file: File,
    remedy: Remedy,
    made: cst.CSTNode,
    statement: cst.SimpleStatementLine,
    block: Block,
) -> Iterator[Fix]:
    name = name_for(remedy.resource, file.scope_of(statement))
    named = replace(remedy, place=name)
    used = statement.deep_replace(made, cst.Name(name))
    assert isinstance(used, cst.SimpleStatementLine)
    held = file.parsed(f"{name} = {file.code(made)}")[0]
    cleanup = file.parsed(*Cleanup(file, named).safe(name, statement))
    around: Statement = guard.wrapped([used.with_changes(leading_lines=())], cleanup)
    first = held.with_changes(leading_lines=statement.leading_lines)
    body: list[cst.CSTNode] = []
    for each in block.body:
        body += (first, around) if each is statement else (each,)
    module = file.with_body(block, body, Releases(()).remover)
    unsafe = doubt(named, [used], Held(frozenset({name}))) or _seen(used, name)
    yield from file.fix(with_logging(module), unsafe)


def _seen(used: cst.CSTNode, name: str) -> str:
    """Why something outlives the statement: a variable gets a part of the resource."""
    held = Held(frozenset({name}))
    parts = (target for target, value in targets_of(used) if is_view(value, held))
    return next((f"`{path_of(part)}` may need it" for part in parts), "")


def _is_evaluated_first(file: File, made: cst.CSTNode, statement: cst.CSTNode) -> bool:
    """No call that stands before it in the statement would come after it."""
    inside = list(file.ancestors(made))
    around = inside[: inside.index(statement)]
    if any(isinstance(each, LATER) for each in around):
        return False
    start = file.span(made).start
    return not any(
        isinstance(each, cst.Call | cst.Await)
        and each is not made
        and each not in around
        and file.span(each).start < start
        for each in within(statement)
    )
