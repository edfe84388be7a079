"""The table of evidence: what each slot of a program may be.

A slot is a variable, the value of an expression, a field, a key of an object literal, a result, or
the elements of any of these.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeAlias

from cleanuplint.flow.graph import FunctionId, Temp
from cleanuplint.flow.values import NOTHING, ClassOf, FunctionOf, Instance, Namespace, Value, Values

MAX_VALUES = 24
"""Values one slot may have; further ones are dropped."""

Slot: TypeAlias = tuple[object, ...]


def elements_of(slot: Slot) -> Slot:
    if slot[0] == "temp":
        return ("elements", *slot[1:])
    return ("elements-of", *slot)


class Table:
    """Values by slot; they only ever grow, and `changed` tells that some did."""

    def __init__(self) -> None:
        self._values: dict[Slot, Values] = defaultdict(lambda: NOTHING)
        self.changed = False

    def __getitem__(self, slot: Slot) -> Values:
        return self._values[slot]

    def add(self, slot: Slot, values: Iterable[Value]) -> None:
        old = self._values[slot]
        new = old.union(values)
        if len(old) < len(new) <= MAX_VALUES:
            self._values[slot] = new
            self.changed = True

    def copy(self, source: Slot, target: Slot) -> None:
        """What the source and its elements may be, the target and its elements may be."""
        self.add(target, self[source])
        self.add(elements_of(target), self[elements_of(source)])

    def flow(self, function: FunctionId, source: Temp, target: Slot) -> None:
        self.copy(("temp", function, source), target)

    def take(self, source: Slot, function: FunctionId, out: Temp) -> None:
        self.copy(source, ("temp", function, out))

    def knows_library(self) -> bool:
        """Some value comes from a library."""
        kinds = (Namespace, ClassOf, FunctionOf, Instance)
        return any(isinstance(v, kinds) for values in self._values.values() for v in values)
