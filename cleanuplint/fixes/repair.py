"""From the findings in a text to a text without them.

    findings ─ proposals ─ one is applied ─ check ─ kept if the finding is gone and no new one came
       ▲                                                          │
       └────────────── the findings of the new text ──────────────┘

Fixes are applied one after the other, each to the text that the one before it left, so two that
touch the same lines can't get in each other's way.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cleanuplint.files.source import Position, Source, form_of
from cleanuplint.findings import Edit, Finding, Fix
from cleanuplint.fixes import Fixer, comments, fixer_for
from cleanuplint.fixes.applying import applied, are_apart, moved

Check = Callable[[bytes], Sequence[Finding]]
"""The findings in a text, as they would be shown."""

MAX_ROUNDS = 4
"""How often the findings that could not be cured are tried again after others were."""

CLEARS = "a clear"
SAME = dict.fromkeys(("unguarded-call", "clear-not-in-finally", "wrong-receiver-cleared"), CLEARS)
"""Rules that say the same of a call: which of them does depends on what is cleared around it."""

_Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Aim:
    """Which fixes are wanted."""

    rules: frozenset[str]
    unsafe: bool = False

    def wants(self, finding: Finding) -> bool:
        return finding.rule in self.rules

    def allows(self, fix: Fix) -> bool:
        return fix.is_safe or self.unsafe


@dataclass(frozen=True, slots=True)
class Cured:
    """A finding that was cured, and by what. Both are about the text at that time."""

    finding: Finding
    fix: Fix
    at: Position


@dataclass(slots=True)
class Repair:
    """A text on its way to having no findings."""

    text: bytes
    suffix: str
    findings: Sequence[Finding]
    check: Check
    path: str = ""
    cured: list[Cured] = field(default_factory=list)
    _tried: set[_Key] = field(default_factory=set)
    _fixer: Fixer | None = None
    """Of the text as it is."""

    def run(self, aim: Aim) -> None:
        """Cure what can be cured, until nothing changes."""
        for _ in range(MAX_ROUNDS):
            before = len(self.cured)
            self._tried.clear()
            while self._cure_one(aim):
                pass
            if len(self.cured) == before:
                return

    def _cure_one(self, aim: Aim) -> bool:
        for finding in self.findings:
            if _key(finding) in self._tried or not aim.wants(finding):
                continue
            self._tried.add(_key(finding))
            for fix in self._proposals(finding):
                if aim.allows(fix) and self._take(finding, fix):
                    return True
        return False

    # What is different of a text that stands in several pieces.

    def fitted(self, fix: Fix) -> Fix | None:
        """The fix as it can be written; None if it can't."""
        return fix

    def look(self, edits: Sequence[Edit]) -> Sequence[Finding]:
        """The findings after edits."""
        return self.check(applied(self.text, edits))

    def settle(self, edits: Sequence[Edit]) -> None:
        self.text = applied(self.text, edits)

    @property
    def source(self) -> Source:
        """The text, and where in it something is."""
        return Source(self.text)

    def written(self, data: bytes) -> bytes:
        """The bytes of the file that were `data`, with what became of its text."""
        return form_of(data).write(self.text)

    def _take(self, finding: Finding, fix: Fix) -> bool:
        after = self._after((finding,), fix.edits, fix.outdates)
        if after is None:
            return False
        self.cured.append(Cured(finding, fix, self.source.position(finding.span.start)))
        self.settle(fix.edits)
        self.findings, self._fixer = after, None
        self._tried = {
            (rule, at)
            for rule, start in self._tried
            for at in [moved(start, fix.edits)]
            if at is not None
        }
        return True

    def possible(self, aim: Aim) -> Mapping[Finding, Fix]:
        """What could be cured, each by itself, and how."""
        first = {
            finding: fix
            for finding in self.findings
            if aim.wants(finding)
            for fix in [next(self._proposals(finding), None)]
            if fix is not None
        }
        found: dict[Finding, Fix] = {}
        for wave in _waves(first):
            if self._all_work(wave):
                found.update(wave)
                continue
            alone = ((finding, self._working(finding)) for finding in wave)
            found.update((finding, fix) for finding, fix in alone if fix is not None)
        return found

    def _all_work(self, fixes: Mapping[Finding, Fix]) -> bool:
        """One check for all of them, which is the common case."""
        edits = sorted(edit for fix in fixes.values() for edit in fix.edits)
        outdated = frozenset[str]().union(*(fix.outdates for fix in fixes.values()))
        return self._after(tuple(fixes), edits, outdated) is not None

    def _working(self, finding: Finding) -> Fix | None:
        for fix in self._proposals(finding):
            if self._after((finding,), fix.edits, fix.outdates) is not None:
                return fix
        return None

    def _proposals(self, finding: Finding) -> Iterator[Fix]:
        for fix in self._proposed(finding):
            fitted = self.fitted(fix)
            if fitted is not None:
                yield fitted

    def _proposed(self, finding: Finding) -> Iterator[Fix]:
        if finding.rule == comments.RULE:
            return comments.proposals(self.text, finding)
        if self._fixer is None:
            self._fixer = fixer_for(self.text, self.suffix, self.path)
        return iter(()) if self._fixer is None else self._fixer.proposals(finding)

    def _after(
        self, cured: Sequence[Finding], edits: Sequence[Edit], outdated: frozenset[str]
    ) -> Sequence[Finding] | None:
        """The findings in the text after edits; None if they cure too little or break anything."""
        if applied(self.text, edits) == self.text:
            return None
        after = self.look(edits)
        allowed = Counter(map(_key, self.findings)) - Counter(map(_key, cured))
        kept: Counter[_Key] = Counter()
        for (rule, start), count in allowed.items():
            at = moved(start, edits)
            if at is not None:
                kept[rule, at] += count
        new = Counter(map(_key, after)) - kept
        return None if any(rule not in outdated for rule, _ in new) else after


def _waves(fixes: Mapping[Finding, Fix]) -> Iterator[dict[Finding, Fix]]:
    """The fixes in groups that touch different places."""
    waiting = dict(fixes)
    while waiting:
        wave: dict[Finding, Fix] = {}
        for finding, fix in waiting.items():
            if not wave or are_apart((*wave.values(), fix)):
                wave[finding] = fix
        yield wave
        waiting = {finding: fix for finding, fix in waiting.items() if finding not in wave}


def _key(finding: Finding) -> _Key:
    """What makes it the same finding in an edited text."""
    return SAME.get(finding.rule, finding.rule), finding.span.start
