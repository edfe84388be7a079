"""Answers that are found by asking for other answers, in circles too.

What a function does to its argument depends on what the functions it calls do to it, and these may
call it again. In a circle, each answer starts as the least one and is found anew until none changes
(tabling: Tamaki and Sato, ICLP 1986), so it does not depend on which question came first. Circles
are discovered by asking, as strongly connected components are (Tarjan, SIAM J. Comput. 1972).
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

MAX_ROUNDS = 8
"""Rounds in one circle after which nothing is known of it."""
TOO_FAR = -1
"""In place of a level: an answer was not sought, as too many questions were open."""


@dataclass(slots=True)
class _Open:
    """A question that is being answered."""

    level: int
    """How many others it arose in."""
    lowest: int
    """The outermost level whose answer it used before that was final."""


@dataclass(slots=True)
class Recursion(Generic[Key, Value]):
    """Answers to questions, each of which is found once."""

    least: Value
    is_same: Callable[[Value, Value], bool]
    deepest: int = 24
    """Questions within questions after which no answer is sought."""
    _final: dict[Key, Value | None] = field(default_factory=dict)
    _latest: dict[Key, Value] = field(default_factory=dict)
    """What was last said of questions in circles that are not settled yet."""
    _leaning: dict[Key, int] = field(default_factory=dict)
    """Those of them that were answered in this round, with the outermost level that they used."""
    _members: list[Key] = field(default_factory=list)
    """Those of them that were answered in any round."""
    _open: dict[Key, _Open] = field(default_factory=dict)
    _is_changed: bool = False
    """In this round, something was found to be other than it was said to be."""

    @property
    def is_idle(self) -> bool:
        """No question is being answered, so all answers are final."""
        return not self._open

    def ask(self, key: Key, answer: Callable[[], Value]) -> Value | None:
        """The answer; None where it is too far away, or its circle does not settle."""
        if key in self._final:
            return self._final[key]
        if key in self._open:
            return self._early(key, self._open[key].level)
        if key in self._leaning:
            return self._early(key, self._leaning[key])
        if len(self._open) >= self.deepest:
            self._use(TOO_FAR)
            return None
        return self._answer(key, answer)

    def _early(self, key: Key, level: int) -> Value:
        self._use(level)
        return self._latest.setdefault(key, self.least)

    def _use(self, level: int) -> None:
        if self._open:
            innermost = self._open[next(reversed(self._open))]
            innermost.lowest = min(innermost.lowest, level)

    def _answer(self, key: Key, answer: Callable[[], Value]) -> Value | None:
        level, first, outside = len(self._open), len(self._members), self._is_changed
        for _ in range(MAX_ROUNDS):
            self._is_changed = False
            value, lowest = self._found(key, answer)
            if lowest < level and level > 0:
                self._join(key, value, lowest)
                self._is_changed |= outside
                return value
            if not self._is_changed:
                break
            for member in self._members[first:]:
                self._leaning.pop(member, None)
        settled = None if self._is_changed else value
        self._is_changed = outside
        self._settle(key, settled, first, is_final=lowest > TOO_FAR)
        return settled

    def _found(self, key: Key, answer: Callable[[], Value]) -> tuple[Value, int]:
        """The answer of one round, and the outermost level that it used."""
        level = len(self._open)
        self._open[key] = one = _Open(level, level)
        value = answer()
        del self._open[key]
        if key in self._latest:
            self._is_changed |= not self.is_same(self._latest[key], value)
            self._latest[key] = value
        return value, one.lowest

    def _join(self, key: Key, value: Value, lowest: int) -> None:
        """It is part of a circle that is settled further out."""
        self._latest[key] = value
        self._members.append(key)
        self._leaning[key] = lowest
        self._use(lowest)

    def _settle(self, key: Key, value: Value | None, first: int, is_final: bool) -> None:
        """Nothing that the answer used is open any more; the same holds for its circle."""
        if is_final:
            self._final[key] = value
        for member in self._members[first:]:
            latest = self._latest.pop(member, None)
            if self._leaning.pop(member, None) is not None and is_final:
                self._final[member] = None if value is None else latest
        self._latest.pop(key, None)
        del self._members[first:]
