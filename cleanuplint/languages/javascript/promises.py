"""Promise chains of one function: `.then`, `.catch` and `.finally` as try/catch/finally."""

from tree_sitter import Node

from cleanuplint.flow import graph
from cleanuplint.flow.graph import Argument, CallForm, LiteralKind, Temp
from cleanuplint.languages.javascript.conditions import Conditions
from cleanuplint.languages.javascript.scopes import FUNCTIONS
from cleanuplint.languages.syntax import span_of, text_of

CHAINED = frozenset({"then", "catch", "finally"})


class Promises(Conditions):
    """Lowers chains of promise continuations."""

    def is_promise_chain(self, node: Node, callee: Node) -> bool:
        prop = callee.child_by_field_name("property")
        given = node.child_by_field_name("arguments")
        if prop is None or text_of(prop) not in CHAINED or given is None:
            return False
        values = [child for child in given.named_children if child.type != "comment"]
        return bool(values) and all(
            v.type in FUNCTIONS or v.type in ("null", "undefined") for v in values
        )

    def promise_chain(self, node: Node, surfaces: bool) -> Temp:
        """`p.then(f).catch(g).finally(h)` as try/catch/finally around the settling of `p`.

        Where nobody waits for the chain, a final rejection goes on behind it.
        """
        if surfaces:
            return self._link_of_chain(node)
        span = span_of(node)
        after, rejected = self.blocks.reserve(), self.blocks.reserve()
        result = self.synthetic(span)
        self.push_catch(rejected)
        self.keep(result, self._link_of_chain(node), span)
        self.pop()
        self.blocks.jump(after)
        self.blocks.start(rejected)
        self.keep(result, self.literal(span, LiteralKind.OTHER), span)
        self.blocks.go_on(after)
        return self.load(result, span)

    def _link_of_chain(self, node: Node) -> Temp:
        callee = node.child_by_field_name("function")
        if (
            node.type != "call_expression"
            or callee is None
            or callee.type != "member_expression"
            or not self.is_promise_chain(node, callee)
        ):
            return self._settle(node)
        inner = callee.child_by_field_name("object")
        given = node.child_by_field_name("arguments")
        prop = callee.child_by_field_name("property")
        if inner is None or given is None or prop is None:
            return self.unknown(node)
        handlers = [child for child in given.named_children if child.type != "comment"]
        match text_of(prop):
            case "finally":
                return self._chained_finally(node, inner, handlers[0])
            case "catch":
                return self._chained_then(node, inner, None, handlers[0])
        second = handlers[1] if len(handlers) > 1 else None
        return self._chained_then(node, inner, handlers[0], second)

    def _settle(self, node: Node) -> Temp:
        value = self.expression(node)
        out = self.blocks.temp()
        self.blocks.emit(graph.Suspend(span_of(node), out, value, graph.SuspendForm.SETTLE))
        return out

    def _chained_then(
        self, node: Node, inner: Node, resolved: Node | None, rejected: Node | None
    ) -> Temp:
        span = span_of(node)
        result = self.synthetic(span)
        after = self.blocks.reserve()
        handler = self.blocks.reserve()
        if rejected is not None:
            self.push_catch(handler)
        value = self._link_of_chain(inner)
        if rejected is not None:
            self.pop()
            self.blocks.go_on(self.blocks.reserve())
        if resolved is not None and resolved.type in FUNCTIONS:
            value = self._call_handler(resolved, value)
        self.keep(result, value, span)
        self.blocks.jump(after)
        if rejected is not None:
            self.blocks.start(handler)
            caught = self.blocks.temp()
            self.blocks.emit(graph.Caught(span, caught))
            if rejected.type in FUNCTIONS:
                self.keep(result, self._call_handler(rejected, caught), span)
            self.blocks.jump(after)
        self.blocks.start(after)
        return self.load(result, span)

    def _chained_finally(self, node: Node, inner: Node, handler: Node) -> Temp:
        span = span_of(node)
        result = self.synthetic(span)
        after, entry = self.blocks.reserve(), self.blocks.reserve()
        self.push_finally(entry)
        self.keep(result, self._link_of_chain(inner), span)
        self.pop()
        self.blocks.jump(after, entry)
        self.enter_finally(entry)
        self._call_handler(handler, None)
        self.leave_finally()
        self.blocks.start(after)
        return self.load(result, span)

    def _call_handler(self, handler: Node, value: Temp | None) -> Temp:
        callee = self.expression(handler)
        out = self.blocks.temp()
        arguments = (Argument(value),) if value is not None else ()
        self.blocks.emit(graph.Call(span_of(handler), out, CallForm.CALL, arguments, callee=callee))
        return out
