"""Other names of what a local variable holds from its declaration on.

const writer = serializer;          // the same object
const writer = warmUp(serializer);  // too, if all that `warmUp` returns is its argument
"""

from collections.abc import Iterator

from cleanuplint.flow import graph
from cleanuplint.flow.binding import bound
from cleanuplint.flow.graph import FunctionId, Temp
from cleanuplint.flow.places import Place
from cleanuplint.flow.scope import Scope


class Namesakes:
    """Looks at declarations of variables that keep their value."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def of(self, function: FunctionId, place: Place) -> frozenset[Place]:
        """The place, and the others that hold the same object."""
        found = {place}
        current: Place | None = place
        while current is not None:
            current = next((p for p in self._origins(function, current) if p not in found), None)
            if current is not None:
                found.add(current)
        return frozenset(found)

    def _origins(self, function: FunctionId, place: Place) -> Iterator[Place]:
        if not self._is_steady(function, place):
            return
        places = self._scope.places(function)
        for block in self._scope.program.functions[function].blocks:
            for operation in block.operations:
                match operation:
                    case graph.StoreVariable(variable=variable, value=value, declares=True):
                        if (variable,) == place:
                            yield from self._steady(function, places.of(value))
                            yield from self._given_back(function, value)

    def _given_back(self, function: FunctionId, value: Temp) -> Iterator[Place]:
        """What a helper was given and returns."""
        places = self._scope.places(function)
        call = places.definition(value)
        if not isinstance(call, graph.Call):
            return
        for callee in self._scope.evidence.callees(function, call):
            for parameter, argument in bound(self._scope.program, callee, call):
                if self._returns(callee, parameter):
                    yield from self._steady(function, places.of(argument.value))

    def _returns(self, function: FunctionId, parameter: int) -> bool:
        """All that a function returns is this parameter."""
        places = self._scope.places(function)
        values = [
            block.terminator.value
            for block in self._scope.program.functions[function].blocks
            if isinstance(block.terminator, graph.Return)
        ]
        return bool(values) and all(
            value is not None and places.of(value) == (parameter,) for value in values
        )

    def _steady(self, function: FunctionId, place: Place) -> Iterator[Place]:
        if self._is_steady(function, place):
            yield place

    def _is_steady(self, function: FunctionId, place: Place) -> bool:
        root = place[0]
        if not isinstance(root, int) or root < 0 or len(place) > 1:
            return False
        item = self._scope.program.variables[root]
        return item.owner == function and item.assigned_once
