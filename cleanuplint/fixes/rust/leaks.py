"""A function that takes back a handle, a closure that frees itself."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.findings import Edit, Emptying, Finding, Fix, Span
from cleanuplint.fixes.rust.file import File, Lines, attributes, fix
from cleanuplint.languages.rust.outcomes import chained
from cleanuplint.languages.rust.parsing import code
from cleanuplint.languages.syntax import ancestors, text_of, within

MAKING = re.compile(r"(?<![a-z0-9])(new|create|init|make|alloc|build|open)(?![a-z0-9])")
UNMANGLED = re.compile(r"^#\[(?:unsafe\()?no_mangle\)?\]$")
ONCE = "Closure::once"
FREED_BY_CALL = "Closure::once_into_js"
BLOCK_NEEDED = 2024
"""The edition from which an `unsafe fn` needs `unsafe` blocks."""


def fixes(finding: Finding, file: File, emptying: Emptying) -> Iterator[Fix]:
    call = file.at(finding.span)
    if call is None:
        return
    if text_of(call).endswith(".forget()"):
        yield from _called_once(file, call)
    elif text_of(call).startswith("Box::into_raw("):
        yield from _taken_back(file, call, emptying)


# ── a handle ────────────────────────────────────────────────────────────────────────────────────


def _taken_back(file: File, call: Node, emptying: Emptying) -> Iterator[Fix]:
    """An export that frees what another one hands out as a raw pointer."""
    maker = next((it for it in ancestors(call) if it.type == "function_item"), None)
    mark = (
        next((it for it in map(file.code, attributes(maker)) if UNMANGLED.match(it)), "")
        if maker
        else ""
    )
    result = maker.child_by_field_name("return_type") if maker is not None else None
    if maker is None or result is None or not mark or not _is_result(call, maker):
        return
    name = _freeing(file.code(maker.child_by_field_name("name") or maker))
    if (
        result.type == "pointer_type"
        and "*mut " in file.code(result)
        and name not in emptying.taken
    ):
        lines = _export(file, maker, result, mark, name, emptying.edition)
        yield fix([file.after(maker, lines)], f"somebody has to call `{name}`")


def _is_result(call: Node, maker: Node) -> bool:
    """The call is what the function returns in the end."""
    body = maker.child_by_field_name("body")
    last = code(body)[-1:] if body is not None else []
    return call in last


def _freeing(name: str) -> str:
    """`engine_free` of `engine_new`, `free_engine` of `create_engine`."""
    found = MAKING.search(name)
    return f"free_{name}" if found is None else f"{name[: found.start()]}free{name[found.end() :]}"


def _export(file: File, maker: Node, result: Node, mark: str, name: str, edition: int) -> Lines:
    maker_name = file.code(maker.child_by_field_name("name") or maker)
    handle = _handle(file, result)
    taken = f"Box::from_raw({handle})"
    taken = f"unsafe {{ {taken} }}" if edition >= BLOCK_NEEDED else taken
    body = (f"if !{handle}.is_null() {{", f"{file.layout.unit}drop({taken});", "}")
    return (
        f"/// Frees what `{maker_name}` made.",
        "///",
        "/// # Safety",
        "///",
        f"/// `{handle}` is null, or comes from `{maker_name}` and is not used any more.",
        *file.conditions(maker),
        mark,
        f'pub unsafe extern "C" fn {name}({handle}: {file.code(result)}) {{',
        *file.nested(body),
        "}",
    )


def _handle(file: File, pointer: Node) -> str:
    """What other functions call such a pointer."""
    for node in within(file.root):
        type_ = node.child_by_field_name("type") if node.type == "parameter" else None
        pattern = node.child_by_field_name("pattern")
        if type_ is not None and pattern is not None and pattern.type == "identifier":
            pointee = file.code(pointer).removeprefix("*mut ")
            if file.code(type_) in (f"*mut {pointee}", f"*const {pointee}"):
                return text_of(pattern)
    return "handle"


# ── a closure ───────────────────────────────────────────────────────────────────────────────────


def _called_once(file: File, call: Node) -> Iterator[Fix]:
    """`Closure::once` that is forgotten, as one that the call itself frees."""
    statement = call.parent
    forgotten = chained(call)
    block = statement.parent if statement is not None else None
    if statement is None or forgotten is None or block is None:
        return
    if statement.type != "expression_statement" or block.type != "block":
        return
    name = text_of(forgotten.receiver)
    made = next((it for it in block.named_children if _is_made_once(it, name)), None)
    uses = [it for it in within(block) if it.type == "identifier" and text_of(it) == name]
    uses = [it for it in uses if it not in (forgotten.receiver, _pattern(made))]
    lent = [_lent(it) for it in uses]
    if made is None or None in lent or not uses:
        return
    function = (made.child_by_field_name("value") or made).child_by_field_name("function")
    if function is not None:
        renamed = Edit(Span(function.start_byte, function.end_byte), FREED_BY_CALL.encode())
        shorter = [Edit(span, b"") for span in lent if span is not None]
        yield fix([renamed, *shorter, *_removed(file, statement)])


def _pattern(made: Node | None) -> Node | None:
    return made.child_by_field_name("pattern") if made is not None else None


def _is_made_once(statement: Node, name: str) -> bool:
    if statement.type != "let_declaration" or statement.child_by_field_name("type") is not None:
        return False
    pattern, value = (statement.child_by_field_name(it) for it in ("pattern", "value"))
    function = value.child_by_field_name("function") if value is not None else None
    named = pattern is not None and text_of(pattern) == name
    return named and function is not None and text_of(function) == ONCE


def _lent(use: Node) -> Span | None:
    """The `.as_ref()` of `closure.as_ref().unchecked_ref()`."""
    member = use.parent
    called = member.parent if member is not None else None
    after = called.parent if called is not None else None
    if called is None or after is None or text_of(called) != f"{text_of(use)}.as_ref()":
        return None
    field = after.child_by_field_name("field")
    cast = field is not None and text_of(field) == "unchecked_ref"
    return Span(use.end_byte, called.end_byte) if cast else None


def _removed(file: File, statement: Node) -> list[Edit]:
    layout = file.layout
    start, end = layout.line_start(statement.start_byte), layout.line_end(statement.end_byte)
    alone = layout.starts_line(statement.start_byte) and layout.ends_line(statement.end_byte)
    if not alone:
        return [Edit(Span(statement.start_byte, statement.end_byte), b"")]
    return [Edit(Span(start, layout.text.find(b"\n", end) + 1), b"")]
