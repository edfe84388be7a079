"""What discovery finds."""

from dataclasses import dataclass
from pathlib import Path

from cleanuplint.files.patterns import Globs


@dataclass(frozen=True, slots=True)
class Target:
    """A file to look at."""

    path: Path
    """Absolute, links not resolved."""
    named: bool
    """Named by the user, not found in a folder."""


@dataclass(frozen=True, slots=True)
class Unreached:
    """A path that could not be looked at, or that is in no language that is served."""

    path: Path
    message: str
    wrong: bool = True
    """False where leaving it out is right, but worth a word."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What is left out in a folder."""

    globs: Globs
    force: bool
    """Left out even if the user names it."""
