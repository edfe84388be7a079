"""Many operations on one long-lived instance, with faults mixed in: does it grow?

The operations follow from the seed and their number, so that a soak can be stopped after any of
them and taken up again. What the module held is then gone with its process.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from wasm_verify import faults
from wasm_verify.baseline import Unusable, measure
from wasm_verify.errors import ModuleError
from wasm_verify.isolation.worker import ChildLost
from wasm_verify.model import GATING, Fault
from wasm_verify.session import Session
from wasm_verify.target import Target
from wasm_verify.trials import Point, Trial

FAULT_SHARE = 0.3
"""Of the operations, how many have a fault."""
BATCH = 100
"""Operations for one request to the child, which has one time limit."""
MIXED_IN = tuple(one for one in GATING if one != Fault.LARGE_INPUT)
"""Large inputs make the memory grow once and for all, which is no leak."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What there is after so many operations, since the soak began or was taken up again."""

    operations: int
    faults: int
    """Operations whose fault fired."""
    errors: int
    """Operations that ended in an error."""
    poisoned: int
    """Objects that had to be replaced."""
    instances: int
    """Instances of the module that were needed: 1 if none died."""
    memory_bytes: int
    """Size of the linear memory."""
    live_bytes: int | None
    """What the allocator counts as used. None where it is unknown."""
    buffer_bytes: int
    """The sum of what the sizes of all objects say."""
    rss_bytes: int
    """Resident memory of the child process. 0 where the system doesn't tell."""


class Soak:
    """Operations on all that a session offers. Not for two threads."""

    def __init__(
        self, session: Session, share: float = FAULT_SHARE, mixed_in: tuple[Fault, ...] = MIXED_IN
    ) -> None:
        """Raises ModuleError if nothing of the module can be driven."""
        self._session = session
        self._share = share
        self._plans = [plan for target in session.targets if (plan := self._plan(target, mixed_in))]
        if not self._plans:
            raise ModuleError(f"{session.module.path}: nothing of it can be called without a fault")

    def run(self, first: int, count: int, done: Callable[[int], None] | None = None) -> Snapshot:
        """Runs operations number `first` to `first + count - 1`; `done` is told how many are.

        Raises ChildLost if the child dies; the session has a new one then.
        """
        said: dict[str, Any] = {}
        for start in range(first, first + count, BATCH):
            numbers = range(start, min(start + BATCH, first + count))
            said = self._session.operate([self.operation(number) for number in numbers])
            if done:
                done(numbers[-1] + 1 - first)
        return _snapshot(said)

    def _plan(self, target: Target, mixed_in: tuple[Fault, ...]) -> "_Plan | None":
        try:
            baseline = measure(self._session.observe, target, self._session.inputs)
        except (Unusable, ChildLost):
            return None
        points = [
            point
            for fault in mixed_in
            for point in faults.points_of(target, baseline.measured, fault, 10)
        ]
        return _Plan(target, baseline.make, baseline.measured, tuple(points))

    def operation(self, number: int) -> dict[str, Any]:
        """What the operation of this number is, as driver.js takes it."""
        random = Random(f"{self._session.options.seed} {number}")
        plan = random.choice(self._plans)
        faulty = plan.points and random.random() < self._share
        point = random.choice(plan.points) if faulty else plan.plain
        guard = self._session.options.guards[-1]
        return Trial(plan.target, plan.make, point, guard, self._session.options.seed).spec()


@dataclass(frozen=True, slots=True)
class _Plan:
    target: Target
    make: str
    measured: faults.Measured
    points: tuple[Point, ...]

    @property
    def plain(self) -> Point:
        """No fault: fuel never runs out at 0, since nothing arms that kind by this name."""
        return Point(Fault.LARGE_INPUT, "none", f"[{', '.join(self.measured.arguments)}]")


def _snapshot(said: dict[str, Any]) -> Snapshot:
    live = said["live"]
    return Snapshot(
        operations=said["operations"],
        faults=said["faults"],
        errors=said["errors"],
        poisoned=said["poisoned"],
        instances=said["instances"],
        memory_bytes=said["memory"],
        live_bytes=live if live >= 0 else None,
        buffer_bytes=said["buffers"],
        rss_bytes=said["rss"],
    )
