"""Findings against the module itself: the faults that belong to a finding are really run.

What is exercised is the method that a finding names, as the module exports it. The place of the
finding is not run; the mark says so.
"""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from cleanuplint.errors import UserError
from cleanuplint.findings import Exercise
from cleanuplint.report import Confirmation, Mark, Placed, Report
from wasm_verify.errors import InputError, ModuleError
from wasm_verify.judge import Judgement
from wasm_verify.model import NO_GUARD, Fault, Verdict
from wasm_verify.module import Module
from wasm_verify.options import Options
from wasm_verify.package import load
from wasm_verify.run import Tried, try_all

POINTS = 48
"""Faults of a kind: enough for every bad value of a method with one or two parameters."""
REFUSALS = frozenset(
    {
        Fault.MALFORMED_INPUT,
        Fault.THROWING_INPUT,
        Fault.DEEP_INPUT,
        Fault.LARGE_INPUT,
        Fault.CAUGHT_THROW,
    }
)
"""Faults on which Rust may answer with an `Err`."""
ROUNDS = (
    (Fault.CALLER_THROW, Fault.MALFORMED_INPUT, Fault.CAUGHT_THROW, Fault.THROWING_INPUT),
    (Fault.DEEP_INPUT, Fault.LARGE_INPUT),
)
"""The slow faults are tried only where the quick ones showed nothing."""
PANIC = "unreachable"
"""What a panic of Rust looks like from outside."""

Progress = Callable[[int, int], None]


def _stays(seen: Judgement) -> bool:
    return seen.verdict == Verdict.RESIDUE


def _stays_after_error(seen: Judgement) -> bool:
    return _stays(seen) and seen.trial.point.fault in REFUSALS and bool(seen.error)


def _panics(seen: Judgement) -> bool:
    return seen.verdict in (Verdict.POISONED, Verdict.MODULE_DEAD) and PANIC in seen.error


EVIDENCE: Mapping[str, Callable[[Judgement], bool]] = {
    "unguarded-call": _stays,
    "no-such-release": _stays,
    "error-path-keeps-buffer": _stays_after_error,
    "panic-poisons-object": _panics,
}
"""What confirms a finding of a rule. Findings of other rules have no mark."""


def confirm(report: Report, package: str, progress: Progress = lambda done, total: None) -> Report:
    """The report with a mark on each finding that a run of the module can confirm.

    Raises UserError if the module can't be run.
    """
    try:
        confirming = _Confirming(package, load(package), {})
    except ModuleError as error:
        raise UserError(f"--confirm: {error}") from error
    wanted = sum(one.rule in EVIDENCE for one in report.findings)
    done = 0
    results = []
    for result in report.results:
        progress(done, wanted)
        results.append(replace(result, findings=tuple(map(confirming.marked, result.findings))))
        done += sum(one.rule in EVIDENCE for one in result.findings)
    return replace(report, results=tuple(results))


@dataclass(slots=True)
class _Confirming:
    package: str
    module: Module
    runs: dict[tuple[str, str, int], Tried | str]
    """What came of each class, method and round: a report, or why there is none."""

    def marked(self, found: Placed) -> Placed:
        if found.rule not in EVIDENCE:
            return found
        return replace(found, confirmation=self._confirmation(found))

    def _confirmation(self, found: Placed) -> Confirmation:
        exercise = found.exercise
        if exercise is None:
            return Confirmation(Mark.NOT_EXERCISED, "the finding names no exported method")
        if exercise.absent and self._has(exercise):
            said = f"the module does export {exercise.class_name}.{exercise.absent}"
            return Confirmation(Mark.NOT_REPRODUCED, said)
        return self._exercised(exercise, EVIDENCE[found.rule])

    def _has(self, exercise: Exercise) -> bool:
        declared = self.module.declarations.classes
        own = next((one for one in declared if one.name == exercise.class_name), None)
        return own is not None and own.member(exercise.absent) is not None

    def _exercised(self, exercise: Exercise, evidence: Callable[[Judgement], bool]) -> Confirmation:
        name = ".".join(filter(None, (exercise.class_name, exercise.method)))
        what = f"{name} of {self.package} was exercised, not this place"
        fired = 0
        for turn in range(len(ROUNDS)):
            run = self._run(exercise, turn)
            if isinstance(run, str):
                return Confirmation(Mark.NOT_EXERCISED, run)
            shown = [one for one in run.judgements if evidence(one)]
            if shown:
                return self._confirmed(what, max(shown, key=lambda one: one.residue or 0))
            fired += sum(one.reached for one in run.judgements)
        if not fired:
            return Confirmation(Mark.NOT_EXERCISED, f"no fault could be injected into {name}")
        return Confirmation(Mark.NOT_REPRODUCED, f"{what}: {fired} faults fired without it")

    def _confirmed(self, what: str, worst: Judgement) -> Confirmation:
        package, repro = shlex.quote(self.package), shlex.quote(worst.trial.repro)
        again = f"cleanuplint verify {package} --repro {repro}"
        return Confirmation(Mark.CONFIRMED, f"{what}: {_seen(worst)}", again)

    def _run(self, exercise: Exercise, turn: int) -> Tried | str:
        key = (exercise.class_name, exercise.method, turn)
        if key not in self.runs:
            self.runs[key] = self._verified(*key)
        return self.runs[key]

    def _verified(self, class_name: str, method: str, turn: int) -> Tried | str:
        options = Options(
            class_name=class_name,
            method=method,
            faults=ROUNDS[turn],
            points=POINTS,
            guard=NO_GUARD,
        )
        try:
            found = try_all(self.package, options)
        except InputError as error:
            return str(error)
        except ModuleError as error:
            raise UserError(f"--confirm: {error}") from error
        if not found.judgements and found.not_verified:
            return found.not_verified[0].reason
        return found


def _seen(one: Judgement) -> str:
    fault = one.trial.point.fault
    if one.verdict == Verdict.RESIDUE:
        return f"{one.residue or 0:,} bytes stay after {fault}, without a guard"
    return f"{one.verdict} after {fault}"
