"""The whole of a verification: load, measure, inject, judge."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from wasm_verify import faults
from wasm_verify.baseline import Baseline, Unusable, measure
from wasm_verify.errors import InputError
from wasm_verify.isolation.worker import ChildLost
from wasm_verify.judge import Judgement, judge, no_answer, results
from wasm_verify.model import NO_GUARD, NotVerified, Report, Verdict
from wasm_verify.options import Options
from wasm_verify.session import Session
from wasm_verify.target import Target
from wasm_verify.trials import Observation, Point, Repro, Trial

Progress = Callable[[str, int, int], None]
"""Is told the target, how many of its trials are done, and how many there are."""


def verify(
    module: str | Path, options: Options | None = None, progress: Progress | None = None
) -> Report:
    """Verifies a package directory or a `.wasm` file.

    Raises ModuleError if the module can't be loaded, InputError if the options don't fit it.
    """
    options = options or Options()
    began = monotonic()
    with Session(module, options) as session:
        run = _Run(session, options, progress or _silent)
        run.all(_chosen(session.targets, options))
    return Report(
        module=str(module),
        engine=engine_name(),
        seed=options.seed,
        results=results(run.judgements),
        not_verified=tuple(run.not_verified),
        gate=options.gate,
        seconds=monotonic() - began,
    )


def engine_name() -> str:
    from importlib.metadata import version

    return f"wasmtime {version('wasmtime')}, quickjs-ng {version('quickjs-ng')}"


def _silent(target: str, done: int, count: int) -> None:
    pass


def _chosen(targets: tuple[Target, ...], options: Options) -> list[Target]:
    wanted = Repro.parse(options.repro).target if options.repro else ""
    found = [one for one in targets if _wanted(one, options) and wanted in ("", one.name)]
    if not found:
        named = wanted or ".".join(filter(None, (options.class_name, options.method)))
        offered = ", ".join(one.name for one in targets[:12]) or "nothing"
        raise InputError(f"the module offers no `{named}`; it offers {offered}")
    return found


def _wanted(target: Target, options: Options) -> bool:
    owner = target.owner.name if target.owner else ""
    return options.class_name in ("", owner) and options.method in ("", target.signature.name)


@dataclass
class _Run:
    session: Session
    options: Options
    progress: Progress

    def __post_init__(self) -> None:
        self.judgements: list[Judgement] = []
        self.not_verified: list[NotVerified] = list(self.session.not_offered)

    def all(self, targets: list[Target]) -> None:
        for target in targets:
            try:
                self._one(target, measure(self.session.observe, target, self.session.inputs))
            except Unusable as reason:
                self._skip(target.name, f"no generated input was taken: {reason}")
            except ChildLost as lost:
                self._skip(target.name, f"a call without any fault {lost}")

    def _skip(self, what: str, reason: str) -> None:
        self.not_verified.append(NotVerified(what, reason))

    def _one(self, target: Target, baseline: Baseline) -> None:
        trials = list(self._trials(target, baseline))
        risen = _risen(baseline)
        found = []
        for number, trial in enumerate(trials):
            self.progress(target.name, number, len(trials))
            seen = self.session.run(trial)
            if reason := self._unjudged(trial, seen):
                self._skip(trial.repro, reason)
                continue
            risen = risen or (seen.after or 0) > (seen.before or 0)
            found.append(judge(trial, seen))
        readable = bool(target.probe) or self.session.knows_allocator
        self.judgements += [one for one in found if readable or one.verdict not in _READ]
        self._doubts(target, baseline, readable, risen)

    def _unjudged(self, trial: Trial, seen: Observation) -> str:
        """Why a trial says nothing about the module."""
        if no_answer(trial, seen):
            return (
                f"takes more than the {self.options.limits.fuel:,} units of work that one call may"
            )
        return seen.failed

    def _doubts(self, target: Target, baseline: Baseline, readable: bool, risen: bool) -> None:
        if not readable:
            self._skip(target.name, "nothing says what it holds: no size method, allocator unknown")
        elif target.probe and not risen:
            rest = f"{baseline.seen.before}, so that reading it proves nothing"
            self._skip(f"{target.name} by {target.probe}", f"vacuous: never above {rest}")

    def _trials(self, target: Target, baseline: Baseline) -> Iterator[Trial]:
        wanted = Repro.parse(self.options.repro) if self.options.repro else None
        guards = self.options.guards if target.on_object else (NO_GUARD,)
        for point in self._points(target, baseline):
            for guard in guards:
                trial = Trial(target, baseline.make, point, guard, self.options.seed)
                if wanted is None or wanted.text == trial.repro:
                    yield trial

    def _points(self, target: Target, baseline: Baseline) -> Iterator[Point]:
        for fault in self.options.faults:
            yield from faults.points_of(target, baseline.measured, fault, self.options.points)


_READ = (Verdict.CLEARED, Verdict.MISSED, Verdict.MASKED)
"""What only a reading can tell."""


def _risen(baseline: Baseline) -> bool:
    return (baseline.seen.after or 0) > (baseline.seen.before or 0)
