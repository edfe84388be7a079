"""What a guard costs: the same call with and without it, in one run, as a ratio with its spread.

Both are run in turns, in blocks of equal length, so that each pair of blocks gives one ratio. The
middle of all ratios is told, with their quartiles: what lies between those is noise.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from time import monotonic
from typing import Any

from wasm_verify.baseline import Unusable, measure
from wasm_verify.errors import InputError
from wasm_verify.experiment import Progress
from wasm_verify.isolation.worker import ChildLost
from wasm_verify.model import NO_GUARD, NotVerified
from wasm_verify.options import Options
from wasm_verify.run import chosen, engine_name
from wasm_verify.session import Session
from wasm_verify.target import Target
from wasm_verify.trials import CLEAR_GUARD, call_spec

PAIRS = 60
BLOCK_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one method."""

    name: str
    calls: int
    """In each block."""
    bare: float
    """Seconds of one call without the guard, the middle of all blocks."""
    guarded: float
    ratios: tuple[float, ...]
    """Guarded by unguarded, one for each pair of blocks. 1 is a guard that costs nothing."""

    @property
    def ratio(self) -> float:
        return median(self.ratios)

    @property
    def spread(self) -> tuple[float, float]:
        """The quartiles of the ratios."""
        low, _, high = quantiles(self.ratios, n=4)
        return low, high


@dataclass(frozen=True, slots=True)
class Overhead:
    """The report."""

    module: str
    engine: str
    guard: str
    costs: tuple[Cost, ...]
    not_verified: tuple[NotVerified, ...] = ()
    seconds: float = 0.0
    """Wall time of the run."""

    def to_json(self, version: str) -> dict[str, Any]:
        """One object. `version` is that of the program that writes it."""
        costs = [{**asdict(one), "ratio": one.ratio, "spread": one.spread} for one in self.costs]
        return {"version": version, **asdict(self), "costs": costs}


def overhead(
    module: str | Path, options: Options | None = None, progress: Progress | None = None
) -> Overhead:
    """Times the methods of a module with the guard of the options and without.

    Raises ModuleError if the module can't be loaded, InputError if the options don't fit it.
    """
    options = options or Options()
    guard, began = options.guards[-1], monotonic()
    if guard == NO_GUARD:
        raise InputError("the guard `none` costs nothing; its overhead is that of another guard")
    with Session(module, options) as session:
        targets = [one for one in chosen(session.targets, options) if one.cleanup]
        costs: list[Cost] = []
        skipped: list[NotVerified] = []
        for number, target in enumerate(targets):
            if progress is not None:
                progress(target.name, number, len(targets))
            try:
                costs.append(_cost(session, target, guard))
            except (Unusable, ChildLost) as reason:
                skipped.append(NotVerified(target.name, str(reason)))
    return Overhead(
        module=str(module),
        engine=engine_name(options.engine),
        guard=guard,
        costs=tuple(costs),
        not_verified=tuple(skipped),
        seconds=monotonic() - began,
    )


def _cost(session: Session, target: Target, guard: str) -> Cost:
    said = session.ask("overhead", _wanted(session, target, guard))
    if "failed" in said:
        raise Unusable(f"it can't be called again and again: {said['failed']}")
    count, times = said["count"], said["times"]
    return Cost(
        target.name,
        count,
        median(bare for bare, _ in times) / count,
        median(guarded for _, guarded in times) / count,
        tuple(_ratios(times)),
    )


def _wanted(session: Session, target: Target, guard: str) -> dict[str, Any]:
    found = measure(session.observe, target, session.inputs)
    spec = call_spec(target, found.make, f"[{', '.join(found.measured.arguments)}]")
    kind = "finally" if guard == CLEAR_GUARD else "user"
    keep = bool(target.owner and target.owner.clear)
    return {
        "spec": {**spec, "guard": kind, "keep": keep},
        "pairs": PAIRS,
        "seconds": BLOCK_SECONDS,
    }


def _ratios(times: list[tuple[float, float]]) -> Iterator[float]:
    yield from (guarded / bare for bare, guarded in times if bare > 0)
