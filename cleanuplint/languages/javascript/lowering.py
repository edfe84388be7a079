"""A whole file: from its syntax tree to a `Program`."""

from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.flow import graph
from cleanuplint.flow.graph import FunctionKind, VariableKind
from cleanuplint.languages.body import File
from cleanuplint.languages.javascript.exports import exported_names, exports
from cleanuplint.languages.javascript.functions import FunctionBody
from cleanuplint.languages.javascript.named_types import named_types
from cleanuplint.languages.javascript.nodes import string_value
from cleanuplint.languages.javascript.parsing import parse, unread
from cleanuplint.languages.javascript.scopes import hoisted, lexical
from cleanuplint.languages.names import declare_all
from cleanuplint.languages.syntax import comments, deep_recursion, is_malformed, span_of, text_of


def lower(source: bytes, suffix: str) -> graph.Program:
    """Parse and lower one file of canonical UTF-8; `suffix` chooses the grammar."""
    root = parse(source, suffix)
    file = File(frozenset(exported_names(root)))
    with deep_recursion():
        module = _module(file, root)
    return graph.Program(
        functions=tuple(function for function in file.functions if function is not None),
        classes=tuple(cls for cls in file.classes if cls is not None),
        variables=file.variables.freeze(),
        imports=tuple(file.imports),
        exported=file.exported,
        exports=tuple(exports(root)),
        module=module,
        comments=comments(root),
        broken=unread(root),
        is_malformed=is_malformed(root),
        opaque=file.opaque,
        globals=dict(file.variables.globals),
        types=named_types(root, source),
    )


def _module(file: File, root: Node) -> graph.FunctionId:
    body = FunctionBody(file, None, None, binds_this=True)
    for statement in root.named_children:
        if statement.type == "import_statement":
            _import(body, statement)
    declare_all(file.variables, body.scope, body.id, hoisted(root))
    declare_all(file.variables, body.scope, body.id, lexical(root.named_children))
    body.statements(root.named_children)
    start = span_of(root)
    return body.frozen(root, "", start, FunctionKind.MODULE, [], False, frozenset(), ())


def _import(body: FunctionBody, statement: Node) -> None:
    module = string_value(_source(statement))
    if module is None:
        return
    for node, name in _bindings(statement):
        variable = body.file.variables.declare(
            text_of(node), VariableKind.IMPORT, body.id, span_of(node)
        )
        body.scope.names[text_of(node)] = variable
        body.file.imports.append(graph.ImportBinding(variable, module, name))


def _source(statement: Node) -> Node | None:
    source = statement.child_by_field_name("source")
    if source is not None:
        return source
    for child in statement.named_children:
        if child.type == "import_require_clause":
            return child.child_by_field_name("source")
    return None


def _bindings(statement: Node) -> Iterator[tuple[Node, str]]:
    """The local names of an import and what each stands for."""
    for clause in statement.named_children:
        if clause.type == "import_require_clause":
            yield clause.named_children[0], "*"
        if clause.type != "import_clause":
            continue
        for child in clause.named_children:
            match child.type:
                case "identifier":
                    yield child, "default"
                case "namespace_import":
                    yield child.named_children[0], "*"
                case "named_imports":
                    yield from _named_imports(child)


def _named_imports(node: Node) -> Iterator[tuple[Node, str]]:
    for specifier in node.named_children:
        name = specifier.child_by_field_name("name")
        if specifier.type == "import_specifier" and name is not None:
            local = specifier.child_by_field_name("alias") or name
            yield local, text_of(name).strip("'\"")
