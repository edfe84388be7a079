"""Conditions of one function: what a branch tests, and when two tests are the same."""

from abc import abstractmethod

from tree_sitter import Node

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import BlockId, Route, TestKind
from cleanuplint.languages.python.body import Member, PythonBody
from cleanuplint.languages.python.nodes import (
    COMPREHENSIONS,
    arguments_of,
    bare,
    base_of,
    called_name,
    member_name,
    parts,
    string_value,
)
from cleanuplint.languages.syntax import span_of, text_of

CALLING = frozenset({"call", "await", "yield", "named_expression", "lambda"}) | COMPREHENSIONS
MAX_KEY_PARTS = 40
NEGATED = frozenset({"is not", "!=", "not in", "<>"})
EQUAL = frozenset({"is", "is not", "==", "!=", "<>"})


class Conditions(PythonBody):
    """Lowers conditions to branches."""

    @abstractmethod
    def bound_member(self, node: Node) -> Member | None:
        """The member that a variable stands for."""

    def condition(self, node: Node | None, then: BlockId, otherwise: BlockId) -> None:
        """Branch on a condition; the current block is closed."""
        if node is None:
            self.blocks.end(graph.Choose(Span(0, 0), (Route(then), Route(otherwise))))
            return
        node = _truth(node)
        if node.type == "not_operator":
            self.condition(node.child_by_field_name("argument"), otherwise, then)
        elif node.type == "boolean_operator":
            self._both_sides(node, then, otherwise)
        elif node.type in ("true", "false"):
            self.blocks.jump(then if node.type == "true" else otherwise)
        elif node.type == "integer":
            self.blocks.jump(otherwise if text_of(node) == "0" else then)
        else:
            test, negated = self._test(node)
            first, second = (otherwise, then) if negated else (then, otherwise)
            self.blocks.end(graph.Branch(span_of(node), test, Route(first), Route(second)))

    def _both_sides(self, node: Node, then: BlockId, otherwise: BlockId) -> None:
        middle = self.blocks.reserve()
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if any(child.type == "and" for child in node.children):
            self.condition(left, middle, otherwise)
        else:
            self.condition(left, then, middle)
        self.blocks.start(middle)
        self.condition(right, then, otherwise)

    def _test(self, node: Node) -> tuple[graph.Test, bool]:
        """The test that a condition makes, and whether it is its negation."""
        if node.type == "comparison_operator":
            return self._comparison(node)
        asked = self._asking_call(node) if node.type == "call" else self._asked_variable(node)
        if asked is not None:
            return asked, False
        key, variables = self.condition_key(node)
        value = self.expression(node)
        return graph.Test(TestKind.TRUTHY, value, key=key, variables=variables), False

    def _asking_call(self, node: Node) -> graph.Test | None:
        """`isinstance(x, C)`, `hasattr(x, "m")`, `callable(getattr(x, "m", None))`."""
        given = arguments_of(node)
        callee = text_of(node.child_by_field_name("function") or node)
        if callee == "isinstance" and len(given) == 2:
            value = self.expression(given[0])
            self.expression(given[1])
            return graph.Test(TestKind.INSTANCE, value)
        if callee == "callable" and len(given) == 1:
            bound = self.bound_member(given[0])
            if bound is not None:
                return graph.Test(TestKind.HAS_METHOD, bound.base, bound.name)
        owner, name = _asked_member(node, callee)
        if owner is None or name is None:
            return None
        return graph.Test(TestKind.HAS_METHOD, self.expression(owner), name)

    def _asked_variable(self, node: Node) -> graph.Test | None:
        """`clear` after `clear = getattr(x, "clear", None)`."""
        bound = self.bound_member(node)
        if bound is None or not bound.may_be_absent:
            return None
        return graph.Test(TestKind.HAS_METHOD, bound.base, bound.name)

    def _comparison(self, node: Node) -> tuple[graph.Test, bool]:
        operands = parts(node)
        operators = [text_of(one) for one in node.children_by_field_name("operators")]
        operator = " ".join(operators[0].split()) if len(operators) == 1 else ""
        negated = operator in NEGATED
        if operator in EQUAL and len(operands) == 2:
            left, right = operands
            if text_of(left) in ("None", "0"):
                left, right = right, left
            if text_of(right) in ("None", "0"):
                kind = TestKind.ABSENT if text_of(right) == "None" else TestKind.ZERO
                left = bare(left)
                asked = self._asked_variable(left)
                if asked is not None:
                    return asked, not negated
                key, variables = self.condition_key(left)
                value = self.expression(left)
                return graph.Test(kind, value, key=key, variables=variables), negated
        key, variables = self.condition_key(node)
        self.compared(operands)
        if negated and key is not None:
            key = key.replace("isnot", "is").replace("!=", "==").replace("notin", "in")
        return graph.Test(TestKind.OTHER, key=key, variables=variables), negated

    def compared(self, operands: list[Node]) -> list[graph.Temp]:
        """The operands of a comparison; `a < b < c` may stop before `c`."""
        temps = [self.expression(operand) for operand in operands[:2]]
        after = self.blocks.reserve()
        for operand in operands[2:]:
            more = self.blocks.reserve()
            self.blocks.end(graph.Choose(span_of(operand), (Route(more), Route(after))))
            self.blocks.start(more)
            self.expression(operand)
        self.blocks.go_on(after)
        return temps

    def condition_key(self, node: Node) -> tuple[str | None, tuple[graph.VariableId, ...]]:
        """What makes two conditions the same; None where the condition calls anything."""
        found: list[str] = []
        variables: list[graph.VariableId] = []
        open_nodes = [bare(node)]
        while open_nodes:
            part = open_nodes.pop()
            if part.type in CALLING or len(found) > MAX_KEY_PARTS:
                return None, ()
            if part.type == "identifier" and not _names_member(part):
                variables.append(self.variable(part))
                found.append(f"#{variables[-1]}")
            elif not part.children:
                found.append(text_of(part))
            else:
                open_nodes.extend(reversed(part.children))
        return "".join(found), tuple(variables)


def _truth(node: Node) -> Node:
    """`x` for `(x)` and `bool(x)`."""
    node = bare(node)
    if node.type == "call" and called_name(node) == "bool" and len(arguments_of(node)) == 1:
        return _truth(arguments_of(node)[0])
    return node


def _names_member(node: Node) -> bool:
    parent = node.parent
    if parent is None or parent.type != "attribute":
        return False
    return parent.child_by_field_name("attribute") == node


def _asked_member(node: Node, callee: str) -> tuple[Node | None, str | None]:
    """The object and the name of the method that a call asks for."""
    given = arguments_of(node)
    if callee in ("hasattr", "getattr") and len(given) >= 2:
        return given[0], string_value(given[1])
    if callee == "callable" and len(given) == 1:
        inner = given[0]
        if inner.type == "attribute":
            return base_of(inner), member_name(inner)
        if inner.type == "call" and called_name(inner) == "getattr":
            return _asked_member(inner, "getattr")
    return None, None
