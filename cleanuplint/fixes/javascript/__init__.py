"""Fixes of JavaScript and TypeScript: byte edits, found by way of the syntax tree."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from cleanuplint.findings import Finding, Fix
from cleanuplint.fixes.javascript import (
    clearing,
    doubles,
    dropping,
    late,
    local,
    masks,
    outer,
    overwriting,
    swallowed,
    teardown,
    temporaries,
)
from cleanuplint.fixes.javascript.file import File
from cleanuplint.fixes.javascript.style import Style
from cleanuplint.languages.javascript.parsing import parse

Proposer = Callable[[Finding, File], Iterator[Fix]]

PROPOSERS: Mapping[str, tuple[Proposer, ...]] = {
    "clear-not-in-finally": (clearing.fixes,),
    "collection-drops-resource": (dropping.fixes,),
    "discarded-resource": (temporaries.fixes,),
    "cleanup-masks-error": (masks.fixes,),
    "double-release": (doubles.fixes,),
    "missing-release": (local.fixes, outer.fixes, temporaries.fixes),
    "missing-teardown-release": (teardown.fixes,),
    "overwritten-resource": (overwriting.fixes,),
    "release-not-on-every-path": (local.fixes, outer.fixes),
    "swallowed-wasm-error": (swallowed.fixes,),
    "unguarded-call": (clearing.fixes,),
    "use-after-release": (late.fixes,),
    "wrong-receiver-cleared": (clearing.fixes,),
}
"""Rule -> what may know a cure, the best first."""


TYPED = frozenset({".ts", ".mts", ".cts", ".tsx"})


class Fixer:
    """Knows the cures of findings in one text."""

    def __init__(self, text: bytes, suffix: str, path: str = "") -> None:
        root = parse(text, suffix)
        self._file = File(root, Style(text, root), suffix in TYPED, path)

    def proposals(self, finding: Finding) -> Iterator[Fix]:
        proposers = PROPOSERS.get(finding.rule, ())
        asked = chain((finding,), _wrapped(finding))
        return (fix for one in asked for propose in proposers for fix in propose(one, self._file))


def _wrapped(finding: Finding) -> Iterator[Finding]:
    """As if the release could throw, for those who want every one wrapped."""
    if finding.remedy is not None and finding.remedy.quiet:
        yield replace(finding, remedy=replace(finding.remedy, quiet=False))
