"""A whole file: from its syntax tree to a `Program`."""

from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.flow import graph
from cleanuplint.flow.graph import Export, FunctionKind
from cleanuplint.languages.python.bindings import Bindings, bindings
from cleanuplint.languages.python.body import PythonFile
from cleanuplint.languages.python.functions import FunctionBody, Shape
from cleanuplint.languages.python.imports import imported, module_of
from cleanuplint.languages.python.nodes import string_value
from cleanuplint.languages.python.parsing import parse, unread
from cleanuplint.languages.syntax import (
    comments,
    deep_recursion,
    is_malformed,
    span_of,
    text_of,
)


def lower(source: bytes, suffix: str) -> graph.Program:
    """Parse and lower one file of canonical UTF-8."""
    root = parse(source)
    found = bindings(root)
    file = PythonFile(frozenset(_published(root)))
    with deep_recursion():
        module = _module(file, root, found)
    return graph.Program(
        functions=tuple(function for function in file.functions if function is not None),
        classes=tuple(cls for cls in file.classes if cls is not None),
        variables=file.variables.freeze(),
        imports=tuple(file.imports),
        exported=file.exported,
        exports=tuple(_exports(root, found)),
        module=module,
        comments=comments(root),
        broken=unread(root),
        is_malformed=is_malformed(root),
        opaque=file.opaque,
        globals=dict(file.variables.globals),
    )


def _module(file: PythonFile, root: Node, found: Bindings) -> graph.FunctionId:
    body = FunctionBody(file, None, None, binds_this=True)
    body.declare(found)
    body.block(root)
    return body.frozen(root, Shape("", span_of(root), FunctionKind.MODULE))


def _published(root: Node) -> Iterator[str]:
    """What `__all__` lists. Without it every name can be imported, and none is meant to be."""
    for statement in root.named_children:
        assignment = statement.named_children[0] if statement.named_children else statement
        if assignment.type != "assignment":
            continue
        name, value = (assignment.child_by_field_name(it) for it in ("left", "right"))
        if name is not None and value is not None and text_of(name) == "__all__":
            yield from filter(None, map(string_value, value.named_children))


def _exports(root: Node, found: Bindings) -> Iterator[Export]:
    """All names of a module can be imported; what it imports, it passes on."""
    passed: set[str] = set()
    for statement in root.named_children:
        if statement.type != "import_from_statement":
            continue
        module = module_of(statement)
        if any(child.type == "wildcard_import" for child in statement.named_children):
            yield Export("*", "*", module)
        for name, local in imported(statement):
            passed.add(text_of(local))
            yield Export(text_of(local), text_of(name), module)
    yield from (Export(name, name) for name in found.own if name not in passed)
