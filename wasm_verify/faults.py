"""Where faults strike: the points of each kind for one target, spread evenly.

What can be spread follows from a fault-free run: how many host calls it made, how much fuel it
took, how many pages its memory grew by.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from wasm_verify.inputs import ALL_TYPED_ARRAYS, DEEP, MALFORMED, THROWING, Bad, large
from wasm_verify.model import Fault
from wasm_verify.target import Target
from wasm_verify.trials import Point
from wasm_verify.types import Field, Kind, Type

MEBIBYTE = 1 << 20
LARGE = (("long", MEBIBYTE // 8), ("very-long", 2 * MEBIBYTE))
"""The first makes most calls grow the memory, and is quick; the second is past most limits that a
module sets, and past what some methods can do at all."""
EVERYTHING = 1 << 30
GROWTHS = 8
"""The most refusals of growth: each takes a large input."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What fault-free runs of a target showed."""

    arguments: tuple[str, ...]
    """An expression for each argument, which the module takes."""
    fuel: int
    calls_caught: int
    calls_host: int
    growing: tuple[str, ...] = ()
    """Arguments that make the memory grow."""
    pages: int = 0
    """How much they do."""


def spread(count: int, points: int) -> list[int]:
    """Up to `points` numbers from 1 to `count`, evenly, with both ends."""
    if count <= points:
        return list(range(1, count + 1))
    if points == 1:
        return [1]
    return [1 + (count - 1) * n // (points - 1) for n in range(points)]


def points_of(target: Target, measured: Measured, fault: Fault, points: int) -> list[Point]:
    """At most `points` faults of one kind. Empty where there is none to inject."""
    if fault == Fault.REFUSED_GROWTH:
        points = min(points, GROWTHS)
    found = list(_points(target, measured, fault, points))
    return [found[n - 1] for n in spread(len(found), points)]


def point_labelled(target: Target, measured: Measured, fault: Fault, label: str) -> Iterator[Point]:
    """The one point of this label, whatever number of points it was one of."""
    if fault == Fault.OUT_OF_FUEL:
        if label.isdecimal():
            yield Point(fault, label, _list(measured.arguments), int(label))
        return
    everything = _points(target, measured, fault, EVERYTHING)
    yield from (one for one in everything if one.label == label)


def _points(target: Target, measured: Measured, fault: Fault, points: int) -> Iterator[Point]:
    if fault in _IN_THE_COURSE:
        return _IN_THE_COURSE[fault](measured, points)
    return _by_input(target, measured, fault)


def _list(arguments: tuple[str, ...]) -> str:
    return f"[{', '.join(arguments)}]"


# Points in the course of a call

Plan = Callable[[Measured, int], Iterator[Point]]


def _out_of_fuel(measured: Measured, points: int) -> Iterator[Point]:
    for at in spread(measured.fuel - 1, points):
        yield Point(Fault.OUT_OF_FUEL, str(at), _list(measured.arguments), at)


def _throws(fault: Fault, count: int, measured: Measured, points: int) -> Iterator[Point]:
    for at in spread(count, max(1, points // 2)):
        yield Point(fault, str(at), _list(measured.arguments), at)
        if at < count:
            yield Point(fault, f"{at}+", _list(measured.arguments), at, sticky=True)


def _caught_throw(measured: Measured, points: int) -> Iterator[Point]:
    return _throws(Fault.CAUGHT_THROW, measured.calls_caught, measured, points)


def _host_throw(measured: Measured, points: int) -> Iterator[Point]:
    return _throws(Fault.HOST_THROW, measured.calls_host, measured, points)


def _refused_growth(measured: Measured, points: int) -> Iterator[Point]:
    for at in spread(measured.pages, points):
        yield Point(Fault.REFUSED_GROWTH, str(at - 1), _list(measured.growing), at - 1)


def _caller_throw(measured: Measured, points: int) -> Iterator[Point]:
    yield Point(Fault.CALLER_THROW, "after", _list(measured.arguments))


# Points by input


def _replaced(fault: Fault, measured: Measured, at: int, one: Field, bad: Bad) -> Point:
    arguments = (*measured.arguments[:at], bad.source, *measured.arguments[at + 1 :])
    return Point(fault, f"{bad.name}@{one.name}", _list(arguments))


def _by_input(target: Target, measured: Measured, fault: Fault) -> Iterator[Point]:
    tables = Tables(target.classes)
    for at, one in enumerate(target.signature.parameters):
        for bad in _bad(tables, fault, one.type):
            yield _replaced(fault, measured, at, one, bad)


def _bad(tables: "Tables", fault: Fault, type_: Type) -> tuple[Bad, ...]:
    match fault:
        case Fault.MALFORMED_INPUT:
            return tables.malformed(type_)
        case Fault.THROWING_INPUT:
            return tables.throwing(type_)
        case Fault.DEEP_INPUT:
            return tables.deep(type_)
        case _:
            return tuple(bad for name, size in LARGE for bad in large(type_, name, size))


SCALARS = (
    Kind.STRING,
    Kind.NUMBER,
    Kind.BOOLEAN,
    Kind.BIGINT,
    Kind.SYMBOL,
    Kind.LITERAL,
    Kind.NOTHING,
)


class Tables:
    """Which bad inputs suit a parameter: what its declared type admits, and the wrong values that
    JavaScript passes by accident.

    No objects for a text or a number, nothing for an object of the module: TypeScript refuses them,
    wasm-bindgen's glue itself loses the few bytes that it reserved before it noticed, and neither
    module nor caller can do anything about that.
    """

    def __init__(self, classes: frozenset[str]) -> None:
        self._classes = classes

    def malformed(self, type_: Type) -> tuple[Bad, ...]:
        if self._is_object(type_):
            return ()
        return tuple(bad for bad in MALFORMED if bad.scalar or not _is_scalar(type_))

    def throwing(self, type_: Type) -> tuple[Bad, ...]:
        return () if _is_scalar(type_) or self._is_object(type_) else THROWING

    def deep(self, type_: Type) -> tuple[Bad, ...]:
        if self._is_object(type_):
            return ()
        if _is_scalar(type_):
            return tuple(bad for bad in DEEP if bad.scalar and _may_be_text(type_))
        # A text is no list, though it can be read like one, letter by letter.
        return tuple(bad for bad in DEEP if type_.kind != Kind.ARRAY or not bad.scalar)

    def _is_object(self, type_: Type) -> bool:
        named = type_.parts if type_.kind == Kind.UNION else (type_,)
        return any(one.kind == Kind.NAMED and one.name in self._classes for one in named)


def _is_scalar(type_: Type) -> bool:
    """Bytes count as one: glue copies them as it copies a text."""
    parts = type_.parts if type_.kind == Kind.UNION else (type_,)
    return all(one.kind in SCALARS or one.name in ALL_TYPED_ARRAYS for one in parts)


def _may_be_text(type_: Type) -> bool:
    parts = type_.parts if type_.kind == Kind.UNION else (type_,)
    return any(one.kind == Kind.STRING for one in parts)


def growing(target: Target, arguments: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Argument lists that may make the memory grow."""
    for at, one in enumerate(target.signature.parameters):
        for bad in large(one.type, *LARGE[0]):
            yield (*arguments[:at], bad.source, *arguments[at + 1 :])


_IN_THE_COURSE: dict[Fault, Plan] = {
    Fault.CAUGHT_THROW: _caught_throw,
    Fault.CALLER_THROW: _caller_throw,
    Fault.HOST_THROW: _host_throw,
    Fault.REFUSED_GROWTH: _refused_growth,
    Fault.OUT_OF_FUEL: _out_of_fuel,
}
