"""What the solver knows about one obligation at one point of one path."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from cleanuplint.findings import Span
from cleanuplint.flow.graph import Route, Temp
from cleanuplint.flow.places import Place, rebase, starts_with

Fact: TypeAlias = tuple[str, bool]
"""A condition, and what it is on this path."""


class Phase(Enum):
    BEFORE = "before"
    """The obligation has not arisen on this path."""
    OPEN = "open"
    DONE = "done"


class Owner(Enum):
    MINE = "mine"
    GIVEN = "given"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class State:
    """One abstract state; equal states at one block are explored once."""

    phase: Phase
    aliases: frozenset[Place] = frozenset()
    owner: Owner = Owner.MINE
    facts: frozenset[Fact] = frozenset()
    pending: tuple[Route, ...] = ()
    handed: Span | None = None
    """The hand-over that made the owner unknown, while every step since was a normal one."""
    returned: frozenset[Place] = frozenset()
    """Where in the returned value it is: `()` is the value itself, `("tree",)` a field."""
    visited: frozenset[Temp] = frozenset()
    """Collections that hold it and whose loops have come to it."""
    promised: bool = False
    """The value being returned is a promise of a call that still uses the resource."""

    def holds(self, place: Place) -> bool:
        return place in self.aliases

    def within(self, place: Place) -> tuple[Place, ...]:
        """The aliases at or below a place."""
        return tuple(alias for alias in self.aliases if starts_with(alias, place))

    def elements(self, collection: Place) -> tuple[Place, ...]:
        """The aliases below a place: what a collection or record there holds."""
        return tuple(a for a in self.within(collection) if len(a) > len(collection))

    def with_aliases(self, places: Iterable[Place]) -> "State":
        return replace(self, aliases=self.aliases.union(places))

    def without_aliases(self, places: Iterable[Place]) -> "State":
        return replace(self, aliases=self.aliases.difference(places))

    def copied(self, source: Place, target: Place) -> "State":
        """After `target = source`: the target holds what the source holds, and nothing else."""
        moved = {rebase(alias, source, target) for alias in self.within(source)}
        kept = {alias for alias in self.aliases if not starts_with(alias, target)}
        return replace(self, aliases=frozenset(kept | moved))

    def fact(self, key: str) -> bool | None:
        if (key, True) in self.facts:
            return True
        return False if (key, False) in self.facts else None

    def with_fact(self, key: str, value: bool) -> "State":
        kept = {fact for fact in self.facts if fact[0] != key}
        return replace(self, facts=frozenset(kept | {(key, value)}))

    def without_facts(self, keys: Iterable[str]) -> "State":
        dead = frozenset(keys)
        if not dead or not self.facts:
            return self
        return replace(self, facts=frozenset(f for f in self.facts if f[0] not in dead))

    def exceptionally(self) -> "State":
        """The same on an exceptional edge: a hand-over before it is no proof any more."""
        return replace(self, handed=None) if self.handed is not None else self
