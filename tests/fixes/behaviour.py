"""Runs programs in Python before and after their fixes: what `behaviour.mjs` does for JavaScript.

A path is a vector of decisions, enumerated depth first on the fixed program. Releases decide
nothing, so the same vector is the same path of both.
"""

import logging
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from inspect import iscoroutine
from types import CodeType
from typing import Any

from tests.ground_truth.python_runner import (
    ARGUMENTS,
    Names,
    Thing,
    TooLong,
    World,
    awaited,
    contents,
    next_path,
)

MAX_PATHS = 1500
MODULE = "mended_program"
BROKEN = "cleanup"
IMPORTS = re.compile(r"^from (?:elsewhere|ground_truth_lib) import .*\n", re.MULTILINE)

Job = dict[str, Any]
Behaviour = dict[str, Any]


class Watching(World):
    """Remembers all that happens, in order, and counts what goes wrong."""

    def __init__(self, prefix: Sequence[int], fragile: bool) -> None:
        super().__init__(prefix)
        self.fragile = fragile
        self.log: list[str] = []
        self.counts: Counter[str] = Counter()
        self.masked = False

    def decide(self, width: int) -> int:
        choice = super().decide(width)
        self.log.append(f"{choice} of {width}")
        return choice

    def note(self, duty: str, site: int | None) -> None:
        self.counts[duty] += 1

    def finish(self, result: object) -> None:
        super().finish(result)
        self.counts["lost"] += sum(not thing.alive for thing in contents(result))


class Watched(Thing):
    """Says that it is used, and fails to go where releases are to fail."""

    world: Watching

    @property
    def number(self) -> int:
        return self.world.things.index(self)

    def use(self) -> int:
        self.world.log.append(f"use {self.number}")
        return super().use()

    def fill(self) -> str:
        self.world.log.append(f"fill {self.number}")
        return super().fill()

    def clear(self) -> None:
        super().clear()
        self._break()

    def _drop(self) -> None:
        super()._drop()
        self._break()

    release = free = _drop

    def _break(self) -> None:
        if self.world.fragile:
            first = sys.exc_info()[1]
            self.world.masked |= first is not None and str(first) != BROKEN
            raise RuntimeError(BROKEN)


class Watchers(Names):
    """The names that a program sees, with things that are watched."""

    def made(self) -> Thing:
        return Watched(self.world, owned=True)

    def table(self) -> dict[str, Any]:
        own = {"Resource": self.made, "Serializer": self.made, "__name__": MODULE}
        return {**super().table(), **own}

    def shared(self) -> Thing:
        if not self.world.loading:
            self.world.may_raise()
        return Watched(self.world, owned=False)


@dataclass(frozen=True, slots=True)
class Run:
    """What one program did on one path."""

    world: Watching
    end: str

    @property
    def log(self) -> list[str]:
        return [*self.world.log, self.end]


def compare(jobs: Sequence[Job]) -> list[Behaviour]:
    """Before and after, for each pair of programs."""
    logging.getLogger(MODULE).disabled = True  # what a cleanup raises is told there
    return [_compared(job) for job in jobs]


def _compared(job: Job) -> Behaviour:
    found: Behaviour = {"paths": 0, "complete": True, "differing": None, "masked": None}
    counts: tuple[Counter[str], Counter[str]] = Counter(), Counter()
    try:
        for before, after, broken in _runs(job):
            found["paths"] += 1
            if before.log != after.log:
                found["differing"] = found["differing"] or (before.log, after.log)
            found["masked"] = found["masked"] or broken
            counts[0].update(before.world.counts)
            counts[1].update(after.world.counts)
    except TooLong:
        found["complete"] = False
    kinds = {"leaks": "leak", "twice": "twice", "late": "late", "filled": "filled", "lost": "lost"}
    return {**found, **{kind: [side[duty] for side in counts] for kind, duty in kinds.items()}}


def _runs(job: Job) -> Iterator[tuple[Run, Run, str | None]]:
    """Both programs on every path, and how releases that fail replace an error."""
    before, after = (
        compile(IMPORTS.sub("", job[side]), MODULE, "exec") for side in ("before", "after")
    )
    prefix: list[int] | None = []
    paths = 0
    while prefix is not None:
        old, new = (_run(code, prefix, job["parameters"]) for code in (before, after))
        broken = None
        if new.end.startswith("raised"):
            first, last = (
                _run(code, prefix, job["parameters"], fragile=True) for code in (before, after)
            )
            # unless one of the program's own did so already
            if last.world.masked and first.end == old.end and last.end != new.end:
                broken = f"{new.end} became {last.end}"
        yield old, new, broken
        paths += 1
        prefix = next_path(new.world)
        if paths >= MAX_PATHS and prefix is not None:
            raise TooLong


def _run(code: CodeType, prefix: Sequence[int], kinds: Sequence[str], fragile: bool = False) -> Run:
    names = Watchers()
    world = names.world = Watching(prefix, fragile)
    scope = names.table()
    result = None
    exec(code, scope)
    world.loading = False
    given = [ARGUMENTS[kind](world) for kind in kinds]
    try:
        result = scope["main"](*given)
        while iscoroutine(result):
            result = awaited(result)
        end = f"returned {shown(result)}"
    except Exception as error:
        result = None
        end = f"raised {error!r}"
    world.finish(result)
    return Run(world, end)


def shown(value: object) -> str:
    if isinstance(value, Watched):
        return f"thing {value.number}"
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    if hasattr(value, "__dict__"):
        return f"{type(value).__name__} of {[(k, shown(v)) for k, v in vars(value).items()]}"
    return repr(value)
