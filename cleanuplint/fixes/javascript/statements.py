"""Where statements begin and end, in files that leave semicolons out, too.

const r = use(x)
tree.free()            the syntax tree ends this statement behind the `;` of the next line,
;[1, 2].forEach(use)   where it stands so that the two are not read as one

An edit that leaves another statement before such a one has to see to it that there still is one.
"""

from collections.abc import Sequence

from tree_sitter import Node

from cleanuplint.fixes.javascript.tree import declarators, siblings

CONTINUES = (b"(", b"[", b"`", b"+", b"-", b"/", b"*", b"<")
"""What goes on with the line before, if that does not end in a `;`."""
BLOCKS = frozenset(
    {
        "statement_block", "function_declaration", "generator_function_declaration",
        "class_declaration", "class_body", "if_statement", "else_clause", "for_statement",
        "for_in_statement", "while_statement", "try_statement", "catch_clause", "finally_clause",
        "switch_statement", "switch_body", "labeled_statement",
    }
)  # fmt: skip
"""What ends in the brace of a block, or as the last statement in it does."""


def begin(text: bytes, statement: Node) -> int:
    """Before the `;` that stands on its line for its sake."""
    at = statement.start_byte
    before = text[text.rfind(b"\n", 0, at) + 1 : at]
    return at - len(before.lstrip()) if before.strip() == b";" else at


def end(statement: Node) -> int:
    """Behind its own `;`, not behind one that begins a later line."""
    own = _own_end(statement)
    return statement.end_byte if own is None else own.end_byte


def remark(statement: Node) -> Node | None:
    """The comment behind a statement on its line."""
    own = _own_end(statement)
    last = statement if own is None else own
    following = statement.next_named_sibling if own is None else own.next_sibling
    if following is None or following.type != "comment":
        return None
    return following if following.start_point.row == last.end_point.row else None


def remarks_above(statement: Node) -> list[Node]:
    """The comments on lines of their own that lead up to it."""
    found: list[Node] = []
    below, before = statement, statement.prev_named_sibling
    while before is not None and before.type == "comment" and _leads_up(before, below):
        found.insert(0, before)
        below, before = before, before.prev_named_sibling
    return found


def _leads_up(comment: Node, below: Node) -> bool:
    before = comment.prev_sibling
    alone = before is None or before.end_point.row < comment.start_point.row
    return alone and comment.end_point.row == below.start_point.row - 1


def code(statement: Node) -> str:
    """Its text without the `;`."""
    text = statement.text or b""
    return text[: end(statement) - statement.start_byte].decode().removesuffix(";").rstrip()


def is_directive(statement: Node) -> bool:
    """`'use strict'`, which says something at the start of a function alone."""
    if statement.type != "expression_statement":
        return False
    return statement.named_children[0].type == "string"


def goes_on(statement: Node | None, text: bytes) -> bool:
    """It would be read as the rest of a line before it that has no `;`."""
    if statement is None or begin(text, statement) != statement.start_byte:
        return False
    return (statement.text or b"").startswith(CONTINUES)


def is_open(statement: Node) -> bool:
    """It ends without a `;`, so a line after it may be read as the rest of it."""
    if statement.type in BLOCKS:
        last = statement.children[-1]
        return last.type != "}" and is_open(last)
    return not (statement.text or b"")[: end(statement) - statement.start_byte].endswith(b";")


def is_after_open(statement: Node) -> bool:
    """Some statement before it in its block ends without a `;`."""
    return any(
        each.start_byte < statement.start_byte and each.type != "comment" and is_open(each)
        for each in siblings(statement)
    )


def following(statement: Node) -> Node | None:
    """The next one of its block."""
    node = statement.next_named_sibling
    while node is not None and node.type == "comment":
        node = node.next_named_sibling
    return node


def closed(lines: Sequence[str], follower: Node | None, text: bytes) -> tuple[str, ...]:
    """Lines before a statement, with a `;` where it would be read as the rest of them."""
    last = lines[-1]
    if last.endswith((";", "}")) or not goes_on(follower, text):
        return tuple(lines)
    return (*lines[:-1], f"{last};")


def keyword_end(declaration: Node) -> int:
    """Where the first name or pattern of a declaration begins, or a comment before it."""
    first = declarators(declaration)[0]
    before = first.prev_sibling
    return (
        before.start_byte if before is not None and before.type == "comment" else first.start_byte
    )


def _own_end(statement: Node) -> Node | None:
    """What it ends with if its `;` begins a later line."""
    last = statement
    while last.children:
        last = last.children[-1]
    if last.type != ";":
        return None
    before = last.prev_sibling
    while before is not None and before.type == "comment":
        before = before.prev_sibling
    if before is None or before.end_point.row == last.start_point.row:
        return None
    return before
