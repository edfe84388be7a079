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

from cleanuplint.findings import Finding, Fix
from cleanuplint.fixes.python import guard
from cleanuplint.fixes.python.cleanup import Cleanup
from cleanuplint.fixes.python.doubts import doubt
from cleanuplint.fixes.python.file import File, Statement
from cleanuplint.fixes.python.imports import with_logging
from cleanuplint.fixes.python.naming import name_for
from cleanuplint.fixes.python.releases import Releases
from cleanuplint.fixes.python.walking import Held, within

ONCE = (cst.SimpleStatementLine,)
"""Statements whose expressions are evaluated once, in their place."""
LATER = (cst.Lambda, cst.BaseComp, cst.IfExp, cst.BooleanOperation)
"""Expressions whose parts may be evaluated later, often, or not at all."""


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    remedy = finding.remedy
    made = file.at(remedy.origin) if remedy is not None else None
    statement = file.statement_at(remedy.origin) if remedy is not None else None
    block = file.block_of(statement) if statement is not None else None
    if remedy is None or made is None or block is None or not isinstance(statement, ONCE):
        return
    if (
        remedy.existing
        or not remedy.release
        or remedy.by_function
        or not _is_evaluated_first(file, made, statement)
    ):
        return
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
    unsafe = doubt(named, [used], Held(frozenset({name})))
    yield from file.fix(with_logging(module), unsafe)


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
