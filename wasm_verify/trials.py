"""One trial: a target, an input, a fault, a guard. And what was seen of it.

A trial is data that a child process can run, and its `repro` is a text that stands for exactly it.
"""

from dataclasses import dataclass
from typing import Any

from wasm_verify.errors import InputError
from wasm_verify.model import NO_GUARD, Fault
from wasm_verify.target import Target

OUT_OF_FUEL = "out of fuel"
"""The trap of a call that used up its fuel."""
CLEAR_GUARD = "clear"
"""A `finally` that calls the clear, or the release where there is no clear."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where a fault of one kind strikes, and with which input."""

    fault: Fault
    label: str
    """Unique among the points of a target and kind: the k-th, or the name of an input."""
    arguments: str
    """A JavaScript expression: the list of arguments."""
    at: int = 0
    """The k-th call, page, or unit of fuel."""
    sticky: bool = False
    """From the k-th call on, not at it alone."""


@dataclass(frozen=True, slots=True)
class Trial:
    target: Target
    make: str
    """A JavaScript expression for the object."""
    point: Point
    guard: str
    seed: int

    @property
    def repro(self) -> str:
        return Repro(
            self.target.name, self.point.fault, self.point.label, self.seed, self.guard
        ).text

    def spec(self) -> dict[str, Any]:
        """What driver.js runs."""
        point = self.point
        guard = self.guard if self.guard == NO_GUARD else "finally"
        return {
            **call_spec(self.target, self.make, point.arguments),
            "fault": {"kind": point.fault.value, "point": point.at, "sticky": point.sticky},
            "watch": point.fault in (Fault.CAUGHT_THROW, Fault.HOST_THROW),
            "guard": guard if self.guard in (NO_GUARD, CLEAR_GUARD) else "user",
        }


def call_spec(target: Target, make: str, arguments: str) -> dict[str, Any]:
    return {
        "make": f"(api, fault) => ({make})",
        "method": target.signature.name,
        "args": f"(api, fault) => {arguments}",
        "probe": target.probe,
        "release": target.release,
        "cleanup": target.cleanup,
        "guard": NO_GUARD,
    }


@dataclass(frozen=True, slots=True)
class Repro:
    """`Class.method:fault:point:seed:guard`."""

    target: str
    fault: Fault
    label: str
    seed: int
    guard: str

    @property
    def text(self) -> str:
        return f"{self.target}:{self.fault}:{self.label}:{self.seed}:{self.guard}"

    @classmethod
    def parse(cls, text: str) -> "Repro":
        parts = text.split(":", 4)
        try:
            target, fault, label, seed, guard = parts
            return cls(target, Fault(fault), label, int(seed), guard)
        except ValueError as error:
            raise InputError(
                f"`{text}` is no repro; one looks like Encoder.encode:out-of-fuel:2000:0:clear"
            ) from error


@dataclass(frozen=True, slots=True)
class Observation:
    """What a trial showed. Plain facts, no judgement."""

    ok: bool = True
    """The guarded call returned."""
    error: str = ""
    call_ok: bool = True
    """The call itself returned."""
    call_error: str = ""
    masked: bool = False
    """Another error came out of the guard than went in."""
    trap: str = ""
    """What the module itself ran into, if it did."""
    fired: bool = False
    """The injected exception was thrown, or the fuel ran out."""
    before: int | None = None
    """What the probe of the fresh object said. None without a probe, or where it failed."""
    after: int | None = None
    after_error: str = ""
    released: bool = False
    """The guard ended the object."""
    release_error: str = ""
    revive_error: str = ""
    """Why a new object of the same instance fails."""
    live: int | None = None
    """Bytes in use before the object was made. None if the allocator is unknown."""
    held: int | None = None
    """Bytes more while the object was there, after the call and its guard."""
    lost: int | None = None
    """Bytes more once it was released."""
    fuel: int = 0
    grown: int = 0
    """Pages that the memory grew by in the call."""
    calls_caught: int = 0
    calls_host: int = 0
    failed: str = ""
    """Why the trial could not be run."""
    killed: str = ""
    """Why the child process was lost over it."""

    @property
    def poisoned(self) -> bool:
        return bool(self.after_error or self.release_error)

    @classmethod
    def of(cls, said: dict[str, Any]) -> "Observation":
        if "failed" in said:
            return cls(failed=said["failed"])
        calls = said["calls"]
        return cls(
            ok=said["ok"],
            error=said["error"],
            call_ok=said["callOk"],
            call_error=said["callError"],
            masked=said["masked"],
            trap=said["trap"],
            fired=said["fired"],
            before=_whole(said["before"]),
            after=_whole(said["after"]),
            after_error=said["after"].get("error", ""),
            released=said["freed"],
            release_error=said["release"].get("error", ""),
            revive_error=said.get("revived", {}).get("error", ""),
            live=_known(said["live"][0]),
            held=_known(said["held"]),
            lost=_known(said["lost"]),
            fuel=said.get("fuel", 0),
            grown=said.get("grown", 0),
            calls_caught=calls["caught"],
            calls_host=calls["host"],
        )


def _whole(reading: dict[str, Any]) -> int | None:
    value = reading.get("value")
    return int(value) if isinstance(value, int | float) else None


def _known(count: int) -> int | None:
    return count if count >= 0 else None
