"""A cleanup in a `finally` that can replace the first error: it is wrapped."""

from collections.abc import Iterator

import libcst as cst

from cleanuplint.findings import Finding, Fix
from cleanuplint.fixes.python.cleanup import Cleanup
from cleanuplint.fixes.python.file import File
from cleanuplint.fixes.python.imports import with_logging
from cleanuplint.fixes.python.releases import Releases


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    remedy = finding.remedy
    statement = file.statement_at(finding.span) if remedy is not None else None
    block = file.block_of(statement) if statement is not None else None
    if remedy is None or block is None or not isinstance(statement, cst.SimpleStatementLine):
        return
    cleanup = Cleanup(file, remedy)
    call = file.code(statement.with_changes(leading_lines=()))
    lines = cleanup.caught((call,), remedy.place, statement)
    wrapped = file.parsed(*lines)[0].with_changes(leading_lines=statement.leading_lines)
    body = [wrapped if each is statement else each for each in block.body]
    module = file.with_body(block, body, Releases(()).remover)
    yield from file.fix(with_logging(module))
