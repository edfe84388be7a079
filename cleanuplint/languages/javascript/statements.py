"""Statements of one function."""

from collections.abc import Callable

from tree_sitter import Node

from cleanuplint.flow import graph
from cleanuplint.flow.graph import BlockId, Route
from cleanuplint.languages.blocks import Loop
from cleanuplint.languages.javascript.patterns import Patterns
from cleanuplint.languages.javascript.scopes import CLASSES, lexical, names_in, using_assignment
from cleanuplint.languages.javascript.types import documentation, documented
from cleanuplint.languages.names import Scope, declare_all
from cleanuplint.languages.syntax import span_of, text_of

Labels = frozenset[str]
NO_LABELS: Labels = frozenset()
SILENT = frozenset(
    {
        "comment", "empty_statement", "debugger_statement", "import_statement",
        "interface_declaration", "type_alias_declaration", "ambient_declaration",
        "function_signature", "enum_declaration", "import_alias", "hash_bang_line", "decorator",
    }
)  # fmt: skip
FUNCTION_DECLARATIONS = frozenset({"function_declaration", "generator_function_declaration"})
ITERATIONS = frozenset(
    {"for_statement", "for_in_statement", "while_statement", "do_statement", "switch_statement"}
)


class Statements(Patterns):
    """Lowers statements."""

    def block(self, node: Node | None) -> None:
        """A statement with a scope of its own."""
        if node is None:
            return
        self.scope = Scope(outer=self.scope)
        self.statements(node.named_children if node.type == "statement_block" else [node])
        self.scope = self.scope.outer or self.scope

    def statements(self, nodes: list[Node]) -> None:
        """A list of statements whose declarations go into the present scope."""
        declare_all(self.file.variables, self.scope, self.id, lexical(nodes))
        for node in nodes:
            declaration = exported_declaration(node)
            if declaration.type in FUNCTION_DECLARATIONS:
                self._function_declaration(declaration)
        self._in_order(nodes, 0)

    def _in_order(self, nodes: list[Node], start: int) -> None:
        for number in range(start, len(nodes)):
            using = _using(nodes[number])
            if using is not None:
                self._using(using, nodes, number + 1)
                return
            self.statement(nodes[number])

    def statement(self, node: Node, labels: Labels = NO_LABELS) -> None:
        if node.type in SILENT or node.type in FUNCTION_DECLARATIONS:
            return
        if node.type in ITERATIONS:
            _ITERATIONS[node.type](self, node, labels)
            return
        lowering = _BY_TYPE.get(node.type)
        if lowering is not None:
            lowering(self, node)
        elif node.type in CLASSES:
            self._class_declaration(node)
        else:
            self.expression(node)

    # ── declarations ────────────────────────────────────────────────────────────────────────────

    def _function_declaration(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        if name is not None:
            self.store(self.variable(name), self.make_function(node), span_of(name), True)

    def _class_declaration(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        value = self.make_class(node)
        if name is not None:
            self.store(self.variable(name), value, span_of(name), declares=True)

    def _declaration(self, node: Node) -> None:
        for declarator in node.named_children:
            if declarator.type == "variable_declarator":
                self._declarator(declarator, is_var=node.type == "variable_declaration")

    def _declarator(self, node: Node, is_var: bool) -> None:
        pattern, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if pattern is None or (value is None and is_var):
            return
        if value is None:
            self.assign(pattern, self.undefined(span_of(node)), span_of(node), declares=True)
            return
        if pattern.type == "identifier":
            declared = self.file.variables[self.variable(pattern)]
            for tag, _, type_name in documented(documentation(node)):
                declared.types += (type_name,) if tag == "type" else ()
        result = self.named_expression(value, text_of(pattern))
        self.assign(pattern, result, span_of(node), declares=True)

    def _using(self, declarators: list[Node], nodes: list[Node], rest: int) -> None:
        """`using x = …`: what follows in the block, with the release of `x` as its `finally`."""
        if not declarators:
            self._in_order(nodes, rest)
            return
        first, *others = declarators
        pattern = first.child_by_field_name("name") or first.child_by_field_name("left")
        value = first.child_by_field_name("value") or first.child_by_field_name("right")
        if pattern is None:
            return
        self.assign(pattern, self.expression(value), span_of(first), declares=True)
        entry, after = self.blocks.reserve(), self.blocks.reserve()
        self.push_finally(entry)
        self._using(others, nodes, rest)
        self.pop()
        self.blocks.jump(after, entry)
        self.enter_finally(entry)
        self.blocks.emit(graph.Dispose(span_of(first), self.variable(pattern)))
        self.leave_finally()
        self.blocks.start(after)

    def _export(self, node: Node) -> None:
        declaration = exported_declaration(node)
        if declaration is not node:
            self.statement(declaration)
            return
        value = node.child_by_field_name("value")
        if value is not None:
            self.named_expression(value, "default")

    def _module_block(self, node: Node) -> None:
        self.block(node.child_by_field_name("body"))

    # ── simple statements ───────────────────────────────────────────────────────────────────────

    def _expression_statement(self, node: Node) -> None:
        for child in node.named_children:
            if child.type in ("internal_module", "module"):
                self._module_block(child)
            elif child.type != "comment":
                self.expression(child)

    def _return(self, node: Node) -> None:
        value = self._operand(node)
        temp = self.expression(value) if value is not None else None
        self.blocks.end(graph.Return(span_of(node), temp, self.blocks.leaving()))

    def _throw(self, node: Node) -> None:
        temp = self.expression(self._operand(node))
        self.blocks.end(graph.Throw(span_of(node), temp, self.blocks.handler()))

    def _operand(self, node: Node) -> Node | None:
        return next((c for c in node.named_children if c.type != "comment"), None)

    def _break(self, node: Node) -> None:
        label = node.child_by_field_name("label")
        route = self.blocks.loop_route(
            text_of(label) if label is not None else None, node.type == "continue_statement"
        )
        if route is not None:
            self.blocks.end(graph.Jump(route))

    def _labeled(self, node: Node) -> None:
        labels: set[str] = set()
        while node.type == "labeled_statement":
            labels.add(text_of(node.child_by_field_name("label") or node))
            node = node.child_by_field_name("body") or node.named_children[-1]
        if node.type in ITERATIONS:
            self.statement(node, frozenset(labels))
            return
        after = self.blocks.reserve()
        self.blocks.frames.append(Loop(frozenset(labels), after, None, needs_label=True))
        self.block(node)
        self.pop()
        self.blocks.go_on(after)

    # ── branches ────────────────────────────────────────────────────────────────────────────────

    def _if(self, node: Node) -> None:
        then, otherwise, after = (self.blocks.reserve() for _ in range(3))
        self.condition(node.child_by_field_name("condition"), then, otherwise)
        self.blocks.start(then)
        self.block(node.child_by_field_name("consequence"))
        self.blocks.jump(after)
        self.blocks.start(otherwise)
        alternative = node.child_by_field_name("alternative")
        if alternative is not None:
            self.block(alternative.named_children[-1])
        self.blocks.go_on(after)

    def _switch(self, node: Node, labels: Labels) -> None:
        self.expression(node.child_by_field_name("value"))
        body = node.child_by_field_name("body")
        cases = [c for c in body.named_children if c.type != "comment"] if body is not None else []
        for case in cases:
            value = case.child_by_field_name("value")
            if value is not None:
                self.expression(value)
        blocks = [self.blocks.reserve() for _ in cases]
        after = self.blocks.reserve()
        has_default = any(case.type == "switch_default" for case in cases)
        targets = blocks if has_default else [*blocks, after]
        self.blocks.end(graph.Choose(span_of(node), tuple(Route(block) for block in targets)))
        self.scope = Scope(outer=self.scope)
        bodies = [case.children_by_field_name("body") for case in cases]
        statements = [statement for body in bodies for statement in body]
        declare_all(self.file.variables, self.scope, self.id, lexical(statements))
        self.blocks.frames.append(Loop(labels, after, None))
        for block, found in zip(blocks, bodies, strict=True):
            self.blocks.go_on(block)
            self._in_order(found, 0)
        self.pop()
        self.scope = self.scope.outer or self.scope
        self.blocks.go_on(after)

    # ── loops ───────────────────────────────────────────────────────────────────────────────────

    def _while(self, node: Node, labels: Labels) -> None:
        header, body, after = (self.blocks.reserve() for _ in range(3))
        self.blocks.go_on(header)
        self.condition(node.child_by_field_name("condition"), body, after)
        self._loop_body(node, Loop(labels, after, header), body)
        self.blocks.jump(header)
        self.blocks.start(after)

    def _do(self, node: Node, labels: Labels) -> None:
        body, again, after = (self.blocks.reserve() for _ in range(3))
        self.blocks.jump(body)
        self._loop_body(node, Loop(labels, after, again), body)
        self.blocks.go_on(again)
        self.condition(node.child_by_field_name("condition"), body, after)
        self.blocks.start(after)

    def _for(self, node: Node, labels: Labels) -> None:
        self.scope = Scope(outer=self.scope)
        initializer = node.child_by_field_name("initializer")
        if initializer is not None:
            self.statements([initializer])
        header, body, again, after = (self.blocks.reserve() for _ in range(4))
        self.blocks.go_on(header)
        condition = node.child_by_field_name("condition")
        if condition is not None and condition.type == "expression_statement":
            condition = self._operand(condition)
        if condition is None or condition.type == "empty_statement":
            self.blocks.jump(body)
        else:
            self.condition(condition, body, after)
        self._loop_body(node, Loop(labels, after, again), body)
        self.blocks.go_on(again)
        increment = node.child_by_field_name("increment")
        if increment is not None:
            self.expression(increment)
        self.blocks.jump(header)
        self.blocks.start(after)
        self.scope = self.scope.outer or self.scope

    def _for_in(self, node: Node, labels: Labels) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        iterable = self.expression(right)
        header, body, after = (self.blocks.reserve() for _ in range(3))
        self.blocks.go_on(header)
        self.blocks.end(graph.Choose(span_of(node), (Route(body), Route(after))))
        self.blocks.start(body)
        self.scope = Scope(outer=self.scope)
        if left is not None:
            self._element(node, left, iterable)
        inside = self.blocks.reserve()
        self.blocks.jump(inside)
        self._loop_body(node, Loop(labels, after, header), inside)
        self.blocks.jump(header)
        self.blocks.start(after)
        self.scope = self.scope.outer or self.scope

    def _element(self, node: Node, left: Node, iterable: graph.Temp) -> None:
        """Bind the next element of `for (left of iterable)`."""
        kind = node.child_by_field_name("kind")
        if kind is not None and kind.type != "var":
            found = ((name, graph.VariableKind.LOCAL, ()) for name in names_in(left))
            declare_all(self.file.variables, self.scope, self.id, found)
        span = span_of(left)
        value = self.blocks.temp()
        operator = node.child_by_field_name("operator")
        keys = operator is not None and operator.type == "in"
        self.blocks.emit(graph.Next(span_of(node), value, iterable, keys))
        if any(child.type == "await" for child in node.children):
            settled = self.blocks.temp()
            self.blocks.emit(graph.Suspend(span, settled, value, graph.SuspendForm.AWAIT))
            value = settled
        self.assign(left, value, span, declares=kind is not None)

    def _loop_body(self, node: Node, loop: Loop, body: BlockId) -> None:
        self.blocks.start(body)
        self.blocks.frames.append(loop)
        self.block(node.child_by_field_name("body"))
        self.pop()

    # ── try ─────────────────────────────────────────────────────────────────────────────────────

    def _try(self, node: Node) -> None:
        finalizer = node.child_by_field_name("finalizer")
        if finalizer is None:
            self._try_catch(node)
            return
        entry, after = self.blocks.reserve(), self.blocks.reserve()
        self.push_finally(entry)
        self._try_catch(node)
        self.pop()
        self.blocks.jump(after, entry)
        self.enter_finally(entry)
        self.block(finalizer.child_by_field_name("body"))
        self.leave_finally()
        self.blocks.start(after)

    def _try_catch(self, node: Node) -> None:
        body, handler = node.child_by_field_name("body"), node.child_by_field_name("handler")
        if handler is None:
            self.block(body)
            return
        caught, after = self.blocks.reserve(), self.blocks.reserve()
        self.push_catch(caught)
        self.block(body)
        self.pop()
        self.blocks.jump(after)
        self.blocks.start(caught)
        self._catch(handler)
        self.blocks.go_on(after)

    def _catch(self, node: Node) -> None:
        out = self.blocks.temp()
        self.blocks.emit(graph.Caught(span_of(node), out))
        self.scope = Scope(outer=self.scope)
        parameter = node.child_by_field_name("parameter")
        if parameter is not None:
            found = ((name, graph.VariableKind.LOCAL, ()) for name in names_in(parameter))
            declare_all(self.file.variables, self.scope, self.id, found)
            self.assign(parameter, out, span_of(parameter), declares=True)
        self.block(node.child_by_field_name("body"))
        self.scope = self.scope.outer or self.scope

    def _with(self, node: Node) -> None:
        self.expression(node.child_by_field_name("object"))
        self.block(node.child_by_field_name("body"))

    def _broken(self, node: Node) -> None:
        """A part that could not be parsed: what is readable in it is lowered, nothing is proved."""
        for child in node.named_children:
            if child.type.endswith(("_statement", "_declaration")):
                self.statement(child)
        out = self.blocks.temp()
        self.blocks.emit(graph.Opaque(span_of(node), out, ()))


def exported_declaration(node: Node) -> Node:
    """The declaration that an `export` statement holds, else the statement itself."""
    if node.type != "export_statement":
        return node
    declaration = node.child_by_field_name("declaration")
    return declaration if declaration is not None else node


def _using(node: Node) -> list[Node] | None:
    """The declarators of a `using` declaration."""
    if node.type == "using_declaration":
        return [child for child in node.named_children if child.type == "variable_declarator"]
    if node.type == "expression_statement":
        assignment = using_assignment(node)
        return [assignment] if assignment is not None else None
    return None


_S = Statements
_BY_TYPE: dict[str, Callable[[Statements, Node], None]] = {
    "statement_block": _S.block,
    "lexical_declaration": _S._declaration,
    "variable_declaration": _S._declaration,
    "export_statement": _S._export,
    "internal_module": _S._module_block,
    "module": _S._module_block,
    "expression_statement": _S._expression_statement,
    "return_statement": _S._return,
    "throw_statement": _S._throw,
    "break_statement": _S._break,
    "continue_statement": _S._break,
    "labeled_statement": _S._labeled,
    "if_statement": _S._if,
    "try_statement": _S._try,
    "with_statement": _S._with,
    "ERROR": _S._broken,
}
_ITERATIONS: dict[str, Callable[[Statements, Node, Labels], None]] = {
    "switch_statement": _S._switch,
    "while_statement": _S._while,
    "do_statement": _S._do,
    "for_statement": _S._for,
    "for_in_statement": _S._for_in,
}
