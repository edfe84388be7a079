"""From what a trial showed to a verdict. Pure: an observation goes in, words come out."""

from collections.abc import Iterable
from dataclasses import dataclass

from wasm_verify.model import NO_GUARD, Fault, Result, Verdict
from wasm_verify.trials import OUT_OF_FUEL, Observation, Trial

LIVE_BYTES = "live bytes"
"""What is read where no method says how full an object is: the allocator."""

REFUSED_INPUT = (Fault.MALFORMED_INPUT, Fault.DEEP_INPUT)
"""Kinds that fire by being refused. An input that the module takes is no fault."""
ALWAYS_FIRES = (Fault.LARGE_INPUT, Fault.REFUSED_GROWTH)
MAY_SAY_OK = (Fault.MALFORMED_INPUT, Fault.DEEP_INPUT, Fault.LARGE_INPUT)
"""Kinds whose call may succeed without anything being wrong."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict of one trial, and the figures behind it."""

    trial: Trial
    verdict: Verdict
    baseline: int
    residue: int | None
    """Bytes above the baseline. None where nothing can be read."""
    probe: str
    error: str

    @property
    def reached(self) -> bool:
        return self.verdict != Verdict.NOT_REACHED


def judge(trial: Trial, seen: Observation) -> Judgement:
    state, residue, probe = _state(trial, seen)
    baseline = seen.before if probe != LIVE_BYTES and seen.before is not None else seen.live or 0
    error = seen.killed or seen.call_error or seen.error
    verdict = _verdict(trial, seen, state)
    if verdict == Verdict.NOT_REACHED:
        residue = None
    return Judgement(trial, verdict, baseline, residue, probe, error)


def _verdict(trial: Trial, seen: Observation, state: Verdict) -> Verdict:
    fault = trial.point.fault
    if state == Verdict.KILLED:
        return state
    if not _fired(fault, seen):
        # An input that was taken, and did harm with the guard in place, is a fault all the same.
        harmful = state in (Verdict.MODULE_DEAD, Verdict.POISONED) or (
            state == Verdict.RESIDUE and trial.guard != NO_GUARD
        )
        return state if harmful and fault in REFUSED_INPUT else Verdict.NOT_REACHED
    if state != Verdict.CLEARED:
        return state
    if seen.masked:
        return Verdict.MASKED
    return Verdict.MISSED if seen.call_ok and fault not in MAY_SAY_OK else state


def _fired(fault: Fault, seen: Observation) -> bool:
    if fault in ALWAYS_FIRES:
        return True
    return not seen.call_ok if fault in REFUSED_INPUT else seen.fired


def _state(trial: Trial, seen: Observation) -> tuple[Verdict, int | None, str]:
    """How the memory is, how much was left behind, and what was read for it."""
    probe = trial.target.probe or (LIVE_BYTES if seen.live is not None else "")
    if seen.killed:
        return Verdict.KILLED, None, probe
    if seen.revive_error:
        return Verdict.MODULE_DEAD, None, probe
    if seen.poisoned:
        return Verdict.POISONED, None, probe
    if seen.before is not None and seen.after is not None and seen.after > seen.before:
        return Verdict.RESIDUE, seen.after - seen.before, probe
    left = _left(trial, seen)
    if left:
        return Verdict.RESIDUE, left, LIVE_BYTES
    return Verdict.CLEARED, 0, probe


def no_answer(trial: Trial, seen: Observation) -> bool:
    """The call used up what the verifier gives one, which is not the fault that was injected."""
    return seen.trap == OUT_OF_FUEL and trial.point.fault != Fault.OUT_OF_FUEL


def _left(trial: Trial, seen: Observation) -> int:
    """Bytes that the allocator still counts as used, each time the fault is repeated.

    With a probe, or with a guard that ended the object: what is left when the object is gone.
    Without either, the object itself is what the caller left behind.
    """
    without_guard = trial.guard == NO_GUARD and not trial.target.probe
    return (seen.held if without_guard else seen.lost) or 0


def results(judgements: Iterable[Judgement]) -> tuple[Result, ...]:
    """One result per method, fault kind, guard and verdict; the worst first within a method."""
    groups: dict[tuple[str, Fault, str], list[Judgement]] = {}
    for one in judgements:
        trial = one.trial
        groups.setdefault((trial.target.name, trial.point.fault, trial.guard), []).append(one)
    return tuple(result for group in groups.values() for result in _of_group(group))


def _of_group(group: list[Judgement]) -> list[Result]:
    reached = sum(one.reached for one in group)
    found = {verdict: [one for one in group if one.verdict == verdict] for verdict in Verdict}
    return [_result(same, len(group), reached) for same in found.values() if same]


def _result(same: list[Judgement], points: int, reached: int) -> Result:
    worst = max(same, key=lambda one: one.residue or 0)
    trial = worst.trial
    return Result(
        class_name=trial.target.class_name,
        method=trial.target.method,
        fault=trial.point.fault,
        guard=trial.guard,
        points=points,
        reached=reached,
        verdict=worst.verdict,
        count=len(same),
        baseline=worst.baseline,
        residue_bytes=worst.residue,
        repro=trial.repro,
        probe=worst.probe,
        detail=same[0].error,
    )
