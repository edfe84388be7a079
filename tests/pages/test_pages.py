"""Every fence of every rule page is run, and every rule has its page."""

from itertools import product

import pytest

from cleanuplint.checks.rust.crate import CHECKS
from cleanuplint.flow.outcome import Fate
from cleanuplint.rulebook import CATEGORIES, Rule, rules
from tests.pages.fences import LANGUAGES, SUFFIXES, Case, cases_of, findings_of

SECTIONS = ("Flagged", "Accepted")
MAY_FOLLOW = "Fixed"
"""`tests/fixes/test_rule_pages.py` holds it against the fixers."""
CASES = [case for rule in rules().values() for case in cases_of(rule.id, rule.page)]
IDS = [f"{case.page}::{case.section}::{case.name}" for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_fence_yields_what_its_comments_say(case: Case) -> None:
    assert findings_of(case) == case.expected


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_fence_is_where_it_belongs(case: Case) -> None:
    assert case.name
    assert case.section in (*SECTIONS, MAY_FOLLOW)
    assert case.language in SUFFIXES
    named = {rule for _, rule in case.expected}
    assert named <= rules().keys()
    assert (case.page in named) == (case.section == "Flagged")


@pytest.mark.parametrize("rule", rules().values(), ids=lambda rule: rule.id)
def test_page_is_whole(rule: Rule) -> None:
    assert rule.category in CATEGORIES
    assert rule.severity in ("error", "warning")
    assert rule.summary
    cases = cases_of(rule.id, rule.page)
    seen = {(case.section, LANGUAGES[case.language]) for case in cases}
    assert {each for each in seen if each[0] != MAY_FOLLOW} == set(
        product(SECTIONS, rule.languages)
    )


@pytest.mark.parametrize("rule", rules().values(), ids=lambda rule: rule.id)
def test_cases_have_names_of_their_own(rule: Rule) -> None:
    names = [(case.section == MAY_FOLLOW, case.name) for case in cases_of(rule.id, rule.page)]
    assert len(names) == len(set(names))


def test_every_outcome_has_a_page() -> None:
    assert {fate.value for fate in Fate} <= rules().keys()


def test_every_page_has_a_check() -> None:
    checks = {fate.value for fate in Fate} | {"syntax-error", "unused-suppression"} | CHECKS.keys()
    assert rules().keys() == checks
