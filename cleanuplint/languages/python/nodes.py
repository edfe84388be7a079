"""Reading syntax nodes: operands, names, strings, decorators."""

from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.languages.syntax import text_of

EXTRAS = frozenset({"comment", "line_continuation"})
COMPREHENSIONS = frozenset(
    {
        "list_comprehension", "set_comprehension", "dictionary_comprehension",
        "generator_expression",
    }
)  # fmt: skip


def parts(node: Node) -> list[Node]:
    """The named children, comments apart."""
    return [child for child in node.named_children if child.type not in EXTRAS]


def inside(node: Node) -> Node | None:
    """The first operand of a wrapper such as parentheses, `await` or a splat."""
    return next(iter(parts(node)), None)


def bare(node: Node) -> Node:
    """The expression or the target inside parentheses."""
    while node.type == "parenthesized_expression" or (
        node.type == "tuple_pattern" and len(parts(node)) == 1 and not has_token(node, ",")
    ):
        inner = inside(node)
        if inner is None:
            break
        node = inner
    return node


def has_token(node: Node, token: str) -> bool:
    return any(child.type == token for child in node.children)


def string_value(node: Node | None) -> str | None:
    """The text of a plain string literal without escapes or interpolations."""
    if node is None or node.type != "string":
        return None
    if any(child.type == "interpolation" for child in node.named_children):
        return None
    return "".join(text_of(c) for c in node.named_children if c.type == "string_content")


def subscripts(node: Node) -> list[Node]:
    return node.children_by_field_name("subscript")


def member_name(node: Node) -> str | None:
    """The static name of an attribute or subscript: `a.b`, `a["b"]`, `a[0]`."""
    if node.type == "attribute":
        name = node.child_by_field_name("attribute")
        return text_of(name) if name is not None else ""
    given = subscripts(node)
    if len(given) != 1:
        return None
    return text_of(given[0]) if given[0].type == "integer" else string_value(given[0])


def base_of(node: Node) -> Node | None:
    """The object of an attribute or subscript."""
    return node.child_by_field_name("object" if node.type == "attribute" else "value")


def called_name(node: Node) -> str:
    """The last name of what a call calls: `closing` for `contextlib.closing(x)`."""
    callee = node.child_by_field_name("function") if node.type == "call" else node
    return text_of(callee).rpartition(".")[2] if callee is not None else ""


def arguments_of(node: Node) -> list[Node]:
    """The arguments of a call; a lone generator expression is one."""
    given = node.child_by_field_name("arguments")
    if given is None:
        return []
    return [given] if given.type in COMPREHENSIONS else parts(given)


def decorators(definition: Node) -> Iterator[Node]:
    """The decorator expressions of a function or class."""
    parent = definition.parent
    if parent is not None and parent.type == "decorated_definition":
        for child in parent.named_children:
            inner = inside(child) if child.type == "decorator" else None
            if inner is not None:
                yield inner


def decorator_names(definition: Node) -> frozenset[str]:
    """`fixture` for `@pytest.fixture(scope="module")`."""
    return frozenset(called_name(one) for one in decorators(definition))


def definition_of(node: Node) -> Node:
    """The function or class below decorators."""
    inner = node.child_by_field_name("definition")
    return inner if node.type == "decorated_definition" and inner is not None else node


def yields(function: Node) -> bool:
    """The function is a generator."""
    body = function.child_by_field_name("body")
    if body is None or b"yield" not in (body.text or b""):
        return False
    open_nodes = [body]
    while open_nodes:
        node = open_nodes.pop()
        if node.type == "yield":
            return True
        if node.type not in ("function_definition", "class_definition", "lambda"):
            open_nodes.extend(node.named_children)
    return False
