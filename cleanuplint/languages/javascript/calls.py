"""Calls and member accesses of one function, optional chains included."""

from tree_sitter import Node

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import Argument, BlockId, CallForm, LiteralKind, Route, Temp, TestKind
from cleanuplint.languages.javascript.nodes import (
    TRANSPARENT,
    inside,
    is_optional_chain,
    member_name,
    string_value,
    surfaces,
)
from cleanuplint.languages.javascript.promises import Promises
from cleanuplint.languages.syntax import span_of, text_of


class Calls(Promises):
    """Lowers calls, members and elements."""

    def _member(self, node: Node) -> Temp:
        if is_optional_chain(node):
            return self._optional(node)
        base = self.expression(node.child_by_field_name("object"))
        return self._load_from(node, base)

    def _load_from(self, node: Node, base: Temp) -> Temp:
        """The member or element `node` of an already lowered object."""
        out = self.blocks.temp()
        name = member_name(node)
        if name is not None:
            self.blocks.emit(graph.LoadMember(span_of(node), out, base, name))
        else:
            index = self.expression(node.child_by_field_name("index"))
            self.blocks.emit(graph.LoadElement(span_of(node), out, base, index))
        return out

    def _optional(self, node: Node) -> Temp:
        """`a?.b.c()`: the whole chain is skipped where `a` is absent."""
        after = self.blocks.reserve()
        result = self.synthetic(span_of(node))
        self.keep(result, self.literal(span_of(node), LiteralKind.UNDEFINED), span_of(node))
        value = self._chain(node, after)
        self.keep(result, value, span_of(node))
        self.blocks.go_on(after)
        return self.load(result, span_of(node))

    def _chain(self, node: Node, absent: BlockId) -> Temp:
        """One link of an optional chain; jumps to `absent` where the chain is cut short."""
        field = "function" if node.type == "call_expression" else "object"
        inner = node.child_by_field_name(field)
        if inner is None:
            return self.unknown(node)
        cut = any(child.type == "optional_chain" for child in node.children)
        if node.type != "call_expression":
            base = self._link(inner, absent)
            if cut:
                self._skip_if_absent(inner, base, absent)
            return self._load_from(node, base)
        while inner.type in ("parenthesized_expression", "non_null_expression"):
            inner = inside(inner) or inner
        if inner.type not in ("member_expression", "subscript_expression"):
            callee = self._link(inner, absent)
            if cut:
                self._skip_if_absent(inner, callee, absent)
            return self._emit_call(node, callee=callee)
        holder = inner.child_by_field_name("object")
        receiver = self._link(holder, absent) if holder is not None else self.unknown(inner)
        if any(child.type == "optional_chain" for child in inner.children) and holder is not None:
            self._skip_if_absent(holder, receiver, absent)
        name = member_name(inner)
        if cut:
            self._skip_if_no_method(receiver, name, absent, span_of(node))
        return self._call_on(node, inner, receiver, name)

    def _link(self, node: Node, absent: BlockId) -> Temp:
        chained = ("call_expression", "member_expression", "subscript_expression")
        if node.type in chained and is_optional_chain(node):
            return self._chain(node, absent)
        return self.expression(node)

    def _skip_if_absent(self, node: Node, value: Temp, absent: BlockId) -> None:
        key, variables = self.condition_key(node)
        test = graph.Test(TestKind.ABSENT, value, key=key, variables=variables)
        self._branch(span_of(node), test, absent, self.blocks.reserve())

    def _skip_if_no_method(
        self, receiver: Temp, name: str | None, absent: BlockId, span: Span
    ) -> None:
        ahead = self.blocks.reserve()
        test = graph.Test(TestKind.HAS_METHOD, receiver, name or "")
        self._branch(span, test, ahead, absent, go_on=ahead)

    def _branch(
        self,
        span: Span,
        test: graph.Test,
        then: BlockId,
        otherwise: BlockId,
        go_on: BlockId | None = None,
    ) -> None:
        self.blocks.end(graph.Branch(span, test, Route(then), Route(otherwise)))
        self.blocks.start(go_on if go_on is not None else otherwise)

    def _call(self, node: Node) -> Temp:
        callee = node.child_by_field_name("function")
        while callee is not None and callee.type in (
            "parenthesized_expression",
            "non_null_expression",
        ):
            callee = inside(callee)
        if callee is None:
            return self.unknown(node)
        if callee.type == "import" or (
            callee.type == "identifier"
            and text_of(callee) == "require"
            and self.scope.find("require") is None
        ):
            return self._import(node)
        if is_optional_chain(node):
            return self._optional(node)
        if callee.type == "super":
            return self._emit_call(node, form=CallForm.SUPER)
        if callee.type in ("member_expression", "subscript_expression"):
            if self.is_promise_chain(node, callee):
                return self.promise_chain(node, surfaces=surfaces(node))
            receiver = self.expression(callee.child_by_field_name("object"))
            return self._call_on(node, callee, receiver, member_name(callee))
        return self._emit_call(node, callee=self.expression(callee))

    def _call_on(self, node: Node, member: Node, receiver: Temp, name: str | None) -> Temp:
        if name is not None:
            return self._emit_call(node, receiver=receiver, method=name)
        return self._emit_call(node, callee=self._load_from(member, receiver), receiver=receiver)

    def _emit_call(
        self,
        node: Node,
        callee: Temp | None = None,
        receiver: Temp | None = None,
        method: str | None = None,
        form: CallForm = CallForm.CALL,
    ) -> Temp:
        given = node.child_by_field_name("arguments")
        arguments: tuple[Argument, ...] = ()
        if given is not None and given.type == "arguments":
            arguments = self.arguments(given)
        elif given is not None:
            form = CallForm.TAG
            arguments = (Argument(self.expression(given)),)
        out = self.blocks.temp()
        self.blocks.emit(graph.Call(span_of(node), out, form, arguments, callee, receiver, method))
        return out

    def arguments(self, node: Node) -> tuple[Argument, ...]:
        found = []
        for child in node.named_children:
            if child.type == "comment":
                continue
            spread = child.type == "spread_element"
            value = inside(child) if spread else child
            found.append(Argument(self.expression(value), spread))
        return tuple(found)

    def _new(self, node: Node) -> Temp:
        callee = node.child_by_field_name("constructor")
        while callee is not None and callee.type in TRANSPARENT:
            callee = inside(callee)
        if callee is None:
            return self.unknown(node)
        if callee.type == "member_expression":
            receiver = self.expression(callee.child_by_field_name("object"))
            name = member_name(callee)
            return self._emit_call(node, receiver=receiver, method=name, form=CallForm.NEW)
        return self._emit_call(node, callee=self.expression(callee), form=CallForm.NEW)

    def _import(self, node: Node) -> Temp:
        given = node.child_by_field_name("arguments")
        first = given.named_children[0] if given is not None and given.named_children else None
        module = string_value(first) if first is not None else None
        if module is None and first is not None:
            self.expression(first)
        out = self.blocks.temp()
        self.blocks.emit(graph.Import(span_of(node), out, module))
        return out
