"""Releases that come once too often: the one outside of the `finally` goes."""

from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.findings import Finding, Fix
from cleanuplint.fixes.javascript import guard
from cleanuplint.fixes.javascript.file import File, fix
from cleanuplint.fixes.javascript.releases import statement_at
from cleanuplint.fixes.javascript.statements import code
from cleanuplint.languages.syntax import ancestors


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    remedy = finding.remedy
    if remedy is None:
        return
    found = [statement_at(file, span) for span in (finding.span, *remedy.existing)]
    alone = [
        one for one in dict.fromkeys(found) if one is not None and _is_release(one, remedy.release)
    ]
    for statement in sorted(alone, key=_is_in_finally):
        yield fix(guard.without(file.style, statement))


def _is_release(statement: Node, method: str) -> bool:
    """Literally a call of the release, no helper that may do more."""
    return code(statement).endswith(f".{method}()")


def _is_in_finally(node: Node) -> bool:
    return any(each.type == "finally_clause" for each in ancestors(node))
