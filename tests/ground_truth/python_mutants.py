"""Guard-removal mutants of Python: without a release or clear, or without a `with`."""

from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.languages.python.nodes import arguments_of, bare, base_of, member_name, parts
from cleanuplint.languages.python.parsing import parse
from cleanuplint.languages.syntax import text_of

from .accepted import Accepted, Mutant, cleanup_names

FREES = frozenset({"free", "dealloc", "deallocate", "_free", "_dealloc"})
"""Functions that are given the pointer that they free."""
NO_GUARDS = ("open(", "suppress(", "nullcontext(", "cleared(")
MEMBERS = frozenset({"attribute", "subscript"})


def python_mutants(code: Accepted) -> Iterator[Mutant]:
    root = parse(code.source)
    calls = [node for node in _below(root) if node.type == "call" and _cleans(node)]
    for call in calls:
        statement = _statement(call)
        if statement is None:
            continue
        others = {_thing(one) for one in calls if one != call}
        source = _replaced(code.source, statement.start_byte, statement.end_byte, b"pass")
        kind = "finally" if _ancestor(statement, "finally_clause") is not None else "elsewhere"
        removed, line = " ".join(text_of(call).split()), statement.start_point[0] + 1
        yield Mutant(code, kind, removed, line, source, _thing(call) in others)
    for node in _below(root):
        if node.type == "with_statement":
            yield from _without_with(code, node)


def _without_with(code: Accepted, node: Node) -> Iterator[Mutant]:
    """`with A as b:` becomes `b = A`, and its block an ordinary one."""
    clause = next(child for child in node.named_children if child.type == "with_clause")
    items = parts(clause)
    value = bare(items[0].child_by_field_name("value") or items[0])
    if len(items) > 1 or text_of(value).startswith(NO_GUARDS):
        return
    text = text_of(value)
    if value.type == "as_pattern":
        target = value.child_by_field_name("alias")
        text = f"{text_of(target) if target is not None else '_'} = {text_of(parts(value)[0])}"
    text = text.replace("closing(", "(")
    indent = " " * node.start_point[1]
    head = f"{text}\n{indent}if True".encode()
    source = _replaced(code.source, node.start_byte, clause.end_byte, head)
    yield Mutant(code, "with", "with", node.start_point[0] + 1, source, has_other=False)


def _replaced(source: bytes, start: int, end: int, text: bytes) -> bytes:
    return source[:start] + text + source[end:]


def _below(node: Node) -> Iterator[Node]:
    for child in node.named_children:
        yield child
        yield from _below(child)


def _cleans(call: Node) -> bool:
    callee = call.child_by_field_name("function")
    if callee is None or callee.type not in MEMBERS:
        return False
    name = member_name(callee)
    if name in FREES and arguments_of(call):
        return True
    return name in cleanup_names() and not arguments_of(call)


def _thing(call: Node) -> tuple[str, int]:
    """What a call releases: a name, or the pointer that it is given; in its function."""
    callee = call.child_by_field_name("function")
    given = [text_of(one) for one in arguments_of(call) if "store" not in text_of(one)]
    receiver = base_of(callee) if callee is not None else None
    name = given[0] if given else text_of(receiver) if receiver is not None else ""
    function = _ancestor(call, "function_definition")
    return name, function.start_byte if function is not None else 0


def _statement(call: Node) -> Node | None:
    """The guard as a whole: the outermost statement around a call that is there for it alone."""
    node = call.parent
    if node is None or node.type != "expression_statement":
        return None
    while (outer := _wrapper(node)) is not None:
        node = outer
    return node


def _wrapper(node: Node) -> Node | None:
    """`if x: x.free()` and `try: x.free()` with its `except`, around nothing else."""
    block = node.parent
    outer = block.parent if block is not None and len(parts(block)) == 1 else None
    if outer is None or outer.child_by_field_name("alternative") is not None:
        return None
    if outer.type == "if_statement":
        return outer
    is_try = outer.type == "try_statement" and outer.child_by_field_name("body") == block
    final = any(child.type == "finally_clause" for child in outer.named_children)
    return outer if is_try and not final else None


def _ancestor(node: Node, kind: str) -> Node | None:
    current: Node | None = node
    while current is not None and current.type != kind:
        current = current.parent
    return current
