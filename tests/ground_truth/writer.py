"""What the parts of the generator share: chance, names in scope, parameters, helpers, sites."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from random import Random
from typing import TypeVar

from .syntax import Block, Line, Parameter, Program, Statement, site

T = TypeVar("T")
Body = tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the program that may hold a resource or a serializer."""

    name: str
    cls: str
    nullable: bool = False

    @property
    def release(self) -> str:
        return "release" if self.cls == "Resource" else "free"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a statement is written: which exits it has and what it may do."""

    breakable: bool = False
    continuable: bool = False
    labels: tuple[str, ...] = ()
    awaits: bool = False
    repeats: bool = False
    """In a loop, where a count that is a parameter would be the same in all turns."""
    returns: bool = True
    """False in a closure: a `return` there leaves only the closure."""


class Writer:
    """The state of one program being written."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.is_async = self.chance(0.25)
        self.parameters: list[Parameter] = []
        self.helpers: list[Statement] = []
        self._made: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self.scope: list[Variable] = []
        self.around = Surroundings(awaits=self.is_async)

    def program(self, body: Body) -> Program:
        return Program(tuple(self.helpers), body, tuple(self.parameters), self.is_async)

    # ── chance ──────────────────────────────────────────────────────────────────────────────────

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def pick(self, options: Sequence[T]) -> T:
        return self.random.choice(options)

    def forgets(self) -> bool:
        """Whether the author of the program makes a mistake here."""
        return self.chance(0.2)

    # ── names ───────────────────────────────────────────────────────────────────────────────────

    def name(self, stem: str) -> str:
        number = self._numbers.get(stem, 0)
        self._numbers[stem] = number + 1
        return f"{stem}{number}"

    def site(self, expression: str) -> str:
        number = self._numbers.get("site", 0)
        self._numbers["site"] = number + 1
        return site(number, expression)

    def parameter(self, kind: str) -> str:
        stem = {"boolean": "flag", "count": "count", "items": "items"}[kind]
        name = self.name(stem)
        self.parameters.append(Parameter(name, kind))
        return name

    def flag(self) -> str:
        """A boolean parameter, often one that is tested elsewhere too."""
        known = [p.name for p in self.parameters if p.kind == "boolean"]
        return self.pick(known) if known and self.chance(0.5) else self.parameter("boolean")

    def items(self) -> str:
        """An array of 0 to 2 items, of another length each time it is asked for."""
        return "list()" if self.around.repeats else self.parameter("items")

    def condition(self) -> str:
        roll = self.random.random()
        if roll < 0.35:
            return "check()"
        if roll < 0.5:
            return f"!{self.flag()}"
        return self.flag()

    @contextmanager
    def inside(self, *variables: Variable, **changes: object) -> Iterator[None]:
        """Write what is inside a body: more variables, other surroundings."""
        scope, around = self.scope, self.around
        self.scope = [*scope, *variables]
        self.around = replace(around, **changes)
        yield
        self.scope, self.around = scope, around

    def closure(self, *variables: Variable) -> object:
        return self.inside(
            *variables, breakable=False, continuable=False, labels=(), awaits=False, returns=False
        )

    # ── helpers ─────────────────────────────────────────────────────────────────────────────────

    def helper(self, stem: str, opening: str, body: Body, tag: str = "helper function") -> str:
        """The name of a function of the file; made at its first use."""
        if stem not in self._made:
            self._made[stem] = self.name(stem)
            opening = opening.replace("NAME", self._made[stem])
            self.helpers.append(Block(((opening, body),), tag=tag))
        return self._made[stem]

    def module_line(self, text: str) -> None:
        self.helpers.append(Line(text))
