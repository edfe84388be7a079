"""Declarations that move out of a guard: `const x: T = f()` becomes `let x: T` and `x = f()`."""

from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.findings import Edit, Span
from cleanuplint.fixes.javascript.extent import Extent, keeps
from cleanuplint.fixes.javascript.file import File
from cleanuplint.fixes.javascript.statements import is_after_open, keyword_end
from cleanuplint.fixes.javascript.tree import declarators, function_of, names_in
from cleanuplint.languages.syntax import text_of, within


def heads(file: File, declaration: Node) -> Iterator[str]:
    """`let size: number;` for each variable."""
    end = file.style.semicolon
    for declarator in declarators(declaration):
        name, typed = declarator.child_by_field_name("name"), declarator.child_by_field_name("type")
        if name is not None and name.type == "identifier":
            yield f"let {text_of(name)}{text_of(typed) if typed is not None else ''}{end}"
        elif name is not None:
            yield f"let {', '.join(names_in(name))}{end}"


def unhoisted(file: File, declaration: Node) -> Iterator[Edit]:
    """The declaration as an assignment."""
    found = declarators(declaration)
    pattern = found[0].child_by_field_name("name")
    bare = pattern is not None and pattern.type == "object_pattern"
    yield Edit(Span(declaration.start_byte, keyword_end(declaration)), b"")
    start = b"(" if bare else b""
    if pattern is not None and pattern.type.endswith("_pattern") and is_after_open(declaration):
        start = b";" + start
    if start:
        yield Edit(Span(found[0].start_byte, found[0].start_byte), start)
    for declarator in found:
        typed = declarator.child_by_field_name("type")
        if typed is not None:
            yield Edit(Span(typed.start_byte, typed.end_byte), b"")
    if bare:
        yield Edit(Span(found[-1].end_byte, found[-1].end_byte), b")")


def awaited(extent: Extent) -> Iterator[Edit]:
    """`return work(tree)` of an async function has to end before the guard does."""
    for statement in extent.nodes:
        for node in within(statement):
            value = node.named_children[0] if node.named_children else None
            if node.type != "return_statement" or value is None or not is_async(node):
                continue
            if value.type == "call_expression" and keeps(value, extent.held):
                yield Edit(Span(value.start_byte, value.start_byte), b"await ")


def is_async(node: Node) -> bool:
    around = function_of(node)
    return around is not None and any(child.type == "async" for child in around.children)
