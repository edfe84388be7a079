"""Tests of whether there is anything in a place."""

from tree_sitter import Node

from cleanuplint.fixes.javascript.tree import mentions_path
from cleanuplint.languages.syntax import text_of

CONDITIONAL = frozenset({"if_statement", "ternary_expression", "while_statement"})
LEAVING = frozenset(
    {"return_statement", "throw_statement", "continue_statement", "break_statement"}
)
ABSENT = frozenset({"null", "undefined", "0"})


def asks(node: Node, place: str) -> bool:
    """A condition on the place itself, `?.` or TypeScript's `!`: it may hold nothing."""
    if node.type in CONDITIONAL:
        test = node.child_by_field_name("condition")
        return test is not None and _looks_at(test, place)
    if node.type == "binary_expression":
        operator = node.child_by_field_name("operator")
        left = node.child_by_field_name("left")
        short = operator is not None and operator.type in ("&&", "||", "??")
        return short and left is not None and _looks_at(left, place)
    if node.type == "non_null_expression":
        return text_of(node) == f"{place}!"
    if node.type == "member_expression" and any(c.type == "optional_chain" for c in node.children):
        owner = node.child_by_field_name("object")
        return owner is not None and text_of(owner) == place
    return False


def _looks_at(test: Node, place: str) -> bool:
    """The test is of the place as a whole: `x`, `!x`, `x && …`, `x === null`."""
    match test.type:
        case "parenthesized_expression" | "unary_expression" | "non_null_expression":
            return any(_looks_at(child, place) for child in test.named_children)
        case "binary_expression":
            operator = test.child_by_field_name("operator")
            sides = [test.child_by_field_name(side) for side in ("left", "right")]
            if operator is not None and operator.type in ("&&", "||", "??"):
                return any(side is not None and _looks_at(side, place) for side in sides)
            texts = [text_of(side) for side in sides if side is not None]
            return place in texts and bool(ABSENT.intersection(texts))
    return text_of(test) == place


def leaves_without(statement: Node, place: str) -> bool:
    """`if (!tree) return …`: nothing is there, and the block is left."""
    test = statement.child_by_field_name("condition")
    if statement.type != "if_statement" or test is None:
        return False
    if statement.child_by_field_name("alternative") is not None or not _is_absence(test, place):
        return False
    body = statement.child_by_field_name("consequence")
    last = body.named_children[-1] if body is not None and body.named_children else body
    if body is not None and body.type in LEAVING:
        return True
    return last is not None and last.type in LEAVING and not mentions_path(last, place)


def _is_absence(test: Node, place: str) -> bool:
    match test.type:
        case "parenthesized_expression":
            return _is_absence(test.named_children[0], place)
        case "unary_expression":
            return text_of(test) == f"!{place}"
        case "binary_expression":
            operator = test.child_by_field_name("operator")
            sides = [test.child_by_field_name(side) for side in ("left", "right")]
            texts = [text_of(side) for side in sides if side is not None]
            equal = operator is not None and operator.type in ("==", "===")
            return equal and place in texts and bool(ABSENT.intersection(texts))
    return False
