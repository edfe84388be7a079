"""Statements put under a guard: wrapped in `try … finally`, or their own `try` given one."""

from collections.abc import Iterable, Iterator, Sequence

from tree_sitter import Node

from cleanuplint.findings import Edit, Span
from cleanuplint.fixes.javascript.cleanup import Lines
from cleanuplint.fixes.javascript.statements import (
    begin,
    closed,
    end,
    following,
    goes_on,
    is_after_open,
    is_open,
    remark,
)
from cleanuplint.fixes.javascript.style import Style


def wrapped(style: Style, nodes: Sequence[Node], cleanup: Lines, before: Lines = ()) -> list[Edit]:
    """`try { nodes } finally { cleanup }`, after the lines that come before the `try`."""
    lines = ("} finally {", *_deeper(style, cleanup))
    return _around(style, nodes, (*before, "try {"), lines)


def _around(style: Style, nodes: Sequence[Node], before: Lines, behind: Lines) -> list[Edit]:
    """The nodes one step deeper, between lines, and a closing brace."""
    first, last = begin(style.text, nodes[0]), _end_of_line(nodes[-1])
    indent = base_indentation(style, nodes[0])
    inner = indent + style.unit
    head = _lines(style, before, indent)
    tail = _lines(style, (*behind, "}"), indent)
    if style.starts_line(first):
        opening = Edit(Span(first, first), f"{head}{style.newline}{inner}".encode())
    else:
        opening = _on_a_new_line(style, first, f"{indent}{head}{style.newline}{inner}")
    closing = Edit(Span(last, last), f"{style.newline}{indent}{tail}".encode())
    return [opening, *style.deeper(Span(first, last)), closing, *_broken_after(style, last, indent)]


def with_body(
    style: Style, body: Node, cleanup: Lines, before: Lines = (), word: str = ""
) -> list[Edit]:
    """The expression that an arrow function returns, as a block that guards it.

    `word` is what `return` is followed by: `await` where it must end before the guard does.
    """
    indent = style.indentation(body.start_byte)
    inner = indent + style.unit
    head = _lines(style, ("{", *_deeper(style, (*before, "try {"))), indent)
    tail = _lines(style, ("} finally {", *_deeper(style, cleanup), "}"), inner)
    opening = f"{head}{style.newline}{inner}{style.unit}return {word}"
    closing = f"{style.semicolon}{style.newline}{inner}{tail}{style.newline}{indent}}}"
    span = Span(body.start_byte, body.end_byte)
    return [
        Edit(Span(span.start, span.start), opening.encode()),
        *style.deeper(span),
        *style.deeper(span),
        Edit(Span(span.end, span.end), closing.encode()),
    ]


def with_finally(
    style: Style, statement: Node, cleanup: Lines, gone: Sequence[Node] = ()
) -> list[Edit]:
    """The `try` statement with the cleanup as its `finally`, or at the start of it.

    A `catch` that only threw on, once the statements that are `gone` left it, goes with them.
    """
    indent = style.indentation(statement.start_byte)
    finalizer = statement.child_by_field_name("finalizer")
    if finalizer is not None:
        body = finalizer.child_by_field_name("body")
        return [] if body is None else at_start(style, body, cleanup)
    text = " " + _lines(style, ("finally {", *_deeper(style, cleanup), "}"), indent)
    handler = statement.child_by_field_name("handler")
    if handler is not None and throws_on(handler, gone):
        start = handler.prev_sibling.end_byte if handler.prev_sibling is not None else 0
        return [Edit(Span(start, handler.end_byte), text.encode())]
    return [Edit(Span(statement.end_byte, statement.end_byte), text.encode())]


def moved_up(style: Style, before: Sequence[Node], statement: Node) -> list[Edit] | None:
    """The `try` begins before these statements, which stand ahead of it."""
    body = statement.child_by_field_name("body")
    first = begin(style.text, before[0])
    if body is None or not body.named_children or not style.starts_line(first):
        return None
    if not (style.starts_line(statement.start_byte) and style.ends_line(body.start_byte + 1)):
        return None
    indent = style.indentation(first)
    opening = f"try {{{style.newline}{indent}{style.unit}".encode()
    line = style.line_start(statement.start_byte)
    next_line = style.text.find(b"\n", body.start_byte) + 1
    return [
        Edit(Span(first, first), opening),
        *style.deeper(Span(first, before[-1].end_byte)),
        Edit(Span(line, next_line), b""),
        *_kept_apart(style, body.named_children[0], any(map(is_open, before))),
    ]


def throws_on(handler: Node, gone: Sequence[Node]) -> bool:
    """All that is left of the `catch` is `throw error`."""
    body, caught = handler.child_by_field_name("body"), handler.child_by_field_name("parameter")
    if body is None or caught is None or not gone:
        return False
    left = [node for node in body.named_children if node not in gone]
    if len(left) != 1 or left == body.named_children or left[0].type != "throw_statement":
        return False
    return left[0].named_children[0].text == caught.text


def without(style: Style, statement: Node) -> list[Edit]:
    """The statement taken away, with the `catch` that would only throw on without it."""
    handler = statement.parent.parent if statement.parent is not None else None
    if handler is not None and handler.type == "catch_clause" and throws_on(handler, (statement,)):
        around = handler.parent
        if around is not None and around.child_by_field_name("finalizer") is not None:
            start = handler.prev_sibling.end_byte if handler.prev_sibling is not None else 0
            return [Edit(Span(start, handler.end_byte), b"")]
    return removed(style, statement)


def caught(style: Style, nodes: Sequence[Node], report: Lines) -> list[Edit]:
    """`try { nodes } catch (cleanupError) { report }`."""
    return _around(style, nodes, ("try {",), ("} catch (cleanupError) {", *_deeper(style, report)))


def rethrowing(style: Style, nodes: Sequence[Node], cleanup: Lines) -> list[Edit]:
    """`try { nodes } catch (error) { cleanup; throw error }`."""
    lines = _deeper(style, (*cleanup, f"throw error{style.semicolon}"))
    return _around(style, nodes, ("try {",), ("} catch (error) {", *lines))


def at_start(style: Style, block: Node, lines: Lines) -> list[Edit]:
    """The lines at the start of a block in braces."""
    at = block.start_byte + 1
    inner = block_indentation(style, block)
    code = [node for node in block.named_children if node.type != "comment"]
    lines = closed(lines, code[0] if code else None, style.text)
    text = f"{style.newline}{inner}{_lines(style, lines, inner)}"
    if not block.named_children:
        text += f"{style.newline}{style.indentation(block.start_byte)}"
        return [Edit(Span(at, block.end_byte - 1), text.encode())]
    return [Edit(Span(at, at), text.encode())]


def at_end(style: Style, block: Node, lines: Lines) -> list[Edit]:
    """The lines at the end of a block in braces."""
    if not block.named_children:
        return at_start(style, block, lines)
    return after(style, block.named_children[-1], lines)


def after(style: Style, statement: Node, lines: Lines, extra: str = "") -> list[Edit]:
    """The lines after a statement and what stands behind it on its line.

    `extra` is how much deeper the statement will stand by other edits.
    """
    at, indent = _end_of_line(statement), base_indentation(style, statement) + extra
    lines = closed(lines, following(statement), style.text)
    text = f"{style.newline}{indent}{_lines(style, lines, indent)}"
    return [Edit(Span(at, at), text.encode()), *_broken_after(style, at, indent)]


def ahead(style: Style, statement: Node, lines: Lines, extra: str = "") -> list[Edit]:
    """The lines before a statement; `extra` as with `after`."""
    at, indent = begin(style.text, statement), base_indentation(style, statement) + extra
    lines = closed(lines, statement, style.text)
    text = f"{_lines(style, lines, indent)}{style.newline}{indent}"
    if style.starts_line(at):
        return [Edit(Span(at, at), text.encode())]
    return [_on_a_new_line(style, at, indent + text)]


def removed(
    style: Style, node: Node, above: Sequence[Node] = (), behind: Node | None = None
) -> list[Edit]:
    """A statement taken away with comments, and with its line if nothing else is left there."""
    start = above[0].start_byte if above else begin(style.text, node)
    stop = end(node) if behind is None else behind.end_byte
    follower = following(node)
    apart = () if follower is None else _kept_apart(style, follower, is_after_open(node))
    return [Edit(_with_its_space(style, start, stop), b""), *apart]


def _with_its_space(style: Style, start: int, end: int) -> Span:
    """With the white space that only it needs."""
    if not style.starts_line(start):
        while style.text[start - 1 : start] in (b" ", b"\t"):
            start -= 1
        return Span(start, end)
    if not style.ends_line(end):
        while style.text[end : end + 1] in (b" ", b"\t"):
            end += 1
        return Span(start, end)
    start = style.line_start(start)
    end = style.text.find(b"\n", end) + 1 or len(style.text)
    return Span(_without_blank_before(style, start, end), end)


def _kept_apart(style: Style, statement: Node, open_before: bool) -> Iterator[Edit]:
    """A `;` where the statement would be read as the rest of one that now stands before it."""
    if open_before and goes_on(statement, style.text):
        yield Edit(Span(statement.start_byte, statement.start_byte), b";")


def _end_of_line(statement: Node) -> int:
    """Behind the statement and the comment on its line."""
    behind = remark(statement)
    return end(statement) if behind is None else behind.end_byte


def _without_blank_before(style: Style, start: int, end: int) -> int:
    """No two blank lines may meet, and none may end a block."""
    before = style.line_start(start - 1) if start else 0
    after = style.text[end : style.line_end(end)].strip()
    is_blank = start > 0 and not style.text[before:start].strip()
    return before if is_blank and (not after or after.startswith(b"}")) else start


def base_indentation(style: Style, statement: Node) -> str:
    """Where a statement begins, or would if it had its own line."""
    parent = statement.parent
    if style.starts_line(begin(style.text, statement)) or parent is None:
        return style.indentation(statement.start_byte)
    return style.indentation(parent.start_byte) + ("" if parent.type == "program" else style.unit)


def block_indentation(style: Style, block: Node) -> str:
    """Where the statements of a block begin."""
    for child in block.named_children:
        if style.starts_line(child.start_byte):
            return style.indentation(child.start_byte)
    return style.indentation(block.start_byte) + style.unit


def in_order(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits by place; insertions at one place become one."""
    merged: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end)):
        if merged and merged[-1].span == edit.span and edit.span.start == edit.span.end:
            merged[-1] = Edit(edit.span, merged[-1].text + edit.text)
        else:
            merged.append(edit)
    return tuple(merged)


def _deeper(style: Style, lines: Lines) -> Lines:
    return tuple(style.unit + line for line in lines)


def _lines(style: Style, lines: Lines, indent: str) -> str:
    return f"{style.newline}{indent}".join(lines)


def _on_a_new_line(style: Style, at: int, text: str) -> Edit:
    start = at
    while style.text[start - 1 : start] in (b" ", b"\t"):
        start -= 1
    return Edit(Span(start, at), f"{style.newline}{text}".encode())


def _broken_after(style: Style, at: int, indent: str) -> Iterator[Edit]:
    """A line break before what stands behind on the same line, if that is code."""
    if style.ends_line(at):
        return
    rest = style.text[at : style.line_end(at)]
    code = rest.lstrip()
    if code.startswith((b"//", b"/*")):
        return
    outer = indent.removesuffix(style.unit) if code.startswith(b"}") else indent
    yield Edit(Span(at, at + len(rest) - len(code)), f"{style.newline}{outer}".encode())
