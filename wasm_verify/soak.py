"""The endurance test: many operations in one instance, faults mixed in, and does the memory stay?

    prepare: what works, which faults it survives     run: life after life of an instance
    ─────────────────────────────────────────────     ───────────────────────────────────
    one call of each, and one trial of each fault  →  warm-up │ 1,000 │ snapshot │ 1,000 │ …

A life ends when a fault or what faults left behind kills the instance, when the child process is
lost, or when the soak is stopped. What was learnt so far is in the state file, and the next life
goes on from there. Memory is compared within a life, from its first snapshot, after the warm-up,
to its last; growth is the sum over all lives, so that a restart hides nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

from wasm_verify import faults
from wasm_verify.baseline import Unusable, measure
from wasm_verify.errors import InputError
from wasm_verify.isolation.worker import ChildLost
from wasm_verify.judge import judge, no_answer
from wasm_verify.model import NO_GUARD, Fault, NotVerified, Verdict
from wasm_verify.options import Options
from wasm_verify.run import chosen, engine_name
from wasm_verify.session import Session
from wasm_verify.soaking import (
    Endurance,
    Snapshot,
    Writer,
    fingerprint,
    read_state,
    write_state,
)
from wasm_verify.target import Target
from wasm_verify.trials import Point, Trial

MEBIBYTE = 1 << 20
FAULT_EVERY = 10
"""One operation of so many has a fault."""
POINTS = 3
"""The most faults of one kind for one method in the mix."""
BATCH = 25
"""Operations between two answers of the child process."""
SAVE_SECONDS = 5.0
MIXED = frozenset(Fault) - {Fault.LARGE_INPUT}
"""Large values are left out: each takes the time of a thousand calls, and the holes that it leaves
in the memory hide a small growth."""
FATAL = (Verdict.MODULE_DEAD, Verdict.KILLED)

SoakProgress = Callable[[Endurance], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How long a soak goes on, and what it may cost."""

    operations: int | None = None
    seconds: float | None = None
    """Over all runs that the state file joins."""
    every: int = 1000
    """Operations from one snapshot to the next."""
    max_growth: int = 5 * MEBIBYTE
    """Bytes."""
    state: Path | None = None
    """Where to keep what was learnt, and where to go on from."""
    write: Writer = Path.write_text
    """What writes that file: one that replaces it as a whole survives a stop at any moment."""

    def __post_init__(self) -> None:
        if (self.operations is None) == (self.seconds is None):
            raise InputError("a soak has a number of operations or a duration")
        if (self.operations or self.seconds or 0) <= 0 or self.every < 1:
            raise InputError("a soak takes at least one operation, or some time")

    def done(self, so_far: Endurance) -> bool:
        if self.operations is not None:
            return so_far.operations >= self.operations
        return so_far.seconds >= (self.seconds or 0)


@dataclass(frozen=True, slots=True)
class Mix:
    """The operations of a soak."""

    plain: tuple[Trial, ...]
    """Calls without a fault."""
    faulty: tuple[Trial, ...]

    @property
    def all(self) -> tuple[Trial, ...]:
        return (*self.plain, *self.faulty)

    def number(self, operation: int) -> int:
        """Which of `all` the n-th operation is."""
        turn, at = divmod(operation, FAULT_EVERY)
        if self.faulty and at == FAULT_EVERY - 1:
            return len(self.plain) + turn % len(self.faulty)
        return (operation - (turn if self.faulty else 0)) % len(self.plain)


def soak(
    module: str | Path,
    plan: Plan,
    options: Options | None = None,
    progress: SoakProgress | None = None,
) -> Endurance:
    """Soaks a package directory or a `.wasm` file.

    A KeyboardInterrupt ends it early; what was learnt is returned, and in the state file. Raises
    ModuleError if the module can't be loaded, InputError if the options or the state don't fit.
    """
    options = options or Options()
    with Session(module, options) as session:
        began = _begin(str(module), session, options, plan)
        try:
            mix, began = _prepare(session, options, began)
        except KeyboardInterrupt:
            return replace(began, interrupted=True)
        return _Soak(session, mix, plan, began, progress or _silent).run()


def _silent(so_far: Endurance) -> None:
    pass


def _begin(module: str, session: Session, options: Options, plan: Plan) -> Endurance:
    """The state to go on from: that of the file, if there is one."""
    fresh = Endurance(
        module=module,
        engine=engine_name(options.engine),
        fingerprint=fingerprint(session.module),
        seed=options.seed,
        guard=options.guards[-1],
        max_growth=plan.max_growth,
    )
    if plan.state is None or not plan.state.exists():
        return fresh
    known = read_state(plan.state)
    if known.fingerprint != fresh.fingerprint:
        raise InputError(f"{plan.state}: is about another module, or it was built anew; remove it")
    if (known.seed, known.guard) != (fresh.seed, fresh.guard):
        raise InputError(
            f"{plan.state}: was begun with seed {known.seed} and guard {known.guard}; "
            "use the same, or another file"
        )
    if known.engine.split()[0] != options.engine:
        raise InputError(f"{plan.state}: was begun with {known.engine}; use that, or another file")
    return replace(known, module=module, engine=fresh.engine, max_growth=plan.max_growth)


# ---- what to do ----


def _prepare(session: Session, options: Options, so_far: Endurance) -> tuple[Mix, Endurance]:
    """Measures every target, and tries each fault once in an instance of its own."""
    plain: list[Trial] = []
    faulty: list[Trial] = []
    fatal: list[str] = []
    skipped = list(session.not_offered)
    for target in chosen(session.targets, options):
        try:
            own = list(_trials(session, options, target))
        except Unusable as reason:
            skipped.append(NotVerified(target.name, f"no generated input was taken: {reason}"))
            continue
        except ChildLost as lost:
            skipped.append(NotVerified(target.name, f"a call without any fault {lost}"))
            continue
        plain.append(own[0])
        for trial in own[1:]:
            seen = session.run(trial)
            verdict = judge(trial, seen).verdict
            if no_answer(trial, seen) or seen.failed:
                why = seen.failed or "takes more units of work than one call may"
                skipped.append(NotVerified(trial.repro, why))
            elif verdict in FATAL:
                fatal.append(f"{verdict}: {trial.repro}")
            elif verdict != Verdict.NOT_REACHED:
                faulty.append(trial)
    if not plain:
        reasons = "; ".join(f"{one.what}: {one.reason}" for one in skipped[:3])
        raise InputError(f"{so_far.module}: nothing to soak: {reasons or 'it offers nothing'}")
    Random(options.seed).shuffle(faulty)
    methods = tuple(trial.target.name for trial in plain)
    learnt = replace(so_far, methods=methods, fatal=tuple(fatal), not_verified=tuple(skipped))
    return Mix(tuple(plain), tuple(faulty)), learnt


def _trials(session: Session, options: Options, target: Target) -> Iterator[Trial]:
    """The call without a fault, then the faults of a target."""
    mixed = [fault for fault in options.injected if fault in MIXED & options.gate]
    growth = Fault.REFUSED_GROWTH in mixed
    found = measure(session.observe, target, session.inputs, growth)
    guard = options.guards[-1] if target.on_object else NO_GUARD
    normal = Point(Fault.CALLER_THROW, "none", f"[{', '.join(found.measured.arguments)}]")
    yield Trial(target, found.make, normal, guard, options.seed)
    for fault in mixed:
        for point in faults.points_of(target, found.measured, fault, POINTS):
            yield Trial(target, found.make, point, guard, options.seed)


def _spec(trial: Trial, plain: bool) -> dict[str, Any]:
    """What soak.js takes: a trial, and the name by which its object lives on."""
    owner = trial.target.owner
    keep = trial.target.class_name if owner and owner.clear else ""
    spec = {**trial.spec(), "keep": keep}
    return {**spec, "fault": None, "watch": False} if plain else spec


# ---- doing it ----


class _Soak:
    def __init__(
        self, session: Session, mix: Mix, plan: Plan, so_far: Endurance, progress: SoakProgress
    ) -> None:
        self.session, self.mix, self.plan, self.progress = session, mix, plan, progress
        self.so_far = so_far
        self._earlier = so_far.seconds
        self._began = self._saved = monotonic()
        self._specs = [
            _spec(trial, number < len(mix.plain)) for number, trial in enumerate(mix.all)
        ]

    def run(self) -> Endurance:
        try:
            while not self.plan.done(self.so_far) and self._live():
                pass
        except KeyboardInterrupt:
            self._learn(interrupted=True)
        self._save()
        return self.so_far

    def _live(self) -> bool:
        """One life of an instance. False if it ended before it began."""
        life = self.so_far.lives
        self._learn(interrupted=False, lives=life + 1)
        try:
            self.session.ask("soakOpen", self._specs)
            self._batches(list(range(len(self.mix.plain))))
            self._snapshot()
            while not self.plan.done(self.so_far):
                first = self.so_far.operations
                count = self.plan.every - first % self.plan.every
                if self.plan.operations is not None:
                    count = min(count, self.plan.operations - first)
                self._batches([self.mix.number(first + n) for n in range(count)])
                self._snapshot()
        except ChildLost as lost:
            self._die(str(lost))
        except _Died as died:
            self._die(str(died))
        return any(one.life == life for one in self.so_far.snapshots)

    def _batches(self, numbers: list[int]) -> None:
        for at in range(0, len(numbers), BATCH):
            said = self.session.ask("soakRun", numbers[at : at + BATCH])
            if "failed" in said:
                raise _Died(said["failed"])
            self._count(said)
            if said["dead"]:
                raise _Died(said["dead"])
            self.progress(self.so_far)
            if self.plan.seconds is not None and self.plan.done(self.so_far):
                return

    def _count(self, said: dict[str, Any]) -> None:
        so_far = self.so_far
        self._learn(
            operations=so_far.operations + said["done"],
            faults=so_far.faults + said["faults"],
            failed=so_far.failed + said["threw"],
            poisoned=so_far.poisoned + said["poisoned"],
            residues=so_far.residues + said["residue"],
            residue_bytes=max(so_far.residue_bytes, said["left"]),
        )

    def _die(self, reason: str) -> None:
        self._learn(deaths=(*self.so_far.deaths, f"after {self.so_far.operations:,}: {reason}"))

    def _snapshot(self) -> None:
        said = self.session.ask("soakReading", None)
        reading = Snapshot(
            operations=self.so_far.operations,
            seconds=round(self.so_far.seconds, 3),
            memory=said["memory"],
            live=said["live"] if said["live"] >= 0 else None,
            buffer=int(said["buffer"]),
            rss=said["rss"],
            life=self.so_far.lives - 1,
        )
        self.so_far = self.so_far.with_snapshot(reading)
        self.progress(self.so_far)
        if monotonic() - self._saved > SAVE_SECONDS:
            self._save()

    def _learn(self, **changes: Any) -> None:
        seconds = self._earlier + monotonic() - self._began
        self.so_far = replace(self.so_far, seconds=seconds, **changes)

    def _save(self) -> None:
        self._saved = monotonic()
        if self.plan.state is not None:
            write_state(self.plan.state, self.so_far, self.plan.write)


class _Died(Exception):
    """The instance is dead. The text says of what."""
