"""Building the blocks of one function.

What encloses the statement being lowered is a list of frames, outermost first; every route is
read off that list.
"""

from dataclasses import dataclass, field

from cleanuplint.flow import graph
from cleanuplint.flow.graph import Block, BlockId, Operation, Route, Temp, Terminator


@dataclass(frozen=True, slots=True)
class Loop:
    """Something that `break` (and `continue`, unless it is a switch or a block) can name."""

    labels: frozenset[str]
    after: BlockId
    again: BlockId | None
    needs_label: bool = False


@dataclass(frozen=True, slots=True)
class Catch:
    block: BlockId


@dataclass(frozen=True, slots=True)
class Finally:
    """A `finally` that leaving this frame runs."""

    entry: BlockId


@dataclass(frozen=True, slots=True)
class FinallyBody:
    """We are inside a `finally`."""


Frame = Loop | Catch | Finally | FinallyBody


@dataclass(slots=True)
class _Draft:
    operations: list[Operation] = field(default_factory=list)
    terminator: Terminator | None = None
    handler: Route | None = None
    depth: int = 0


class Blocks:
    """The blocks of a function under construction; operations go to the current one."""

    def __init__(self) -> None:
        self._drafts: list[_Draft] = []
        self.frames: list[Frame] = []
        self._temps = 0
        self.normal_exit = self.reserve()
        self.exceptional_exit = self.reserve()
        self.entry = self.reserve()
        for block, kind in (
            (self.normal_exit, graph.ExitKind.NORMAL),
            (self.exceptional_exit, graph.ExitKind.EXCEPTIONAL),
        ):
            self._drafts[block].terminator = graph.End(kind)
        self.current = self.entry
        self.start(self.entry)

    def temp(self) -> Temp:
        self._temps += 1
        return self._temps - 1

    def reserve(self) -> BlockId:
        self._drafts.append(_Draft())
        return len(self._drafts) - 1

    def start(self, block: BlockId) -> None:
        """Go on in a block, which from now on belongs to the present frames."""
        self.current = block
        self._drafts[block].handler = self.handler()
        self._drafts[block].depth = sum(isinstance(f, FinallyBody) for f in self.frames)

    def emit(self, operation: Operation) -> None:
        self._drafts[self.current].operations.append(operation)

    def end(self, terminator: Terminator) -> None:
        """Close the current block; what follows is unreachable until another block starts."""
        if self._drafts[self.current].terminator is None:
            self._drafts[self.current].terminator = terminator
        self.start(self.reserve())

    def jump(self, block: BlockId, *through: BlockId) -> None:
        self.end(graph.Jump(Route(block, through)))

    def go_on(self, block: BlockId) -> None:
        """Fall through into a reserved block."""
        self.jump(block)
        self.start(block)

    def handler(self) -> Route:
        """Where an exception raised here leads."""
        through: list[BlockId] = []
        for frame in reversed(self.frames):
            if isinstance(frame, Finally):
                through.append(frame.entry)
            elif isinstance(frame, Catch):
                return Route(frame.block, tuple(through))
        return Route(self.exceptional_exit, tuple(through))

    def leaving(self) -> Route:
        """Where `return` leads."""
        through = [f.entry for f in reversed(self.frames) if isinstance(f, Finally)]
        return Route(self.normal_exit, tuple(through))

    def loop_route(self, label: str | None, again: bool) -> Route | None:
        """Where `break` or `continue` leads; None where nothing matches."""
        through: list[BlockId] = []
        for frame in reversed(self.frames):
            if isinstance(frame, Finally):
                through.append(frame.entry)
            if not isinstance(frame, Loop):
                continue
            if label not in frame.labels if label is not None else frame.needs_label:
                continue
            target = frame.again if again else frame.after
            if target is not None:
                return Route(target, tuple(through))
        return None

    def freeze(self) -> tuple[Block, ...]:
        default = Route(self.exceptional_exit)
        return tuple(
            Block(
                tuple(draft.operations),
                draft.terminator or graph.Jump(Route(self.normal_exit)),
                draft.handler or default,
                draft.depth,
            )
            for draft in self._drafts
        )
