"""Assignments that drop the last reference: what was there before is released.

    previous = self.engine
    self.engine = RegexEngine(patterns)
    if previous is not None:
        previous.free()

After the assignment, so that a new one that can't be made leaves the old one as it was.
"""

from collections.abc import Iterator

import libcst as cst

from cleanuplint.findings import Finding, Fix, Remedy
from cleanuplint.fixes.python.cleanup import Cleanup
from cleanuplint.fixes.python.doubts import GUESS, handed_out
from cleanuplint.fixes.python.file import File, Statement
from cleanuplint.fixes.python.releases import Releases
from cleanuplint.fixes.python.walking import is_ever_none, names_in

OLD = "previous"


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    """Only where the place is known to have a value before: an object, or None."""
    remedy = finding.remedy
    if remedy is None or remedy.overwrites is None or not (remedy.place and remedy.by_method):
        return
    statement = file.statement_at(remedy.overwrites)
    block = file.block_of(statement) if statement is not None else None
    if block is None or not isinstance(statement, cst.SimpleStatementLine):
        return
    scope = file.class_of(statement) if "." in remedy.place else file.scope_of(statement)
    if scope is None or OLD in names_in(scope) or not is_ever_none(scope, remedy.place):
        return
    unsafe = GUESS if remedy.assumed else handed_out(file, scope, remedy.place)
    for way in (_after, _before) if "." in remedy.place else (_before, _after):
        changed = way(file, remedy, statement)
        body = [new for each in block.body for new in (changed if each is statement else (each,))]
        module = file.with_body(block, body, Releases(()).remover)
        yield from file.fix(module, unsafe)


def _before(
    file: File, remedy: Remedy, statement: cst.SimpleStatementLine
) -> tuple[Statement, ...]:
    """Where the place can't be reached any more if the new one can't be made."""
    ahead = file.parsed(*Cleanup(file, remedy).plain(remedy.place, optional=True))
    first = ahead[0].with_changes(leading_lines=statement.leading_lines)
    return (first, statement.with_changes(leading_lines=()))


def _after(file: File, remedy: Remedy, statement: cst.SimpleStatementLine) -> tuple[Statement, ...]:
    ahead = file.parsed(f"{OLD} = {remedy.place}")
    behind = file.parsed(*Cleanup(file, remedy).plain(OLD, optional=True))
    first = ahead[0].with_changes(leading_lines=statement.leading_lines)
    return (first, statement.with_changes(leading_lines=()), *behind)
