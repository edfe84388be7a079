"""What the pages of the rules show as fixed is what the fixers make of their flagged examples."""

import pytest

from cleanuplint.fixes.javascript import PROPOSERS as JAVASCRIPT
from cleanuplint.fixes.python import PROPOSERS as PYTHON
from cleanuplint.rulebook import rules
from tests.fixes.test_laws import ALL, SAFE, fence_check, repaired
from tests.pages.fences import SUFFIXES, Case, cases_of

CASES = [case for rule in rules().values() for case in cases_of(rule.id, rule.page)]
FIXED = [case for case in CASES if case.section == "Fixed"]
FLAGGED = {(case.page, case.name): case for case in CASES if case.section == "Flagged"}


@pytest.mark.parametrize("case", FIXED, ids=lambda case: f"{case.page}::{case.name}")
def test_a_page_shows_what_the_fixer_writes(case: Case) -> None:
    flagged = FLAGGED[case.page, case.name]
    suffix, check = SUFFIXES[flagged.language], fence_check(flagged)
    safe = repaired(flagged.source, suffix, check, SAFE).text
    either = repaired(flagged.source, suffix, check, ALL).text if safe == flagged.source else safe
    assert either.decode() == case.text


def test_every_rule_that_can_be_fixed_shows_it() -> None:
    shown = {(case.page, case.language == "python") for case in FIXED}
    fixable = {(rule, False) for rule in JAVASCRIPT} | {(rule, True) for rule in PYTHON}
    assert fixable <= shown
