"""The nouns of a report: where something is, and what is said about it.

Nothing here knows a language, a contract or a rule, and a finding never holds a tree node.
"""

from dataclasses import dataclass
from enum import IntEnum


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

    def __post_init__(self) -> None:
        if not self.message:
            raise ValueError(f"a finding of {self.rule} needs a message")
