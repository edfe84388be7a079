"""Edits that cure findings.

One package per language, imported when a file of it is to be fixed. Each proposes; `repair`
believes no proposal: an edit counts only if a check of the edited text says that the finding is
gone and no new one came.
"""

import importlib
from collections.abc import Iterator, Mapping
from typing import Protocol

from cleanuplint.findings import Finding, Fix

JAVASCRIPT = "cleanuplint.fixes.javascript"
PYTHON = "cleanuplint.fixes.python"
RUST = "cleanuplint.fixes.rust"

FIXERS: Mapping[str, str] = {
    ".py": PYTHON,
    ".ipynb": PYTHON,
    ".rs": RUST,
    **dict.fromkeys((".js", ".jsx", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx"), JAVASCRIPT),
}
"""Suffix -> the package whose `Fixer` serves it. A language is added here and nowhere else."""


class Fixer(Protocol):
    """What a language knows about curing findings in one text."""

    def proposals(self, finding: Finding) -> Iterator[Fix]:
        """Ways to cure it, the best first; none where it has to be left to people."""


def fixer_for(text: bytes, suffix: str, path: str = "") -> Fixer | None:
    """The fixer of a text of canonical UTF-8; None if its language has none.

    `path`: where the file is, for what its project knows; empty for a text alone.
    """
    name = FIXERS.get(suffix)
    if name is None:
        return None
    fixer: Fixer = importlib.import_module(name).Fixer(text, suffix, path)
    return fixer
