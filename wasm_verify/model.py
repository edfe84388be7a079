"""What the verifier says: plain immutable data, and the words it is said in.

Everything else in this package produces these values; an output format reads them and nothing else.
One `Result` stands for one method, fault kind, guard and verdict, so a method that a fault poisoned
40 times and that was cleared twice gives two results with the same `points` and `reached`.
`Report.to_json` is the one JSON form. What is not in it is there for people, and times differ from
run to run.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

NO_GUARD = "none"
VACUOUS = "vacuous"
"""How the reason begins where what is read never rose: `Class.method by probe` is not verified."""


class Fault(StrEnum):
    """The kinds of fault. `GATING` are those that users can meet and code can survive."""

    MALFORMED_INPUT = "malformed-input"
    """Values of the wrong type or shape: undefined, NaN, BigInt, a Symbol, a lone surrogate…"""
    THROWING_INPUT = "throwing-input"
    """Values whose own code throws: getters, proxies, `toJSON`, callbacks."""
    DEEP_INPUT = "deep-input"
    """Cycles, and values 20,000 levels deep."""
    LARGE_INPUT = "large-input"
    """Values of 128 KB and of 2 MB."""
    CAUGHT_THROW = "caught-throw"
    """The k-th call of an import that catches throws; Rust is handed an `Err`."""
    CALLER_THROW = "caller-throw"
    """The call succeeds, and the code that asked for it throws afterwards."""
    HOST_THROW = "host-throw"
    """The k-th call of an import that doesn't catch throws, across the frames of the module."""
    REFUSED_GROWTH = "refused-growth"
    """The memory may grow by k pages more and no further."""
    OUT_OF_FUEL = "out-of-fuel"
    """A trap at the k-th unit of work, which stands for a trap anywhere."""


GATING = (
    Fault.MALFORMED_INPUT,
    Fault.THROWING_INPUT,
    Fault.DEEP_INPUT,
    Fault.LARGE_INPUT,
    Fault.CAUGHT_THROW,
    Fault.CALLER_THROW,
)


class Verdict(StrEnum):
    """How the memory is after a fault and its guard. The order is from bad to good."""

    KILLED = "killed"
    """The verifier's child process died of it, or had to be ended: no answer in time."""
    MODULE_DEAD = "module-dead"
    """Every further call into the module fails, that of a new object too."""
    POISONED = "poisoned"
    """The object can't be read, cleared or freed any more. No guard can help."""
    RESIDUE = "residue"
    """It can be read, and holds more than a fresh object does."""
    MASKED = "masked"
    """Back to the baseline, but the guard's own error replaced the first one."""
    MISSED = "missed"
    """Back to the baseline, but the call said ok although the fault fired."""
    NOT_REACHED = "not-reached"
    """The fault did not fire. Never a pass."""
    CLEARED = "cleared"
    """Back to the reading of a fresh object."""


FAILING = frozenset(
    {Verdict.KILLED, Verdict.MODULE_DEAD, Verdict.POISONED, Verdict.RESIDUE, Verdict.MASKED}
)
"""Verdicts that fail a gating fault: memory stays behind, or nobody can tell why."""


@dataclass(frozen=True, slots=True)
class Result:
    """One method, fault kind, guard and verdict."""

    class_name: str
    """Empty for a function of the module."""
    method: str
    fault: Fault
    guard: str
    """`none`, `clear` (a `finally` that calls the module's clear, or its release where it has no
    clear) or the name of the user's file."""
    points: int
    """Faults of this kind that were injected with this guard, whatever their verdict."""
    reached: int
    """Those of `points` that fired."""
    verdict: Verdict
    count: int
    """Those of `points` with this verdict."""
    baseline: int
    """The reading of a fresh object, in bytes."""
    residue_bytes: int | None
    """The most that one of these faults left behind, in bytes. None where nothing can be read."""
    repro: str
    """What `--repro` takes to do the worst of these faults again."""
    probe: str = ""
    """What was read: the method's name, like `getBufferSize`, or `live bytes` of the allocator."""
    detail: str = ""
    """The first error that was seen, for people."""

    @property
    def name(self) -> str:
        return f"{self.class_name}.{self.method}" if self.class_name else self.method

    def to_json(self) -> dict[str, Any]:
        return {
            "class": self.class_name,
            "method": self.method,
            "fault": self.fault.value,
            "guard": self.guard,
            "points": self.points,
            "reached": self.reached,
            "verdict": self.verdict.value,
            "count": self.count,
            "baseline": self.baseline,
            "residue_bytes": self.residue_bytes,
            "repro": self.repro,
        }


@dataclass(frozen=True, slots=True)
class NotVerified:
    """What nothing is said of, and why."""

    what: str
    reason: str

    def to_json(self) -> dict[str, Any]:
        return {"what": self.what, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Report:
    """All that a run found out about one module."""

    module: str
    """The path, as the user gave it."""
    engine: str
    """What ran it, with versions."""
    seed: int
    results: tuple[Result, ...]
    not_verified: tuple[NotVerified, ...]
    gate: frozenset[Fault] = field(default=frozenset(GATING))
    guard: str = "clear"
    """Whose results decide. Those of another are there to compare."""
    seconds: float = 0.0
    """Wall time of the run."""

    @property
    def guarded(self) -> tuple[Result, ...]:
        """With the guard of the run. A function has nothing to guard."""
        return tuple(one for one in self.results if one.guard == self.guard or not one.class_name)

    @property
    def deciding(self) -> tuple[Result, ...]:
        return tuple(one for one in self.guarded if one.fault in self.gate)

    @property
    def failures(self) -> tuple[Result, ...]:
        return tuple(one for one in self.deciding if one.verdict in FAILING)

    @property
    def passed(self) -> bool:
        """True if every gating fault that was reached came back, with the guard."""
        return not self.failures

    def to_json(self, version: str) -> dict[str, Any]:
        """One object. `version` is that of the program that writes it."""
        return {
            "version": version,
            "module": self.module,
            "engine": self.engine,
            "seed": self.seed,
            "results": [result.to_json() for result in self.results],
            "not_verified": [one.to_json() for one in self.not_verified],
        }
