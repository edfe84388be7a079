"""All faults of one target, one after the other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from wasm_verify import faults
from wasm_verify.baseline import Baseline, Unusable, measure
from wasm_verify.isolation.worker import ChildLost
from wasm_verify.judge import Judgement, judge, no_answer
from wasm_verify.model import NO_GUARD, VACUOUS, Fault, NotVerified, Verdict
from wasm_verify.options import Options
from wasm_verify.session import Session
from wasm_verify.target import Target
from wasm_verify.trials import CLEAR_GUARD, Observation, Point, Repro, Trial

Progress = Callable[[str, int, int], None]
"""Is told the target, how many of its trials are done, and how many there are."""

_READ = (Verdict.CLEARED, Verdict.MISSED, Verdict.MASKED)
"""What only a reading can tell."""


@dataclass
class Outcome:
    """What there is to say about one target."""

    judgements: list[Judgement] = field(default_factory=list)
    not_verified: list[NotVerified] = field(default_factory=list)

    def skip(self, what: str, reason: str) -> None:
        self.not_verified.append(NotVerified(what, reason))


def experiment(session: Session, target: Target, progress: Progress) -> Outcome:
    """Measures a target without a fault, and then with each of them."""
    outcome = Outcome()
    try:
        growth = Fault.REFUSED_GROWTH in session.options.injected
        baseline = measure(session.observe, target, session.inputs, growth)
        _inject(session, target, baseline, progress, outcome)
    except Unusable as reason:
        outcome.skip(target.name, f"no generated input was taken: {reason}")
    except ChildLost as lost:
        outcome.skip(target.name, f"a call without any fault {lost}")
    return outcome


def _inject(
    session: Session, target: Target, baseline: Baseline, progress: Progress, outcome: Outcome
) -> None:
    trials = list(_trials(target, baseline, session.options))
    risen = _rose(baseline.seen)
    readable = bool(target.probe) or session.knows_allocator
    last: Judgement | None = None
    for number, trial in enumerate(trials):
        progress(target.name, number, len(trials))
        if last is not None and _as_dead(trial, last):
            outcome.judgements.append(replace(last, trial=trial))
            continue
        seen = session.run(trial)
        risen = risen or _rose(seen)
        if reason := _unjudged(trial, seen, session.options):
            outcome.skip(trial.repro, reason)
            continue
        last = judged = judge(trial, seen)
        if readable or judged.verdict not in _READ:
            outcome.judgements.append(judged)
    progress(target.name, len(trials), len(trials))
    _doubt(target, baseline, readable, risen, outcome)


def _as_dead(trial: Trial, bare: Judgement) -> bool:
    """Is it the same call with a clear after it, which the module did not survive without one? A
    module in which nothing works any more has no clear that works, and it takes long to kill."""
    same = (bare.trial.target, bare.trial.point) == (trial.target, trial.point)
    return same and trial.guard == CLEAR_GUARD and bare.verdict == Verdict.MODULE_DEAD


def _unjudged(trial: Trial, seen: Observation, options: Options) -> str:
    """Why a trial says nothing about the module."""
    if no_answer(trial, seen):
        most = f"{options.limits.fuel:,} units of work, the limit of one call"
        return f"takes more than {most}; a longer timeout allows more"
    return seen.failed


def _doubt(
    target: Target, baseline: Baseline, readable: bool, risen: bool, outcome: Outcome
) -> None:
    if not readable:
        outcome.skip(target.name, "nothing says what it holds: no size method, allocator unknown")
    elif target.probe and not risen:
        rest = f"{baseline.seen.before}, so that reading it proves nothing"
        outcome.skip(f"{target.name} by {target.probe}", f"{VACUOUS}: never above {rest}")


def _rose(seen: Observation) -> bool:
    return (seen.after or 0) > (seen.before or 0)


def _trials(target: Target, baseline: Baseline, options: Options) -> Iterator[Trial]:
    wanted = Repro.parse(options.repro) if options.repro else None
    guards = options.guards if target.on_object else (NO_GUARD,)
    for point in _points(target, baseline, options, wanted):
        for guard in guards:
            if wanted is None or guard == wanted.guard:
                yield Trial(target, baseline.make, point, guard, options.seed)


def _points(
    target: Target, baseline: Baseline, options: Options, wanted: Repro | None
) -> Iterator[Point]:
    if wanted is not None:
        yield from faults.point_labelled(target, baseline.measured, wanted.fault, wanted.label)
        return
    for fault in options.injected:
        yield from faults.points_of(target, baseline.measured, fault, options.points)
