"""Which buffers of exported structs are working buffers, and which are state.

A buffer is *scratch* if nothing reads between calls what a call left in it: each method that uses
it clears it first. It is *transient* if each method that fills it empties it before it succeeds.
What else a struct holds is state (a decoder's pending bytes, a builder's parts): to keep it when a
call fails is right.

Errs towards state: a read that cannot be followed makes state.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from cleanuplint.flow import graph
from cleanuplint.flow.graph import VariableKind
from cleanuplint.rust.contents import Contents
from cleanuplint.rust.crates import Crate, Path
from cleanuplint.rust.model import Routine, Struct
from cleanuplint.rust.places import Place
from cleanuplint.rust.summaries import Content, Exit, Mark, Summary, is_full
from cleanuplint.rust.touches import Kind, Touches


class Use(Enum):
    SCRATCH = "scratch"
    TRANSIENT = "transient"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Access:
    """A function that can reach a buffer of a struct, and where it is there."""

    routine: Routine
    summary: Summary
    place: Place

    @property
    def kinds(self) -> set[Kind]:
        return self.summary.kinds(self.place)

    @property
    def fills(self) -> bool:
        return Kind.FILL in self.kinds

    def content(self, failed: bool) -> Content | None:
        return self.summary.content(self.place, failed)

    def held_at(self, exit_: Exit) -> Content:
        return exit_.contents[self.summary.buffers.index(self.place)]

    @property
    def reads_old(self) -> bool:
        """It looks at what a call before left there."""
        events = self.summary.events.get(self.place, ())
        return any(event.kind is Kind.READ and not event.mixed for event in events)

    @property
    def adds(self) -> bool:
        """It fills without clearing first."""
        events = self.summary.events.get(self.place, ())
        return any(event.kind is Kind.FILL for event in events)

    @property
    def leaves_full(self) -> bool:
        """It may succeed and leave in the buffer what it wrote."""
        return is_full(self.content(failed=False) or frozenset())

    @property
    def empties(self) -> bool:
        """Whenever it succeeds, no data is left."""
        content = self.content(failed=False)
        return content is not None and not content - {Mark.HELD}

    @property
    def frees(self) -> bool:
        """However it ends, no data and no memory is left."""
        contents = [self.content(failed) for failed in (False, True)]
        return not any(content for content in contents) and any(c is not None for c in contents)

    def asks(self, name: str) -> bool:
        """It only asks for the `len` or the `capacity`."""
        events = self.summary.events.get(self.place, ())
        return any(event.kind is Kind.SIZE and event.name == name for event in events)


@dataclass(frozen=True)
class Buffer:
    """A buffer of an exported struct."""

    struct: Struct
    path: Path
    type_name: str
    accesses: tuple[Access, ...]
    """Of the functions that others can call, or that nobody calls."""
    is_seen: bool
    """Something that cannot be followed reads it."""

    @property
    def name(self) -> str:
        return ".".join(("self", *self.path))

    @cached_property
    def use(self) -> Use:
        filling = [access for access in self.accesses if access.fills]
        if not filling or self.is_seen or any(access.reads_old for access in self.accesses):
            return Use.STATE
        if not any(access.adds for access in self.accesses):
            return Use.SCRATCH
        if all(access.empties for access in filling):
            return Use.TRANSIENT
        return Use.STATE

    @property
    def is_working(self) -> bool:
        return self.use is not Use.STATE

    @cached_property
    def stays_full(self) -> bool:
        """Calls that succeed leave data behind."""
        return any(access.leaves_full for access in self.accesses)

    @property
    def keeps_old(self) -> bool:
        """A call may find there what the one before it left."""
        return self.use is Use.SCRATCH and self.stays_full


class Buffers:
    """The buffers of all exported structs of a crate."""

    def __init__(self, crate: Crate) -> None:
        self.crate = crate
        self.contents = Contents(crate)

    @cached_property
    def all(self) -> tuple[Buffer, ...]:
        return tuple(
            self._buffer(struct, path)
            for struct in self.crate.structs
            if struct.export is not None and not struct.is_test
            for path in self.crate.buffers_of(struct)
        )

    @cached_property
    def working(self) -> tuple[Buffer, ...]:
        return tuple(buffer for buffer in self.all if buffer.is_working)

    def _buffer(self, struct: Struct, path: Path) -> Buffer:
        field = struct.field(path[0])
        shown = field is not None and bool(field.shown_as)
        accesses = tuple(self._accesses(struct, path))
        seen = shown or self._is_seen(struct, path)
        return Buffer(struct, path, self._type_name(struct, path), accesses, seen)

    def _type_name(self, struct: Struct, path: Path) -> str:
        """`Option` or what is inside of every other wrapper."""
        owner = self.crate.struct_at(struct, path[:-1])
        field = owner.field(path[-1]) if owner is not None else None
        if owner is None or field is None:
            return ""
        if field.type.name == "Option":
            return "Option"
        return self.crate.bare(field.type, owner.file).name

    def _accesses(self, struct: Struct, path: Path) -> Iterator[Access]:
        for routine in self.crate.routines:
            for variable, type_ in routine.parameters:
                if self.crate.parameter_struct(routine, type_) != struct:
                    continue
                summary = self.contents.of(routine)
                counts = routine.trait != "Drop" and self.is_entry(routine)
                if summary is not None and counts:
                    yield Access(routine, summary, Place(variable, path))

    def is_entry(self, routine: Routine) -> bool:
        """Others can call it, or nobody calls it."""
        return routine.is_exported or id(routine) not in self._called

    @cached_property
    def _called(self) -> frozenset[int]:
        """The functions that others of the crate call."""
        found: set[int] = set()
        for routine in self.crate.routines:
            touches = Touches(self.crate, routine)
            for block in routine.body.blocks:
                for operation in block.operations:
                    invocation = touches.invocation(operation)
                    if invocation is not None:
                        found.add(id(invocation.routine))
        return frozenset(found)

    # ── reads that cannot be followed ───────────────────────────────────────────────────────────

    def _is_seen(self, struct: Struct, path: Path) -> bool:
        return bool(struct.derives & {"Serialize", "Tsify"}) or path[-1] in self._loose

    @cached_property
    def _loose(self) -> frozenset[str]:
        """Names of fields that are loaded from something whose type we do not know."""
        return frozenset(
            name for routine in self.crate.routines for name in _loose_members(self.crate, routine)
        )


def _loose_members(crate: Crate, routine: Routine) -> Iterator[str]:
    touches = Touches(crate, routine)
    variables = crate.files[routine.file].program.variables
    local = {it.id for it in variables if it.kind is VariableKind.LOCAL}
    known = {variable for variable, _ in routine.parameters}
    for block in routine.body.blocks:
        for operation in block.operations:
            if not isinstance(operation, graph.LoadMember):
                continue
            place = touches.places.of(operation.base)
            if place is None or not (place.root in known or place.root in local):
                yield operation.name
