"""The table of evidence: what each slot of a program may be.

A slot is a variable, the value of an expression, a field, a key of an object literal, a result, or
the elements of any of these.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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


_OF_LIBRARIES = (Namespace, ClassOf, FunctionOf, Instance)


class Table:
    """Values by slot; they only ever grow. It knows which functions have read what since grew."""

    def __init__(self) -> None:
        self._values: dict[Slot, Values] = {}
        self._readers: dict[Slot, set[FunctionId]] = defaultdict(set)
        self._reader: FunctionId | None = None
        self.outdated: set[FunctionId] = set()
        """Functions that would find more if they were visited again."""
        self.knows_library = False
        """Some value comes from a library."""

    def __getitem__(self, slot: Slot) -> Values:
        if self._reader is not None:
            self._readers[slot].add(self._reader)
        return self._values.get(slot, NOTHING)

    @contextmanager
    def visit(self, function: FunctionId) -> Iterator[None]:
        """What is read meanwhile is read on behalf of the function."""
        self._reader = function
        self.outdated.discard(function)
        yield
        self._reader = None

    def add(self, slot: Slot, values: Iterable[Value]) -> None:
        given = values if isinstance(values, frozenset) else frozenset(values)
        old = self._values.get(slot, NOTHING)
        if given <= old:
            return
        new = old | given
        if len(new) <= MAX_VALUES:
            self._values[slot] = new
            self.outdated |= self._readers.get(slot, set())
            if not self.knows_library:
                self.knows_library = any(isinstance(value, _OF_LIBRARIES) for value in new)

    def all(self) -> Iterator[Value]:
        """The values of all slots, with repetitions."""
        return (value for values in self._values.values() for value in values)

    def copy(self, source: Slot, target: Slot) -> None:
        """What the source and its elements may be, the target and its elements may be."""
        self.add(target, self[source])
        self.add(elements_of(target), self[elements_of(source)])

    def flow(self, function: FunctionId, source: Temp, target: Slot) -> None:
        self.copy(("temp", function, source), target)

    def take(self, source: Slot, function: FunctionId, out: Temp) -> None:
        self.copy(source, ("temp", function, out))
