"""Uses that come after the release.

return render(db);       return await render(db);     in a `try` whose `finally` releases
db.close();              the release moves behind the last use, into a guard (`local.py`)
send(db.export());
"""

from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from cleanuplint.findings import Edit, Finding, Fix, Span
from cleanuplint.fixes.javascript import local
from cleanuplint.fixes.javascript.file import File, fix
from cleanuplint.fixes.javascript.tree import function_of
from cleanuplint.languages.syntax import ancestors

ALIVE = "what met a released object until now goes on with a living one"


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    left = file.at(finding.span)
    if left is not None and left.type == "return_statement" and _outlives_guard(left):
        promise = left.named_children[0]
        yield fix([Edit(Span(promise.start_byte, promise.start_byte), b"await ")], ALIVE)
    guarding = local.Guarding.of(finding, file)
    moved = () if guarding is None else (*guarding.fixes(), *guarding.behind_uses())
    yield from (replace(one, unsafe=one.unsafe or ALIVE) for one in moved)


def _outlives_guard(left: Node) -> bool:
    """A promise that an async function returns out of a `try` that releases and catches nothing."""
    function = function_of(left)
    if function is None or not left.named_children:
        return False
    guards = [it for it in _within_function(left, function) if it.type == "try_statement"]
    catches = any(it.child_by_field_name("handler") is not None for it in guards)
    releases = any(it.child_by_field_name("finalizer") is not None for it in guards)
    return releases and not catches and any(it.type == "async" for it in function.children)


def _within_function(node: Node, function: Node) -> Iterator[Node]:
    for around in ancestors(node):
        if around == function:
            return
        yield around
