"""What can become of an obligation, and the obligations themselves."""

from dataclasses import dataclass
from enum import StrEnum

from cleanuplint.contracts.model import ResourceClass
from cleanuplint.findings import Confidence, Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import FunctionId
from cleanuplint.flow.places import SOME
from cleanuplint.flow.trace import Origin


class Fate(StrEnum):
    """How an obligation ends; each is the business of one rule."""

    NEVER = "missing-release"
    NOT_EVERYWHERE = "release-not-on-every-path"
    DISCARDED = "discarded-resource"
    OVERWRITTEN = "overwritten-resource"
    LATE = "use-after-release"
    TWICE = "double-release"
    UNGUARDED = "unguarded-call"
    NOT_IN_FINALLY = "clear-not-in-finally"
    WRONG_RECEIVER = "wrong-receiver-cleared"
    NO_TEARDOWN = "missing-teardown-release"
    COLLECTION = "collection-drops-resource"
    MASKS = "cleanup-masks-error"
    SWALLOWED = "swallowed-wasm-error"
    NO_SUCH = "no-such-release"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one obligation."""

    fate: Fate
    span: Span
    """Where the finding starts."""
    cls: ResourceClass
    confidence: Confidence
    origin: Span
    trail: tuple[tuple[Span, str], ...] = ()
    raised: Span | None = None
    """The raiser, where only an exceptional path is bad."""
    unresolved: bool = False
    """The resource was handed to something that nobody could look into."""
    place: str = ""
    """The user's name for what holds the resource."""
    many: bool = False
    """What is there is a collection, and each of its elements is meant."""
    method: str = ""
    """The method that filled the buffer, or that does not exist."""
    other: Span | None = None
    """The second place a message wants to quote."""
    released: tuple[Span, ...] = ()
    """The operations that end the duty on other paths."""
    given: bool = False
    """On another path somebody else owns the resource."""


@dataclass(frozen=True, slots=True)
class Acquisition:
    """A call after which a function owes a release or a clear."""

    function: FunctionId
    call: graph.Call
    cls: ResourceClass
    confidence: Confidence
    origin: Origin
    site: Span
    """Where a finding about it starts."""

    @property
    def many(self) -> bool:
        """The call gives a collection of them."""
        return any(SOME in place for place in self.origin.places)
