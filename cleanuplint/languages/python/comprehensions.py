"""Comprehensions and generator expressions, lowered where they stand as loops."""

from collections.abc import Iterator
from contextlib import contextmanager

from tree_sitter import Node

from cleanuplint.flow import graph
from cleanuplint.flow.graph import BlockId, Route, SuspendForm, Temp, VariableKind
from cleanuplint.languages.names import Scope
from cleanuplint.languages.python.bindings import names_in
from cleanuplint.languages.python.nodes import has_token, inside, parts
from cleanuplint.languages.python.targets import Targets
from cleanuplint.languages.syntax import span_of, text_of


class Comprehensions(Targets):
    """Lowers comprehensions. A generator expression is taken to be used up at once."""

    def comprehension(self, node: Node) -> Temp:
        span = span_of(node)
        result = self.synthetic(span)
        self.keep(result, self.composed(node, graph.ComposeForm.ARRAY, []), span)
        clauses = [c for c in parts(node) if c.type in ("for_in_clause", "if_clause")]
        after = self.blocks.reserve()
        with self.inner_scope():
            self._clauses(node, clauses, result, after)
        self.blocks.start(after)
        return self.load(result, span)

    @contextmanager
    def inner_scope(self) -> Iterator[None]:
        outer, class_body = self.scope, self.class_body
        self.scope, self.class_body = Scope(outer=outer), None
        yield
        self.scope, self.class_body = outer, class_body

    def _clauses(
        self, node: Node, clauses: list[Node], result: graph.VariableId, again: BlockId
    ) -> None:
        """What is left of a comprehension; leads to `again` when this turn is over."""
        if not clauses:
            self._add(node, result)
            self.blocks.jump(again)
            return
        first, *rest = clauses
        if first.type == "if_clause":
            go_on = self.blocks.reserve()
            self.condition(inside(first), go_on, again)
            self.blocks.start(go_on)
            self._clauses(node, rest, result, again)
            return
        iterable = self.expression(first.child_by_field_name("right"))
        header, body = self.blocks.reserve(), self.blocks.reserve()
        self.blocks.go_on(header)
        self.blocks.end(graph.Choose(span_of(first), (Route(body), Route(again))))
        self.blocks.start(body)
        left = first.child_by_field_name("left")
        for name in names_in(left) if left is not None else ():
            variable = self.file.variables.declare(
                text_of(name), VariableKind.LOCAL, self.id, span_of(name)
            )
            self.scope.names[text_of(name)] = variable
            self.bound_once.add(variable)
        self.element(first, iterable)
        self._clauses(node, rest, result, header)

    def element(self, clause: Node, iterable: Temp) -> None:
        """Bind the next element of `for left in iterable`."""
        left = clause.child_by_field_name("left")
        value = self.blocks.temp()
        self.blocks.emit(graph.Next(span_of(clause), value, iterable))
        if has_token(clause, "async"):
            value = self.suspend(clause, value, SuspendForm.AWAIT)
        if left is not None:
            self.assign(left, value, span_of(left))

    def _add(self, node: Node, result: graph.VariableId) -> None:
        body = node.child_by_field_name("body")
        if body is None:
            return
        if body.type == "pair":
            self.expression(body.child_by_field_name("key"))
            body = body.child_by_field_name("value")
        value = self.expression(body)
        collection = self.load(result, span_of(node))
        self.call(span_of(body or node), collection, "append", (graph.Argument(value),))
