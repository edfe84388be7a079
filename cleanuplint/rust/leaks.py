"""Values whose memory is taken out of Rust's hands: forgotten, leaked, turned into raw pointers.

Not each of them is lost. A pair of exports that hands out a raw pointer and takes it back is right,
so are values that are moved out bit by bit, what a page sets up once, and `forget(self)` in a
method that takes its object apart. What is left is memory that nobody can give back any more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import Temp, VariableKind
from cleanuplint.flow.ways import inputs_of
from cleanuplint.rust.crates import Crate
from cleanuplint.rust.model import Field, Routine, RustType, Struct
from cleanuplint.rust.places import MAX_STEPS, SEEN_THROUGH, Places
from cleanuplint.rust.pointees import Pointees
from cleanuplint.rust.reach import Reach

OWNERS = frozenset({"Box", "Rc", "Arc", "CString", "Vec", "String"})
TAKING_BACK = frozenset({"from_raw", "from_raw_parts", "dealloc", "drop_in_place"})
RETURNS_AS = {
    "Box": frozenset({"Box", "Vec", "String"}),
    "Vec": frozenset({"Vec", "Box", "String", "CString"}),
    "String": frozenset({"String", "Vec", "Box", "CString"}),
}
"""Owners of the same memory: a boxed slice may come back as a `Vec`."""
MOVING = frozenset(
    {
        "read", "read_unaligned", "copy_nonoverlapping", "copy", "write", "transmute",
        "transmute_copy", "from_raw", "from_raw_parts", "into_abi",
    }
)  # fmt: skip
"""Functions on raw memory: a value that one of these moved must not be dropped as well."""
UNDOING = frozenset({"drop", "take", "into_inner"})
"""Of `ManuallyDrop`."""
ONCE_CALLS = frozenset(
    {"get_or_init", "get_or_try_init", "call_once", "get_or_insert_with", "new", "set"}
)
"""What is made inside of these is made once: `OnceLock`, `Once`, `LazyLock::new`."""
LAZY = frozenset({"LazyLock", "LazyCell", "Lazy", "Once", "OnceLock", "OnceCell"})


class Loss(Enum):
    FORGOTTEN = "mem::forget"
    LEAKED = "leak"
    RAW = "into_raw"
    UNDROPPED = "ManuallyDrop::new"
    CLOSURE = "Closure::forget"


@dataclass(frozen=True, slots=True)
class Leak:
    """A value that is never given back."""

    loss: Loss
    routine: Routine
    span: Span
    owner: str
    """The type that would have freed it, if it is known."""
    pointee: str
    """What the owner holds, as far as `Pointees` can tell."""

    def comes_back_as(self, owner: str, pointee: str) -> bool:
        """Such an owner frees the memory, as far as anybody can tell."""
        kinds = RETURNS_AS.get(self.owner, frozenset({self.owner})) | {""}
        return owner in kinds and (not pointee or self.pointee in ("", pointee))


class Leaks:
    """What a crate loses for good."""

    def __init__(self, crate: Crate) -> None:
        self._crate = crate
        self._reach = Reach(crate)

    @cached_property
    def all(self) -> tuple[Leak, ...]:
        return tuple(
            leak
            for routine in self._crate.routines
            if self._reach.runs_often(routine)
            for leak in Body(self._crate, routine).losses()
            if not self._is_paired(leak)
        )

    def raw_fields(self, struct: Struct) -> tuple[Field, ...]:
        """The raw pointers of a struct that holds by them memory which it made itself."""
        own = (it for it in self._crate.routines if it.owner == struct.name)
        fields = tuple(field for field in struct.fields if _is_raw(field.type))
        makes = fields and any(Body(self._crate, routine).makes_raw() for routine in own)
        return fields if makes else ()

    # ── what is taken back elsewhere in the crate ───────────────────────────────────────────────

    def _is_paired(self, leak: Leak) -> bool:
        match leak.loss:
            case Loss.CLOSURE:
                return False
            case Loss.UNDROPPED:
                return self._undoes_manually
            case _:
                return any(leak.comes_back_as(*taken) for taken in self._taken_back)

    @cached_property
    def _taken_back(self) -> frozenset[tuple[str, str]]:
        """The owners that raw pointers become again, and what they hold; no name means any."""
        return frozenset(
            (_owner_named(path), pointee)
            for file in self._crate.files
            for path, pointee in self._taken_back_in(file)
        )

    def _taken_back_in(self, file: str) -> Iterator[tuple[str, str]]:
        """By what a file calls; what it only mentions, as macros do, may be for anything."""
        called: set[str] = set()
        for routine in (it for it in self._crate.routines if it.file == file):
            for path, pointee in Body(self._crate, routine).takes():
                called.add(path)
                yield path, pointee
        for path in (*self._crate.files[file].program.globals, *self._paths_in_macros(file)):
            if path not in called and _takes_back(path):
                yield path, ""

    def _paths_in_macros(self, file: str) -> Iterator[str]:
        """`Box::from_raw` where both words stand in the definition of a macro."""
        for macro in self._crate.files[file].defined:
            for name in TAKING_BACK & macro.words:
                yield from (f"{owner}::{name}" for owner in OWNERS & macro.words or {""})

    @cached_property
    def _undoes_manually(self) -> bool:
        split = [path.split("::") for path in self._paths]
        return any(it[-2:-1] == ["ManuallyDrop"] and it[-1] in UNDOING for it in split)

    @cached_property
    def _paths(self) -> frozenset[str]:
        """All paths and function names that the crate's code mentions."""
        return frozenset(
            name for items in self._crate.files.values() for name in items.program.globals
        )


class Body:
    """One function: what it takes out of the hands of Rust."""

    def __init__(self, crate: Crate, routine: Routine) -> None:
        self._routine = routine
        self._variables = crate.files[routine.file].program.variables
        self.places = Places(routine.body, self._variables)
        self._pointees = Pointees(crate, routine, self.places)
        self.operations = [it for block in routine.body.blocks for it in block.operations]
        self._calls = [it for it in self.operations if isinstance(it, graph.Call)]

    def losses(self) -> Iterator[Leak]:
        for call in self._calls:
            found = self._loss(call)
            if found is not None and not self._is_made_once(call.span, found[0]):
                yield Leak(found[0], self._routine, call.span, found[1], self._pointee(call))

    def takes(self) -> Iterator[tuple[str, str]]:
        """The functions by which it makes owners of raw pointers, and what these point to."""
        callees = {call.callee: call for call in self._calls}
        for operation in self.operations:
            if isinstance(operation, graph.LoadVariable):
                path = self._variables[operation.variable].name
                if _takes_back(path):
                    call = callees.get(operation.out)
                    yield path, "" if call is None else self._pointee(call)

    def _pointee(self, call: graph.Call) -> str:
        """What is behind the value that a call is about."""
        if call.receiver is not None:
            return self._pointees.of(call.receiver)
        return self._pointees.of(call.arguments[0].value) if call.arguments else ""

    def makes_raw(self) -> bool:
        """It hands memory to a raw pointer."""
        found = {loss for call in self._calls if (made := self._loss(call)) for loss in made[:1]}
        return bool(found & {Loss.FORGOTTEN, Loss.RAW, Loss.LEAKED, Loss.UNDROPPED}) or any(
            self.places.path_called(call).endswith(("alloc::alloc", "alloc_zeroed"))
            for call in self._calls
        )

    def _loss(self, call: graph.Call) -> tuple[Loss, str] | None:
        if call.method is not None and call.receiver is not None:
            return self._loss_by_method(call.method, call.receiver, call)
        *before, name = self.places.path_called(call).split("::")
        owner = before[-1] if before else ""
        passed = [argument.value for argument in call.arguments]
        if len(passed) != 1:
            return None
        if name == "forget" and owner in ("", "mem"):
            return self._forgotten(passed[0], Loss.FORGOTTEN)
        if owner == "ManuallyDrop" and name == "new":
            return self._forgotten(passed[0], Loss.UNDROPPED)
        if owner in OWNERS and name == "leak":
            return Loss.LEAKED, owner
        if owner in OWNERS and name == "into_raw" and not self._is_handed_on(call.out):
            return Loss.RAW, owner
        return None

    def _loss_by_method(
        self, method: str, receiver: Temp, call: graph.Call
    ) -> tuple[Loss, str] | None:
        if call.arguments:
            return None
        owner = self.owner(receiver)
        if method == "forget" and owner == "Closure":
            return Loss.CLOSURE, owner
        if method == "leak" and owner in OWNERS:
            return Loss.LEAKED, owner
        if method == "into_raw" and owner in OWNERS and not self._is_handed_on(call.out):
            return Loss.RAW, owner
        return None

    def _forgotten(self, value: Temp, loss: Loss) -> tuple[Loss, str] | None:
        if self.owner(value) == "Closure":
            return Loss.CLOSURE, "Closure"
        place = self.places.of(value)
        takes_itself_apart = place is not None and place.root == self._routine.body.this
        if takes_itself_apart or self._moves or self.owner(value) not in OWNERS:
            return None
        return loss, self.owner(value)

    # ── where a value comes from and goes to ────────────────────────────────────────────────────

    def owner(self, temp: Temp) -> str:
        """The type whose function made a value: `Closure` of `Closure::wrap(…)`."""
        for _ in range(MAX_STEPS):
            match self.places.defined.get(temp):
                case graph.Call(receiver=receiver, method=method) if (
                    receiver is not None and method in SEEN_THROUGH | {"into_boxed_slice"}
                ):
                    temp = receiver
                case graph.Call(method="to_vec" | "to_owned"):
                    return "Vec"
                case graph.Call(method="to_string"):
                    return "String"
                case graph.Call(receiver=None) as call:
                    path = self.places.path_called(call)
                    if path in ("vec!", "format!"):
                        return "Vec" if path == "vec!" else "String"
                    names = [part for part in path.split("::") if part[:1].isupper()]
                    return names[-1] if names else ""
                case graph.LoadVariable(variable=variable):
                    item = self._variables[variable]
                    if item.types:
                        return item.types[0].path[-1]
                    parameters = dict(self._routine.parameters)
                    if variable in parameters:
                        return parameters[variable].name
                    stored = self.places.stored_once(variable)
                    if stored is None:
                        return ""
                    temp = stored
                case _:
                    return ""
        return ""

    @cached_property
    def _moves(self) -> bool:
        """The function moves values through raw memory."""
        for operation in self.operations:
            if isinstance(operation, graph.LoadVariable):
                item = self._variables[operation.variable]
                *before, name = item.name.split("::")
                if item.kind is VariableKind.GLOBAL and name in MOVING and "slice" not in before:
                    return True
        return False

    def _is_handed_on(self, out: Temp) -> bool:
        """A pointer that some function or a static gets, which may take it over."""
        temps = {out}
        for operation in self.operations:
            taken = temps & set(inputs_of(operation))
            if not taken:
                continue
            if self._stores_to_static(operation):
                return True
            if isinstance(operation, graph.Call):
                path = self.places.path_called(operation)
                if not path.rsplit("::", 1)[-1][:1].isupper() and operation.method not in KEEPING:
                    return True
            result = getattr(operation, "out", None)
            if result is not None:
                temps.add(result)
            if isinstance(operation, graph.StoreVariable):
                temps.update(self.places.loads_of(operation.variable))
        return False

    def _sets_a_flag(self, operation: graph.Operation) -> bool:
        if isinstance(operation, graph.Call):
            return operation.method in SETTING
        return isinstance(operation, graph.StoreMember) or self._stores_to_static(operation)

    def _stores_to_static(self, operation: graph.Operation) -> bool:
        if not isinstance(operation, graph.StoreVariable):
            return False
        return self._variables[operation.variable].kind is VariableKind.GLOBAL

    @cached_property
    def _guards_itself(self) -> bool:
        """It sets a flag, so that the next call does nothing: `INSTALLED.set(true)`."""
        flags = (it for it in self.operations if self._sets_a_flag(it))
        made = (self.places.defined.get(temp) for it in flags for temp in inputs_of(it))
        return any(isinstance(it, graph.Literal) and it.text == "true" for it in made)

    def _is_made_once(self, span: Span, loss: Loss) -> bool:
        if loss in (Loss.CLOSURE, Loss.LEAKED) and self._guards_itself:
            return True
        for operation in self.operations:
            if isinstance(operation, graph.Call) and operation.span.start < span.start:
                *before, name = self.places.path_called(operation).split("::")
                lazy = name == "new" and bool(before) and before[-1] in LAZY
                once = operation.method in ONCE_CALLS or lazy
                if once and span.end <= operation.span.end:
                    return True
        return False


def _takes_back(path: str) -> bool:
    *before, name = path.split("::")
    return name in TAKING_BACK and "slice" not in before


def _owner_named(path: str) -> str:
    owner = path.rpartition("::")[0].rpartition("::")[2]
    return owner if owner in OWNERS else ""


def _is_raw(type_: RustType) -> bool:
    return type_.name == "NonNull" or (type_.name == "*" and type_.mutable)


SETTING = frozenset({"set", "replace", "swap", "store", "compare_exchange", "*="})
KEEPING = frozenset({"cast", "cast_mut", "cast_const", "unwrap", "expect", "add", "addr"})
"""Methods of pointers and results that take nothing over."""
