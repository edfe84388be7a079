"""What a method that ends an object's life is called, where a class has none."""

import re

from tree_sitter import Node

from cleanuplint.flow.words import TEARDOWN
from cleanuplint.languages.syntax import text_of, within

BY_SUPERCLASS = {
    "Component": "componentWillUnmount",
    "PureComponent": "componentWillUnmount",
    "HTMLElement": "disconnectedCallback",
    "LitElement": "disconnectedCallback",
}
RESERVED = frozenset({"function", "class", "object", "module", "import", "export", "default"})
PAIRS = {"start": "stop", "open": "close", "connect": "disconnect", "mount": "unmount"}


def names_for(cls: str) -> tuple[str, ...]:
    """What an object of a class is called: a `RegexEngine` is an `engine` or a `regexEngine`."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+", cls)
    if not cls.isidentifier() or not words or cls in ("handle", "Pointer", "Memory", "Object"):
        return ("resource",)
    last, whole = words[-1].lower(), cls[:1].lower() + cls[1:]
    return tuple(name for name in (last, whole) if name not in RESERVED) or ("resource",)


def teardown_name(body: Node, root: Node) -> str:
    """After the class it extends, its own methods, the other classes of the file, or `dispose`."""
    heritage = body.parent.named_children if body.parent is not None else []
    for node in heritage:
        if node.type == "class_heritage":
            for word in text_of(node).replace("<", " ").replace(".", " ").split():
                if word in BY_SUPERCLASS:
                    return BY_SUPERCLASS[word]
    own = _methods(body)
    paired = (after for before, after in PAIRS.items() if before in own)
    others = (name for name in _methods(root) if TEARDOWN.match(name) and name.isidentifier())
    return next(paired, next(others, "dispose"))


def _methods(node: Node) -> list[str]:
    names = (
        each.child_by_field_name("name")
        for each in within(node)
        if each.type == "method_definition"
    )
    return [text_of(name) for name in names if name is not None]
