"""Objects that stay in another one until that goes, made in a loop.

    store = Store()
    for event in events:
        instance = linker.instantiate(store, module)   # one more in `store`, each time
        instance.exports(store)["run"](store)

Quiet where an instance is kept or handed on, as plugins are that are loaded once, and where the
store is made in the loop too. Errs towards silence.
"""

from collections.abc import Iterator

from cleanuplint.contracts.model import ResourceClass
from cleanuplint.findings import Confidence
from cleanuplint.flow import graph
from cleanuplint.flow.graph import BlockId, Function, Temp, VariableId
from cleanuplint.flow.outcome import Fate, Outcome
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.ways import behind, leaving

Made = tuple[ResourceClass, Confidence]


class Residents:
    """Finds objects that pile up in what they live in."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        contracts = scope.registry.contracts
        self._any = any(cls.lives_in for one in contracts for cls in one.classes.values())

    def outcomes(self) -> Iterator[Outcome]:
        for function in self.scope.program.functions if self._any else ():
            for number, block in enumerate(function.blocks):
                for operation in block.operations:
                    if isinstance(operation, graph.Call) and operation.arguments:
                        yield from self._piling_up(function, number, operation)

    def _piling_up(self, function: Function, block: BlockId, call: graph.Call) -> Iterator[Outcome]:
        for cls, confidence in self._made(function, call):
            turn = _cycle(function, block)
            home = self.scope.places(function.id).of(call.arguments[0].value)
            changed = {name for number in turn for name in _stored(function, number)}
            if not turn or changed.intersection(home) or _is_unnamed(home):
                continue
            if not self._is_kept(function, call.out):
                yield Outcome(
                    fate=Fate.OVERWRITTEN,
                    span=call.span,
                    cls=cls,
                    confidence=min(confidence, Confidence.LIKELY),
                    origin=call.span,
                    place=self.scope.places(function.id).dotted(call.arguments[0].value),
                )

    def _made(self, function: Function, call: graph.Call) -> Iterator[Made]:
        for result, contract, confidence in self.scope.evidence.returned(function.id, call):
            if result.owned and not result.many and result.name != "module":
                cls = self.scope.registry.cls(contract, result.name)
                if cls.lives_in:
                    yield cls, confidence

    def _is_kept(self, function: Function, made: Temp) -> bool:
        """Something but local variables is given the value."""
        values, variables = {made}, set[VariableId]()
        operations = [one for block in function.blocks for one in block.operations]
        for _ in range(2):  # a variable may be read above where it is set
            for operation in operations:
                match operation:
                    case graph.StoreVariable(variable=variable, value=value) if value in values:
                        variables.add(variable)
                    case graph.LoadVariable(out=out, variable=variable) if variable in variables:
                        values.add(out)
        captured = {name for one in self.scope.program.functions for name in one.captured}
        ends = [block.terminator for block in function.blocks]
        return (
            not variables.isdisjoint(captured)
            or any(isinstance(end, graph.Return) and end.value in values for end in ends)
            or any(_keeps(operation, values) for operation in operations)
        )


def _is_unnamed(home: tuple[object, ...]) -> bool:
    """A value of an expression: whoever made it there made it for this one."""
    return isinstance(home[0], int) and home[0] < 0


def _cycle(function: Function, block: BlockId) -> frozenset[BlockId]:
    """The blocks that lie on a way from the block to itself; none where there is no such way."""
    ahead = frozenset(behind(function, block, leaving))
    if block not in ahead:
        return frozenset()
    return frozenset(one for one in ahead if block in behind(function, one, leaving))


def _stored(function: Function, block: BlockId) -> Iterator[VariableId | str]:
    """The variables and fields that a block gives new values."""
    for operation in function.blocks[block].operations:
        match operation:
            case graph.StoreVariable(variable=variable):
                yield variable
            case graph.StoreMember(name=name):
                yield name


def _keeps(operation: graph.Operation, values: set[Temp]) -> bool:
    match operation:
        case graph.Call(arguments=arguments):
            return any(argument.value in values for argument in arguments)
        case graph.StoreMember(value=value) | graph.StoreElement(value=value):
            return value in values
        case graph.Suspend(value=value):
            return value in values
        case graph.Compose():
            return any(entry.value in values for entry in operation.entries)
        case graph.Compute(inputs=inputs) | graph.Opaque(inputs=inputs):
            return not values.isdisjoint(inputs)
    return False
