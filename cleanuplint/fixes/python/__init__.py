"""Fixes of Python: codemods of the concrete syntax tree, handed on as the edits they amount to."""

from collections.abc import Callable, Iterator, Mapping

from libcst import CSTValidationError, ParserSyntaxError

from cleanuplint.findings import Finding, Fix
from cleanuplint.fixes.python import (
    clearing,
    doubles,
    dropping,
    local,
    masks,
    outer,
    overwriting,
    swallowed,
    teardown,
    temporaries,
)
from cleanuplint.fixes.python.file import File

Proposer = Callable[[Finding, File], Iterator[Fix]]

PROPOSERS: Mapping[str, tuple[Proposer, ...]] = {
    "clear-not-in-finally": (clearing.fixes,),
    "cleanup-masks-error": (masks.fixes,),
    "collection-drops-resource": (dropping.fixes,),
    "discarded-resource": (temporaries.fixes,),
    "double-release": (doubles.fixes,),
    "missing-release": (local.fixes, outer.fixes, temporaries.fixes),
    "missing-teardown-release": (teardown.fixes,),
    "overwritten-resource": (overwriting.fixes,),
    "release-not-on-every-path": (local.fixes, outer.fixes),
    "swallowed-wasm-error": (swallowed.fixes,),
    "unguarded-call": (clearing.fixes,),
    "wrong-receiver-cleared": (clearing.fixes,),
}
"""Rule -> what may know a cure, the best first."""

FORM_FEED = b"\x0c"


class Fixer:
    """Knows the cures of findings in one text; none where LibCST can't read all of it."""

    def __init__(self, text: bytes, suffix: str, path: str = "") -> None:
        self._file = _file(text)

    def proposals(self, finding: Finding) -> Iterator[Fix]:
        if self._file is None or (finding.remedy is not None and finding.remedy.many):
            return
        for propose in PROPOSERS.get(finding.rule, ()):
            yield from propose(finding, self._file)


def _file(text: bytes) -> File | None:
    """LibCST counts bytes wrongly after a form feed at the start, so such a file is left alone."""
    if text.startswith(FORM_FEED):
        return None
    try:
        return File.of(text)
    except (ParserSyntaxError, CSTValidationError):
        return None
