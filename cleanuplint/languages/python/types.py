"""Type annotations as evidence: which classes they name."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.flow.graph import TypeName
from cleanuplint.languages.python.nodes import parts, string_value
from cleanuplint.languages.syntax import text_of

CONTAINERS = frozenset(
    {
        "list", "List", "set", "Set", "frozenset", "FrozenSet", "tuple", "Tuple", "dict", "Dict",
        "Sequence", "MutableSequence", "Mapping", "MutableMapping", "Iterable", "Collection",
        "deque", "Deque", "defaultdict", "DefaultDict", "OrderedDict", "WeakValueDictionary",
    }
)  # fmt: skip
YIELDING = frozenset({"Iterator", "Generator", "AsyncIterator", "AsyncGenerator", "AsyncIterable"})
TRANSPARENT = frozenset(
    {
        "Optional", "Union", "Annotated", "Final", "ClassVar", "Awaitable", "Coroutine", "Required",
        "NotRequired", "ReadOnly", "InitVar",
    }
)  # fmt: skip
_DOTTED = re.compile(r"[A-Za-z_][\w.]*")


def types_in(node: Node | None, container: bool = False) -> tuple[TypeName, ...]:
    """The classes that an annotation names."""
    return tuple(dict.fromkeys(_types(node, container))) if node is not None else ()


def _types(node: Node, container: bool) -> Iterator[TypeName]:
    match node.type:
        case "identifier" | "attribute" | "member_type":
            yield TypeName(tuple(text_of(node).replace(" ", "").split(".")), container)
        case "type" | "parenthesized_expression" | "union_type" | "binary_operator":
            for child in parts(node):
                yield from _types(child, container)
        case "generic_type" | "subscript":
            yield from _generic(node, container)
        case "string":
            yield from _quoted(node, container)


def _generic(node: Node, container: bool) -> Iterator[TypeName]:
    head, *rest = parts(node)
    name = text_of(head).rpartition(".")[2]
    if name in CONTAINERS or name in YIELDING or name in TRANSPARENT:
        for child in rest:
            for inner in parts(child) if child.type == "type_parameter" else [child]:
                yield from _types(inner, container or name in CONTAINERS or name in YIELDING)
    else:
        yield from _types(head, container)


def _quoted(node: Node, container: bool) -> Iterator[TypeName]:
    """`"Store | None"`: a reference to what is defined later."""
    for part in re.split(r"[|,\[\]]", string_value(node) or ""):
        found = _DOTTED.fullmatch(part.strip())
        if found and found[0] not in ("Optional", "None"):
            yield TypeName(tuple(found[0].split(".")), container)
