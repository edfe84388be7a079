"""Statements put under a guard: wrapped in `try … finally`, or their own `try` given one."""

from collections.abc import Sequence

import libcst as cst

from cleanuplint.fixes.python.file import Statement


def wrapped(nodes: Sequence[Statement], cleanup: Sequence[Statement]) -> cst.Try:
    """`try: nodes finally: cleanup`. Blank lines before the nodes stay before the `try`."""
    blank, body = _tried(nodes)
    return cst.Try(body=body, finalbody=_finally(cleanup), leading_lines=blank)


def raising_on(nodes: Sequence[Statement], cleanup: Sequence[Statement]) -> cst.Try:
    """`try: nodes except BaseException: cleanup, raise`."""
    blank, body = _tried(nodes)
    failed = cst.IndentedBlock(body=(*cleanup, cst.SimpleStatementLine([cst.Raise()])))
    every = cst.ExceptHandler(body=failed, type=cst.Name("BaseException"))
    return cst.Try(body=body, handlers=[every], leading_lines=blank)


def _tried(nodes: Sequence[Statement]) -> tuple[Sequence[cst.EmptyLine], cst.IndentedBlock]:
    """The blank lines before a `try`, and what is in it."""
    first = nodes[0]
    blank, remarks = _split(first.leading_lines)
    body = (first.with_changes(leading_lines=remarks), *nodes[1:])
    return blank, cst.IndentedBlock(body=body)


def begun_with(nodes: Sequence[Statement], statement: cst.Try) -> cst.Try:
    """The `try` statement with these in front of all that is in it."""
    blank, ahead = _tried(nodes)
    inside = statement.body
    first, *rest = inside.body
    assert isinstance(first, Statement)
    led = first.with_changes(leading_lines=(*statement.leading_lines, *first.leading_lines))
    body = inside.with_changes(body=(*ahead.body, led, *rest))
    return statement.with_changes(body=body, leading_lines=blank)


def with_finally(
    statement: cst.Try | cst.TryStar, cleanup: Sequence[Statement]
) -> cst.Try | cst.TryStar:
    """The `try` with the cleanup as its `finally`, or at the start of it."""
    existing = statement.finalbody
    if existing is None:
        return statement.with_changes(finalbody=_finally(cleanup))
    body = existing.body.with_changes(body=(*cleanup, *existing.body.body))
    return statement.with_changes(finalbody=existing.with_changes(body=body))


def under(nodes: Sequence[Statement], item: cst.WithItem, before: Statement) -> cst.With:
    """`with item: nodes`, in the place of the statement that acquired, and with its comments."""
    body = cst.IndentedBlock(body=nodes)
    if isinstance(before, cst.SimpleStatementLine):
        body = body.with_changes(header=before.trailing_whitespace)
    return cst.With(items=[item], body=body, leading_lines=before.leading_lines)


def _finally(cleanup: Sequence[Statement]) -> cst.Finally:
    return cst.Finally(body=cst.IndentedBlock(body=cleanup))


def _split(
    lines: Sequence[cst.EmptyLine],
) -> tuple[Sequence[cst.EmptyLine], Sequence[cst.EmptyLine]]:
    """Blank lines at the start, and all from the first comment on."""
    for index, line in enumerate(lines):
        if line.comment is not None:
            return lines[:index], lines[index:]
    return lines, ()
