"""`with` and `try`: what is left in an orderly way whatever happens.

with a as x: BODY          x = a.__enter__()
                           BODY, then Dispose(a), on the normal way and on the exceptional one
"""

from abc import abstractmethod
from collections.abc import Callable

from tree_sitter import Node

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import Route, SuspendForm
from cleanuplint.languages.blocks import Catch
from cleanuplint.languages.python.comprehensions import Comprehensions
from cleanuplint.languages.python.nodes import (
    arguments_of,
    bare,
    called_name,
    has_token,
    inside,
    parts,
)
from cleanuplint.languages.syntax import span_of, text_of

CLOSING = frozenset({"closing", "aclosing"})
SWALLOWING = frozenset({"suppress", "raises", "assertRaises", "assertRaisesRegex"})
"""Context managers that catch what their block raises."""
CATCH_ALL = frozenset({"Exception", "BaseException"})


class Guards(Comprehensions):
    """Lowers `with` and `try` statements."""

    @abstractmethod
    def block(self, node: Node | None) -> None:
        """Lower the statements of a block."""

    # ── with ────────────────────────────────────────────────────────────────────────────────────

    def _with(self, node: Node) -> None:
        clause = next((c for c in node.named_children if c.type == "with_clause"), None)
        items = [c for c in parts(clause) if c.type == "with_item"] if clause is not None else []
        self._items(node, _spread(items), has_token(node, "async"))

    def _items(self, node: Node, items: list[Node], is_async: bool) -> None:
        if not items:
            self.block(node.child_by_field_name("body"))
            return
        value, target = _item(items[0])
        value = bare(value)
        if value.type == "call" and called_name(value) in SWALLOWING:
            self._swallowing(node, value, items, is_async)
            return
        if value.type == "call" and called_name(value) == "nullcontext":
            self._enter_plain(value, target)
            self._items(node, items[1:], is_async)
            return
        managed = value
        if value.type == "call" and called_name(value) in CLOSING and arguments_of(value):
            managed = arguments_of(value)[0]
        self._managed(node, managed, target, items, is_async)

    def _enter_plain(self, value: Node, target: Node | None) -> None:
        given = arguments_of(value)
        entered = self.expression(given[0] if given else None)
        if target is not None:
            self.assign(target, entered, span_of(target))

    def _swallowing(self, node: Node, value: Node, items: list[Node], is_async: bool) -> None:
        for argument in arguments_of(value):
            self.argument(argument)
        caught, after = self.blocks.reserve(), self.blocks.reserve()
        self.push_catch(caught)
        self._items(node, items[1:], is_async)
        self.pop()
        self.blocks.jump(after)
        self.blocks.start(caught)
        self.blocks.go_on(after)

    def _managed(
        self, node: Node, value: Node, target: Node | None, items: list[Node], is_async: bool
    ) -> None:
        span = span_of(value)
        manager = self.synthetic(span)
        made = self.expression(value)
        self.keep(manager, made, span)
        enter = "__aenter__" if is_async else "__enter__"
        entered = self.call(span, self.load(manager, span), enter)
        if is_async:
            entered = self.suspend(value, entered, SuspendForm.AWAIT)
        bound = None
        if target is not None:
            self.assign(target, entered, span_of(target))
            name = inside(target)
            bound = self.variable(name) if name is not None and name.type == "identifier" else None
        self.guarded(
            lambda: self._items(node, items[1:], is_async),
            lambda raised: self.blocks.emit(graph.Dispose(span, manager, made, bound, raised)),
        )

    def guarded(self, body: Callable[[], None], leave: Callable[[bool], None]) -> None:
        """A body, and what is done when it is left: told whether by an exception."""
        entry, raised, after = (self.blocks.reserve() for _ in range(3))
        self.push_finally(entry)
        self.push_catch(raised)
        body()
        self.pop()
        self.pop()
        self.blocks.jump(after, entry)
        self.enter_finally(entry)
        leave(False)
        self.leave_finally()
        self.blocks.start(raised)
        leave(True)
        self.blocks.end(graph.Jump(self.blocks.handler()))
        self.blocks.start(after)

    # ── try ─────────────────────────────────────────────────────────────────────────────────────

    def _try(self, node: Node) -> None:
        final = next((c for c in node.named_children if c.type == "finally_clause"), None)
        if final is None:
            self._try_except(node)
            return
        entry, after = self.blocks.reserve(), self.blocks.reserve()
        self.push_finally(entry)
        self._try_except(node)
        self.pop()
        self.blocks.jump(after, entry)
        self.enter_finally(entry)
        self.block(inside(final))
        self.leave_finally()
        self.blocks.start(after)

    def _try_except(self, node: Node) -> None:
        body = node.child_by_field_name("body")
        clauses = [c for c in node.named_children if c.type.startswith("except")]
        if not clauses:
            self.block(body)
            self._else(node)
            return
        caught, after = self.blocks.reserve(), self.blocks.reserve()
        self.blocks.frames.append(Catch(caught))
        self.blocks.go_on(self.blocks.reserve())
        self.block(body)
        self.pop()
        self.blocks.go_on(self.blocks.reserve())
        self._else(node)
        self.blocks.jump(after)
        self.blocks.start(caught)
        self._clauses_of_try(clauses, after)
        self.blocks.start(after)

    def _else(self, node: Node) -> None:
        for child in node.named_children:
            if child.type == "else_clause":
                self.block(child.child_by_field_name("body"))

    def _clauses_of_try(self, clauses: list[Node], after: graph.BlockId) -> None:
        """The block that an exception arrives at: one of the clauses takes it, or none does."""
        blocks = [self.blocks.reserve() for _ in clauses]
        routes = [Route(block) for block in blocks]
        if not any(_catches_all(clause) for clause in clauses):
            routes.append(self.blocks.handler())
        span = Span(clauses[0].start_byte, clauses[-1].end_byte)
        self.blocks.end(graph.Choose(span, tuple(routes)))
        for number, (block, clause) in enumerate(zip(blocks, clauses, strict=True), 1):
            self.blocks.start(block)
            self._clause(clause)
            if has_token(clause, "*"):  # took a part of the group: the rest goes on
                self.blocks.end(graph.Choose(span, (Route(after), *routes[number:])))
            else:
                self.blocks.jump(after)

    def _clause(self, clause: Node) -> None:
        out = self.blocks.temp()
        self.blocks.emit(graph.Caught(span_of(clause), out))
        value = clause.child_by_field_name("value")
        if value is not None and value.type == "as_pattern":
            target = value.child_by_field_name("alias")
            if target is not None:
                self.assign(target, out, span_of(target))
        self.block(next((c for c in clause.named_children if c.type == "block"), None))


def _catches_all(clause: Node) -> bool:
    kinds = [child for child in parts(clause) if child.type != "block"]
    if not kinds:
        return True
    if kinds[0].type == "as_pattern":
        kinds = [inside(kinds[0]) or kinds[0]]
    if kinds[0].type == "tuple":
        kinds = parts(kinds[0])
    return any(text_of(kind).rpartition(".")[2] in CATCH_ALL for kind in kinds)


def _item(item: Node) -> tuple[Node, Node | None]:
    """The manager of a `with` item and its target."""
    value = bare(item.child_by_field_name("value") or item)
    if value.type == "as_pattern":
        return inside(value) or value, value.child_by_field_name("alias")
    return value, _alias_at_the_end(value)


def _alias_at_the_end(value: Node) -> Node | None:
    """`with a if b else c as x`, which the grammar reads as `a if b else (c as x)`."""
    while value.type in ("conditional_expression", "lambda"):
        value = parts(value)[-1]
    return value.child_by_field_name("alias")


def _spread(items: list[Node]) -> list[Node]:
    """`with (a, b):`, which the grammar may read as one tuple."""
    if len(items) != 1:
        return items
    value = items[0].child_by_field_name("value")
    if value is not None and value.type == "tuple":
        return parts(value)
    return items
