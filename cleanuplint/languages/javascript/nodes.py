"""Reading syntax nodes: operands, operators, names, whatever wraps them."""

from tree_sitter import Node

from cleanuplint.languages.syntax import text_of

TRANSPARENT = frozenset(
    {
        "parenthesized_expression",
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "type_assertion",
        "instantiation_expression",
    }
)


def inside(node: Node) -> Node | None:
    """The operand of a wrapper such as parentheses, `as`, spread or await."""
    children = [child for child in node.named_children if child.type != "comment"]
    if node.type == "type_assertion":
        return children[-1] if children else None
    return children[0] if children else None


def operator_of(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return operator.type if operator is not None else ""


def string_value(node: Node | None) -> str | None:
    """The text of a plain string literal."""
    if node is None:
        return None
    if node.type == "string":
        return text_of(node)[1:-1]
    if node.type == "template_string" and not any(
        child.type == "template_substitution" for child in node.named_children
    ):
        return text_of(node)[1:-1]
    return None


def member_name(node: Node) -> str | None:
    """The static name of a member or element expression."""
    if node.type == "member_expression":
        prop = node.child_by_field_name("property")
        return text_of(prop) if prop is not None else ""
    index = node.child_by_field_name("index")
    if index is None:
        return None
    if index.type == "number":
        return text_of(index)
    if index.type == "member_expression" and text_of(index).startswith("Symbol."):
        return f"[{text_of(index)}]"
    return string_value(index)


def key_of(node: Node | None) -> str | None:
    """The static name of a property key."""
    if node is None:
        return None
    if node.type == "computed_property_name":
        inner = inside(node)
        text = text_of(inner) if inner is not None else ""
        return f"[{text}]" if text.startswith("Symbol.") else string_value(inner)
    if node.type == "string":
        return string_value(node)
    return text_of(node)


def is_condition(node: Node) -> bool:
    while node.type == "parenthesized_expression":
        node = inside(node) or node
        if node.type == "parenthesized_expression" and not node.named_children:
            return False
    return node.type in ("binary_expression", "unary_expression")


def is_optional_chain(node: Node) -> bool:
    """Some link of the chain that ends in `node` is `?.`."""
    if b"?." not in (node.text or b""):  # long chains are asked at each of their links
        return False
    while node.type in ("call_expression", "member_expression", "subscript_expression"):
        if any(child.type == "optional_chain" for child in node.children):
            return True
        field = "function" if node.type == "call_expression" else "object"
        inner = node.child_by_field_name(field)
        if inner is None:
            return False
        node = inner
    return False


def surfaces(node: Node) -> bool:
    """The promise is awaited, returned or yielded where it is made."""
    parent = node.parent
    while parent is not None and parent.type in TRANSPARENT:
        parent = parent.parent
    return parent is not None and parent.type in (
        "await_expression",
        "return_statement",
        "yield_expression",
        "arrow_function",
    )
