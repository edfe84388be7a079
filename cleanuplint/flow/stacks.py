"""Disposable stacks: what is given to one is released when the stack is, if it ever is."""

from collections.abc import Iterator

from cleanuplint.flow import graph, words
from cleanuplint.flow.graph import FunctionId, Temp
from cleanuplint.flow.places import Place
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.values import FieldTag


class Stacks:
    """Answers whether somebody disposes of a stack."""

    def __init__(self, scope: Scope, function: FunctionId) -> None:
        self._scope = scope
        self._function = function
        self._places = scope.places(function)

    def is_forgotten(self, stack: Temp) -> bool:
        """The value is a stack that this file makes and never disposes of."""
        if not self._scope.makes_stacks:
            return False
        place = self._places.of(stack)
        if isinstance(place[0], str):
            return len(place) == 2 and self._is_forgotten_field(str(place[1]))
        return place[0] >= 0 and len(place) == 1 and self._is_forgotten_variable(place)

    def _is_forgotten_variable(self, place: Place) -> bool:
        operations = list(self._operations(self._function))
        made = any(
            isinstance(operation, graph.StoreVariable)
            and self._places.of_variable(operation.variable) == place
            and self._is_new_stack(self._function, operation.value)
            for operation in operations
        )
        ended = any(self._ends(operation, place) for operation in operations)
        return made and not ended

    def _ends(self, operation: graph.Operation, place: Place) -> bool:
        match operation:
            case graph.Dispose(variable=variable):
                return self._places.of_variable(variable) == place
            case graph.Call(receiver=int(base), method=str(name)):
                return name in words.DISPOSING and self._places.of(base) == place
        return self._scope.is_handed_on(self._function, operation, place)

    def _is_forgotten_field(self, name: str) -> bool:
        made = False
        for function in self._scope.program.functions:
            for operation in self._operations(function.id):
                match operation:
                    case graph.StoreMember(name=stored, value=value) if stored == name:
                        made = made or self._is_new_stack(function.id, value)
                    case graph.Call(receiver=int(base), method=str(method)):
                        values = self._scope.evidence.of(function.id, base)
                        if method in words.DISPOSING and FieldTag(name) in values:
                            return False
        return made

    def _is_new_stack(self, function: FunctionId, value: Temp) -> bool:
        places = self._scope.places(function)
        made = places.definition(value)
        return (
            isinstance(made, graph.Call)
            and self._scope.naming.of_call(function, made) in words.STACKS
        )

    def _operations(self, function: FunctionId) -> Iterator[graph.Operation]:
        for block in self._scope.program.functions[function].blocks:
            yield from block.operations
