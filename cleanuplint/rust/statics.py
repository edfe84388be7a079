"""Buffers in `static` and `thread_local!` items: do they only ever grow?"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import Temp, VariableId, VariableKind
from cleanuplint.flow.ways import inputs_of
from cleanuplint.rust.crates import Crate
from cleanuplint.rust.model import Routine, Static
from cleanuplint.rust.places import ADDRESSES, MAX_STEPS, SEEN_THROUGH, Places
from cleanuplint.rust.reach import Reach

GROWING = frozenset(
    {"push", "push_str", "push_back", "push_front", "append", "insert", "insert_str", "extend",
     "extend_from_slice", "extend_from_within", "put_slice", "write_str", "write_all", "+="}
)  # fmt: skip
HARMLESS = frozenset(
    {"len", "capacity", "is_empty", "iter", "clone", "to_vec", "get", "last", "first", "contains",
     "as_ptr", "as_str", "as_bytes", "join", "concat", "to_owned", "to_string", "reserve"}
)  # fmt: skip
PASSING = SEEN_THROUGH | {"with", "with_borrow", "with_borrow_mut", "with_mut", "write", "read"}


class _Use(Enum):
    GROWS = auto()
    OTHER = auto()
    """It may take something out again, for all that we know."""


@dataclass(frozen=True, slots=True)
class Growth:
    """A static buffer that JavaScript makes grow, call by call, and that nothing empties."""

    static: Static
    routine: Routine
    span: Span
    """Where it grows."""


def growths(crate: Crate) -> Iterator[Growth]:
    reach = Reach(crate)
    for static in crate.statics:
        if not crate.is_buffer(static.type, static.file):
            continue
        uses = [(one, *use) for one in crate.routines for use in _uses(crate, one, static.name)]
        growing = [(one, span) for one, use, span in uses if use is _Use.GROWS]
        often = [(one, span) for one, span in growing if reach.runs_often(one)]
        if often and len(growing) == len(uses):
            yield Growth(static, *often[0])


def _uses(crate: Crate, routine: Routine, name: str) -> Iterator[tuple[_Use, Span]]:
    """What a function does to a static, as far as that matters."""
    program = crate.files[routine.file].program
    if not any(path.rsplit("::", 1)[-1] == name for path in program.globals):
        return
    root = _Root(Places(routine.body, program.variables), program.variables, name)
    for block in routine.body.blocks:
        for operation in block.operations:
            use = _use(root, operation) if root.concerns(operation) else None
            if use is not None:
                yield use, operation.span


def _use(root: "_Root", operation: graph.Operation) -> _Use | None:
    match operation:
        case graph.LoadMember() | graph.LoadElement() | graph.StoreElement():
            return None
        case graph.StoreVariable(variable=variable):
            return _Use.OTHER if root.is_named(variable) else None
        case graph.Compute() | graph.Next():
            return None
        case graph.Call(receiver=receiver, method=method) if receiver is not None and root.leads(
            receiver
        ):
            if method in GROWING:
                return _Use.GROWS
            return None if method in PASSING | HARMLESS else _Use.OTHER
        case graph.Call() if root.places.path_called(operation) in ADDRESSES:
            return None
        case _:
            return _Use.OTHER


@dataclass(frozen=True, slots=True)
class _Root:
    """Whether a value is a static, seen through locks, borrows and locals."""

    places: Places
    variables: tuple[graph.Variable, ...]
    name: str

    def concerns(self, operation: graph.Operation) -> bool:
        stored = isinstance(operation, graph.StoreVariable) and self.is_named(operation.variable)
        return stored or any(map(self.leads, inputs_of(operation)))

    def is_named(self, variable: VariableId) -> bool:
        item = self.variables[variable]
        same = item.name.rsplit("::", 1)[-1] == self.name
        return same and item.kind is VariableKind.GLOBAL

    def leads(self, temp: Temp) -> bool:
        for _ in range(MAX_STEPS):
            match self.places.defined.get(temp):
                case graph.Call(receiver=receiver, method=method) if (
                    receiver is not None and method in PASSING
                ):
                    temp = receiver
                case graph.Call(receiver=None, arguments=(only,)) as call if (
                    self.places.path_called(call) in ADDRESSES
                ):
                    temp = only.value
                case graph.LoadVariable(variable=variable):
                    if self.variables[variable].kind is VariableKind.GLOBAL:
                        return self.is_named(variable)
                    stored = self.places.stored_once(variable)
                    if stored is None:
                        return False
                    temp = stored
                case _:
                    return False
        return False
