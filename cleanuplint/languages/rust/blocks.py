"""Building the blocks of one function.

No operation raises here: in Rust an error is a value, and a panic leaves nothing to look at. So
there are no `finally` bodies either: what a guard does when its scope ends is lowered anew on each
way out of the scope, which is exact, and guards are short.
"""

from dataclasses import dataclass, field

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import Block, BlockId, Operation, Route, Temp, Terminator


@dataclass(slots=True)
class _Draft:
    operations: list[Operation] = field(default_factory=list)
    terminator: Terminator | None = None


class Blocks:
    """The blocks of a function under construction; operations go to the current one."""

    def __init__(self) -> None:
        self._drafts: list[_Draft] = []
        self._temps = 0
        self.normal_exit = self.reserve()
        self.exceptional_exit = self.reserve()
        self.entry = self.current = self.reserve()
        self._drafts[self.normal_exit].terminator = graph.End(graph.ExitKind.NORMAL)
        self._drafts[self.exceptional_exit].terminator = graph.End(graph.ExitKind.EXCEPTIONAL)

    def temp(self) -> Temp:
        self._temps += 1
        return self._temps - 1

    def reserve(self) -> BlockId:
        self._drafts.append(_Draft())
        return len(self._drafts) - 1

    def start(self, block: BlockId) -> None:
        self.current = block

    def emit(self, operation: Operation) -> None:
        self._drafts[self.current].operations.append(operation)

    def end(self, terminator: Terminator) -> None:
        """Close the current block; what follows is unreachable until another block starts."""
        self._drafts[self.current].terminator = terminator
        self.start(self.reserve())

    def jump(self, block: BlockId) -> None:
        self.end(graph.Jump(Route(block)))

    def choose(self, span: Span, *blocks: BlockId) -> None:
        """One of several ways; none at all for what never goes on."""
        self.end(graph.Choose(span, tuple(Route(block) for block in blocks)))

    def go_on(self, block: BlockId) -> None:
        """Fall through into a reserved block."""
        self.jump(block)
        self.start(block)

    def freeze(self) -> tuple[Block, ...]:
        stuck = graph.Choose(Span(0, 0), ())
        nowhere = Route(self.exceptional_exit)
        return tuple(
            Block(tuple(draft.operations), draft.terminator or stuck, nowhere)
            for draft in self._drafts
        )
