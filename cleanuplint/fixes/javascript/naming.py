"""What a method that ends an object's life is called, where a class has none."""

from tree_sitter import Node

from cleanuplint.fixes.javascript.tree import within
from cleanuplint.flow.words import TEARDOWN
from cleanuplint.languages.syntax import text_of

BY_SUPERCLASS = {
    "Component": "componentWillUnmount",
    "PureComponent": "componentWillUnmount",
    "HTMLElement": "disconnectedCallback",
    "LitElement": "disconnectedCallback",
}
PAIRS = {"start": "stop", "open": "close", "connect": "disconnect", "mount": "unmount"}


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
