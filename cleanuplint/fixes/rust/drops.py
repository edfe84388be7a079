"""`impl Drop`, written or completed."""

from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.findings import Edit, Emptying, Finding, Fix
from cleanuplint.fixes.rust import blocks
from cleanuplint.fixes.rust.file import File, Lines, fix
from cleanuplint.fixes.rust.moves import Answer, TakenApart
from cleanuplint.languages.syntax import within

LEAVING = frozenset({"return_expression", "try_expression"})


def missing(finding: Finding, file: File, emptying: Emptying) -> Iterator[Fix]:
    """A `Drop` behind the last `impl` of the struct."""
    struct = file.named_by(finding.span, "struct_item")
    if struct is None or not emptying.release:
        return
    taken_apart = TakenApart.of(file, struct).answer()
    if taken_apart is not Answer.YES:
        last = (file.impls_of(struct) or [struct])[-1]
        doubt = "a field of it may be moved out, which a `Drop` forbids" if taken_apart else ""
        yield fix([file.after(last, _drop(file, struct, emptying))], emptying.doubt or doubt)


def _drop(file: File, struct: Node, emptying: Emptying) -> Lines:
    name = struct.child_by_field_name("name") or struct
    body = tuple(f"{line};" for line in emptying.release)
    method = ("fn drop(&mut self) {", *file.nested(body), "}")
    head = f"impl Drop for {file.code(name)} {{"
    return (*file.conditions(struct), head, *file.nested(method), "}")


def incomplete(finding: Finding, file: File, emptying: Emptying) -> Iterator[Fix]:
    """The release behind all else that a `Drop` does, or behind the `clear` that is there."""
    function = file.named_by(finding.span, "function_item")
    body = function.child_by_field_name("body") if function is not None else None
    if body is None or not emptying.release or any(it.type in LEAVING for it in within(body)):
        return
    edit = _completed(file, body, tuple(f"{line};" for line in emptying.release))
    if edit is not None:
        yield fix([edit])


def _completed(file: File, body: Node, lines: Lines) -> Edit | None:
    written = {file.code(it): it for it in body.named_children}
    cleared = written.get(lines[0])
    if cleared is None or len(lines) == 1:
        return blocks.at_end(file, body, lines)
    return blocks.behind(file, cleared, body, lines[1:])
