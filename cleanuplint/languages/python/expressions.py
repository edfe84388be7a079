"""Expressions of one function."""

from collections.abc import Callable

from tree_sitter import Node

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import LiteralKind, Route, SuspendForm, Temp, TestKind
from cleanuplint.languages.python.calls import Calls
from cleanuplint.languages.python.nodes import bare, has_token, inside, parts, string_value
from cleanuplint.languages.syntax import span_of, text_of

CONSTANTS = {
    "none": LiteralKind.NULL,
    "true": LiteralKind.TRUE,
    "false": LiteralKind.FALSE,
    "integer": LiteralKind.NUMBER,
    "float": LiteralKind.NUMBER,
    "ellipsis": LiteralKind.OTHER,
}


class Expressions(Calls):
    """Lowers expressions; every method returns the temp of the value."""

    def expression(self, node: Node | None) -> Temp:
        if node is None:
            return self.literal(Span(0, 0), LiteralKind.NULL)
        node = bare(node)
        lowering = _BY_TYPE.get(node.type)
        return lowering(self, node) if lowering is not None else self.unknown(node)

    def _constant(self, node: Node) -> Temp:
        return self.literal(span_of(node), CONSTANTS[node.type], text_of(node))

    def _string(self, node: Node) -> Temp:
        value = string_value(node)
        if value is not None:
            return self.literal(span_of(node), LiteralKind.STRING, value)
        inputs: list[Temp] = []
        self._interpolations(node, inputs)
        return self.compute(node, inputs)

    def _interpolations(self, node: Node, inputs: list[Temp]) -> None:
        for child in node.named_children:
            if child.type in ("interpolation", "format_expression"):
                value = child.child_by_field_name("expression")
                inputs.append(self.expression(value))
            if child.type in ("interpolation", "format_specifier", "format_expression", "string"):
                self._interpolations(child, inputs)

    def _identifier(self, node: Node) -> Temp:
        return self.load(self.variable(node), span_of(node))

    def _operator(self, node: Node) -> Temp:
        """Any operator that takes its operands as they come."""
        operands = [child for child in parts(node) if child.type != "type"]
        return self.compute(node, [self.expression(operand) for operand in operands])

    def _comparison_value(self, node: Node) -> Temp:
        return self.compute(node, self.compared(parts(node)))

    def _binary(self, node: Node) -> Temp:
        """`a + b + c`, nested to the left as deep as a program likes."""
        operands: list[Node] = []
        left: Node | None = node
        while left is not None and left.type == "binary_operator":
            right = left.child_by_field_name("right")
            if right is not None:
                operands.append(right)
            left = left.child_by_field_name("left")
        if left is not None:
            operands.append(left)
        return self.compute(node, [self.expression(operand) for operand in reversed(operands)])

    def _boolean(self, node: Node) -> Temp:
        """`a and b`, `a or b`: one of the two values."""
        span = span_of(node)
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        is_and = has_token(node, "and")
        result = self.synthetic(span)
        more, after = self.blocks.reserve(), self.blocks.reserve()
        if (
            is_and
            and left is not None
            and bare(left).type in ("comparison_operator", "not_operator")
        ):
            skip = self.blocks.reserve()
            self.condition(left, more, skip)
            self.blocks.start(skip)
            self.keep(result, self.literal(span, LiteralKind.OTHER), span)
            self.blocks.jump(after)
        else:
            value = self.expression(left)
            self.keep(result, value, span)
            key, variables = self.condition_key(left) if left is not None else (None, ())
            test = graph.Test(TestKind.TRUTHY, value, key=key, variables=variables)
            then, otherwise = (more, after) if is_and else (after, more)
            self.blocks.end(graph.Branch(span, test, Route(then), Route(otherwise)))
        self.blocks.start(more)
        self.keep(result, self.expression(right), span)
        self.blocks.go_on(after)
        return self.load(result, span)

    def _conditional(self, node: Node) -> Temp:
        """`a if test else b`."""
        span = span_of(node)
        children = parts(node)
        if len(children) != 3:
            return self.unknown(node)
        result = self.synthetic(span)
        then, otherwise, after = (self.blocks.reserve() for _ in range(3))
        self.condition(children[1], then, otherwise)
        for block, value in ((then, children[0]), (otherwise, children[2])):
            self.blocks.start(block)
            self.keep(result, self.expression(value), span)
            self.blocks.jump(after)
        self.blocks.start(after)
        return self.load(result, span)

    def _walrus(self, node: Node) -> Temp:
        value = self.expression(node.child_by_field_name("value"))
        name = node.child_by_field_name("name")
        if name is not None:
            self.assign(name, value, span_of(node))
        return value

    def _await(self, node: Node) -> Temp:
        return self.suspend(node, self.expression(inside(node)), SuspendForm.AWAIT)

    def suspend(self, node: Node, value: Temp, form: SuspendForm) -> Temp:
        out = self.blocks.temp()
        self.blocks.emit(graph.Suspend(span_of(node), out, value, form))
        return out

    def _yield(self, node: Node) -> Temp:
        value = self.expression(inside(node))
        if self.is_fixture:  # pytest runs what follows, whatever the test did
            return self.compute(node, [value])
        if has_token(node, "from"):
            return self.suspend(node, value, SuspendForm.YIELD_FROM)
        return self.suspend(node, value, SuspendForm.LEND if self.is_context else SuspendForm.YIELD)

    def _sequence(self, node: Node) -> Temp:
        """A list or tuple display."""
        entries = []
        for number, child in enumerate(parts(node)):
            spread = child.type == "list_splat"
            value = self.expression(inside(child) if spread else child)
            entries.append(graph.Entry(value, None if spread else str(number), spread))
        return self.composed(node, graph.ComposeForm.ARRAY, entries)

    def composed(self, node: Node, form: graph.ComposeForm, entries: list[graph.Entry]) -> Temp:
        out = self.blocks.temp()
        self.blocks.emit(graph.Compose(span_of(node), out, form, tuple(entries)))
        return out

    def _dictionary(self, node: Node) -> Temp:
        entries = []
        for child in parts(node):
            if child.type == "pair":
                key = child.child_by_field_name("key")
                if key is not None and key.type != "string":
                    self.expression(key)
                value = self.expression(child.child_by_field_name("value"))
                entries.append(graph.Entry(value, string_value(key)))
            elif child.type == "dictionary_splat":
                entries.append(graph.Entry(self.expression(inside(child)), spread=True))
        return self.composed(node, graph.ComposeForm.OBJECT, entries)

    def _lambda(self, node: Node) -> Temp:
        return self.make_function(node)

    def _comprehension(self, node: Node) -> Temp:
        return self.comprehension(node)

    def _splat(self, node: Node) -> Temp:
        return self.expression(inside(node))


_E = Expressions
_BY_TYPE: dict[str, Callable[[Expressions, Node], Temp]] = {
    **dict.fromkeys(CONSTANTS, _E._constant),
    "string": _E._string,
    "concatenated_string": _E._string,
    "identifier": _E._identifier,
    "attribute": _E._member,
    "subscript": _E._member,
    "slice": _E._slice,
    "call": _E._call,
    "binary_operator": _E._binary,
    "unary_operator": _E._operator,
    "not_operator": _E._operator,
    "comparison_operator": _E._comparison_value,
    "boolean_operator": _E._boolean,
    "conditional_expression": _E._conditional,
    "named_expression": _E._walrus,
    "await": _E._await,
    "yield": _E._yield,
    "list": _E._sequence,
    "tuple": _E._sequence,
    "expression_list": _E._sequence,
    "set": _E._sequence,
    "dictionary": _E._dictionary,
    "lambda": _E._lambda,
    "list_comprehension": _E._comprehension,
    "set_comprehension": _E._comprehension,
    "dictionary_comprehension": _E._comprehension,
    "generator_expression": _E._comprehension,
    "chevron": _E._splat,
    "list_splat": _E._splat,
    "dictionary_splat": _E._splat,
    "as_pattern": _E._splat,
}
