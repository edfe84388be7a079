"""What the operations of a function do to places: read, fill, clear, give back.

Names decide, since the types of locals are not known; where a name says nothing, a borrow that
may change its place fills it, and everything else reads it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import Temp, VariableId
from cleanuplint.flow.ways import inputs_of
from cleanuplint.rust.crates import Crate
from cleanuplint.rust.model import Routine, RustType, Static, Struct
from cleanuplint.rust.places import ADDRESSES, SEEN_THROUGH, Globals, Place, Places

SIZES = frozenset({"len", "capacity", "is_empty", "is_some", "is_none"})
CAPACITY = frozenset({"reserve", "reserve_exact", "try_reserve", "with_capacity"})
SHRINKING = frozenset({"shrink_to_fit", "shrink_to"})
CLEARING = frozenset({"clear", "fill_with_default"})
TAKING = frozenset({"take", "drain", "split", "split_off", "into_inner"})
FILLING = frozenset(
    {
        "push", "push_str", "push_back", "push_front", "append", "insert", "insert_str", "resize",
        "resize_with", "set_len", "flush", "+=", "fill", "copy_from_slice", "clone_from", "replace",
        "set", "clone_from_slice", "swap", "sort", "sort_by", "sort_unstable", "reverse", "dedup",
        "iter_mut", "last_mut", "first_mut", "chunks_mut", "chunks_exact_mut", "retain", "entry",
        "push_bytes", "as_mut_ptr", "split_at_mut", "spare_capacity_mut", "extend",
    }
)  # fmt: skip
IN_PLACE = frozenset(
    {
        "sort", "sort_by", "sort_unstable", "reverse", "dedup", "retain", "iter_mut", "last_mut",
        "first_mut", "chunks_mut", "chunks_exact_mut", "swap", "split_at_mut", "entry",
    }
)  # fmt: skip
"""They change what is there, so they need what is there."""
FILLING_PREFIXES = ("write", "extend", "put_", "push_", "append_", "encode_", "serialize")
LENDING = frozenset({"with", "with_borrow", "with_borrow_mut", "with_mut"})
"""Methods of a thread's static; the closure that they run stands before them."""
SHOWING = frozenset({"as_ptr", "as_mut_ptr"})
"""They tell the host where a static is: what it does there, no code of the crate shows."""
EMPTY_PATHS = frozenset({"new", "default", "empty"})
FORMATTING = frozenset({"write!", "writeln!"})
TAKE_PATHS = frozenset({"mem::take", "take"})


class Kind(Enum):
    READ = auto()
    SIZE = auto()
    FILL = auto()
    CLEAR = auto()
    """Emptied; what was allocated stays."""
    FREE = auto()
    """Emptied and given back."""
    RENEW = auto()
    """Replaced by an empty one that has allocated anew."""
    SHRINK = auto()


@dataclass(frozen=True, slots=True)
class Touch:
    """One thing done to one place."""

    kind: Kind
    place: Place
    span: Span
    name: str = ""
    """The method, where it matters."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """A call of a function of the same crate: its parameters, and what is given for them."""

    routine: Routine
    given: tuple[tuple[VariableId, Temp | VariableId], ...]
    """Temps; for the end of a local's scope, that local."""
    is_disposal: bool = False


class Touches:
    """The touches of one function, operation by operation."""

    def __init__(self, crate: Crate, routine: Routine, globals_: Globals | None = None) -> None:
        self._crate = crate
        self._routine = routine
        program = crate.files[routine.file].program
        self._variables = program.variables
        self.places = Places(routine.body, program.variables, globals_)
        self._types = dict(routine.parameters)
        self._uses = uses_of(routine.body)
        self._disposed = {
            operation.variable
            for block in routine.body.blocks
            for operation in block.operations
            if isinstance(operation, graph.Dispose)
            and self._dropper(operation.variable) is not None
        }

    # ── functions of the crate ──────────────────────────────────────────────────────────────────

    def invocation(self, operation: graph.Operation) -> Invocation | None:
        """The function of this crate that an operation runs, if it is known."""
        if isinstance(operation, graph.Dispose):
            return self._disposal(operation.variable)
        if not isinstance(operation, graph.Call):
            return None
        passed = [argument.value for argument in operation.arguments]
        if operation.receiver is not None and operation.method is not None:
            routine = self._method(operation.receiver, operation.method)
            passed = [operation.receiver, *passed]
        else:
            path = self.places.path_called(operation)
            if path in ("drop", "mem::drop", "std::mem::drop") and passed:
                return self._dropped(passed[0])
            routine = self._crate.function(path, self._routine) if path else None
        if routine is None or routine is self._routine or not routine.body.blocks:
            return None
        parameters = [variable for variable, _ in routine.parameters]
        return Invocation(routine, tuple(zip(parameters, passed, strict=False)))

    def _method(self, receiver: Temp, name: str) -> Routine | None:
        place = self.places.of(receiver)
        struct = self._struct_of(place.root) if place is not None else None
        if place is None or struct is None:
            return None
        owner = self._crate.struct_at(struct, place.path)
        return self._crate.method(owner, name) if owner is not None else None

    def _struct_of(self, root: VariableId | Static) -> Struct | None:
        if isinstance(root, Static):
            return self._crate.struct_of(root.type, root.file)
        type_ = self._types.get(root)
        return None if type_ is None else self._crate.parameter_struct(self._routine, type_)

    def _dropper(self, variable: VariableId) -> Routine | None:
        for type_ in self._variables[variable].types:
            for struct in self._crate.structs:
                if struct.name == type_.path[-1]:
                    return self._crate.drop_of(struct)
        return None

    def _disposal(self, variable: VariableId) -> Invocation | None:
        routine = self._dropper(variable)
        if routine is None or routine is self._routine:
            return None
        return Invocation(routine, ((routine.parameters[0][0], variable),), is_disposal=True)

    def _dropped(self, temp: Temp) -> Invocation | None:
        made = self.places.defined.get(temp)
        return self._disposal(made.variable) if isinstance(made, graph.LoadVariable) else None

    # ── single operations ───────────────────────────────────────────────────────────────────────

    def of(self, operation: graph.Operation) -> Iterator[Touch]:
        match operation:
            case graph.Call(method=method, receiver=receiver) if method and receiver is not None:
                yield from self._by_method(operation, receiver, method)
            case graph.Call():
                yield from self._by_path(operation, self.places.path_called(operation))
            case graph.StoreMember(span, base, name, value):
                yield from self._store(span, self.places.inside(base, (name,)), value)
            case graph.StoreElement(span, base, _, value):
                yield from self._as(Kind.FILL, base, span)
                yield from self._read(value, span)
            case graph.StoreVariable(span, variable, value) if (
                variable in self.places.globals.statics
            ):
                yield from self._store(span, Place(self.places.globals.statics[variable]), value)
            case graph.StoreVariable(span, variable, value):
                if not self.places.is_alias(variable, value):
                    yield from self._read(value, span)
            case graph.Compose(span, out, _, entries):
                for entry in entries if not self._is_guard(out) else ():
                    yield from self.handed(entry.value, span)
            case graph.Compute(span, _, inputs) | graph.Opaque(span, _, inputs):
                for value in inputs:
                    yield from self.handed(value, span)
            case graph.Next(span, _, value) | graph.Suspend(span, _, value):
                yield from self._read(value, span)

    def at_end(self, terminator: graph.Terminator) -> Iterator[Touch]:
        """Returning a place lets the caller read it."""
        if isinstance(terminator, graph.Return) and terminator.value is not None:
            place = self.places.of(terminator.value)
            if place is not None and place.path:
                yield Touch(Kind.READ, place, terminator.span)

    def _as(self, kind: Kind, temp: Temp, span: Span, name: str = "") -> Iterator[Touch]:
        place = self.places.of(temp)
        if place is not None:
            yield Touch(kind, place, span, name)

    def _read(self, temp: Temp, span: Span) -> Iterator[Touch]:
        yield from self._as(Kind.READ, temp, span)

    def handed(self, temp: Temp | VariableId, span: Span) -> Iterator[Touch]:
        """Handed to something unknown: filled if it may be changed, else read."""
        mutable = self.places.is_mutable_borrow(temp) or self._is_given_mutable(temp)
        yield from self._as(Kind.FILL if mutable else Kind.READ, temp, span)

    def _is_given_mutable(self, temp: Temp) -> bool:
        """A parameter `b: &mut Vec<u8>` passed on as `b`."""
        place = self.places.of(temp)
        type_ = self._type_of(place.root) if place is not None and not place.path else None
        return type_ is not None and type_.name == "&" and type_.mutable

    def _type_of(self, root: VariableId | Static) -> RustType | None:
        return root.type if isinstance(root, Static) else self._types.get(root)

    def _is_guard(self, out: Temp) -> bool:
        """Whether a struct made here is a local whose `Drop` we know."""
        return any(self.places.key(out) == self._stored_key(it) for it in self._disposed)

    def _stored_key(self, variable: VariableId) -> tuple[str, int]:
        made = [
            operation.value
            for block in self._routine.body.blocks
            for operation in block.operations
            if isinstance(operation, graph.StoreVariable) and operation.variable == variable
        ]
        return self.places.key(made[0]) if len(made) == 1 else ("variable", variable)

    def _store(self, span: Span, place: Place | None, value: Temp) -> Iterator[Touch]:
        yield from self._read(value, span)
        if place is not None:
            yield Touch(self._content(value), place, span, "=")

    def _content(self, value: Temp) -> Kind:
        """What becomes of a place that a value is stored to."""
        match self.places.defined.get(value):
            case graph.Call(receiver=None, arguments=arguments) as call:
                path = self.places.path_called(call)
                last = path.rsplit("::", 1)[-1]
                if last in EMPTY_PATHS and not arguments and path[:1].isupper():
                    return Kind.FREE
                if path.endswith("Default::default") or (path == "vec!" and not arguments):
                    return Kind.FREE
                return Kind.RENEW if last == "with_capacity" else Kind.FILL
            case graph.LoadVariable() if self.places.key(value)[0] == "variable":
                return Kind.FREE if self._is_none(value) else Kind.FILL
            case _:
                return Kind.FILL

    def _is_none(self, value: Temp) -> bool:
        made = self.places.defined.get(value)
        return isinstance(made, graph.LoadVariable) and (
            self._variables[made.variable].name == "None"
        )

    # ── calls ───────────────────────────────────────────────────────────────────────────────────

    def _by_method(self, call: graph.Call, receiver: Temp, method: str) -> Iterator[Touch]:
        for argument in call.arguments:
            if method == "*=":
                yield from self._read(argument.value, call.span)
            else:
                yield from self.handed(argument.value, call.span)
        kind = self._kind(call, method)
        if kind is not None:
            if kind in (Kind.FREE, Kind.CLEAR) and method in TAKING and self._is_kept(call.out):
                yield from self._read(receiver, call.span)
            if method in SHOWING and self._is_static(receiver):
                kind = Kind.SIZE
            if method in IN_PLACE:
                yield from self._read(receiver, call.span)
            yield from self._as(kind, receiver, call.span, method)

    def _is_static(self, temp: Temp) -> bool:
        place = self.places.of(temp)
        return place is not None and isinstance(place.root, Static)

    def _kind(self, call: graph.Call, method: str) -> Kind | None:
        first = call.arguments[0].value if call.arguments else None
        literal = self.places.defined.get(first) if first is not None else None
        text = literal.text if isinstance(literal, graph.Literal) else None
        if method in SEEN_THROUGH | CAPACITY | LENDING:
            return None
        if method in SIZES:
            return Kind.SIZE
        if method in CLEARING or (method, text) in (("truncate", "0"), ("resize", "0")):
            return Kind.CLEAR
        if method in SHRINKING:
            return Kind.SHRINK if method == "shrink_to_fit" or text == "0" else None
        if method == "drain":
            return Kind.CLEAR if text == ".." else Kind.READ
        if method in TAKING and first is None:
            return Kind.FREE
        if method == "*=":
            return self._content(first) if first is not None else Kind.FILL
        fills = method in FILLING or method.startswith(FILLING_PREFIXES)
        return Kind.FILL if fills else Kind.READ

    def _by_path(self, call: graph.Call, path: str) -> Iterator[Touch]:
        passed = [argument.value for argument in call.arguments]
        short = "::".join(path.split("::")[-2:])
        if short in TAKE_PATHS and len(passed) == 1:
            if self._is_kept(call.out):
                yield from self._read(passed[0], call.span)
            yield from self._as(Kind.FREE, passed[0], call.span, "take")
        elif short in ("mem::replace", "replace") and len(passed) == 2:
            if self._is_kept(call.out):
                yield from self._read(passed[0], call.span)
            yield from self._as(self._content(passed[1]), passed[0], call.span, "replace")
        elif path in FORMATTING and passed:
            yield from self._as(Kind.FILL, passed[0], call.span, path)
            for value in passed[1:]:
                yield from self._read(value, call.span)
        elif short in ("drop", "mem::drop") and len(passed) == 1:
            yield from self._as(Kind.FREE, passed[0], call.span, "drop")
        elif path not in ADDRESSES and not (path[:1].isupper() and self._is_guard(call.out)):
            for value in passed:
                yield from self.handed(value, call.span)
            if short in ("mem::swap", "swap"):
                for value in passed:
                    yield from self._read(value, call.span)

    def _is_kept(self, out: Temp) -> bool:
        """Whether what was taken out is used for more than being cleared or dropped."""
        uses = self._uses.get(out, [])
        for use in uses:
            if isinstance(use, graph.StoreVariable):
                loads = self.places.loads_of(use.variable)
                if any(self._is_kept(load) for load in loads) and not self._clears(loads):
                    return True
            elif not (isinstance(use, graph.Call) and self._is_idle(use)):
                return True
        return False

    def _clears(self, loads: list[Temp]) -> bool:
        """Whether a local is cleared before anything else is done with it."""
        used = [use for load in sorted(loads) for use in self._uses.get(load, ())]
        first = min(used, key=lambda use: use.span, default=None) if used else None
        through = first
        while isinstance(through, graph.Call) and through.method in SEEN_THROUGH:
            further = self._uses.get(through.out, [])
            through = further[0] if further else None
        return isinstance(through, graph.Call) and self._is_idle(through)

    def _is_idle(self, call: graph.Call) -> bool:
        path = self.places.path_called(call)
        return call.method in CLEARING or path.rsplit("::", 1)[-1] == "drop"


def uses_of(function: graph.Function) -> dict[Temp, list[graph.Operation]]:
    """The operations that take a temp as input."""
    found: dict[Temp, list[graph.Operation]] = {}
    for block in function.blocks:
        for operation in block.operations:
            for temp in inputs_of(operation):
                found.setdefault(temp, []).append(operation)
        if isinstance(block.terminator, graph.Return) and block.terminator.value is not None:
            value, span = block.terminator.value, block.terminator.span
            found.setdefault(value, []).append(graph.Compute(span, -1, (value,)))
    return found
