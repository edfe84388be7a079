"""Fixes of Rust: byte edits, found by way of the syntax tree."""

from collections.abc import Callable, Iterator, Mapping

from cleanuplint.findings import Emptying, Finding, Fix
from cleanuplint.fixes.rust import drops, errors, exports, leaks
from cleanuplint.fixes.rust.file import File, RustLayout
from cleanuplint.languages.rust.parsing import parse

Proposer = Callable[[Finding, File, Emptying], Iterator[Fix]]

PROPOSERS: Mapping[str, Proposer] = {
    "drop-does-not-release": drops.incomplete,
    "error-path-keeps-buffer": errors.fixes,
    "leaked-on-purpose": leaks.fixes,
    "missing-cleanup-export": exports.cleanup,
    "missing-drop": drops.missing,
    "missing-size-export": exports.size,
    "size-hides-capacity": exports.capacity,
}
"""Rule -> what may know a cure."""


class Fixer:
    """Knows the cures of findings in one text."""

    def __init__(self, text: bytes, suffix: str, path: str = "") -> None:
        self._file = File(parse(text), RustLayout(text))

    def proposals(self, finding: Finding) -> Iterator[Fix]:
        propose = PROPOSERS.get(finding.rule)
        if propose is None or finding.emptying is None:
            return iter(())
        return propose(finding, self._file, finding.emptying)
