"""Conditions of one function: what a branch tests, and when two tests are the same."""

from tree_sitter import Node

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import BlockId, Route, TestKind
from cleanuplint.languages.body import Body
from cleanuplint.languages.javascript.nodes import (
    TRANSPARENT,
    inside,
    member_name,
    operator_of,
    string_value,
)
from cleanuplint.languages.javascript.scopes import FUNCTIONS
from cleanuplint.languages.syntax import span_of, text_of

CALLING = frozenset(
    {"call_expression", "new_expression", "await_expression", "yield_expression",
     "assignment_expression", "augmented_assignment_expression", "update_expression"}
)  # fmt: skip


class Conditions(Body):
    """Lowers conditions to branches."""

    def condition(self, node: Node | None, then: BlockId, otherwise: BlockId) -> None:
        """Branch on a condition; the current block is closed."""
        while node is not None and node.type in TRANSPARENT:
            node = inside(node)
        if node is None:
            self.blocks.end(graph.Choose(Span(0, 0), (Route(then), Route(otherwise))))
            return
        operator = operator_of(node)
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
            return self._comparison(node, operator_of(node))
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
        zero = self._zero(left, right, operator)
        if zero is not None:
            return zero
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

    def _zero(self, left: Node, right: Node, operator: str) -> tuple[graph.Test, bool] | None:
        """`p === 0`, `p != 0`, `p > 0`: whether there is a pointer."""
        if text_of(right) not in ("0", "0n") or operator not in ("==", "===", "!=", "!==", ">"):
            return None
        key, variables = self.condition_key(left)
        if operator == ">" and key is not None:
            key += ">0"
        value = self.expression(left)
        test = graph.Test(TestKind.ZERO, value, key=key, variables=variables)
        return test, operator not in ("==", "===")

    def _typeof(self, left: Node, right: Node) -> tuple[graph.Test, bool] | None:
        if left.type != "unary_expression" or operator_of(left) != "typeof":
            return None
        operand = left.child_by_field_name("argument")
        while operand is not None and operand.type in TRANSPARENT:
            operand = inside(operand)
        expected = string_value(right)
        if operand is None:
            return None
        if expected == "function" and operand.type == "member_expression":
            value = self.expression(operand.child_by_field_name("object"))
            return graph.Test(TestKind.HAS_METHOD, value, member_name(operand) or ""), False
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
