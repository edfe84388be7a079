"""Entries that a dictionary or list drops: they are released first.

for engine in self._engines.values():        self._engines.pop(name).free()
    engine.free()
self._engines.clear()
"""

from collections.abc import Iterator

import libcst as cst

from cleanuplint.findings import Finding, Fix, Remedy
from cleanuplint.fixes.python.cleanup import Cleanup
from cleanuplint.fixes.python.doubts import GUESS
from cleanuplint.fixes.python.file import File, Statement
from cleanuplint.fixes.python.naming import name_for
from cleanuplint.fixes.python.releases import Releases
from cleanuplint.fixes.python.walking import path_of, targets_of, within

SHARED = "something else may hold an entry"


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    remedy = finding.remedy
    statement = file.statement_at(finding.span) if remedy is not None else None
    block = file.block_of(statement) if statement is not None else None
    if remedy is None or block is None or statement is None or not remedy.by_method:
        return
    body: list[cst.CSTNode] = []
    for each in block.body:
        body += _instead(file, remedy, statement) if each is statement else (each,)
    module = file.with_body(block, body, Releases(()).remover)
    yield from file.fix(module, GUESS if remedy.assumed else SHARED)


def _instead(file: File, remedy: Remedy, statement: Statement) -> tuple[Statement, ...]:
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return (statement,)
    match statement.body[0]:
        case cst.Del(target=cst.Subscript(value=owner, slice=[cst.SubscriptElement(slice=key)])):
            taken = f"{file.code(owner)}.pop({file.code(key)})"
            lines = Cleanup(file, remedy).plain(taken)
            dropped = file.parsed(*lines)[0]
            behind = statement.trailing_whitespace
            return _with_lines_of(statement, (dropped.with_changes(trailing_whitespace=behind),))
        case cst.Expr(value=cst.Call(func=cst.Attribute(value=owner, attr=cst.Name("clear")))):
            return _emptied(file, remedy, statement, file.code(owner))
    return (statement,)


def _emptied(
    file: File, remedy: Remedy, statement: cst.SimpleStatementLine, owner: str
) -> tuple[Statement, ...]:
    entries = f"{owner}.values()" if _is_dictionary(file.module, owner) else owner
    name = name_for(remedy.resource, file.scope_of(statement))
    lines = Cleanup(file, remedy).plain(name)
    loop = file.parsed(f"for {name} in {entries}:", *(f"    {line}" for line in lines))
    return (*_with_lines_of(statement, loop), statement.with_changes(leading_lines=()))


def _with_lines_of(
    statement: cst.SimpleStatementLine, new: tuple[Statement, ...]
) -> tuple[Statement, ...]:
    return (new[0].with_changes(leading_lines=statement.leading_lines), *new[1:])


def _is_dictionary(module: cst.Module, owner: str) -> bool:
    return any(
        path_of(target) == owner
        and (
            isinstance(value, cst.Dict)
            or (isinstance(value, cst.Call) and path_of(value.func) == "dict")
        )
        for node in within(module)
        if isinstance(node, cst.SimpleStatementLine)
        for target, value in targets_of(node)
    )
