"""What one exploration is about, and what it saw."""

from dataclasses import dataclass, field
from enum import Enum

from cleanuplint.contracts.model import ResourceClass
from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import BlockId, FunctionId, Temp
from cleanuplint.flow.places import Place
from cleanuplint.flow.state import Owner, Phase, State

MAY_THROW = "may throw"
"""What a path says of an operation that throws."""
RETURNS = "returns here"
"""What a path says of a `return`."""


class Duty(Enum):
    RELEASE = "release"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose duty of which kind is followed."""

    cls: ResourceClass
    duty: Duty
    parent: Place | None = None
    """The object whose release releases this one, too."""
    parent_releases: frozenset[str] = frozenset()

    @property
    def key(self) -> object:
        """Equal for equal subjects, and hashable."""
        return self.cls.contract, self.cls.name, self.duty, self.parent

    def ends_duty(self, method: str) -> bool:
        if method in self.cls.releases or method in (
            "[Symbol.dispose]",
            "[Symbol.asyncDispose]",
        ):
            return True
        return self.duty is Duty.CLEAR and method in self.cls.clears


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a duty arises: the operation, and which places then hold the resource."""

    block: BlockId
    index: int
    span: Span
    places: frozenset[Place]
    normally: bool = True
    exceptionally: bool = False
    """A fill opens its duty on the exceptional edge too; an acquisition that fails does not."""


@dataclass(frozen=True, slots=True)
class Trail:
    """The noteworthy steps of a path, last first."""

    span: Span
    message: str
    before: "Trail | None"

    def steps(self) -> tuple[tuple[Span, str], ...]:
        found: list[tuple[Span, str]] = []
        trail: Trail | None = self
        while trail is not None:
            found.append((trail.span, trail.message))
            trail = trail.before
        return tuple(reversed(found))

    @property
    def last_return(self) -> Span | None:
        return next((span for span, said in reversed(self.steps()) if said == RETURNS), None)


@dataclass(frozen=True, slots=True)
class Exit:
    kind: graph.ExitKind
    state: State
    trail: Trail | None
    raised: Span | None
    """The operation whose exception leads here, if one does."""

    @property
    def is_open(self) -> bool:
        """The duty is still this function's."""
        return self.state.phase is Phase.OPEN and self.state.owner is Owner.MINE


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the resource on a path."""

    span: Span
    trail: Trail | None
    other: Span | None = None
    """The operation that makes it bad, where that is another one."""
    raised: bool = False
    """By an exception."""


@dataclass(slots=True)
class Trace:
    """All that one exploration saw."""

    exits: list[Exit] = field(default_factory=list)
    overwritten: list[Event] = field(default_factory=list)
    dropped: list[Event] = field(default_factory=list)
    released: list[Event] = field(default_factory=list)
    released_again: list[Event] = field(default_factory=list)
    used_late: list[Event] = field(default_factory=list)
    returned_late: list[Event] = field(default_factory=list)
    """Returns with a `finally` that releases what is returned, on some path at least."""
    returned_alive: set[Span] = field(default_factory=set)
    """Returns after which the caller has it."""
    fields: set[tuple[graph.ClassId, str, Span]] = field(default_factory=set)
    """Fields of `this` that it was stored in."""
    variables: set[tuple[graph.VariableId, Span]] = field(default_factory=set)
    """Variables of enclosing functions that it was stored in."""
    inserted: set[tuple[FunctionId, Temp]] = field(default_factory=set)
    """Receivers of `set`, `add`, `push` with the resource as argument."""
    borrows: set[Span] = field(default_factory=set)
    """Unresolved hand-overs that a later release proves to be borrows (the first law)."""
    doubted: bool = False
    """Somebody may have got at the resource in a way that tells nothing of the other paths."""
    gave_up: bool = False

    @property
    def seen_by_caller(self) -> object:
        """Equal for traces that mean the same to a caller."""
        return (
            frozenset((one.kind, one.state) for one in self.exits),
            tuple(map(bool, (self.released, self.released_again, self.used_late))),
            (self.fields, self.variables, self.inserted),
            (self.doubted, self.gave_up),
        )


@dataclass(frozen=True, slots=True)
class After:
    """One way an operation can end."""

    state: State
    raises: bool = False
    note: tuple[Span, str] | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One exploration: whose duty is followed through which function."""

    function: FunctionId
    subject: Subject
    borrows: frozenset[Span]
    """Unresolved hand-overs that are known to be borrows."""
    depth: int
    """How many calls lie between this function and the one with the origin."""


def may_raise(operation: graph.Operation, state: State) -> tuple[After, ...]:
    """The operation goes well, or throws."""
    return After(state), raised(operation, state)


def raised(operation: graph.Operation, state: State) -> After:
    return After(state, raises=True, note=(operation.span, MAY_THROW))
