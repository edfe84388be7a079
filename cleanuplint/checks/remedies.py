"""From an outcome of the solver to what a fix needs to know of it."""

from fnmatch import fnmatchcase

from cleanuplint.checks.terms import Terms
from cleanuplint.findings import Confidence, Remedy, Span
from cleanuplint.flow.outcome import Fate, Outcome

DISPOSES = frozenset({"[Symbol.dispose]", "__exit__", "__aexit__"})
"""Releases that a construct of the language calls by itself: `using`, `with`."""
CLEARING = frozenset({Fate.UNGUARDED, Fate.NOT_IN_FINALLY, Fate.WRONG_RECEIVER})


def remedy_for(outcome: Outcome, terms: Terms, libraries: frozenset[str]) -> Remedy:
    """How the duty of an outcome is met."""
    cls = outcome.cls
    release = ending(outcome, terms)
    return Remedy(
        origin=outcome.origin,
        place=outcome.place,
        many=outcome.many,
        release=release,
        by_function=bool(cls.released_by),
        clears=outcome.fate in CLEARING,
        resource=cls.name,
        quiet=any(fnmatchcase(release, pattern) for pattern in cls.quiet),
        disposable=not DISPOSES.isdisjoint(cls.releases),
        assumed=outcome.confidence is Confidence.ASSUMED,
        raised=outcome.raised,
        existing=_existing(outcome),
        overwrites=outcome.other if outcome.fate is Fate.OVERWRITTEN else None,
        given=outcome.given or outcome.unresolved,
        libraries=libraries,
        owner=outcome.span if outcome.fate is Fate.NO_TEARDOWN else None,
    )


def _existing(outcome: Outcome) -> tuple[Span, ...]:
    if outcome.fate is Fate.WRONG_RECEIVER and outcome.other is not None:
        return (outcome.other,)
    return outcome.released


def ending(outcome: Outcome, terms: Terms) -> str:
    """The method or function that ends the duty, by the name that the language would use."""
    cls = outcome.cls
    if cls.released_by:
        return cls.released_by[0]
    if outcome.fate in CLEARING:
        names = terms.spelled(cls.clears or cls.releases)
        return min(names, key=lambda name: not name.lower().startswith("clear"), default="")
    return next(iter(terms.spelled(n for n in cls.releases if n[:1] not in ("[", "_"))), "")
