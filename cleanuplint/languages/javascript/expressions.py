"""Expressions of one function."""

from collections.abc import Callable

from tree_sitter import Node

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import BlockId, LiteralKind, Route, Temp, TestKind
from cleanuplint.languages.javascript.calls import Calls
from cleanuplint.languages.javascript.nodes import (
    TRANSPARENT,
    inside,
    is_condition,
    key_of,
    operator_of,
    string_value,
)
from cleanuplint.languages.javascript.scopes import CLASSES, FUNCTIONS
from cleanuplint.languages.syntax import span_of, text_of

CONSTANTS = {
    "null": LiteralKind.NULL,
    "undefined": LiteralKind.UNDEFINED,
    "true": LiteralKind.TRUE,
    "false": LiteralKind.FALSE,
    "number": LiteralKind.NUMBER,
    "regex": LiteralKind.OTHER,
    "meta_property": LiteralKind.OTHER,
}


class Expressions(Calls):
    """Lowers expressions; every method returns the temp of the value."""

    def expression(self, node: Node | None) -> Temp:
        if node is None:
            return self.literal(Span(0, 0), LiteralKind.UNDEFINED)
        while node.type in TRANSPARENT:
            inner = inside(node)
            if inner is None:
                break
            node = inner
        lowering = _BY_TYPE.get(node.type)
        return lowering(self, node) if lowering is not None else self.unknown(node)

    def _constant(self, node: Node) -> Temp:
        return self.literal(span_of(node), CONSTANTS[node.type], text_of(node))

    def _string(self, node: Node) -> Temp:
        return self.literal(span_of(node), LiteralKind.STRING, string_value(node) or "")

    def _template(self, node: Node) -> Temp:
        inputs = [
            self.expression(inside(child))
            for child in node.named_children
            if child.type == "template_substitution"
        ]
        return self.compute(node, inputs)

    def _identifier(self, node: Node) -> Temp:
        if text_of(node) == "undefined":
            return self.literal(span_of(node), LiteralKind.UNDEFINED)
        return self.load(self.variable(node), span_of(node))

    def _this(self, node: Node) -> Temp:
        return self.load(self.this_variable(), span_of(node))

    def _binary(self, node: Node) -> Temp:
        operator = operator_of(node)
        if operator in ("&&", "||", "??"):
            return self._short_circuit(node, operator)
        operands: list[Node] = []
        left: Node | None = node
        while left is not None and left.type == "binary_expression":
            if operator_of(left) in ("&&", "||", "??"):
                break
            right = left.child_by_field_name("right")
            if right is not None:
                operands.append(right)
            left = left.child_by_field_name("left")
        if left is not None:
            operands.append(left)
        return self.compute(node, [self.expression(operand) for operand in reversed(operands)])

    def _short_circuit(self, node: Node, operator: str) -> Temp:
        span = span_of(node)
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        result = self.synthetic(span)
        more, after = self.blocks.reserve(), self.blocks.reserve()
        if operator == "&&" and left is not None and is_condition(left):
            skip = self.blocks.reserve()
            self.condition(left, more, skip)
            self.blocks.start(skip)
            self.keep(result, self.literal(span, LiteralKind.OTHER), span)
            self.blocks.jump(after)
        else:
            value = self.expression(left)
            self.keep(result, value, span)
            self._test_left(left, value, operator, more, after, span)
        self.blocks.start(more)
        self.keep(result, self.expression(right), span)
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
            self.keep(result, self.expression(node.child_by_field_name(field)), span)
            self.blocks.jump(after)
        self.blocks.start(after)
        return self.load(result, span)

    def _unary(self, node: Node) -> Temp:
        return self.compute(node, [self.expression(node.child_by_field_name("argument"))])

    def _update(self, node: Node) -> Temp:
        target = node.child_by_field_name("argument")
        value = self.compute(node, [self.expression(target)])
        if target is not None:
            self.assign(target, value, span_of(node))
        return value

    def _assignment(self, node: Node) -> Temp:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None:
            return self.unknown(node)
        while left.type in TRANSPARENT:
            left = inside(left) or left
        name = text_of(left).rpartition(".")[2]
        value = self.named_expression(right, name)
        self.assign(left, value, span_of(node))
        return value

    def _augmented(self, node: Node) -> Temp:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = operator_of(node)
        if left is None or right is None:
            return self.unknown(node)
        if operator not in ("??=", "||=", "&&="):
            value = self.compute(node, [self.expression(left), self.expression(right)])
            self.assign(left, value, span_of(node))
            return value
        span = span_of(node)
        result = self.synthetic(span)
        more, after = self.blocks.reserve(), self.blocks.reserve()
        old = self.expression(left)
        self.keep(result, old, span)
        self._test_left(left, old, operator[:2], more, after, span)
        self.blocks.start(more)
        value = self.expression(right)
        self.assign(left, value, span)
        self.keep(result, value, span)
        self.blocks.go_on(after)
        return self.load(result, span)

    def _sequence(self, node: Node) -> Temp:
        return [self.expression(child) for child in node.named_children][-1]

    def _await(self, node: Node) -> Temp:
        inner = inside(node)
        value = self.expression(inner)
        out = self.blocks.temp()
        self.blocks.emit(graph.Suspend(span_of(node), out, value, graph.SuspendForm.AWAIT))
        return out

    def _yield(self, node: Node) -> Temp:
        delegates = any(child.type == "*" for child in node.children)
        form = graph.SuspendForm.YIELD_FROM if delegates else graph.SuspendForm.YIELD
        value = self.expression(inside(node))
        out = self.blocks.temp()
        self.blocks.emit(graph.Suspend(span_of(node), out, value, form))
        return out

    def _array(self, node: Node) -> Temp:
        entries = []
        for number, child in enumerate(c for c in node.named_children if c.type != "comment"):
            spread = child.type == "spread_element"
            value = self.expression(inside(child) if spread else child)
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
                key = key_of(node.child_by_field_name("key"))
                value = self.named_expression(node.child_by_field_name("value"), key or "")
                return graph.Entry(value, key)
            case "spread_element":
                return graph.Entry(self.expression(inside(node)), spread=True)
            case "method_definition":
                return graph.Entry(
                    self.make_function(node), key_of(node.child_by_field_name("name"))
                )
            case "shorthand_property_identifier":
                return graph.Entry(self._identifier(node), text_of(node))
        return graph.Entry(self.expression(node))

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
                        value = inner if inner.type != "spread_element" else inside(inner)
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
