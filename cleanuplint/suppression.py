"""Comments that say: not this finding, not here.

    // cleanuplint: ignore[rule, …] reason       on the line of the finding, or alone before it
    // cleanuplint: ignore-file[rule, …] reason  anywhere; without brackets, every rule

In comments of every kind: `//`, `/* */`, `#`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cleanuplint.files.source import Source
from cleanuplint.findings import ADDRESS, Confidence, Finding, Remedy, Span
from cleanuplint.rulebook import rules
from cleanuplint.suggest import did_you_mean

RULE = "unused-suppression"

_DIRECTIVE = re.compile(
    r"^[\s/*#]*cleanuplint:\s*(?P<verb>[\w-]+)(?:\s*\[(?P<rules>[^\]\n]*)\])?", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Directive:
    """One ignore comment, as it was written."""

    comment: Span
    verb: str
    rules: tuple[str, ...] | None
    """None: no brackets."""
    lines: frozenset[int]
    """The lines it speaks for, unless it speaks for the file."""

    def covers(self, rule: str, line: int) -> bool:
        if self.verb == "ignore-file":
            return self.rules is None or rule in self.rules
        return self.verb == "ignore" and rule in (self.rules or ()) and line in self.lines


def suppress(
    findings: Iterable[Finding], source: Source, comments: Sequence[Span], on: frozenset[str]
) -> list[Finding]:
    """The findings that no comment covers, and one for each comment that covers nothing.

    A comment on a rule that is off is left alone: it may be needed when the rule is on.
    """
    directives = list(_directives(source, comments))
    kept: list[Finding] = []
    used: set[tuple[Directive, str]] = set()
    for found in findings:
        line = source.line_of(found.span.start)
        covering = [item for item in directives if item.covers(found.rule, line)]
        used.update((item, found.rule) for item in covering)
        if not covering:
            kept.append(found)
    if not any(item.verb == "ignore-file" and RULE in (item.rules or ()) for item in directives):
        kept.extend(found for item in directives for found in _complaints(item, used, on))
    return sorted(kept, key=lambda found: (found.span, found.rule, found.message))


def _directives(source: Source, comments: Sequence[Span]) -> Iterator[Directive]:
    if ADDRESS.encode() not in source.text:
        return
    alone = _Alone(source, comments)
    for comment in comments:
        text = source.text[comment.start : comment.end].decode("utf-8", "replace")
        if match := _DIRECTIVE.search(text):
            named = match["rules"]
            listed = None if named is None else tuple(filter(None, re.split(r"[\s,]+", named)))
            yield Directive(comment, match["verb"], listed, alone.lines_of(comment))


class _Alone:
    """Which comments have their lines for themselves, and thus speak for the code below."""

    def __init__(self, source: Source, comments: Sequence[Span]) -> None:
        self._source = source
        whole = filter(self._is_alone, comments)
        self._lines = {line for comment in whole for line in self._own(comment)}

    def lines_of(self, comment: Span) -> frozenset[int]:
        """The lines of the comment, and if it stands alone the next one with code."""
        own = self._own(comment)
        if own.start not in self._lines:
            return frozenset(own)
        after = own.stop
        while after in self._lines:
            after += 1
        return frozenset((*own, after))

    def _own(self, comment: Span) -> range:
        last = max(comment.start, comment.end - 1)
        return range(self._source.line_of(comment.start), self._source.line_of(last) + 1)

    def _is_alone(self, comment: Span) -> bool:
        """Nothing beside it; the braces around a comment in JSX are nothing."""
        text = self._source.text
        before = text[text.rfind(b"\n", 0, comment.start) + 1 : comment.start].strip()
        end = text.find(b"\n", comment.end)
        after = text[comment.end : end if end >= 0 else len(text)].strip()
        return (before, after) in ((b"", b""), (b"{", b"}"))


def _complaints(
    item: Directive, used: set[tuple[Directive, str]], on: frozenset[str]
) -> Iterator[Finding]:
    if item.verb not in ("ignore", "ignore-file"):
        close = did_you_mean(item.verb, ("ignore", "ignore-file"))
        yield _complaint(item, f"`cleanuplint: {item.verb}` is not known{close}")
    elif item.rules is None and item.verb == "ignore-file":
        if not any(directive == item for directive, _ in used):
            yield _complaint(item, "this comment ignores nothing: the file has no finding", "")
    elif not item.rules:
        yield _complaint(item, "this comment names no rule, so it ignores nothing")
    else:
        for rule in item.rules:
            yield from _about(rule, item, used, on)


def _about(
    rule: str, item: Directive, used: set[tuple[Directive, str]], on: frozenset[str]
) -> Iterator[Finding]:
    if rule not in rules():
        close = did_you_mean(rule, rules())
        yield _complaint(item, f"no rule is called `{rule}`{close}")
    elif rule in on and rule != RULE and (item, rule) not in used:
        message = f"`{rule}` has nothing to say here, so there is nothing to ignore"
        yield _complaint(item, message, rule)


def _complaint(item: Directive, message: str, needless: str | None = None) -> Finding:
    """`needless` is what can be taken away: a rule, or with an empty name the comment."""
    return Finding(
        rule=RULE,
        span=item.comment,
        message=message,
        because="a comment that ignores nothing will hide the next finding that comes here",
        help="remove it, or write `cleanuplint: ignore[rule] reason` on the line of the finding",
        confidence=Confidence.SURE,
        remedy=None if needless is None else Remedy(item.comment, needless),
    )
