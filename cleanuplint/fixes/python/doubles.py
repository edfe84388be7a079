"""Two releases on one path: one of them goes."""

from collections.abc import Iterator
from dataclasses import replace

from cleanuplint.findings import Finding, Fix
from cleanuplint.fixes.python.doubts import GUESS
from cleanuplint.fixes.python.file import File
from cleanuplint.fixes.python.releases import Releases, Remover


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    """Without the first, or without another: what is left is checked."""
    remedy = finding.remedy
    if remedy is None:
        return
    for span in remedy.existing:
        releases = Releases.of(file, replace(remedy, existing=(span,)))
        if releases is not None:
            module = file.without(Remover(releases.statements))
            yield from file.fix(module, GUESS if remedy.assumed else "")
