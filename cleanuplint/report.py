"""The result of a run, as every output format reads it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cleanuplint.files.source import Position
from cleanuplint.findings import Confidence, Exercise, Span


@dataclass(frozen=True, slots=True)
class PlacedStep:
    """A step of a finding, with lines and columns."""

    start: Position
    end: Position
    message: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding with its file, its place in lines and columns, and what its rule says of it."""

    path: str
    """Relative to the working directory, with `/`."""
    start: Position
    end: Position
    rule: str
    category: str
    severity: str
    confidence: Confidence
    message: str
    because: str
    help: str
    steps: tuple[PlacedStep, ...]
    contract: str | None
    code: str
    """The line of the text on which the finding starts."""
    fix: "Fixable | None" = None
    """None where it has to be cured by hand, or where nobody asked."""
    exercise: Exercise | None = None
    """What of a module can show at run time that it is right."""
    confirmation: "Confirmation | None" = None
    """What came of that. None where nobody asked, or where nothing can show it."""


class Mark(StrEnum):
    """What a run of the module says of a finding."""

    CONFIRMED = "confirmed"
    NOT_REPRODUCED = "not reproduced"
    NOT_EXERCISED = "not exercised"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The mark of a finding. The module's method was exercised, not the place of the finding."""

    mark: Mark
    detail: str
    """What was exercised and seen, or why nothing was."""
    repro: str = ""
    """The command that shows it again. Empty unless confirmed."""


@dataclass(frozen=True, slots=True)
class PlacedEdit:
    """Replaces what is between two places; an insertion where they are one."""

    start: Position
    end: Position
    text: str


@dataclass(frozen=True, slots=True)
class Fixable:
    """That a finding can be fixed, and how."""

    edits: tuple[PlacedEdit, ...]
    """None for a notebook, whose places are told by cell."""
    unsafe: str = ""
    """Why that may change more than the release; empty where it does not."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A finding that is gone, where it was when it was fixed."""

    at: Position
    rule: str
    message: str
    unsafe: str = ""


@dataclass(frozen=True, slots=True)
class Mended:
    """A file that fixes changed."""

    path: Path
    before: bytes
    """The file as it was read."""
    after: bytes
    """The bytes to write."""
    fixed: tuple[Fixed, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something to say about a file that is no finding: an error, or why it was left out."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the run needs to know of a checked file besides its findings."""

    comments: tuple[Span, ...]
    opaque: int = 0
    """Constructs that lowering did not understand."""
    gave_up: int = 0
    """Obligations with too many states to follow."""
    in_part: bool = False
    """Some of it could not be parsed."""


@dataclass(frozen=True, slots=True)
class FileResult:
    """What came of one file."""

    findings: tuple[Placed, ...] = ()
    error: Note | None = None
    skipped: Note | None = None
    opaque: int = 0
    """Constructs that were not understood."""
    gave_up: int = 0
    """Obligations with too many states to follow."""
    in_part: bool = False
    """Some of it could not be parsed."""
    mended: Mended | None = None

    @property
    def parsed(self) -> bool:
        return self.error is None and self.skipped is None


@dataclass(frozen=True, slots=True)
class Report:
    """What came of all files, in the order of their names."""

    results: tuple[FileResult, ...]
    errors: tuple[Note, ...] = ()
    """Of paths that led to no file."""
    warnings: tuple[Note, ...] = ()

    @property
    def findings(self) -> tuple[Placed, ...]:
        return tuple(found for result in self.results for found in result.findings)

    @property
    def mended(self) -> tuple[Mended, ...]:
        return tuple(result.mended for result in self.results if result.mended is not None)

    @property
    def all_errors(self) -> tuple[Note, ...]:
        return (*self.errors, *_present(result.error for result in self.results))

    @property
    def skipped(self) -> tuple[Note, ...]:
        return _present(result.skipped for result in self.results)

    @property
    def seen(self) -> int:
        return len(self.results)

    @property
    def parsed(self) -> int:
        return sum(result.parsed for result in self.results)

    @property
    def parsed_in_part(self) -> int:
        return sum(result.in_part for result in self.results)


def _present(notes: Iterable[Note | None]) -> tuple[Note, ...]:
    return tuple(note for note in notes if note is not None)
