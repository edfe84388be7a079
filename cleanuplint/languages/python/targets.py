"""What stands left of `=`: names, attributes, subscripts, tuples."""

from tree_sitter import Node

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import LiteralKind, Temp
from cleanuplint.languages.python.bindings import TARGETS
from cleanuplint.languages.python.expressions import Expressions
from cleanuplint.languages.python.nodes import bare, base_of, inside, member_name, parts
from cleanuplint.languages.syntax import span_of, text_of


class Targets(Expressions):
    """Lowers assignment and deletion."""

    def assign(self, pattern: Node, value: Temp, span: Span, declares: bool = False) -> None:
        pattern = bare(pattern)
        match pattern.type:
            case "identifier":
                self.assign_name(pattern, value, span)
            case "attribute" | "subscript":
                self._store_to_member(pattern, value, span)
            case "list_splat_pattern" | "list_splat":
                self._rest(pattern, value)
            case "as_pattern_target" | "type":
                for child in parts(pattern)[:1]:
                    self.assign(child, value, span)
            case _ if pattern.type in TARGETS:
                self._take_apart(pattern, value)

    def assign_name(self, name: Node, value: Temp, span: Span) -> None:
        variable = self.variable(name)
        self.store(variable, value, span, declares=variable in self.bound_once)
        if variable in self.bound_once and value in self.members:
            self.bound_members[variable] = self.members[value]
        if self.class_body is not None:
            self.blocks.emit(graph.StoreMember(span, self.class_body.value, text_of(name), value))

    def _store_to_member(self, node: Node, value: Temp, span: Span) -> None:
        base = self.expression(base_of(node))
        name = member_name(node)
        if name is not None:
            self.blocks.emit(graph.StoreMember(span, base, name, value))
        else:
            self.blocks.emit(graph.StoreElement(span, base, self.index_of(node), value))

    def _take_apart(self, pattern: Node, value: Temp) -> None:
        for index, child in enumerate(parts(pattern)):
            if child.type in ("list_splat_pattern", "list_splat"):
                self._rest(child, value)
                continue
            out = self.blocks.temp()
            self.blocks.emit(graph.LoadMember(span_of(child), out, value, str(index)))
            self.assign(child, out, span_of(child))

    def _rest(self, pattern: Node, value: Temp) -> None:
        target = inside(pattern)
        if target is not None:
            self.assign(target, self.compute(pattern, [value]), span_of(pattern))

    def delete(self, target: Node) -> None:
        """`del x`: the name or entry is gone."""
        target = bare(target)
        if target.type in TARGETS:
            for child in parts(target):
                self.delete(child)
        elif target.type == "subscript":
            base = self.expression(base_of(target))
            index = graph.Argument(self.index_of(target))
            self.call(span_of(target), base, "__delitem__", (index,))
        else:
            self.assign(target, self.literal(span_of(target), LiteralKind.NULL), span_of(target))
