"""Where faults strike: the points of each kind for one target, spread evenly.

What can be spread follows from a fault-free run: how many host calls it made, how much fuel it
took, how many pages its memory grew by.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from wasm_verify.inputs import DEEP, MALFORMED, THROWING, Bad, large
from wasm_verify.model import Fault
from wasm_verify.target import Target
from wasm_verify.trials import Point
from wasm_verify.types import Field, Kind

MEBIBYTE = 1 << 20
LARGE_BYTES = 2 * MEBIBYTE
GROWING_BYTES = MEBIBYTE // 8
"""Enough to make most calls grow the memory, and quick."""
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
    found = list(_PLANS[fault](target, measured, points))
    return [found[n - 1] for n in spread(len(found), points)]


def _list(arguments: tuple[str, ...]) -> str:
    return f"[{', '.join(arguments)}]"


# Points in the course of a call

Plan = Callable[[Target, Measured, int], Iterator[Point]]


def _out_of_fuel(target: Target, measured: Measured, points: int) -> Iterator[Point]:
    for at in spread(measured.fuel - 1, points):
        yield Point(Fault.OUT_OF_FUEL, str(at), _list(measured.arguments), at)


def _throws(fault: Fault, count: int, measured: Measured, points: int) -> Iterator[Point]:
    for at in spread(count, max(1, points // 2)):
        yield Point(fault, str(at), _list(measured.arguments), at)
        if at < count:
            yield Point(fault, f"{at}+", _list(measured.arguments), at, sticky=True)


def _caught_throw(target: Target, measured: Measured, points: int) -> Iterator[Point]:
    return _throws(Fault.CAUGHT_THROW, measured.calls_caught, measured, points)


def _host_throw(target: Target, measured: Measured, points: int) -> Iterator[Point]:
    return _throws(Fault.HOST_THROW, measured.calls_host, measured, points)


def _refused_growth(target: Target, measured: Measured, points: int) -> Iterator[Point]:
    for at in spread(measured.pages, min(points, GROWTHS)):
        yield Point(Fault.REFUSED_GROWTH, str(at - 1), _list(measured.growing), at - 1)


def _caller_throw(target: Target, measured: Measured, points: int) -> Iterator[Point]:
    yield Point(Fault.CALLER_THROW, "after", _list(measured.arguments))


# Points by input


def _replaced(fault: Fault, measured: Measured, at: int, one: Field, bad: Bad) -> Point:
    arguments = (*measured.arguments[:at], bad.source, *measured.arguments[at + 1 :])
    return Point(fault, f"{bad.name}@{one.name}", _list(arguments))


def _by_input(fault: Fault, table: Callable[[Field], tuple[Bad, ...]]) -> Plan:
    def plan(target: Target, measured: Measured, points: int) -> Iterator[Point]:
        for at, one in enumerate(target.signature.parameters):
            for bad in table(one):
                yield _replaced(fault, measured, at, one, bad)

    return plan


SCALARS = (Kind.NUMBER, Kind.BOOLEAN, Kind.BIGINT, Kind.LITERAL, Kind.NOTHING)


def _malformed(one: Field) -> tuple[Bad, ...]:
    """What the declared type admits, and the wrong values that JavaScript passes by accident.

    Not objects for a text or a number: TypeScript refuses them, the glue of wasm-bindgen itself
    loses the few bytes that it reserved for them, and neither module nor caller can do anything
    about it.
    """
    plain = one.type.kind == Kind.STRING or one.type.kind in SCALARS
    return tuple(bad for bad in MALFORMED if bad.scalar or not plain)


def _throwing(one: Field) -> tuple[Bad, ...]:
    return () if one.type.kind == Kind.STRING or one.type.kind in SCALARS else THROWING


def _deep(one: Field) -> tuple[Bad, ...]:
    if one.type.kind in SCALARS:
        return ()
    return tuple(bad for bad in DEEP if bad.scalar or one.type.kind != Kind.STRING)


def _large(one: Field) -> tuple[Bad, ...]:
    return large(one.type, LARGE_BYTES)


def growing(target: Target, arguments: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Argument lists that may make the memory grow."""
    for at, one in enumerate(target.signature.parameters):
        for bad in large(one.type, GROWING_BYTES):
            yield (*arguments[:at], bad.source, *arguments[at + 1 :])


_PLANS: dict[Fault, Plan] = {
    Fault.MALFORMED_INPUT: _by_input(Fault.MALFORMED_INPUT, _malformed),
    Fault.THROWING_INPUT: _by_input(Fault.THROWING_INPUT, _throwing),
    Fault.DEEP_INPUT: _by_input(Fault.DEEP_INPUT, _deep),
    Fault.LARGE_INPUT: _by_input(Fault.LARGE_INPUT, _large),
    Fault.CAUGHT_THROW: _caught_throw,
    Fault.CALLER_THROW: _caller_throw,
    Fault.HOST_THROW: _host_throw,
    Fault.REFUSED_GROWTH: _refused_growth,
    Fault.OUT_OF_FUEL: _out_of_fuel,
}
