"""Expressions of one function."""

from collections.abc import Callable, Sequence

from tree_sitter import Node

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import Argument, BlockId, CallForm, LiteralKind, Route, Temp, TestKind
from cleanuplint.languages.javascript.body import Body
from cleanuplint.languages.javascript.parsing import span_of, text_of
from cleanuplint.languages.javascript.scopes import CLASSES, FUNCTIONS

TRANSPARENT = frozenset(
    {
        "parenthesized_expression",
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "type_assertion",
        "instantiation_expression",
    }
)
CONSTANTS = {
    "null": LiteralKind.NULL,
    "undefined": LiteralKind.UNDEFINED,
    "true": LiteralKind.TRUE,
    "false": LiteralKind.FALSE,
    "number": LiteralKind.NUMBER,
    "regex": LiteralKind.OTHER,
}
CHAINED = frozenset({"then", "catch", "finally"})
CALLING = frozenset(
    {"call_expression", "new_expression", "await_expression", "yield_expression",
     "assignment_expression", "augmented_assignment_expression", "update_expression"}
)  # fmt: skip


class Expressions(Body):
    """Lowers expressions; every method returns the temp of the value."""

    def expression(self, node: Node | None) -> Temp:
        if node is None:
            return self.literal(Span(0, 0), LiteralKind.UNDEFINED)
        while node.type in TRANSPARENT:
            inner = _inside(node)
            if inner is None:
                break
            node = inner
        lowering = _BY_TYPE.get(node.type)
        return lowering(self, node) if lowering is not None else self._unknown(node)

    def _unknown(self, node: Node) -> Temp:
        inputs = tuple(self.expression(child) for child in node.named_children)
        out = self.blocks.temp()
        self.file.opaque += 1
        self.blocks.emit(graph.Opaque(span_of(node), out, inputs))
        return out

    def literal(self, span: Span, kind: LiteralKind, text: str = "") -> Temp:
        out = self.blocks.temp()
        self.blocks.emit(graph.Literal(span, out, kind, text))
        return out

    def _constant(self, node: Node) -> Temp:
        return self.literal(span_of(node), CONSTANTS[node.type], text_of(node))

    def _string(self, node: Node) -> Temp:
        return self.literal(span_of(node), LiteralKind.STRING, string_value(node) or "")

    def _template(self, node: Node) -> Temp:
        inputs = [
            self.expression(_inside(child))
            for child in node.named_children
            if child.type == "template_substitution"
        ]
        return self._compute(node, inputs)

    def _compute(self, node: Node, inputs: Sequence[Temp]) -> Temp:
        out = self.blocks.temp()
        self.blocks.emit(graph.Compute(span_of(node), out, tuple(inputs)))
        return out

    # ── names and members ───────────────────────────────────────────────────────────────────────

    def _identifier(self, node: Node) -> Temp:
        if text_of(node) == "undefined":
            return self.literal(span_of(node), LiteralKind.UNDEFINED)
        return self.load(self.variable(node), span_of(node))

    def load(self, variable: graph.VariableId, span: Span) -> Temp:
        out = self.blocks.temp()
        self.blocks.emit(graph.LoadVariable(span, out, variable))
        return out

    def _this(self, node: Node) -> Temp:
        return self.load(self.this_variable(), span_of(node))

    def _member(self, node: Node) -> Temp:
        if _is_optional_chain(node):
            return self._optional(node)
        base = self.expression(node.child_by_field_name("object"))
        return self._load_from(node, base)

    def _load_from(self, node: Node, base: Temp) -> Temp:
        """The member or element `node` of an already lowered object."""
        out = self.blocks.temp()
        name = self.member_name(node)
        if name is not None:
            self.blocks.emit(graph.LoadMember(span_of(node), out, base, name))
        else:
            index = self.expression(node.child_by_field_name("index"))
            self.blocks.emit(graph.LoadElement(span_of(node), out, base, index))
        return out

    def member_name(self, node: Node) -> str | None:
        """The static name of a member or element expression."""
        if node.type == "member_expression":
            prop = node.child_by_field_name("property")
            return text_of(prop) if prop is not None else ""
        index = node.child_by_field_name("index")
        if index is None:
            return None
        if index.type == "number":
            return text_of(index)
        if index.type == "member_expression" and text_of(index).startswith("Symbol."):
            return f"[{text_of(index)}]"
        return string_value(index)

    def _optional(self, node: Node) -> Temp:
        """`a?.b.c()`: the whole chain is skipped where `a` is absent."""
        after = self.blocks.reserve()
        result = self.synthetic(span_of(node))
        self._store(result, self.literal(span_of(node), LiteralKind.UNDEFINED), span_of(node))
        value = self._chain(node, after)
        self._store(result, value, span_of(node))
        self.blocks.go_on(after)
        return self.load(result, span_of(node))

    def _chain(self, node: Node, absent: BlockId) -> Temp:
        """One link of an optional chain; jumps to `absent` where the chain is cut short."""
        field = "function" if node.type == "call_expression" else "object"
        inner = node.child_by_field_name(field)
        if inner is None:
            return self._unknown(node)
        cut = any(child.type == "optional_chain" for child in node.children)
        if node.type != "call_expression":
            base = self._link(inner, absent)
            if cut:
                self._skip_if_absent(inner, base, absent)
            return self._load_from(node, base)
        while inner.type in ("parenthesized_expression", "non_null_expression"):
            inner = _inside(inner) or inner
        if inner.type not in ("member_expression", "subscript_expression"):
            callee = self._link(inner, absent)
            if cut:
                self._skip_if_absent(inner, callee, absent)
            return self._emit_call(node, callee=callee)
        holder = inner.child_by_field_name("object")
        receiver = self._link(holder, absent) if holder is not None else self._unknown(inner)
        if any(child.type == "optional_chain" for child in inner.children) and holder is not None:
            self._skip_if_absent(holder, receiver, absent)
        name = self.member_name(inner)
        if cut:
            self._skip_if_no_method(receiver, name, absent, span_of(node))
        return self._call_on(node, inner, receiver, name)

    def _link(self, node: Node, absent: BlockId) -> Temp:
        chained = ("call_expression", "member_expression", "subscript_expression")
        if node.type in chained and _is_optional_chain(node):
            return self._chain(node, absent)
        return self.expression(node)

    def _skip_if_absent(self, node: Node, value: Temp, absent: BlockId) -> None:
        key, variables = self.condition_key(node)
        test = graph.Test(TestKind.ABSENT, value, key=key, variables=variables)
        self._branch(span_of(node), test, absent, self._ahead())

    def _skip_if_no_method(
        self, receiver: Temp, name: str | None, absent: BlockId, span: Span
    ) -> None:
        ahead = self._ahead()
        test = graph.Test(TestKind.HAS_METHOD, receiver, name or "")
        self._branch(span, test, ahead, absent, go_on=ahead)

    def _ahead(self) -> BlockId:
        return self.blocks.reserve()

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

    # ── calls ───────────────────────────────────────────────────────────────────────────────────

    def _call(self, node: Node) -> Temp:
        callee = node.child_by_field_name("function")
        while callee is not None and callee.type in (
            "parenthesized_expression",
            "non_null_expression",
        ):
            callee = _inside(callee)
        if callee is None:
            return self._unknown(node)
        if callee.type == "import" or (
            callee.type == "identifier"
            and text_of(callee) == "require"
            and self.scope.find("require") is None
        ):
            return self._import(node)
        if _is_optional_chain(node):
            return self._optional(node)
        if callee.type == "super":
            return self._emit_call(node, form=CallForm.SUPER)
        if callee.type in ("member_expression", "subscript_expression"):
            if self._is_promise_chain(node, callee):
                return self._promise_chain(node, surfaces=_surfaces(node))
            receiver = self.expression(callee.child_by_field_name("object"))
            return self._call_on(node, callee, receiver, self.member_name(callee))
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
            value = _inside(child) if spread else child
            found.append(Argument(self.expression(value), spread))
        return tuple(found)

    def _new(self, node: Node) -> Temp:
        callee = node.child_by_field_name("constructor")
        while callee is not None and callee.type in TRANSPARENT:
            callee = _inside(callee)
        if callee is None:
            return self._unknown(node)
        if callee.type == "member_expression":
            receiver = self.expression(callee.child_by_field_name("object"))
            name = self.member_name(callee)
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

    # ── promise chains ──────────────────────────────────────────────────────────────────────────

    def _is_promise_chain(self, node: Node, callee: Node) -> bool:
        prop = callee.child_by_field_name("property")
        given = node.child_by_field_name("arguments")
        if prop is None or text_of(prop) not in CHAINED or given is None:
            return False
        values = [child for child in given.named_children if child.type != "comment"]
        return bool(values) and all(
            v.type in FUNCTIONS or v.type in ("null", "undefined") for v in values
        )

    def _promise_chain(self, node: Node, surfaces: bool) -> Temp:
        """`p.then(f).catch(g).finally(h)` as try/catch/finally around the settling of `p`.

        Where nobody waits for the chain, a final rejection goes on behind it.
        """
        if surfaces:
            return self._link_of_chain(node)
        span = span_of(node)
        after, rejected = self.blocks.reserve(), self.blocks.reserve()
        result = self.synthetic(span)
        self.push_catch(rejected)
        self._store(result, self._link_of_chain(node), span)
        self.pop()
        self.blocks.jump(after)
        self.blocks.start(rejected)
        self._store(result, self.literal(span, LiteralKind.OTHER), span)
        self.blocks.go_on(after)
        return self.load(result, span)

    def _link_of_chain(self, node: Node) -> Temp:
        callee = node.child_by_field_name("function")
        if (
            node.type != "call_expression"
            or callee is None
            or callee.type != "member_expression"
            or not self._is_promise_chain(node, callee)
        ):
            return self._settle(node)
        inner = callee.child_by_field_name("object")
        given = node.child_by_field_name("arguments")
        prop = callee.child_by_field_name("property")
        if inner is None or given is None or prop is None:
            return self._unknown(node)
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
        self._store(result, value, span)
        self.blocks.jump(after)
        if rejected is not None:
            self.blocks.start(handler)
            caught = self.blocks.temp()
            self.blocks.emit(graph.Caught(span, caught))
            if rejected.type in FUNCTIONS:
                self._store(result, self._call_handler(rejected, caught), span)
            self.blocks.jump(after)
        self.blocks.start(after)
        return self.load(result, span)

    def _chained_finally(self, node: Node, inner: Node, handler: Node) -> Temp:
        span = span_of(node)
        result = self.synthetic(span)
        after, entry = self.blocks.reserve(), self.blocks.reserve()
        self.push_finally(entry)
        self._store(result, self._link_of_chain(inner), span)
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

    # ── operators ───────────────────────────────────────────────────────────────────────────────

    def _binary(self, node: Node) -> Temp:
        operator = _operator(node)
        if operator in ("&&", "||", "??"):
            return self._short_circuit(node, operator)
        operands: list[Node] = []
        left: Node | None = node
        while left is not None and left.type == "binary_expression":
            if _operator(left) in ("&&", "||", "??"):
                break
            right = left.child_by_field_name("right")
            if right is not None:
                operands.append(right)
            left = left.child_by_field_name("left")
        if left is not None:
            operands.append(left)
        return self._compute(node, [self.expression(operand) for operand in reversed(operands)])

    def _short_circuit(self, node: Node, operator: str) -> Temp:
        span = span_of(node)
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        result = self.synthetic(span)
        more, after = self.blocks.reserve(), self.blocks.reserve()
        if operator == "&&" and left is not None and _is_condition(left):
            skip = self.blocks.reserve()
            self.condition(left, more, skip)
            self.blocks.start(skip)
            self._store(result, self.literal(span, LiteralKind.OTHER), span)
            self.blocks.jump(after)
        else:
            value = self.expression(left)
            self._store(result, value, span)
            self._test_left(left, value, operator, more, after, span)
        self.blocks.start(more)
        self._store(result, self.expression(right), span)
        self.blocks.go_on(after)
        return self.load(result, span)

    def _test_left(
        self,
        left: Node | None,
        value: Temp,
        operator: str,
        more: BlockId,
        after: BlockId,
        span: Span,
    ) -> None:
        key, variables = self.condition_key(left) if left is not None else (None, ())
        kind = TestKind.ABSENT if operator == "??" else TestKind.TRUTHY
        test = graph.Test(kind, value, key=key, variables=variables)
        then, otherwise = (after, more) if operator == "||" else (more, after)
        self.blocks.end(graph.Branch(span, test, Route(then), Route(otherwise)))

    def _ternary(self, node: Node) -> Temp:
        span = span_of(node)
        result = self.synthetic(span)
        then, otherwise, after = (self.blocks.reserve() for _ in range(3))
        self.condition(node.child_by_field_name("condition"), then, otherwise)
        for block, field in ((then, "consequence"), (otherwise, "alternative")):
            self.blocks.start(block)
            self._store(result, self.expression(node.child_by_field_name(field)), span)
            self.blocks.jump(after)
        self.blocks.start(after)
        return self.load(result, span)

    def _unary(self, node: Node) -> Temp:
        return self._compute(node, [self.expression(node.child_by_field_name("argument"))])

    def _update(self, node: Node) -> Temp:
        target = node.child_by_field_name("argument")
        value = self._compute(node, [self.expression(target)])
        if target is not None:
            self.assign(target, value, span_of(node))
        return value

    def _assignment(self, node: Node) -> Temp:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None:
            return self._unknown(node)
        while left.type in TRANSPARENT:
            left = _inside(left) or left
        name = text_of(left).rpartition(".")[2]
        value = self.named_expression(right, name)
        self.assign(left, value, span_of(node))
        return value

    def _augmented(self, node: Node) -> Temp:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = _operator(node)
        if left is None or right is None:
            return self._unknown(node)
        if operator not in ("??=", "||=", "&&="):
            value = self._compute(node, [self.expression(left), self.expression(right)])
            self.assign(left, value, span_of(node))
            return value
        span = span_of(node)
        result = self.synthetic(span)
        more, after = self.blocks.reserve(), self.blocks.reserve()
        old = self.expression(left)
        self._store(result, old, span)
        self._test_left(left, old, operator[:2], more, after, span)
        self.blocks.start(more)
        value = self.expression(right)
        self.assign(left, value, span)
        self._store(result, value, span)
        self.blocks.go_on(after)
        return self.load(result, span)

    def _sequence(self, node: Node) -> Temp:
        return [self.expression(child) for child in node.named_children][-1]

    def _await(self, node: Node) -> Temp:
        inner = _inside(node)
        value = self.expression(inner)
        out = self.blocks.temp()
        self.blocks.emit(graph.Suspend(span_of(node), out, value, graph.SuspendForm.AWAIT))
        return out

    def _yield(self, node: Node) -> Temp:
        delegates = any(child.type == "*" for child in node.children)
        form = graph.SuspendForm.YIELD_FROM if delegates else graph.SuspendForm.YIELD
        value = self.expression(_inside(node))
        out = self.blocks.temp()
        self.blocks.emit(graph.Suspend(span_of(node), out, value, form))
        return out

    # ── composed values ─────────────────────────────────────────────────────────────────────────

    def _array(self, node: Node) -> Temp:
        entries = []
        for number, child in enumerate(c for c in node.named_children if c.type != "comment"):
            spread = child.type == "spread_element"
            value = self.expression(_inside(child) if spread else child)
            entries.append(graph.Entry(value, None if spread else str(number), spread))
        return self._composed(node, graph.ComposeForm.ARRAY, entries)

    def _composed(self, node: Node, form: graph.ComposeForm, entries: list[graph.Entry]) -> Temp:
        out = self.blocks.temp()
        self.blocks.emit(graph.Compose(span_of(node), out, form, tuple(entries)))
        return out

    def _object(self, node: Node) -> Temp:
        entries = [
            self._property(child) for child in node.named_children if child.type != "comment"
        ]
        return self._composed(node, graph.ComposeForm.OBJECT, entries)

    def _property(self, node: Node) -> graph.Entry:
        match node.type:
            case "pair":
                key = self.key_of(node.child_by_field_name("key"))
                value = self.named_expression(node.child_by_field_name("value"), key or "")
                return graph.Entry(value, key)
            case "spread_element":
                return graph.Entry(self.expression(_inside(node)), spread=True)
            case "method_definition":
                return graph.Entry(
                    self.make_function(node), self.key_of(node.child_by_field_name("name"))
                )
            case "shorthand_property_identifier":
                return graph.Entry(self._identifier(node), text_of(node))
        return graph.Entry(self.expression(node))

    def key_of(self, node: Node | None) -> str | None:
        """The static name of a property key."""
        if node is None:
            return None
        if node.type == "computed_property_name":
            inner = _inside(node)
            text = text_of(inner) if inner is not None else ""
            return f"[{text}]" if text.startswith("Symbol.") else string_value(inner)
        if node.type == "string":
            return string_value(node)
        return text_of(node)

    def _jsx(self, node: Node) -> Temp:
        entries: list[graph.Entry] = []
        self._jsx_parts(node, entries)
        return self._composed(node, graph.ComposeForm.ELEMENT, entries)

    def _jsx_parts(self, node: Node, entries: list[graph.Entry]) -> None:
        for child in node.named_children:
            match child.type:
                case "jsx_opening_element" | "jsx_attribute" | "jsx_closing_element":
                    self._jsx_parts(child, entries)
                case "jsx_expression":
                    if child.named_children and child.named_children[0].type != "comment":
                        inner = child.named_children[0]
                        value = inner if inner.type != "spread_element" else _inside(inner)
                        entries.append(graph.Entry(self.expression(value)))
                case "jsx_element" | "jsx_self_closing_element":
                    entries.append(graph.Entry(self._jsx(child)))

    def _function(self, node: Node) -> Temp:
        return self.make_function(node)

    def _class(self, node: Node) -> Temp:
        return self.make_class(node)

    def named_expression(self, node: Node | None, name: str) -> Temp:
        """An expression that takes the name of what it is assigned to, if it is a function."""
        if node is not None and node.type in FUNCTIONS:
            return self.make_function(node, name)
        if node is not None and node.type in CLASSES:
            return self.make_class(node, name)
        return self.expression(node)

    # ── conditions ──────────────────────────────────────────────────────────────────────────────

    def condition(self, node: Node | None, then: BlockId, otherwise: BlockId) -> None:
        """Branch on a condition; the current block is closed."""
        while node is not None and node.type in TRANSPARENT:
            node = _inside(node)
        if node is None:
            self.blocks.end(graph.Choose(Span(0, 0), (Route(then), Route(otherwise))))
            return
        operator = _operator(node)
        if node.type == "unary_expression" and operator == "!":
            self.condition(node.child_by_field_name("argument"), otherwise, then)
            return
        if node.type == "binary_expression" and operator in ("&&", "||"):
            self._both_sides(node, operator, then, otherwise)
            return
        if node.type in ("true", "false"):
            self.blocks.jump(then if node.type == "true" else otherwise)
            return
        test, negated = self._test(node)
        if negated:
            then, otherwise = otherwise, then
        self.blocks.end(graph.Branch(span_of(node), test, Route(then), Route(otherwise)))

    def _both_sides(self, node: Node, operator: str, then: BlockId, otherwise: BlockId) -> None:
        middle = self.blocks.reserve()
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if operator == "&&":
            self.condition(left, middle, otherwise)
        else:
            self.condition(left, then, middle)
        self.blocks.start(middle)
        self.condition(right, then, otherwise)

    def _test(self, node: Node) -> tuple[graph.Test, bool]:
        """The test that a condition makes, and whether it is its negation."""
        if node.type == "binary_expression":
            return self._comparison(node, _operator(node))
        if node.type == "call_expression" and text_of(node).startswith("Boolean("):
            given = node.child_by_field_name("arguments")
            if given is not None and len(given.named_children) == 1:
                node = given.named_children[0]
        key, variables = self.condition_key(node)
        value = self.expression(node)
        return graph.Test(TestKind.TRUTHY, value, key=key, variables=variables), False

    def _comparison(self, node: Node, operator: str) -> tuple[graph.Test, bool]:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return graph.Test(TestKind.OTHER), False
        negated = operator in ("!=", "!==")
        if operator in ("==", "===", "!=", "!=="):
            if text_of(left) in ("null", "undefined"):
                left, right = right, left
            if text_of(right) in ("null", "undefined"):
                key, variables = self.condition_key(left)
                value = self.expression(left)
                return graph.Test(TestKind.ABSENT, value, key=key, variables=variables), negated
            typeof = self._typeof(left, right)
            if typeof is not None:
                test, inverted = typeof
                return test, negated != inverted
        if operator == "in" and string_value(left) is not None:
            value = self.expression(right)
            return graph.Test(TestKind.HAS_METHOD, value, string_value(left) or ""), False
        if operator == "instanceof":
            value = self.expression(left)
            self.expression(right)
            return graph.Test(TestKind.INSTANCE, value), False
        key, variables = self.condition_key(node)
        if negated and key is not None:
            key = key.replace("!==", "===").replace("!=", "==")
        self.expression(left)
        self.expression(right)
        return graph.Test(TestKind.OTHER, key=key, variables=variables), negated

    def _typeof(self, left: Node, right: Node) -> tuple[graph.Test, bool] | None:
        if left.type != "unary_expression" or _operator(left) != "typeof":
            return None
        operand = left.child_by_field_name("argument")
        while operand is not None and operand.type in TRANSPARENT:
            operand = _inside(operand)
        expected = string_value(right)
        if operand is None:
            return None
        if expected == "function" and operand.type == "member_expression":
            value = self.expression(operand.child_by_field_name("object"))
            return graph.Test(TestKind.HAS_METHOD, value, self.member_name(operand) or ""), False
        key, variables = self.condition_key(operand)
        value = self.expression(operand)
        if expected == "undefined":
            return graph.Test(TestKind.ABSENT, value, key=key, variables=variables), False
        if expected in ("object", "function"):
            return graph.Test(TestKind.INSTANCE, value), False
        return graph.Test(TestKind.OTHER), False

    def condition_key(self, node: Node) -> tuple[str | None, tuple[graph.VariableId, ...]]:
        """What makes two conditions the same; None where the condition calls anything."""
        parts: list[str] = []
        variables: list[graph.VariableId] = []
        open_nodes = [node]
        while open_nodes:
            part = open_nodes.pop()
            if part.type in CALLING or part.type in FUNCTIONS or len(parts) > 40:
                return None, ()
            if part.type in ("identifier", "this"):
                variable = self.this_variable() if part.type == "this" else self.variable(part)
                parts.append(f"#{variable}")
                variables.append(variable)
            elif not part.children:
                parts.append(text_of(part))
            else:
                open_nodes.extend(reversed(part.children))
        return "".join(parts), tuple(variables)

    def _store(self, variable: graph.VariableId, value: Temp, span: Span) -> None:
        self.store(variable, value, span, declares=True)


def _inside(node: Node) -> Node | None:
    """The operand of a wrapper such as parentheses, `as`, spread or await."""
    children = [child for child in node.named_children if child.type != "comment"]
    if node.type == "type_assertion":
        return children[-1] if children else None
    return children[0] if children else None


def _operator(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return operator.type if operator is not None else ""


def _is_condition(node: Node) -> bool:
    while node.type == "parenthesized_expression":
        node = _inside(node) or node
        if node.type == "parenthesized_expression" and not node.named_children:
            return False
    return node.type in ("binary_expression", "unary_expression")


def _is_optional_chain(node: Node) -> bool:
    """Some link of the chain that ends in `node` is `?.`."""
    while node.type in ("call_expression", "member_expression", "subscript_expression"):
        if any(child.type == "optional_chain" for child in node.children):
            return True
        field = "function" if node.type == "call_expression" else "object"
        inner = node.child_by_field_name(field)
        if inner is None:
            return False
        node = inner
    return False


def _surfaces(node: Node) -> bool:
    """The promise is awaited, returned or yielded where it is made."""
    parent = node.parent
    while parent is not None and parent.type in TRANSPARENT:
        parent = parent.parent
    return parent is not None and parent.type in (
        "await_expression",
        "return_statement",
        "yield_expression",
        "arrow_function",
    )


def string_value(node: Node | None) -> str | None:
    """The text of a plain string literal."""
    if node is None:
        return None
    if node.type == "string":
        return text_of(node)[1:-1]
    if node.type == "template_string" and not any(
        child.type == "template_substitution" for child in node.named_children
    ):
        return text_of(node)[1:-1]
    return None


_E = Expressions
_BY_TYPE: dict[str, Callable[[Expressions, Node], Temp]] = {
    **dict.fromkeys(CONSTANTS, _E._constant),
    "string": _E._string,
    "template_string": _E._template,
    "identifier": _E._identifier,
    "shorthand_property_identifier": _E._identifier,
    "this": _E._this,
    "super": _E._this,
    "member_expression": _E._member,
    "subscript_expression": _E._member,
    "call_expression": _E._call,
    "new_expression": _E._new,
    "binary_expression": _E._binary,
    "ternary_expression": _E._ternary,
    "unary_expression": _E._unary,
    "update_expression": _E._update,
    "assignment_expression": _E._assignment,
    "augmented_assignment_expression": _E._augmented,
    "sequence_expression": _E._sequence,
    "await_expression": _E._await,
    "yield_expression": _E._yield,
    "array": _E._array,
    "object": _E._object,
    "jsx_element": _E._jsx,
    "jsx_self_closing_element": _E._jsx,
    "jsx_fragment": _E._jsx,
    **dict.fromkeys(FUNCTIONS - {"method_definition", "class_static_block"}, _E._function),
    **dict.fromkeys(CLASSES, _E._class),
}
