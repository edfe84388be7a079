"""What a crate exports by plain names, as a host sees it that calls the module without bindings.

    #[no_mangle] extern "C" fn encode(p: *const u8, n: usize) -> usize    fills a static buffer
    #[no_mangle] extern "C" fn clear_buffer()                             empties it
    #[no_mangle] extern "C" fn engine_new() -> *mut Engine                gives memory away
    #[no_mangle] extern "C" fn engine_free(engine: *mut Engine)           takes it back

A static buffer matters to hosts if no code of the crate reads what a call left there: it is for
them to read, by its address. What the crate reads itself is its state.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cleanuplint.rust.contents import Contents
from cleanuplint.rust.crates import Crate
from cleanuplint.rust.handovers import ALLOCATOR, Handovers
from cleanuplint.rust.model import UNIT, Routine, Static
from cleanuplint.rust.places import Place
from cleanuplint.rust.protocol import ABOUT_BUFFERS
from cleanuplint.rust.scratch import Access, Buffers
from cleanuplint.rust.summaries import is_full
from cleanuplint.rust.touches import Kind

ASIDE = re.compile(r"(?:^|_)(?:err(?:ors?)?|logs?|panics?|trace|debug|diagnostics?)(?:_|$)", re.I)
"""Statics for what is told beside the results: who calls does not clear them each time."""
STARTING = re.compile(r"_*(?:main|init|set_?up|install|boot|_start)[a-z0-9_]*", re.I)
"""Exports that a host calls once, when it starts."""
NUMBERS = frozenset({"usize", "u32", "i32", "u64", "i64", "isize", "c_int", "size_t"})


@dataclass(frozen=True, slots=True)
class RawExports:
    """The exports of a module, by name."""

    functions: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """How many parameters and results each function has."""
    fills: frozenset[str] = frozenset()
    clears: frozenset[str] = frozenset()
    makes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What gives memory to the host, each with all that take it back."""
    takes: Mapping[str, int] = field(default_factory=dict)
    """What takes memory back, and the position of that parameter."""
    quiet: frozenset[str] = frozenset()
    """What only allocates or frees."""

    def __or__(self, other: "RawExports") -> "RawExports":
        return RawExports(
            {**other.functions, **self.functions},
            self.fills | other.fills,
            self.clears | other.clears,
            {**other.makes, **self.makes},
            {**other.takes, **self.takes},
            self.quiet | other.quiet,
        )


def raw_exports(crate: Crate) -> RawExports:
    named = dict(_named(crate))
    buffers = tuple(_StaticBuffers(crate).for_hosts)
    handovers = Handovers(crate)
    takes = dict(_takes(named, handovers))
    makes = dict(_makes(named, handovers, takes))
    return RawExports(
        functions={name: _signature(it) for name, it in named.items()},
        fills=frozenset(_name(it.routine) for one in buffers for it in one.filling),
        clears=frozenset(_name(it.routine) for one in buffers for it in one.clearing),
        makes=makes,
        takes=takes,
        quiet=frozenset(it for it in makes if _only_allocates(named[it], handovers)).union(takes),
    )


def _named(crate: Crate) -> Iterator[tuple[str, Routine]]:
    """The functions of a crate that the module exports, methods of classes left out."""
    for routine in crate.routines:
        if _name(routine):
            yield _name(routine), routine


def _name(routine: Routine) -> str:
    if routine.symbol:
        return routine.symbol
    return routine.export.name if routine.export is not None and not routine.owner else ""


def _signature(routine: Routine) -> tuple[int, int]:
    return len(routine.parameters), int(
        routine.result not in (UNIT,) and routine.result.name != "!"
    )


# ── memory that is given away ───────────────────────────────────────────────────────────────────


def _takes(named: Mapping[str, Routine], handovers: Handovers) -> Iterator[tuple[str, int]]:
    for name, routine in named.items():
        taken = handovers.taken(routine)
        at = [i for i, (variable, _) in enumerate(routine.parameters) if variable in taken]
        if at:
            yield name, at[0]


def _makes(
    named: Mapping[str, Routine], handovers: Handovers, takes: Mapping[str, int]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, routine in named.items():
        given = handovers.given(routine)
        if given is None:
            continue
        taken = {it: handovers.taken(named[it])[named[it].parameters[takes[it]][0]] for it in takes}
        ends = tuple(it for it in sorted(taken) if given.may_be(taken[it]))
        if ends:
            yield name, ends


def _only_allocates(routine: Routine, handovers: Handovers) -> bool:
    """It is asked for so many bytes, and fails with a trap or a null."""
    given = handovers.given(routine)
    plain = all(type_.name in NUMBERS for _, type_ in routine.parameters)
    is_raw = given is not None and given.owner in (ALLOCATOR, "Vec") and given.is_bytes
    return plain and bool(routine.parameters) and is_raw


# ── buffers that outlive the call which fills them ──────────────────────────────────────────────


@dataclass(frozen=True)
class _StaticBuffer:
    """A buffer in a static, and the functions that reach it which others call."""

    static: Static
    path: tuple[str, ...]
    accesses: tuple[Access, ...]
    filling: tuple[Access, ...]
    """Of exports: some way out leaves there what they wrote."""
    clearing: tuple[Access, ...]
    """Of exports that need nothing: they leave it empty."""

    @property
    def is_for_hosts(self) -> bool:
        """No code of the crate reads what a call left there."""
        aside = any(map(ASIDE.search, (self.static.name, *self.path)))
        if aside or any(access.reads_old for access in self.accesses):
            return False
        return self.is_named or not any(access.adds for access in self.accesses)

    @cached_property
    def is_named(self) -> bool:
        """Its name, or that of what empties or measures it, says that it is a buffer."""
        telling = (*self.clearing, *(it for it in self.accesses if it.asks("len")))
        names = (self.static.name, *self.path, *(_name(it.routine) for it in telling))
        return any(map(ABOUT_BUFFERS.search, names))


class _StaticBuffers:
    """The buffers in all statics of a crate."""

    def __init__(self, crate: Crate) -> None:
        self._crate = crate
        self._contents = Contents(crate, crate.statics)

    @cached_property
    def _entries(self) -> list[Routine]:
        is_entry = Buffers(self._crate).is_entry
        return [it for it in self._crate.routines if is_entry(it)]

    @property
    def for_hosts(self) -> Iterator[_StaticBuffer]:
        every = [self._buffer(static, path) for static, path in self._places]
        state = [one for one in every if not one.is_for_hosts]
        for one in every:
            clearing = tuple(it for it in one.clearing if not _changes(it.routine, state))
            if one.is_for_hosts and clearing and one.filling:
                yield _StaticBuffer(one.static, one.path, one.accesses, one.filling, clearing)

    @property
    def _places(self) -> Iterator[tuple[Static, tuple[str, ...]]]:
        for static in self._crate.statics:
            for path in self._contents.reached.inside(static):
                yield static, path

    def _buffer(self, static: Static, path: tuple[str, ...]) -> _StaticBuffer:
        accesses = tuple(self._accesses(Place(static, path)))
        exported = [it for it in accesses if _name(it.routine)]
        often = [it for it in exported if not STARTING.fullmatch(_name(it.routine))]
        return _StaticBuffer(
            static,
            path,
            accesses,
            filling=tuple(it for it in often if _leaves_full(it)),
            clearing=tuple(it for it in exported if _only_empties(it)),
        )

    def _accesses(self, place: Place) -> Iterator[Access]:
        for routine in self._entries:
            summary = self._contents.of(routine)
            if summary is not None and summary.kinds(place):
                yield Access(routine, summary, place)


def _leaves_full(access: Access) -> bool:
    return any(is_full(access.content(failed) or frozenset()) for failed in (False, True))


def _only_empties(access: Access) -> bool:
    return access.empties and not access.fills and not access.routine.parameters


def _changes(routine: Routine, state: list[_StaticBuffer]) -> bool:
    """A function that empties some state as well starts all over, and clears no mere buffer."""
    return any(
        access.routine is routine and access.kinds - {Kind.SIZE, Kind.READ}
        for one in state
        for access in one.accesses
    )
