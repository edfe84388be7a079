"""What stands left of `=`: names, members, destructuring."""

from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import LiteralKind, Route, Temp, TestKind
from cleanuplint.languages.javascript.expressions import Expressions
from cleanuplint.languages.javascript.nodes import TRANSPARENT, key_of, member_name
from cleanuplint.languages.syntax import span_of


class Patterns(Expressions):
    """Lowers assignment to a pattern."""

    def assign(self, pattern: Node, value: Temp, span: Span, declares: bool = False) -> None:
        while pattern.type in TRANSPARENT and pattern.named_children:
            pattern = pattern.named_children[0]
        match pattern.type:
            case "identifier" | "shorthand_property_identifier_pattern":
                self.store(self.variable(pattern), value, span, declares)
            case "member_expression" | "subscript_expression":
                self._store_to_member(pattern, value, span)
            case "object_pattern":
                self._take_object_apart(pattern, value, declares)
            case "array_pattern":
                self._take_array_apart(pattern, value, declares)
            case "assignment_pattern" | "object_assignment_pattern":
                self._with_default(pattern, value, span, declares)
            case "rest_pattern":
                self._rest(pattern, value, declares)

    def _store_to_member(self, node: Node, value: Temp, span: Span) -> None:
        base = self.expression(node.child_by_field_name("object"))
        name = member_name(node)
        if name is not None:
            self.blocks.emit(graph.StoreMember(span, base, name, value))
            return
        index = self.expression(node.child_by_field_name("index"))
        self.blocks.emit(graph.StoreElement(span, base, index, value))

    def _take_object_apart(self, pattern: Node, value: Temp, declares: bool) -> None:
        for child in pattern.named_children:
            match child.type:
                case "rest_pattern":
                    self._rest(child, value, declares)
                case "pair_pattern":
                    key = key_of(child.child_by_field_name("key"))
                    target = child.child_by_field_name("value")
                    if target is not None:
                        self._part(target, value, key, declares)
                case "shorthand_property_identifier_pattern" | "object_assignment_pattern":
                    left = child.child_by_field_name("left") or child
                    self._part(child, value, key_of(left), declares)

    def _take_array_apart(self, pattern: Node, value: Temp, declares: bool) -> None:
        for index, child in _elements(pattern):
            if child.type == "rest_pattern":
                self._rest(child, value, declares)
            else:
                self._part(child, value, str(index), declares)

    def _part(self, target: Node, value: Temp, key: str | None, declares: bool) -> None:
        span = span_of(target)
        out = self.blocks.temp()
        if key is None:
            self.blocks.emit(graph.Compute(span, out, (value,)))
        else:
            self.blocks.emit(graph.LoadMember(span, out, value, key))
        self.assign(target, out, span, declares)

    def _with_default(self, pattern: Node, value: Temp, span: Span, declares: bool) -> None:
        left, right = pattern.child_by_field_name("left"), pattern.child_by_field_name("right")
        if left is not None:
            self.assign(left, self.defaulted(value, right, span), span, declares)

    def defaulted(self, value: Temp, default: Node | None, span: Span) -> Temp:
        """The value, or the default where it is undefined."""
        result = self.synthetic(span)
        absent, present, after = (self.blocks.reserve() for _ in range(3))
        test = graph.Test(TestKind.ABSENT, value)
        self.blocks.end(graph.Branch(span, test, Route(absent), Route(present)))
        self.blocks.start(absent)
        self.store(result, self.expression(default), span, declares=True)
        self.blocks.jump(after)
        self.blocks.start(present)
        self.store(result, value, span, declares=True)
        self.blocks.go_on(after)
        return self.load(result, span)

    def _rest(self, pattern: Node, value: Temp, declares: bool) -> None:
        out = self.blocks.temp()
        self.blocks.emit(graph.Compute(span_of(pattern), out, (value,)))
        for target in pattern.named_children[:1]:
            self.assign(target, out, span_of(pattern), declares)

    def undefined(self, span: Span) -> Temp:
        return self.literal(span, LiteralKind.UNDEFINED)


def _elements(pattern: Node) -> Iterator[tuple[int, Node]]:
    """The elements of an array pattern with their positions; holes count."""
    index = 0
    for child in pattern.children:
        if child.type == ",":
            index += 1
        elif child.is_named and child.type != "comment":
            yield index, child
