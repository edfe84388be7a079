"""Ignore comments that ignore nothing are taken away, whatever the language."""

import re
from collections.abc import Iterator

from cleanuplint.findings import Edit, Finding, Fix, Span

RULE = "unused-suppression"
LISTED = re.compile(rb"\[([^\]\n]*)\]")


def proposals(text: bytes, finding: Finding) -> Iterator[Fix]:
    """The comment without the rule that it need not name, or no comment at all."""
    remedy, comment = finding.remedy, text[finding.span.start : finding.span.end]
    if remedy is None or b"\n" in comment:
        return
    listed = LISTED.search(comment)
    left = _others(listed[1], remedy.place.encode()) if listed is not None else []
    if listed is None or not left:
        yield Fix((_removed(text, finding.span),))
        return
    start = finding.span.start + listed.start(1)
    yield Fix((Edit(Span(start, start + len(listed[1])), b", ".join(left)),))


def _others(listed: bytes, rule: bytes) -> list[bytes]:
    return [name for name in re.split(rb"[\s,]+", listed) if name not in (b"", rule)]


def _removed(text: bytes, comment: Span) -> Edit:
    """With its line if it stands alone on it, else with the white space before it."""
    start, end = comment.start, comment.end
    line = text.rfind(b"\n", 0, start) + 1
    after = text.find(b"\n", end) + 1 or len(text)
    before, behind = text[line:start].strip(), text[end:after].strip()
    if (before, behind) in ((b"", b""), (b"{", b"}")):
        return Edit(Span(line, after), b"")
    while text[start - 1 : start] in (b" ", b"\t"):
        start -= 1
    return Edit(Span(start, end), b"")
