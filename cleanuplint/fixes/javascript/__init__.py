"""Fixes of JavaScript and TypeScript: byte edits, found by way of the syntax tree."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from cleanuplint.findings import Finding, Fix
from cleanuplint.fixes.javascript import local
from cleanuplint.fixes.javascript.file import File
from cleanuplint.fixes.javascript.style import Style
from cleanuplint.languages.javascript.parsing import parse

Proposer = Callable[[Finding, File], Iterator[Fix]]

PROPOSERS: Mapping[str, tuple[Proposer, ...]] = {
    "missing-release": (local.fixes,),
    "release-not-on-every-path": (local.fixes,),
}
"""Rule -> what may know a cure, the best first."""


class Fixer:
    """Knows the cures of findings in one text."""

    def __init__(self, text: bytes, suffix: str) -> None:
        root = parse(text, suffix)
        self._file = File(root, Style(text, root))

    def proposals(self, finding: Finding) -> Iterator[Fix]:
        proposers = PROPOSERS.get(finding.rule, ())
        return chain.from_iterable(propose(finding, self._file) for propose in proposers)
