"""What a caller needs to know of a function: what its buffers hold at each way out.

The content of a buffer is a set of tokens, a may-analysis: the empty set is a buffer that surely
is empty and has given its memory back.

- `ENTRY`: what was there when the function began. `Kept`: likewise, and a callee failed on it.
- `Filled`: what an operation wrote.
- `HELD`: memory is allocated, whether or not anything is in it.
"""

from dataclasses import dataclass, field
from enum import Enum, auto

from cleanuplint.findings import Span
from cleanuplint.rust.places import Place
from cleanuplint.rust.touches import Kind


class Mark(Enum):
    ENTRY = auto()
    HELD = auto()


@dataclass(frozen=True, slots=True)
class Filled:
    """What an operation wrote."""

    file: str
    span: Span
    routine: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What was there on entry, when a callee failed before it cleared it."""

    file: str
    span: Span
    """The `Err` exit of the callee."""
    routine: str


Token = Mark | Filled | Kept
Content = frozenset[Token]
UNKNOWN: Content = frozenset({Mark.ENTRY, Mark.HELD})
FREED: Content = frozenset()
ALLOCATED: Content = frozenset({Mark.HELD})


def is_old(token: Token) -> bool:
    """Whether it stands for what was there on entry."""
    return token is Mark.ENTRY or isinstance(token, Kept)


def is_full(content: Content) -> bool:
    """Whether there may be data that this function wrote."""
    return any(isinstance(token, Filled) for token in content)


@dataclass(frozen=True, slots=True)
class Exit:
    """One way out of a function, and what the buffers may hold there."""

    span: Span
    failed: bool
    contents: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done to a buffer while it still held, maybe, what was there on entry."""

    kind: Kind
    span: Span
    mixed: bool
    """It may hold what this function wrote, too."""
    name: str = ""


@dataclass(slots=True)
class Summary:
    """What a caller needs to know of a function."""

    buffers: tuple[Place, ...]
    exits: list[Exit] = field(default_factory=list)
    events: dict[Place, set[Event]] = field(default_factory=dict)
    touched: dict[Place, set[Kind]] = field(default_factory=dict)

    def joined(self, failed: bool) -> tuple[Content, ...] | None:
        """The contents at all exits of one kind; None if there is no such exit."""
        found = [exit_.contents for exit_ in self.exits if exit_.failed is failed]
        return (
            tuple(frozenset().union(*each) for each in zip(*found, strict=True)) if found else None
        )

    def content(self, place: Place, failed: bool) -> Content | None:
        joined = self.joined(failed)
        return None if joined is None else joined[self.buffers.index(place)]

    def kinds(self, place: Place) -> set[Kind]:
        return self.touched.get(place, set())
