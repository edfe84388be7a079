"""Flags that say who owns a resource.

    const [handle, owned] = unwrap(value);   // it came with the resource
    if (owned) handle.dispose();

    if (!alreadyShared) buffer.free();       // its name speaks of the duty

Where such a flag decides, nobody can tell on which side the duty is still ours.
"""

from functools import cached_property

from cleanuplint.flow import graph, words
from cleanuplint.flow.graph import Function, Program, VariableId
from cleanuplint.flow.places import Places
from cleanuplint.flow.trace import Origin


class Flags:
    """The flags of one function, with respect to one resource."""

    def __init__(
        self, program: Program, function: Function, places: Places, origin: Origin | None
    ) -> None:
        self._program = program
        self._function = function
        self._places = places
        self._parts = () if origin is None else tuple(p for p in origin.places if len(p) > 1)

    def decide(self, test: graph.Test) -> bool:
        """The condition is such a flag, or has one in it."""
        return any(self._tells(variable) for variable in test.variables)

    def _tells(self, variable: VariableId) -> bool:
        if words.TELLS_OWNER.search(self._program.variables[variable].name):
            return True
        return variable in self._companions

    @cached_property
    def _companions(self) -> frozenset[VariableId]:
        """Variables that hold other parts of the value that the resource is a part of."""
        if not self._parts:
            return frozenset()
        wholes = {part[:-1] for part in self._parts}
        return frozenset(
            operation.variable
            for block in self._function.blocks
            for operation in block.operations
            if isinstance(operation, graph.StoreVariable)
            for place in [self._places.of(operation.value)]
            if place[:-1] in wholes and place not in self._parts
        )
