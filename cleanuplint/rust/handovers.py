"""Pointers that functions give to their callers, and that functions take back.

    Box::into_raw(Box::new(engine))          drop(Box::from_raw(pointer))
    let p = v.as_mut_ptr(); forget(v); p     Vec::from_raw_parts(pointer, 0, size)
    CString::new(text)?.into_raw()           CString::from_raw(pointer)
    alloc(layout)                            dealloc(pointer, layout)

A function gives memory away if that, or nothing, is all that it returns; a pointer that is packed
into something else is not followed. Errs towards silence.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from cleanuplint.flow import graph
from cleanuplint.flow.graph import Operation, Temp, VariableId, VariableKind
from cleanuplint.rust.crates import Crate
from cleanuplint.rust.leaks import OWNERS, Body
from cleanuplint.rust.model import Routine, RustType

ALLOCATING = frozenset({"alloc", "alloc_zeroed", "realloc"})
PARTS = frozenset({"from_raw", "from_raw_parts", "from_raw_in"})
LOSING = frozenset({"into_raw", "leak"})
SHOWING = frozenset({"as_ptr", "as_mut_ptr"})
SLICES = frozenset({"from_raw_parts_mut", "slice_from_raw_parts_mut", "new_unchecked", "new"})
"""Functions that make of a pointer another one to the same memory."""
SAME = frozenset({"cast", "cast_mut", "cast_const", "unwrap", "expect", "addr", "into_raw_parts"})
NOTHING = frozenset({"null_mut", "null", "dangling"})
BYTES = frozenset({"u8", "i8", "c_void", "c_char", "c_uchar", "[]", "()", ""})
ALLOCATOR = "alloc"
ANYTHING = ""
"""In place of a type that is not written down."""
MAX_STEPS = 200


@dataclass(frozen=True, slots=True)
class Pointer:
    """What stands behind a raw pointer: the type that owns it in Rust, and what it points to."""

    owner: str
    pointee: str = ANYTHING

    def may_be(self, other: "Pointer") -> bool:
        """The one may be given where the other is taken back."""
        if self.is_bytes and other.is_bytes:
            return (self.owner == "CString") == (other.owner == "CString")
        known = ANYTHING not in (self.pointee, other.pointee)
        return self.owner == other.owner and (self.pointee == other.pointee or not known)

    @property
    def is_bytes(self) -> bool:
        """Memory without a type, from one allocator whoever asks for it."""
        return self.pointee in BYTES and (self.owner != "Box" or bool(self.pointee))


class Handovers:
    """What the functions of a crate give away and take back."""

    def __init__(self, crate: Crate) -> None:
        self._crate = crate
        self._given: dict[int, Pointer | None] = {}
        self._taken: dict[int, dict[VariableId, Pointer]] = {}

    def given(self, routine: Routine) -> Pointer | None:
        """What the function's result is, if it is memory that its caller has to give back."""
        if id(routine) not in self._given:
            self._given[id(routine)] = None  # what it is to itself, in a recursion
            self._given[id(routine)] = self._given_by(routine)
        return self._given[id(routine)]

    def taken(self, routine: Routine) -> dict[VariableId, Pointer]:
        """The parameters that the function makes a value of Rust again, for good."""
        if id(routine) not in self._taken:
            self._taken[id(routine)] = {}
            self._taken[id(routine)] = dict(self._taken_by(routine))
        return self._taken[id(routine)]

    # ── given ───────────────────────────────────────────────────────────────────────────────────

    def _given_by(self, routine: Routine) -> Pointer | None:
        boxed = _boxed(routine.result)
        if boxed is not None:
            return boxed if routine.is_foreign else None
        flow = _Flow(self._crate, routine)
        found = [self._made(flow, made) for made in flow.returned()]
        pointers = [one for one in found if one is not None]
        if not pointers or len(pointers) < len(found):
            return None
        return Pointer(pointers[0].owner, _pointee(routine.result) or pointers[0].pointee)

    def _made(self, flow: "_Flow", made: Operation) -> Pointer | None:
        """What an operation hands out as a raw pointer."""
        if not isinstance(made, graph.Call):
            return None
        path = flow.body.places.path_called(made)
        *before, name = path.split("::")
        if made.method in LOSING and made.receiver is not None and not made.arguments:
            return _owned(flow.body.owner(made.receiver))
        if name in LOSING and before[-1:] and before[-1] in OWNERS:
            return _owned(before[-1])
        if made.method in SHOWING and made.receiver is not None:
            return _owned(flow.left_alone(made.receiver))
        called = self._crate.function(path, flow.routine) if path else None
        if name in ALLOCATING and (before[-1:] == ["alloc"] or (not before and called is None)):
            return Pointer(ALLOCATOR)
        return self.given(called) if called is not None else None

    # ── taken back ──────────────────────────────────────────────────────────────────────────────

    def _taken_by(self, routine: Routine) -> Iterator[tuple[VariableId, Pointer]]:
        types = dict(routine.parameters)
        for variable, type_ in routine.parameters if routine.is_foreign else ():
            boxed = _boxed(type_)
            if boxed is not None:
                yield variable, boxed
        flow = _Flow(self._crate, routine)
        for call in flow.calls:
            for argument, pointer in self._takes(flow, call):
                for variable in flow.parameters_in(argument):
                    yield variable, Pointer(pointer.owner, _pointee(types[variable]))

    def _takes(self, flow: "_Flow", call: graph.Call) -> Iterator[tuple[Temp, Pointer]]:
        path = flow.body.places.path_called(call)
        *before, name = path.split("::")
        if not call.arguments:
            return
        first = call.arguments[0].value
        if name in PARTS and before[-1:] and before[-1] in OWNERS and not flow.is_lost_again(call):
            yield first, Pointer(before[-1])
        called = self._crate.function(path, flow.routine) if path else None
        if name == "dealloc" and (before[-1:] == ["alloc"] or (not before and called is None)):
            yield first, Pointer(ALLOCATOR)
        elif called is not None and called is not flow.routine:
            taken = self.taken(called)
            for (variable, _), argument in zip(called.parameters, call.arguments, strict=False):
                if variable in taken:
                    yield argument.value, taken[variable]


class _Flow:
    """Where the values of one function come from."""

    def __init__(self, crate: Crate, routine: Routine) -> None:
        self.routine = routine
        self.body = Body(crate, routine)
        self._variables = crate.files[routine.file].program.variables
        self._parameters = frozenset(variable for variable, _ in routine.parameters)
        self.calls = [it for it in self.body.operations if isinstance(it, graph.Call)]

    def returned(self) -> Iterator[Operation]:
        """What makes the results; nothing for a null."""
        for block in self.routine.body.blocks:
            end = block.terminator
            if isinstance(end, graph.Return) and end.value is not None:
                yield from self.origins(end.value)

    def parameters_in(self, temp: Temp) -> Iterator[VariableId]:
        """The parameters that a value may be."""
        for made in self.origins(temp):
            if isinstance(made, graph.LoadVariable) and made.variable in self._parameters:
                yield made.variable

    def origins(self, temp: Temp) -> list[Operation]:
        """The operations that made a value, through locals and casts."""
        found: list[Operation] = []
        seen: set[Temp] = set()
        waiting = [temp]
        while waiting and len(seen) < MAX_STEPS:
            one = waiting.pop()
            made = self.body.places.defined.get(one)
            if one in seen or made is None or self._is_nothing(made):
                continue
            seen.add(one)
            further = self._passed_through(made)
            found.extend([made] if further is None else [])
            waiting.extend(further or ())
        return found

    def _passed_through(self, made: Operation) -> Iterable[Temp] | None:
        """What an operation only passes on; None if it makes a value."""
        places = self.body.places
        match made:
            case graph.Compute(inputs=(only,)):
                return (only,)
            case graph.LoadVariable(variable=variable) if variable not in self._parameters:
                local = self._variables[variable].kind is not VariableKind.GLOBAL
                return places.stores_to(variable) or None if local else None
            case graph.Call(receiver=int(receiver), method=method) if method in SAME:
                return (receiver,)
            case graph.Call(receiver=None, arguments=(first, *_)) as call:
                name = places.path_called(call).rsplit("::", 1)[-1]
                pointing = places.path_called(call).split("::")[-2:-1]
                is_slice = name in SLICES and pointing[:1] in (["slice"], ["ptr"], ["NonNull"])
                return (first.value,) if is_slice or name == "slice_from_raw_parts_mut" else None
            case _:
                return None

    def _is_nothing(self, made: Operation) -> bool:
        if isinstance(made, graph.Literal):
            return True
        path = self.body.places.path_called(made) if isinstance(made, graph.Call) else ""
        return path.rsplit("::", 1)[-1] in NOTHING

    def left_alone(self, temp: Temp) -> str:
        """The owner of memory that Rust will not free: it is forgotten, or was leaked."""
        for made in self.origins(temp):
            path = self.body.places.path_called(made) if isinstance(made, graph.Call) else ""
            *before, name = path.split("::")
            if isinstance(made, graph.Call) and (before[-1:], name) == (["ManuallyDrop"], "new"):
                return self.body.owner(made.arguments[0].value)
            if isinstance(made, graph.Call) and (name in LOSING or made.method in LOSING):
                return before[-1] if before else self.body.owner(made.receiver or temp)
        return self.body.owner(temp) if self._root(temp) in self._forgotten else ""

    @cached_property
    def _forgotten(self) -> frozenset[VariableId]:
        given = (call.arguments[0].value for call in self.calls if self._forgets(call))
        return frozenset(root for root in map(self._root, given) if root is not None)

    def _forgets(self, call: graph.Call) -> bool:
        path = self.body.places.path_called(call)
        is_forget = path.rsplit("::", 1)[-1] == "forget" or path.endswith("ManuallyDrop::new")
        return bool(call.arguments) and is_forget

    def _root(self, temp: Temp) -> VariableId | None:
        place = self.body.places.of(temp)
        return place.root if place is not None and isinstance(place.root, int) else None

    def is_lost_again(self, call: graph.Call) -> bool:
        """What was made of a pointer is left to the host as it was: it was only borrowed."""
        return any(call in self.origins(temp) for temp in self._lost)

    @cached_property
    def _lost(self) -> frozenset[Temp]:
        """Values that are forgotten, leaked or turned into pointers."""
        found: set[Temp] = set()
        for call in self.calls:
            if self._forgets(call):
                found.add(call.arguments[0].value)
            elif call.method in LOSING and call.receiver is not None:
                found.add(call.receiver)
            elif self.body.places.path_called(call).rsplit("::", 1)[-1] in LOSING:
                found.update(argument.value for argument in call.arguments)
        return frozenset(found)


def _owned(owner: str) -> Pointer | None:
    return Pointer(owner) if owner in OWNERS else None


def _boxed(type_: RustType) -> Pointer | None:
    """`Box<T>` and `Option<Box<T>>`, which cross the boundary as pointers."""
    if type_.name == "Option" and type_.arguments:
        type_ = type_.arguments[0]
    if type_.name != "Box" or not type_.arguments:
        return None
    return Pointer("Box", type_.arguments[0].name)


def _pointee(type_: RustType) -> str:
    """`T` of `*mut T` and `NonNull<T>`."""
    if type_.name == "Option" and type_.arguments:
        type_ = type_.arguments[0]
    if type_.name in ("*", "NonNull", "&") and type_.arguments:
        return type_.arguments[0].name
    return ANYTHING
