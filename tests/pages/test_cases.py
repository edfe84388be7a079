"""Code as it is met in the wild, right and wrong: each case is named for what it shows."""

from pathlib import Path

import pytest

from tests.pages.fences import Case, cases_of, findings_of

FILES = sorted(Path(__file__).with_name("cases").glob("*.md"))
CASES = [case for file in FILES for case in cases_of("", file.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.section}::{case.name}")
def test_case_yields_what_its_comments_say(case: Case) -> None:
    assert findings_of(case) == case.expected
