"""Statements put into blocks."""

from collections.abc import Sequence

from tree_sitter import Node

from cleanuplint.findings import Edit, Span
from cleanuplint.fixes.rust.file import File, Lines
from cleanuplint.languages.rust.parsing import COMMENTS

ITEMS = frozenset({"use_declaration", "const_item", "inner_attribute_item", *COMMENTS})
"""What stands at the top of a function before its first statement."""
LEAVING = frozenset({"return_expression", "expression_statement"})


def at_start(file: File, block: Node, lines: Lines) -> Edit | None:
    """Statements before the first one of a block."""
    first = next((it for it in block.named_children if it.type not in ITEMS), None)
    if first is None:
        return at_end(file, block, lines)
    top = with_comments(file, first)
    # what the comment is about begins after an empty line
    return _before(file, top, block, lines if top == first else (*lines, ""))


def with_comments(file: File, statement: Node) -> Node:
    """The first of the comments that stand right above a statement, or itself."""
    top = statement
    while (above := top.prev_sibling) is not None and above.type in COMMENTS:
        near = above.end_point.row + 1 >= top.start_point.row
        if not near or not file.layout.starts_line(above.start_byte):
            break
        top = above
    return top


def at_end(file: File, block: Node, lines: Lines) -> Edit | None:
    """Statements after the last one of a block that yields nothing."""
    layout = file.layout
    if block.start_point.row == block.end_point.row:
        return _spread(file, block, [*_statements(file, block.named_children), *lines])
    last = block.named_children[-1] if block.named_children else None
    if last is not None and not _ends(last):
        return None
    close = layout.line_start(block.end_byte - 1)
    if not layout.starts_line(block.end_byte - 1):
        return None
    indent = layout.indentation(block.start_byte) + layout.unit
    return Edit(Span(close, close), (file.joined(indent, lines) + layout.newline).encode())


def behind(file: File, statement: Node, block: Node, lines: Lines) -> Edit | None:
    """Statements behind another one."""
    at = block.named_children.index(statement) + 1
    if at < len(block.named_children):
        return _before(file, block.named_children[at], block, lines)
    return at_end(file, block, lines)


def ahead(file: File, leaf: Node, lines: Lines, instead: str = "") -> Edit | None:
    """Statements before the one that returns an expression; `instead`: what is returned then."""
    statement = leaf
    while statement.parent is not None and statement.parent.type in LEAVING:
        statement = statement.parent
    block = statement.parent
    if block is None:
        return None
    if block.type == "match_arm":
        returned = _with(file, statement, leaf, instead)
        end = ";" if statement.type == "return_expression" else ""
        return _as_block(file, statement, block, (*lines, returned + end))
    if block.type != "block":
        return None
    if not instead:
        return _before(file, statement, block, lines)
    if not file.layout.starts_line(statement.start_byte):
        return None
    indent = file.layout.indentation(statement.start_byte)
    new = file.joined(indent, (*lines, _with(file, statement, leaf, instead))).removeprefix(indent)
    return Edit(Span(statement.start_byte, statement.end_byte), new.encode())


def _before(file: File, statement: Node, block: Node, lines: Lines) -> Edit | None:
    layout = file.layout
    if layout.starts_line(statement.start_byte):
        start = layout.line_start(statement.start_byte)
        indent = layout.indentation(statement.start_byte)
        return Edit(Span(start, start), (file.joined(indent, lines) + layout.newline).encode())
    if block.start_point.row != block.end_point.row:
        return None
    at = block.named_children.index(statement)
    before, rest = block.named_children[:at], block.named_children[at:]
    return _spread(file, block, [*map(file.code, before), *lines, *map(file.code, rest)])


def _spread(file: File, block: Node, lines: Sequence[str]) -> Edit:
    """A block of one line on several."""
    indent = file.layout.indentation(block.start_byte)
    inside = file.joined(indent + file.layout.unit, tuple(lines))
    newline = file.layout.newline
    text = f"{{{newline}{inside}{newline}{indent}}}"
    return Edit(Span(block.start_byte, block.end_byte), text.encode())


def _as_block(file: File, value: Node, arm: Node, lines: Lines) -> Edit | None:
    """`Err(e) => return Err(e),` with a block."""
    if value.start_point.row != value.end_point.row:
        return None
    end = next((it.end_byte for it in arm.children if it.type == ","), value.end_byte)
    return Edit(Span(value.start_byte, end), _spread(file, value, lines).text)


def _with(file: File, statement: Node, leaf: Node, instead: str) -> str:
    """The statement, something else in the place of one expression."""
    text = file.layout.text
    if not instead:
        return file.code(statement)
    before = text[statement.start_byte : leaf.start_byte].decode()
    return f"{before}{instead}{text[leaf.end_byte : statement.end_byte].decode()}"


def _statements(file: File, nodes: Sequence[Node]) -> list[str]:
    return [file.code(it) if _ends(it) else f"{file.code(it)};" for it in nodes]


def _ends(statement: Node) -> bool:
    """It is complete without a semicolon behind it."""
    whole = ("let_declaration", "expression_statement", "empty_statement", *ITEMS)
    return statement.type in whole or statement.type.endswith("_item")
