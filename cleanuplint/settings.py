"""Everything that a user can set, as one typed table."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from pathlib import Path
from typing import Any

from cleanuplint.errors import UserError
from cleanuplint.files.generated import NAMES
from cleanuplint.files.patterns import Globs
from cleanuplint.findings import Confidence
from cleanuplint.rulebook import CATEGORIES, rules
from cleanuplint.suggest import did_you_mean

DEFAULT_EXCLUDE = (
    ".git",
    ".hg",
    ".svn",
    "node_modules",
    "bower_components",
    ".yarn",
    ".pnpm-store",
    ".venv",
    "venv",
    "dist",
    "build",
    "coverage",
    ".next",
    ".nuxt",
    ".output",
    ".svelte-kit",
    ".turbo",
    ".cache",
    *NAMES,
)
"""Code of others and build output. Not `pkg`, `out`, `target` or `vendor`, which are also names of
hand-written code; glue in them is known by its content, and most of them are git-ignored."""

DEFAULT_TEST_FILES = (
    "test/",
    "tests/",
    "__tests__/",
    "__mocks__/",
    "spec/",
    "e2e/",
    "*.test.*",
    "*.spec.*",
    "*_test.*",
    "*.bench.*",
)


class Fixing(Enum):
    """What a run does about the findings that can be cured."""

    NOTHING = "nothing"
    TELL = "tell"
    """Finds out which they are."""
    SAFE = "safe"
    ALL = "all"

    @property
    def cures(self) -> bool:
        return self in (Fixing.SAFE, Fixing.ALL)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that decides about the findings of a file."""

    root: Path
    """What patterns are relative to."""
    origin: Path | None = None
    """The file they were read from."""
    select: tuple[str, ...] | None = None
    """Rules and categories to use instead of the default ones."""
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    test_files: tuple[str, ...] = DEFAULT_TEST_FILES
    min_confidence: Confidence | None = None
    """None: all for guards, likely and above for ownership."""
    name_heuristics: bool = True
    contracts: tuple[Path, ...] = ()
    non_raising: tuple[str, ...] = ()
    classes: Mapping[str, Any] = field(default_factory=dict)
    fixable: tuple[str, ...] | None = None
    """Rules and categories whose findings may be fixed. None: all."""
    unfixable: tuple[str, ...] = ()

    @property
    def excluded(self) -> Globs:
        return Globs(self.root, self.exclude + self.extend_exclude)

    @property
    def tests(self) -> Globs:
        return Globs(self.root, self.test_files)

    def lines(self) -> Iterator[str]:
        """The settings as a user would write them."""
        yield f"# from {self.origin or 'the defaults'}"
        for entry in fields(self):
            value = getattr(self, entry.name)
            if entry.name not in ("root", "origin") and value is not None:
                yield f"{entry.name.replace('_', '-')} = {_toml(value)}"


def _toml(value: object) -> str:
    match value:
        case Confidence():
            return json.dumps(value.name.lower())
        case Path():
            return json.dumps(str(value))
        case tuple() | list():
            return f"[{', '.join(map(_toml, value))}]"
        case dict():
            inner = ", ".join(f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case _:
            return json.dumps(value)


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line says, which goes before what a file says."""

    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    extend_exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    min_confidence: Confidence | None = None

    def __post_init__(self) -> None:
        for option in ("select", "extend_select", "ignore"):
            for name in getattr(self, option):
                check_rule(name, f"--{option.replace('_', '-')}")

    def over(self, settings: Settings) -> Settings:
        """`--select` starts afresh; the other lists add to what the file says."""
        if self.select:
            settings = replace(settings, select=self.select, extend_select=(), ignore=())
        return replace(
            settings,
            extend_select=settings.extend_select + self.extend_select,
            ignore=settings.ignore + self.ignore,
            exclude=self.exclude or settings.exclude,
            extend_exclude=settings.extend_exclude + self.extend_exclude,
            force_exclude=settings.force_exclude or self.force_exclude,
            min_confidence=self.min_confidence or settings.min_confidence,
        )


def check_rule(name: str, where: str) -> None:
    """Refuse what is neither a rule nor a category."""
    known = {*CATEGORIES, *rules()}
    if name not in known:
        raise UserError(f"{where}: no rule or category is called `{name}`{_remedy(name, known)}")


def _remedy(name: str, known: set[str]) -> str:
    return did_you_mean(name, known) or "; `cleanuplint rules` lists them"
