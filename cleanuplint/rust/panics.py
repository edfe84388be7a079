"""Where a function may panic, as its text shows it."""

from collections.abc import Iterator
from dataclasses import dataclass

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import Temp
from cleanuplint.rust.crates import Crate
from cleanuplint.rust.model import Routine
from cleanuplint.rust.places import Place, Places
from cleanuplint.rust.touches import FORMATTING

UNWRAPPING = frozenset({"unwrap", "expect", "unwrap_err", "expect_err"})
PANICKING = frozenset(
    {"panic!", "unreachable!", "todo!", "unimplemented!", "assert!", "assert_eq!", "assert_ne!"}
)
SAFE_SOURCES = frozenset({"lock", "read", "write", "try_into"})
"""What is unwrapped after these practically never fails here: locks on a single thread, and
conversions that only spell a length."""


@dataclass(frozen=True, slots=True)
class Panic:
    """An operation that may panic."""

    span: Span
    what: str


def panics_in(crate: Crate, routine: Routine) -> Iterator[Panic]:
    variables = crate.files[routine.file].program.variables
    finder = _Finder(crate, routine, Places(routine.body, variables))
    for block in routine.body.blocks:
        for operation in block.operations:
            what = finder.what(operation)
            if what:
                yield Panic(operation.span, what)


@dataclass(frozen=True, slots=True)
class _Finder:
    crate: Crate
    routine: Routine
    places: Places

    def what(self, operation: graph.Operation) -> str:
        """What panics, or nothing."""
        match operation:
            case graph.Call(receiver=receiver, method=method) if (
                receiver is not None and method in UNWRAPPING
            ):
                return "" if self._is_sure(receiver) else f"{method}()"
            case graph.Call(receiver=None):
                path = self.places.path_called(operation)
                return path if path in PANICKING else ""
            case (
                graph.LoadElement(base=base, index=index)
                | graph.StoreElement(base=base, index=index)
            ):
                return "" if self._is_in_range(base, index) else "the index"
            case _:
                return ""

    def _is_sure(self, receiver: Temp) -> bool:
        made = self.places.defined.get(receiver)
        if not isinstance(made, graph.Call):
            return False
        return made.method in SAFE_SOURCES or self.places.path_called(made) in FORMATTING

    def _is_in_range(self, base: Temp, index: Temp) -> bool:
        """`..` takes all, and the compiler checks a constant index of an array."""
        made = self.places.defined.get(index)
        if not isinstance(made, graph.Literal):
            return False
        return made.text == ".." or self._is_array(self.places.of(base))

    def _is_array(self, place: Place | None) -> bool:
        types = dict(self.routine.parameters)
        if place is None or place.root not in types or not place.path:
            return False
        struct = self.crate.parameter_struct(self.routine, types[place.root])
        owner = self.crate.struct_at(struct, place.path[:-1]) if struct is not None else None
        field = owner.field(place.path[-1]) if owner is not None else None
        return field is not None and field.type.name == "[;]"
