"""Runs each program in Python on every path: what `runner.mjs` does for JavaScript.

A path is a vector of decisions; paths are enumerated depth first: run with a prefix, record every
further decision (all zero), then increment the last that can be.
"""

import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .python import PythonProgram
from .running import Observation, observation

MAX_PATHS = 4000
MAX_DECISIONS = 120
MAX_TURNS = 2


class Fault(Exception):
    """Injected."""


class TooLong(BaseException):
    """More decisions or paths than anybody wants to try; no program can catch it."""


class World:
    """What happens on one path."""

    def __init__(self, prefix: Sequence[int]) -> None:
        self.prefix = prefix
        self.decisions: list[int] = []
        self.widths: list[int] = []
        self.things: list[Thing] = []
        self.turns: dict[int, int] = {}
        self.site: int | None = None
        self.clock = 0
        self.invalid: str | None = None
        self.loading = True
        self.events: list[tuple[str, int, int]] = []
        self.reached: set[int] = set()
        self.acquired: set[int] = set()
        self.filling: set[int] = set()

    def decide(self, width: int) -> int:
        index = len(self.decisions)
        if index >= MAX_DECISIONS:
            raise TooLong
        choice = self.prefix[index] if index < len(self.prefix) else 0
        self.decisions.append(choice)
        self.widths.append(width)
        return choice

    def answer(self, width: int) -> int:
        """What a call answers, unless it raises."""
        choice = self.decide(width + 1)
        if choice == width:
            raise Fault("injected")
        return choice

    def may_raise(self) -> None:
        self.answer(1)

    def caught(self, error: BaseException | None) -> None:
        if not isinstance(error, Fault) and str(error) != "stop":
            self.invalid = self.invalid or repr(error)

    def at(self, site: int, call: Callable[[], Any]) -> Any:
        """A call at a site: what it makes and returns, and what it leaves filled, is the site's."""
        outer, made, began = self.site, len(self.things), self.clock
        self.site = site
        self.reached.add(site)
        try:
            value = call()
        except BaseException:
            self.site = outer
            self.adopt(site, made, began, None)
            raise
        self.site = outer
        if inspect.iscoroutine(value):
            return self._later(site, made, began, value)
        self.adopt(site, made, began, value)
        return value

    async def _later(self, site: int, made: int, began: int, coroutine: Any) -> Any:
        value = None
        try:
            value = await coroutine
            return value
        finally:
            self.adopt(site, made, began, value)

    def adopt(self, site: int, made: int, began: int, value: object) -> None:
        if any(duty == "undefined" and time > began for duty, _, time in self.events):
            self.note("undefined", site)
        given = list(contents(value))
        for index, thing in enumerate(self.things):
            if index < made:
                thing.refill(site, began)
            elif thing in given:
                if thing.site != site:
                    thing.filled_by.clear()
                thing.site = site
                self.acquired.add(site)

    def note(self, duty: str, site: int | None) -> None:
        if site is not None:
            self.clock += 1
            self.events.append((duty, site, self.clock))

    def finish(self, result: object) -> None:
        given = list(contents(result))
        for thing in self.things:
            if thing in given:
                continue
            if thing.alive and thing.owned:
                self.note("leak", thing.site)
            for site in thing.filled_by:
                self.note("filled", site)


def contents(value: object) -> Iterator["Thing"]:
    if isinstance(value, Thing):
        yield value
    elif isinstance(value, list):
        yield from (item for item in value if isinstance(item, Thing))
    elif hasattr(value, "__dict__"):
        yield from (item for item in vars(value).values() if isinstance(item, Thing))


class Thing:
    """A resource or a serializer; it counts what is done to it."""

    def __init__(self, world: World, owned: bool) -> None:
        if owned:
            world.may_raise()
        self.world, self.owned = world, owned
        self.site: int | None = None
        self.alive = True
        self.filled_by: dict[int | None, int] = {}
        world.things.append(self)

    def touch(self) -> None:
        if not self.alive:
            self.world.note("late", self.site)

    def use(self) -> int:
        self.touch()
        self.world.may_raise()
        return 1

    def _drop(self) -> None:
        if not self.alive:
            self.world.note("twice", self.site)
        self.alive = False
        self.filled_by.clear()

    release = free = _drop

    def __enter__(self) -> "Thing":
        return self

    def __exit__(self, *error: object) -> None:
        self._drop()

    def fill(self) -> str:
        world = self.world
        self.touch()
        if self.alive:
            world.clock += 1
            self.filled_by[world.site] = world.clock
        else:
            world.note("undefined", world.site)
        if world.site is not None:
            world.filling.add(world.site)
        world.may_raise()
        return "text"

    def refill(self, site: int, began: int) -> None:
        late = [at for at, time in self.filled_by.items() if time > began and at != site]
        for at in late:
            del self.filled_by[at]
        if late:
            self.world.clock += 1
            self.filled_by[site] = self.world.clock
            self.world.filling.add(site)

    def clear(self) -> None:
        self.touch()
        self.filled_by.clear()


class Names:
    """What a program sees; all of it looks at the world of the current path."""

    world: World

    def table(self) -> dict[str, Any]:
        names = ("shared", "check", "choose", "some", "more", "work", "inspect", "later")
        return {
            "at_": self.world.at,
            "caught_": lambda: self.world.caught(sys.exc_info()[1]),
            "Resource": lambda: Thing(self.world, owned=True),
            "Serializer": lambda: Thing(self.world, owned=True),
            **{name: getattr(self, name) for name in names},
        }

    def shared(self) -> Thing:
        if not self.world.loading:
            self.world.may_raise()
        return Thing(self.world, owned=False)

    def check(self) -> bool:
        return self.world.answer(2) == 1

    def choose(self) -> int:
        return self.world.answer(3)

    def some(self) -> list[int]:
        return [1, 2][: self.world.answer(3)]

    def more(self, loop: int) -> bool:
        world = self.world
        turn = world.turns[loop] = world.turns.get(loop, 0) + 1
        choice = world.decide(1 if turn > MAX_TURNS else 3)
        if choice != 1:
            world.turns[loop] = 0
        if choice == 2:
            raise Fault("injected")
        return choice == 1

    def work(self) -> None:
        self.world.may_raise()

    def inspect(self, *_: object) -> int:
        self.world.may_raise()
        return 1

    async def later(self, *_: object) -> int:
        if self.world.decide(2) == 1:
            raise Fault("injected")
        return 1


ARGUMENTS: dict[str, Callable[[World], Any]] = {
    "boolean": lambda world: world.decide(2) == 1,
    "count": lambda world: world.decide(3),
    "items": lambda world: [1, 2][: world.decide(3)],
}


def next_path(world: World) -> list[int] | None:
    for index in reversed(range(len(world.decisions))):
        if world.decisions[index] + 1 < world.widths[index]:
            return [*world.decisions[:index], world.decisions[index] + 1]
    return None


def _run_path(program: PythonProgram, code: Any, names: Names) -> None:
    world = names.world
    scope = names.table()
    result = None
    exec(code, scope)
    world.loading = False
    given = [ARGUMENTS[kind](world) for kind in program.parameters]
    try:
        result = scope["main"](*given)
        while inspect.iscoroutine(result):  # `return run(r)`: whoever gets it waits for it
            result = awaited(result)
    except Exception as error:
        result = None
        world.caught(error)
    world.finish(result)


def awaited(coroutine: Any) -> Any:
    """Nothing in these programs waits for anything but each other."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise RuntimeError("it waits")


def observe_python(programs: Sequence[PythonProgram]) -> list[Observation]:
    """Run all programs in this process."""
    return [_observe(program) for program in programs]


def _observe(program: PythonProgram) -> Observation:
    sites: dict[int, dict[str, Any]] = {}
    seen: dict[str, Any] = {"valid": True, "complete": True, "why": None, "paths": 0}
    names = Names()
    try:
        code = compile(program.instrumented, "<program>", "exec")
        prefix: list[int] | None = []
        while prefix is not None:
            world = names.world = World(prefix)
            _run_path(program, code, names)
            seen["paths"] += 1
            _record(sites, world)
            if world.invalid:
                raise ValueError(world.invalid)
            prefix = next_path(world)
            if seen["paths"] >= MAX_PATHS and prefix is not None:
                raise TooLong
    except TooLong:
        seen["complete"] = False
    except Exception as error:
        seen.update(valid=False, why=repr(error))
    return observation({**seen, "sites": sites})


def _record(sites: dict[int, dict[str, Any]], world: World) -> None:
    for site in world.reached:
        sites.setdefault(site, {})
    for site in world.acquired:
        sites[site]["acquires"] = True
    for site in world.filling:
        sites[site]["fills"] = True
    for duty, site, _ in world.events:
        sites[site].setdefault(duty, list(world.decisions))
