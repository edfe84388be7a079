"""The nouns of a report: where something is, and what is said about it.

Nothing here knows a language, a contract or a rule, and a finding never holds a tree node.
"""

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

ADDRESS = "cleanuplint:"
"""What a comment to the linter begins with."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of byte offsets into the canonical UTF-8 text of one file."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")


class Confidence(IntEnum):
    """How the origin of a resource is known: by its name, by a type, or by import and flow."""

    ASSUMED = 1
    LIKELY = 2
    SURE = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One station on the path from the cause of a finding to its effect."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a fix needs to know of the duty that a finding is about."""

    origin: Span
    """The operation with which the duty arises."""
    place: str = ""
    """The user's name for what holds the resource, where it has one."""
    many: bool = False
    """That is a collection, and each of its elements is meant."""
    release: str = ""
    """What ends the duty: a method of the resource, or a function that takes it."""
    by_function: bool = False
    clears: bool = False
    """It empties a buffer, and the object lives on."""
    resource: str = ""
    """The name of its class."""
    quiet: bool = False
    """The release can't practically throw."""
    disposable: bool = False
    """`using` or `with` ends the duty, too."""
    assumed: bool = False
    """The class is a guess, and so is its release."""
    raised: Span | None = None
    """The operation whose exception passes the release by, where only an exception does."""
    existing: tuple[Span, ...] = ()
    """The operations that end the duty on other paths, or were meant to."""
    overwrites: Span | None = None
    """The assignment that drops the last reference."""
    given: bool = False
    """On another path somebody else owns the resource."""
    libraries: frozenset[str] = frozenset()
    """Names by which the file calls libraries, whose functions borrow what they are given."""
    owner: Span | None = None
    """The name of the teardown that forgets it."""

    @property
    def by_method(self) -> bool:
        """A method of the resource ends the duty."""
        return bool(self.release) and not self.by_function


@dataclass(frozen=True, slots=True)
class Emptying:
    """What a fix needs to know of the working buffers that a finding is about, in words of Rust.

    Expressions are written as the code at the finding would write them; one that cannot be written
    there is empty.
    """

    place: str = ""
    """The buffer: `self.buffer`."""
    clear: str = ""
    """Empties it: `self.buffer.clear()`."""
    release: tuple[str, ...] = ()
    """Empty the buffers, one after the other, and give their memory back."""
    size: str = ""
    """Tells how much they hold."""
    exits: tuple[Span, ...] = ()
    """Where an `Err` leaves the function with a filled buffer."""
    from_before: bool = False
    """What it is filled with is of a call before."""
    first_of_all: bool = False
    """Nobody in the crate fills the buffer and calls the function then."""
    is_locked: bool = False
    """At run time a second borrow of the buffer panics."""
    edition: int = 2021
    has_inspect_err: bool = True
    """The crate is built by a Rust that has `Result::inspect_err` (1.76)."""
    exports: str = ""
    """How the crate calls such an export elsewhere: `get_buffer_size getBufferSize`."""
    taken: frozenset[str] = frozenset()
    """The names of the methods that the struct has."""
    beside: Span | None = None
    """The name of the method that a new one goes after."""
    is_built: bool = False
    """There is a package that was built of the crate, which a new export would be missing in."""
    doubt: str = ""
    """Why it may change more than the release, as far as the crate tells."""


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replaces what is at a span; an insertion where the span is empty."""

    span: Span
    text: bytes

    def __post_init__(self) -> None:
        if self.span.start == self.span.end and not self.text:
            raise ValueError(f"an edit at {self.span.start} that changes nothing")


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that together cure one finding, in the order of the text."""

    edits: tuple[Edit, ...]
    unsafe: str = ""
    """Why it may change more than the release; empty where it does not."""
    outdates: frozenset[str] = frozenset()
    """Rules that rightly find something new then: what was built of the text is out of date."""

    def __post_init__(self) -> None:
        if not self.edits:
            raise ValueError("a fix needs an edit")
        for one, after in pairwise(self.edits):
            if after.span.start < one.span.end or after.span == one.span:
                raise ValueError(f"edits overlap or are out of order: {one.span}, {after.span}")

    @property
    def is_safe(self) -> bool:
        return not self.unsafe


@dataclass(frozen=True, slots=True)
class Exercise:
    """What of a module can show at run time that a finding is right. Names as it exports them."""

    class_name: str
    """Empty for a function."""
    method: str
    """Empty for all of the class."""
    absent: str = ""
    """The method that the class does not have."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule has to say: what (`message`), why (`because`), and what to do (`help`)."""

    rule: str
    span: Span
    message: str
    because: str
    help: str
    confidence: Confidence
    steps: tuple[Step, ...] = ()
    contract: str | None = None
    remedy: Remedy | None = None
    emptying: Emptying | None = None
    exercise: Exercise | None = None

    def __post_init__(self) -> None:
        if not self.message:
            raise ValueError(f"a finding of {self.rule} needs a message")
