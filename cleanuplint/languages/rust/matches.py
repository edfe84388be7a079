"""`match`: each arm on the way of the values that get to it."""

from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.flow.graph import BlockId, Temp
from cleanuplint.languages.rust.body import Scope
from cleanuplint.languages.rust.outcomes import Outcomes, Sink
from cleanuplint.languages.rust.parsing import code
from cleanuplint.languages.rust.patterns import always_fits, contents, side_of


class Matches(Outcomes):
    """`match` expressions."""

    def match(self, node: Node, sink: Sink) -> None:
        scrutinee, body = (node.child_by_field_name(it) for it in ("value", "body"))
        arms = [arm for arm in code(body) if arm.type == "match_arm"] if body is not None else []
        if scrutinee is None or not arms:
            sink(None)
            return
        if any(side_of(_pattern(arm)) is not None for arm in arms):
            either = self.either(self.span(scrutinee))
            self.outcome(scrutinee, either)
            starts: dict[bool | None, BlockId] = {True: either.ok, False: either.err}
            value = None
        else:
            value = self.value(scrutinee)
            entry = self.blocks.reserve()
            self.blocks.jump(entry)
            either, starts = None, {None: entry}
        for side, block in starts.items():
            self.blocks.start(block)
            content = value
            if either is not None:
                content = self.load(either.content, self.span(scrutinee))
            self._arms(list(_arms_for(arms, side)), content, side, sink)

    def _arms(self, arms: list[Node], value: Temp | None, side: bool | None, sink: Sink) -> None:
        """Try one arm after the other; a wildcard arm is lowered once for each side."""
        for arm in arms:
            following = self.blocks.reserve()
            body = self.blocks.reserve()
            self.scopes.append(Scope())
            self._arm_fits(arm, value, side, body, following, arm is arms[-1])
            self.blocks.start(body)
            self.into(arm.child_by_field_name("value"), sink)
            self.scopes.pop()
            self.blocks.start(following)

    def _arm_fits(
        self,
        arm: Node,
        value: Temp | None,
        side: bool | None,
        yes: BlockId,
        no: BlockId,
        is_last: bool,
    ) -> None:
        pattern = _pattern(arm)
        inside = _inside(pattern, side)
        if not is_last and not all(map(always_fits, inside)):
            further = self.blocks.reserve()
            self.blocks.choose(self.span(pattern), further, no)
            self.blocks.start(further)
        for part in inside:
            self.bind(part, self.literal(self.span(part)) if value is None else value)
        self.condition(_guard(pattern), yes, no)


def _pattern(arm: Node) -> Node:
    return arm.child_by_field_name("pattern") or arm


def _arms_for(arms: list[Node], side: bool | None) -> Iterator[Node]:
    """The arms that a value on one side can get to."""
    for arm in arms:
        pattern = _pattern(arm)
        if side is None or side_of(pattern) in (side, None):
            yield arm
            if all(map(always_fits, _inside(pattern, side))) and not _guard(pattern):
                return


def _inside(pattern: Node, side: bool | None) -> list[Node]:
    """What is left to fit once the side is known."""
    return contents(pattern) if side is not None and side_of(pattern) is side else [pattern]


def _guard(pattern: Node) -> Node | None:
    return pattern.child_by_field_name("condition")
