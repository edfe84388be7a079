"""Which findings are shown: by rule, by category, by confidence, by kind of file."""

from dataclasses import dataclass
from functools import cache

from cleanuplint.findings import Confidence, Finding
from cleanuplint.rulebook import CATEGORIES, rules
from cleanuplint.settings import Settings

ALWAYS = frozenset({"syntax-error"})
"""On whatever `select` says: a file that was read in part must not pass as clean."""

LIKELY_AT_LEAST = frozenset({"ownership", "run"})
"""Categories of which guesses are shown only on request."""
UNASKED_IN_TESTS = ("ownership", "rust")


@dataclass(frozen=True, slots=True)
class Selection:
    """The rules that are on for one file, and how sure a finding has to be."""

    rules: frozenset[str]
    min_confidence: Confidence | None

    def shows(self, found: Finding) -> bool:
        return found.rule in self.rules and found.confidence >= self._least(found.rule)

    def _least(self, rule: str) -> Confidence:
        if self.min_confidence is not None:
            return self.min_confidence
        likely = rules()[rule].category in LIKELY_AT_LEAST
        return Confidence.LIKELY if likely else Confidence.ASSUMED


def selection(settings: Settings, is_test: bool) -> Selection:
    """What the settings choose for a file.

    In test files ownership and Rust rules are on only if they are asked for: a test that leaks
    what it acquired ends with its process.
    """
    asked = (*(settings.select or ()), *settings.extend_select)
    return Selection(
        _rules(settings.select, asked, settings.ignore, is_test), settings.min_confidence
    )


@cache
def _rules(
    select: tuple[str, ...] | None, asked: tuple[str, ...], ignore: tuple[str, ...], is_test: bool
) -> frozenset[str]:
    chosen = _default(is_test) if select is None else ALWAYS
    # a rule by its name goes before its category, so categories are settled first
    chosen = (chosen | _members(asked)) - _members(ignore)
    return (chosen | _single(asked)) - _single(ignore)


def fixable(settings: Settings) -> frozenset[str]:
    """The rules whose findings may be fixed."""
    chosen = frozenset(rules()) if settings.fixable is None else _named(settings.fixable)
    return chosen - _named(settings.unfixable)


def _named(names: tuple[str, ...]) -> frozenset[str]:
    """Rules, and all rules of categories."""
    return frozenset(r.id for r in rules().values() if r.id in names or r.category in names)


def _default(is_test: bool) -> frozenset[str]:
    return frozenset(
        rule.id
        for rule in rules().values()
        if rule.default and not (is_test and rule.category in UNASKED_IN_TESTS)
    )


def _members(names: tuple[str, ...]) -> frozenset[str]:
    """The rules of categories that are on by default: the others are worth a name each."""
    return frozenset(
        rule.id for rule in rules().values() if rule.default and rule.category in names
    )


def _single(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name for name in names if name not in CATEGORIES)
