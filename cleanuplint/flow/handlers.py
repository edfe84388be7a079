"""What `catch` and `finally` do to errors: swallow the first one, or mask it by a second."""

from collections.abc import Iterator

from cleanuplint.contracts.model import ResourceClass
from cleanuplint.findings import Confidence, Span
from cleanuplint.flow import graph, words
from cleanuplint.flow.fills import Fills
from cleanuplint.flow.graph import BlockId, Function
from cleanuplint.flow.outcome import Fate, Outcome
from cleanuplint.flow.scope import Scope


class Handlers:
    """Finds clean-up that may mask an error, and catches that leave no trace of one."""

    def __init__(self, scope: Scope, filled: Fills) -> None:
        self.scope = scope
        self.filled = filled

    def outcomes(self) -> Iterator[Outcome]:
        for function in self.scope.program.functions:
            yield from self._masking(function)
            yield from self._swallowing(function)

    def _masking(self, function: Function) -> Iterator[Outcome]:
        for number in sorted(self.scope.reachable(function.id)):
            block = function.blocks[number]
            if block.depth == 0 or function.blocks[block.handler.target].depth >= block.depth:
                continue
            for operation in block.operations:
                if isinstance(operation, graph.Call):
                    for cls, confidence in self._cleaned(function, operation):
                        yield self._outcome(Fate.MASKS, function, operation, cls, confidence)

    def _cleaned(
        self, function: Function, call: graph.Call
    ) -> Iterator[tuple[ResourceClass, Confidence]]:
        """The class of what the call releases or clears."""
        if call.receiver is None or call.method is None:
            return
        values = self.scope.evidence.of(function.id, call.receiver)
        for cls, confidence in self.scope.evidence.instances(values):
            if call.method in cls.releases | cls.clears:
                yield cls, confidence
                return

    def _swallowing(self, function: Function) -> Iterator[Outcome]:
        """One finding per silent catch, at the first WASM call that it covers."""
        seen: set[BlockId] = set()
        for number in sorted(self.scope.reachable(function.id)):
            block = function.blocks[number]
            caught = _caught(function, block.handler.target)
            silent = [one for one in caught if not self._is_recorded(function, one)]
            if not silent or block.handler.target in seen:
                continue
            for operation in block.operations:
                if not isinstance(operation, graph.Call):
                    continue
                used = self.filled.used_class(function.id, operation)
                if used is not None:
                    seen.add(block.handler.target)
                    yield self._outcome(Fate.SWALLOWED, function, operation, *used)
                    break

    def _is_recorded(self, function: Function, caught: graph.Caught) -> bool:
        """The catch rethrows, logs, counts, or looks at the error."""
        bound: set[int] = set()
        for block in function.blocks:
            if isinstance(block.terminator, graph.Throw) and _within(
                block.terminator.span, caught.span
            ):
                return True
            for operation in block.operations:
                if not _within(operation.span, caught.span):
                    continue
                match operation:
                    case graph.StoreVariable(variable=variable, value=caught.out):
                        bound.add(variable)
                    case graph.LoadVariable(variable=variable) if variable in bound:
                        return True
                    case graph.StoreMember():
                        return True
                    case graph.StoreVariable(declares=False):
                        return True
                    case graph.Call() if self._logs(function, operation):
                        return True
        return False

    def _logs(self, function: Function, call: graph.Call) -> bool:
        return bool(words.LOGS.search(self.scope.naming.dotted(function.id, call)))

    def _outcome(
        self,
        fate: Fate,
        function: Function,
        call: graph.Call,
        cls: ResourceClass,
        confidence: Confidence,
    ) -> Outcome:
        receiver = call.receiver
        place = self.scope.places(function.id).dotted(receiver) if receiver is not None else ""
        return Outcome(fate, call.span, cls, confidence, call.span, place=place)


def _caught(function: Function, block: BlockId) -> tuple[graph.Caught, ...]:
    """The clauses that a block of handlers leads to; one, or one for each kind of error."""
    operations, terminator = function.blocks[block].operations, function.blocks[block].terminator
    if operations:
        first = operations[0]
        return (first,) if isinstance(first, graph.Caught) else ()
    if not isinstance(terminator, graph.Choose):
        return ()
    return tuple(one for r in terminator.routes for one in _first_caught(function, r.target))


def _first_caught(function: Function, block: BlockId) -> tuple[graph.Caught, ...]:
    first = function.blocks[block].operations[:1]
    return tuple(one for one in first if isinstance(one, graph.Caught))


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
