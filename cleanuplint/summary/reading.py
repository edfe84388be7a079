"""Parameters of which it is plain at a glance that a function keeps and ends nothing.

Most parameters are such: told here, they need not be followed along all paths. Errs towards
*not plain*.
"""

from collections.abc import Iterator

from cleanuplint.flow import graph, words
from cleanuplint.flow.graph import Function, Temp, VariableId
from cleanuplint.flow.places import Places
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.ways import inputs_of, read_by

PLAIN = frozenset({("string",), ("boolean",), ("bigint",), ("symbol",), ("str",), ("bool",)})
"""Types of values that hold no resource."""


class Reading:
    """What the functions of one program do at most to their parameters."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        registry = scope.registry
        self._telling = registry.release_names | registry.clear_names | registry.filling.keys()

    def only_read(self, function: Function) -> frozenset[VariableId]:
        """Parameters of which members are read and called, and nothing else; also mere texts."""
        if function.normal_exit not in self._scope.reachable(function.id):
            return frozenset()
        unknown = (p for p in function.parameters if not self._scope.evidence.of_variable(p))
        read = frozenset(unknown).difference(self._scope.captured, self._handled(function))
        return read.union(filter(self._is_plain, function.parameters))

    def _is_plain(self, parameter: VariableId) -> bool:
        """Its type is one of texts or truth values; a number may be a pointer."""
        types = self._scope.program.variables[parameter].types
        return bool(types) and all(one.path in PLAIN for one in types)

    def _handled(self, function: Function) -> Iterator[VariableId]:
        """Variables whose value is more than read, or is replaced."""
        places = self._scope.places(function.id)
        for block in function.blocks:
            temps = [temp for one in block.operations for temp in self._handles(one, places)]
            if not isinstance(block.terminator, graph.Branch):
                temps.extend(read_by(block.terminator))
            for place in map(places.of, temps):
                if len(place) == 1 and isinstance(place[0], int):
                    yield place[0]
            for operation in block.operations:
                if isinstance(operation, graph.StoreVariable | graph.Dispose):
                    yield operation.variable

    def _handles(self, operation: graph.Operation, places: Places) -> Iterator[Temp]:
        match operation:
            case graph.LoadMember() | graph.Compute():
                return
            case graph.Call(receiver=int(receiver), callee=None):
                yield from (argument.value for argument in operation.arguments)
                if self._tells(operation):
                    yield from places.bases(receiver)
            case _:
                yield from inputs_of(operation)

    def _tells(self, call: graph.Call) -> bool:
        """The method may end the object, or fill or clear its buffer."""
        name = call.method or ""
        ends = words.RELEASING.match(name) or words.TEARDOWN.match(name) or "ispose]" in name
        return bool(ends) or name in self._telling
