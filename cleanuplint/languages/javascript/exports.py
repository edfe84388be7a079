"""What a module exports: by `export`, and by CommonJS."""

from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.flow.graph import Export
from cleanuplint.languages.javascript.nodes import string_value
from cleanuplint.languages.javascript.scopes import hoisted, lexical
from cleanuplint.languages.syntax import text_of


def exports(root: Node) -> Iterator[Export]:
    """The exports of a module, with the local name behind each."""
    for statement in root.named_children:
        if statement.type == "export_statement":
            yield from _exports_of(statement)
        elif statement.type == "expression_statement" and statement.named_children:
            yield from _assigned_exports(statement.named_children[0])


def _exports_of(statement: Node) -> Iterator[Export]:
    module = string_value(statement.child_by_field_name("source"))
    clause = next((c for c in statement.named_children if c.type == "export_clause"), None)
    if clause is not None:
        yield from _clause(clause, module)
    elif module is not None:
        spaces = [c for c in statement.named_children if c.type == "namespace_export"]
        name = text_of(spaces[0].named_children[0]) if spaces else "*"
        yield Export(name, "*", module)
    elif any(child.type == "default" for child in statement.children):
        yield Export("default", next(_exported_by(statement), "default"))
    else:
        yield from (Export(name, name) for name in _exported_by(statement))


def _clause(clause: Node, module: str | None) -> Iterator[Export]:
    for specifier in clause.named_children:
        name = specifier.child_by_field_name("name")
        if name is not None:
            shown = specifier.child_by_field_name("alias") or name
            yield Export(text_of(shown), text_of(name), module)


def _assigned_exports(node: Node) -> Iterator[Export]:
    """`module.exports = X`, `module.exports = {a, b: c}`, `exports.a = …`."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.type != "assignment_expression" or left is None or right is None:
        return
    target = text_of(left)
    if target == "module.exports" and right.type == "object":
        yield from _object_exports(right)
    elif target == "module.exports" and right.type == "identifier":
        yield Export("default", text_of(right))
    elif target == "module.exports":
        named = right.child_by_field_name("name")
        yield Export("default", text_of(named) if named is not None else "exports")
    elif target.startswith(("exports.", "module.exports.")):
        name = target.rpartition(".")[2]
        yield Export(name, text_of(right) if right.type == "identifier" else name)


def _object_exports(node: Node) -> Iterator[Export]:
    for child in node.named_children:
        key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
        if child.type == "shorthand_property_identifier":
            yield Export(text_of(child), text_of(child))
        elif child.type == "pair" and key is not None and value is not None:
            local = value if value.type == "identifier" else key
            yield Export(text_of(key), text_of(local))
        elif child.type == "method_definition":
            methods = [text_of(name) for name in child.children_by_field_name("name")]
            yield from (Export(method, method) for method in methods)


def exported_names(root: Node) -> Iterator[str]:
    """The local names that the module exports."""
    for statement in root.named_children:
        if statement.type == "export_statement":
            yield from _exported_by(statement)
        elif statement.type == "expression_statement" and statement.named_children:
            yield from _common_js(statement.named_children[0])


def _exported_by(statement: Node) -> Iterator[str]:
    for child in statement.named_children:
        match child.type:
            case "export_clause":
                for specifier in child.named_children:
                    name = specifier.child_by_field_name("name")
                    if name is not None:
                        yield text_of(name)
            case "identifier":
                yield text_of(child)
            case "lexical_declaration" | "variable_declaration":
                for name, _, _ in lexical([child]):
                    yield text_of(name)
                if child.type == "variable_declaration":
                    yield from (text_of(name) for name, _, _ in hoisted(child))
            case _:
                name = child.child_by_field_name("name")
                if name is not None:
                    yield text_of(name)


def _common_js(node: Node) -> Iterator[str]:
    """`module.exports = X`, `module.exports = {a, b: c}`, `exports.a = …`."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.type != "assignment_expression" or left is None or right is None:
        return
    target = text_of(left)
    if target != "module.exports" and not target.startswith(("exports.", "module.exports.")):
        return
    yield target.rpartition(".")[2]
    if right.type == "assignment_expression":
        yield from _common_js(right)
    name = right.child_by_field_name("name")
    if right.type == "identifier":
        yield text_of(right)
    elif name is not None:
        yield text_of(name)
    elif right.type == "object":
        yield from _object_names(right)


def _object_names(node: Node) -> Iterator[str]:
    for child in node.named_children:
        match child.type:
            case "shorthand_property_identifier":
                yield text_of(child)
            case "pair":
                value, key = child.child_by_field_name("value"), child.child_by_field_name("key")
                named = value if value is not None and value.type == "identifier" else key
                if named is not None:
                    yield text_of(named)
            case "method_definition":
                yield from (text_of(n) for n in child.children_by_field_name("name"))
