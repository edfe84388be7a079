"""Cleanup that may throw gets a `try` of its own."""

from collections.abc import Iterator

from cleanuplint.findings import Finding, Fix
from cleanuplint.fixes.javascript import guard
from cleanuplint.fixes.javascript.cleanup import report
from cleanuplint.fixes.javascript.file import File, fix
from cleanuplint.fixes.javascript.tree import statement_of


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    remedy = finding.remedy
    call = file.at(remedy.origin) if remedy is not None else None
    statement = None if call is None else statement_of(call)
    if remedy is None or call is None or statement is None:
        return
    style = file.style
    indent = guard.base_indentation(style, statement) + style.unit
    lines = report(style, remedy.place or "it", "cleaned up", statement, indent)
    yield fix(guard.caught(style, [statement], lines))
