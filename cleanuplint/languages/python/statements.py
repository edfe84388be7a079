"""Statements of one function."""

from abc import abstractmethod
from collections.abc import Callable

from tree_sitter import Node

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import Route, VariableId, VariableKind
from cleanuplint.languages.blocks import Loop
from cleanuplint.languages.python.bindings import Bindings
from cleanuplint.languages.python.body import ClassBody
from cleanuplint.languages.python.imports import Imports
from cleanuplint.languages.python.nodes import decorators, definition_of, inside, parts
from cleanuplint.languages.syntax import span_of, text_of

NO_LABELS: frozenset[str] = frozenset()
SILENT = frozenset(
    {
        "comment", "pass_statement", "global_statement", "nonlocal_statement",
        "future_import_statement", "type_alias_statement", "line_continuation",
    }
)  # fmt: skip


class Statements(Imports):
    """Lowers statements."""

    def block(self, node: Node | None) -> None:
        for child in node.named_children if node is not None else ():
            self.statement(child)

    def statement(self, node: Node) -> None:
        if node.type in SILENT:
            return
        lowering = _BY_TYPE.get(node.type)
        if lowering is not None:
            lowering(self, node)
        else:
            self.expression(node)

    def declare(self, found: Bindings) -> None:
        """Enter the names that a body binds into the present scope."""
        for name, binding in found.own.items():
            if name in self.scope.names:  # a parameter
                continue
            variable = self.file.variables.declare(
                name, binding.kind, self.id, span_of(binding.node), binding.types
            )
            self.scope.names[name] = variable
            if binding.stores == 1:
                self.bound_once.add(variable)
        for name in found.of_module:
            self.scope.names[name] = self._of_module(name)

    def _of_module(self, name: str) -> VariableId:
        scope = self.scope
        while scope.outer is not None:
            scope = scope.outer
        if name not in scope.names:
            declare = self.file.variables.declare
            scope.names[name] = declare(name, VariableKind.LOCAL, 0, Span(0, 0))
        return scope.names[name]

    # ── definitions ─────────────────────────────────────────────────────────────────────────────

    def _definition(self, node: Node) -> None:
        definition = definition_of(node)
        for decorator in decorators(definition):
            self.expression(decorator)
        if definition.type == "class_definition":
            self._class(definition)
        elif self.class_body is not None:
            self.method(self.class_body, definition)
        else:
            self._function(definition)

    def _function(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        value = self.make_function(node)
        if name is not None:
            self.assign_name(name, value, span_of(name))

    @abstractmethod
    def method(self, made: ClassBody, node: Node) -> None:
        """Lower a method of the class whose body is being lowered."""

    def _class(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        value = self.make_class(node)
        if name is not None:
            self.assign_name(name, value, span_of(name))

    # ── simple statements ───────────────────────────────────────────────────────────────────────

    def _expression_statement(self, node: Node) -> None:
        for child in parts(node):
            self.statement(child)

    def _assignment(self, node: Node) -> None:
        """`a = b = value`; a mere annotation stores nothing."""
        targets: list[Node] = []
        value: Node | None = node
        while value is not None and value.type == "assignment":
            left = value.child_by_field_name("left")
            if left is not None:
                targets.append(left)
            value = value.child_by_field_name("right")
        if self.class_body is not None and self.field_of_class(self.class_body, node, value):
            return
        if value is None:
            return
        result = self.named_expression(value, text_of(targets[0]))
        for target in targets:
            self.assign(target, result, span_of(node))

    @abstractmethod
    def field_of_class(self, made: ClassBody, node: Node, value: Node | None) -> bool:
        """Note a field; true if each object gets its value anew."""

    def named_expression(self, node: Node, name: str) -> graph.Temp:
        """An expression that takes the name of what it is assigned to, if it is a function."""
        if node.type == "lambda":
            return self.make_function(node, name)
        return self.expression(node)

    def _augmented(self, node: Node) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return
        value = self.compute(node, [self.expression(left), self.expression(right)])
        self.assign(left, value, span_of(node))

    def _return(self, node: Node) -> None:
        value = inside(node)
        temp = self.expression(value) if value is not None else None
        self.blocks.end(graph.Return(span_of(node), temp, self.blocks.leaving()))

    def _raise(self, node: Node) -> None:
        values = [self.expression(child) for child in parts(node)]
        value = values[0] if values else None
        self.blocks.end(graph.Throw(span_of(node), value, self.blocks.handler()))

    def _assert(self, node: Node) -> None:
        condition, *message = parts(node)
        holds, fails = self.blocks.reserve(), self.blocks.reserve()
        self.condition(condition, holds, fails)
        self.blocks.start(fails)
        for text in message:
            self.expression(text)
        self.blocks.end(graph.Throw(span_of(node), None, self.blocks.handler()))
        self.blocks.start(holds)

    def _delete(self, node: Node) -> None:
        for target in parts(node):
            self.delete(target)

    def _break(self, node: Node) -> None:
        route = self.blocks.loop_route(None, node.type == "continue_statement")
        if route is not None:
            self.blocks.end(graph.Jump(route))

    def _print(self, node: Node) -> None:
        """The print statement of Python 2."""
        self.compute(node, [self.expression(child) for child in parts(node)])

    def _chevron(self, node: Node) -> None:
        self.expression(inside(node))

    # ── branches and loops ──────────────────────────────────────────────────────────────────────

    def _if(self, node: Node) -> None:
        after = self.blocks.reserve()
        self._tested(node, after)
        for clause in node.children_by_field_name("alternative"):
            if clause.type == "elif_clause":
                self._tested(clause, after)
            else:
                self.block(clause.child_by_field_name("body"))
        self.blocks.go_on(after)

    def _tested(self, clause: Node, after: graph.BlockId) -> None:
        """`if` or `elif` with its block; goes on where the test fails."""
        then, otherwise = self.blocks.reserve(), self.blocks.reserve()
        self.condition(clause.child_by_field_name("condition"), then, otherwise)
        self.blocks.start(then)
        self.block(clause.child_by_field_name("consequence"))
        self.blocks.jump(after)
        self.blocks.start(otherwise)

    def _while(self, node: Node) -> None:
        header, body, done, after = (self.blocks.reserve() for _ in range(4))
        self.blocks.go_on(header)
        self.condition(node.child_by_field_name("condition"), body, done)
        self._loop_body(node, Loop(NO_LABELS, after, header), body)
        self.blocks.jump(header)
        self._finish_loop(node, done, after)

    def _for(self, node: Node) -> None:
        iterable = self.expression(node.child_by_field_name("right"))
        header, body, done, after = (self.blocks.reserve() for _ in range(4))
        self.blocks.go_on(header)
        self.blocks.end(graph.Choose(span_of(node), (Route(body), Route(done))))
        self.blocks.start(body)
        self.element(node, iterable)
        inner = self.blocks.reserve()
        self.blocks.jump(inner)
        self._loop_body(node, Loop(NO_LABELS, after, header), inner)
        self.blocks.jump(header)
        self._finish_loop(node, done, after)

    def _loop_body(self, node: Node, loop: Loop, body: graph.BlockId) -> None:
        self.blocks.start(body)
        self.blocks.frames.append(loop)
        self.block(node.child_by_field_name("body"))
        self.pop()

    def _finish_loop(self, node: Node, done: graph.BlockId, after: graph.BlockId) -> None:
        """The `else` of a loop runs where no `break` left it."""
        self.blocks.start(done)
        otherwise = node.child_by_field_name("alternative")
        if otherwise is not None:
            self.block(otherwise.child_by_field_name("body"))
        self.blocks.go_on(after)

    def _broken(self, node: Node) -> None:
        """A part that could not be parsed: what is readable in it is lowered, nothing is proved."""
        for child in node.named_children:
            if child.type.endswith(("_statement", "_definition")):
                self.statement(child)
        out = self.blocks.temp()
        self.blocks.emit(graph.Opaque(span_of(node), out, ()))


_S = Statements
_BY_TYPE: dict[str, Callable[[Statements, Node], None]] = {
    "block": _S.block,
    "decorated_definition": _S._definition,
    "function_definition": _S._definition,
    "class_definition": _S._definition,
    "expression_statement": _S._expression_statement,
    "assignment": _S._assignment,
    "augmented_assignment": _S._augmented,
    "return_statement": _S._return,
    "raise_statement": _S._raise,
    "assert_statement": _S._assert,
    "delete_statement": _S._delete,
    "break_statement": _S._break,
    "continue_statement": _S._break,
    "print_statement": _S._print,
    "exec_statement": _S._print,
    "chevron": _S._chevron,
    "if_statement": _S._if,
    "while_statement": _S._while,
    "for_statement": _S._for,
    "try_statement": _S._try,
    "with_statement": _S._with,
    "match_statement": _S._match,
    "import_statement": _S._import,
    "import_from_statement": _S._import_from,
    "ERROR": _S._broken,
}
