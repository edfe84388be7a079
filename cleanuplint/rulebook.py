"""The rules, read from their pages: the page is documentation, registry entry and test in one."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FENCE = "+++\n"
CATEGORIES = ("guards", "ownership", "rust", "boundary", "run")


@dataclass(frozen=True, slots=True)
class Rule:
    """The front matter of a rule page, and the page."""

    id: str
    summary: str
    languages: tuple[str, ...]
    category: str
    severity: str
    """`error` or `warning`."""
    default: bool
    """On unless the user says otherwise."""
    since: str
    page: str
    """The prose, without the front matter."""


def rules_folder() -> Path:
    """The folder of pages and contracts: inside an installed package, else beside the sources."""
    installed = Path(__file__).parent / "_rules"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "rules"


@cache
def rules() -> Mapping[str, Rule]:
    """All rules by id, in alphabetical order."""
    pages = sorted(rules_folder().glob("*.md"))
    return {page.stem: _read(page) for page in pages}


def _read(path: Path) -> Rule:
    text = path.read_text(encoding="utf-8")
    _, head, page = text.split(FENCE, 2)
    fields = tomllib.loads(head)
    if fields["id"] != path.stem or fields["category"] not in CATEGORIES:
        raise ValueError(f"{path}: the front matter does not fit")
    fields["languages"] = tuple(fields["languages"])
    return Rule(**fields, page=page.strip() + "\n")
