"""Statements, and whole functions."""

from tree_sitter import Node

from cleanuplint.flow import graph
from cleanuplint.flow.graph import FunctionKind, TypeName, VariableId, VariableKind
from cleanuplint.languages.rust.body import Either, File, Scope
from cleanuplint.languages.rust.expressions import Expressions
from cleanuplint.languages.rust.outcomes import Sink, body_of
from cleanuplint.languages.rust.parsing import code
from cleanuplint.languages.rust.patterns import unwrapped
from cleanuplint.languages.rust.types import type_of
from cleanuplint.languages.syntax import text_of
from cleanuplint.rust.model import RustType

SCOPE_GUARDS = frozenset({"guard", "guard_on_unwind", "guard_on_success"})
EXPRESSIONS = ("expression", "_block", "_literal", "identifier", "macro_invocation", "self")


class FunctionBody(Expressions):
    """The blocks of one function."""

    def function(
        self, node: Node, name: str, kind: FunctionKind, exported: bool
    ) -> tuple[graph.Function, tuple[tuple[VariableId, RustType], ...]]:
        """Lower a function with a body; also its parameters with their types."""
        parameters = self._parameters(node.child_by_field_name("parameters"))
        body = node.child_by_field_name("body")
        self.into(body, self.leave_with)
        name_node = node.child_by_field_name("name") or node
        blocks = self.blocks
        function = graph.Function(
            id=self.id,
            name=name,
            kind=kind,
            span=self.span(node),
            name_span=self.span(name_node),
            parent=None,
            cls=None,
            parameters=tuple(variable for variable, _ in parameters),
            rest=None,
            this=self.this,
            is_async=False,
            is_generator=False,
            is_static=self.this is None,
            is_private=not exported,
            is_exported=exported,
            blocks=blocks.freeze(),
            entry=blocks.entry,
            normal_exit=blocks.normal_exit,
            exceptional_exit=blocks.exceptional_exit,
        )
        self.file.functions[self.id] = function
        return function, tuple(parameters)

    def _parameters(self, listed: Node | None) -> list[tuple[VariableId, RustType]]:
        nodes = code(listed) if listed is not None else []
        found: list[tuple[VariableId, RustType]] = []
        for node in nodes:
            if is_self(node):
                found.append((self._self(node), RustType("Self")))
            elif node.type == "parameter":
                found.append(self._parameter(node))
        return found

    def _self(self, node: Node) -> VariableId:
        self.this = self.file.declare("self", VariableKind.THIS, self.id, self.span(node))
        self.scopes[0].names["self"] = self.this
        return self.this

    def _parameter(self, node: Node) -> tuple[VariableId, RustType]:
        pattern = node.child_by_field_name("pattern") or node
        type_ = type_of(node.child_by_field_name("type"))
        span, name = self.span(pattern), unwrapped(pattern)
        simple = name.type == "identifier"
        label = text_of(name) if simple else ""
        variable = self.file.declare(label, VariableKind.PARAMETER, self.id, span)
        if simple:
            self.scopes[0].names[label] = variable
        else:
            self.bind(pattern, self.load(variable, span))
        return variable, type_

    # ── statements ──────────────────────────────────────────────────────────────────────────────

    def block(self, node: Node, sink: Sink) -> None:
        self.scopes.append(Scope())
        statements = [child for child in code(node) if child.type != "label"]
        tail = statements.pop() if statements and _is_tail(statements[-1]) else None
        for statement in statements:
            self._statement(statement)
        self.into(tail, sink)
        self.scopes.pop()

    def _statement(self, node: Node) -> None:
        match node.type:
            case "let_declaration":
                self._let(node)
            case "expression_statement" if code(node):
                self.value(code(node)[0])
            case kind if kind.endswith(EXPRESSIONS):
                self.value(node)

    def _let(self, node: Node) -> None:
        pattern, value, otherwise = (
            node.child_by_field_name(part) for part in ("pattern", "value", "alternative")
        )
        if pattern is None:
            return
        if value is None:
            self._declare_names(pattern)
        elif otherwise is not None:
            self._let_else(pattern, value, otherwise)
        elif (closure := _scope_guard(value)) is not None:
            self._guard(pattern, closure)
        else:
            types = _made_type(node.child_by_field_name("type"), value)
            self.bind(pattern, self.value(value), types)
            self._dispose(pattern, types)

    def _declare_names(self, pattern: Node) -> None:
        inner = unwrapped(pattern)
        if inner.type == "identifier":
            self.declare(inner)

    def _let_else(self, pattern: Node, value: Node, otherwise: Node) -> None:
        yes, no = self.blocks.reserve(), self.blocks.reserve()
        self.fits(pattern, value, yes, no)
        self.blocks.start(no)
        self.value(otherwise)
        self.blocks.choose(self.span(otherwise))
        self.blocks.start(yes)

    def _dispose(self, pattern: Node, types: tuple[TypeName, ...]) -> None:
        """What a local of some named type does when its scope ends is for the analysis to know."""
        name = unwrapped(pattern)
        if not types or name.type != "identifier" or text_of(name) == "_":
            return
        variable, span = self.scopes[-1].names.get(text_of(name)), self.span(name)
        if variable is not None:
            self.scopes[-1].endings.append(lambda: self.blocks.emit(graph.Dispose(span, variable)))

    def _guard(self, pattern: Node, call: Node) -> None:
        """`let g = guard(value, |value| …)`: the closure runs when the scope ends."""
        arguments = call.child_by_field_name("arguments") or call
        given, closure = code(arguments)[0], code(arguments)[-1]
        value = self.value(given)
        self.bind(pattern, value)
        offset = self.offset
        self.scopes[-1].endings.append(lambda: self._run_guard(closure, value, offset))

    def _run_guard(self, closure: Node, value: graph.Temp, offset: int) -> None:
        before, self.offset = self.offset, offset
        span, after = self.span(closure), self.blocks.reserve()
        to = Either(after, after, self.synthetic(span), len(self.scopes))
        self.run(closure, body_of(closure), [value], to, splits=False)
        self.blocks.start(after)
        self.offset = before


def is_self(parameter: Node) -> bool:
    """`&mut self`, and `self: Box<Self>`."""
    pattern = parameter.child_by_field_name("pattern")
    typed = pattern is not None and text_of(pattern) == "self"
    return parameter.type == "self_parameter" or typed


def _is_tail(node: Node) -> bool:
    """Whether the last thing in a block is its value."""
    if node.type == "expression_statement":
        return node.children[-1].type != ";"
    return node.type.endswith(EXPRESSIONS) and node.type != "let_declaration"


def _scope_guard(value: Node) -> Node | None:
    function = value.child_by_field_name("function") if value.type == "call_expression" else None
    arguments = value.child_by_field_name("arguments")
    if function is None or arguments is None or len(code(arguments)) != 2:
        return None
    name = text_of(function).rsplit("::", 1)[-1]
    is_guard = name in SCOPE_GUARDS and code(arguments)[-1].type == "closure_expression"
    return value if is_guard else None


def _made_type(annotation: Node | None, value: Node) -> tuple[TypeName, ...]:
    """The name of the type that a value surely has, by its syntax."""
    if annotation is not None:
        name = type_of(annotation).name
    elif value.type == "struct_expression":
        name = text_of(value.child_by_field_name("name") or value)
    elif value.type == "call_expression":
        path = text_of(value.child_by_field_name("function") or value).split("::")
        upper = [part for part in path if part[:1].isupper()]
        name = upper[-1] if upper else ""
    else:
        name = ""
    return (TypeName((name.rsplit("::", 1)[-1],)),) if name[:1].isupper() else ()


def lower_function(
    file: File, node: Node, name: str, kind: FunctionKind, exported: bool, fallible: bool
) -> tuple[graph.Function, tuple[tuple[VariableId, RustType], ...]]:
    """The flow graph of a function, and its parameters with their types."""
    return FunctionBody(file, fallible).function(node, name, kind, exported)
