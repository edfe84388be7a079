"""`match` statements: tests of None and of nothing are read, all others may go either way."""

from tree_sitter import Node

from cleanuplint.flow import graph
from cleanuplint.flow.graph import BlockId, Route, Temp, TestKind
from cleanuplint.languages.python.bindings import captured_names
from cleanuplint.languages.python.guards import Guards
from cleanuplint.languages.python.nodes import inside, parts
from cleanuplint.languages.syntax import span_of, text_of


class Matching(Guards):
    """Lowers `match` statements."""

    def _match(self, node: Node) -> None:
        subjects = node.children_by_field_name("subject")
        values = [self.expression(subject) for subject in subjects]
        value = values[0] if len(values) == 1 else self.compute(node, values)
        after = self.blocks.reserve()
        body = node.child_by_field_name("body")
        for case in parts(body) if body is not None else ():
            if case.type == "case_clause":
                self._case(case, value, after)
        self.blocks.go_on(after)

    def _case(self, case: Node, value: Temp, after: BlockId) -> None:
        """One case: goes on behind it in the block of the next one."""
        patterns = [c for c in case.named_children if c.type == "case_pattern"]
        guard = case.child_by_field_name("guard")
        matched, other = self.blocks.reserve(), self.blocks.reserve()
        self._test_pattern(case, patterns, value, matched, other)
        self.blocks.start(matched)
        for pattern in patterns:
            self._capture(pattern, value)
        if guard is not None:
            chosen = self.blocks.reserve()
            self.condition(inside(guard), chosen, other)
            self.blocks.start(chosen)
        self.block(case.child_by_field_name("consequence"))
        self.blocks.jump(after)
        self.blocks.start(other)

    def _test_pattern(
        self, case: Node, patterns: list[Node], value: Temp, matched: BlockId, other: BlockId
    ) -> None:
        text = text_of(patterns[0]) if len(patterns) == 1 else ""
        if text == "None":
            test = graph.Test(TestKind.ABSENT, value)
            self.blocks.end(graph.Branch(span_of(case), test, Route(matched), Route(other)))
        elif text.isidentifier():  # a name or `_` takes anything
            self.blocks.jump(matched)
        else:
            self.blocks.end(graph.Choose(span_of(case), (Route(matched), Route(other))))

    def _capture(self, pattern: Node, value: Temp) -> None:
        is_whole = text_of(pattern).isidentifier()
        for name in captured_names(pattern):
            part = value if is_whole else self.compute(name, [value])
            self.assign_name(name, part, span_of(name))
