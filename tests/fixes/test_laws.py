"""What holds of every fix: on the examples of all pages, and on `examples/`."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from tree_sitter import Node

from cleanuplint.analysis import check_source
from cleanuplint.files.source import read_text
from cleanuplint.findings import Finding
from cleanuplint.fixes import FIXERS
from cleanuplint.fixes.applying import applied
from cleanuplint.fixes.repair import SAME, Aim, Check, Repair
from cleanuplint.languages import javascript, python
from cleanuplint.languages.javascript.parsing import unread as javascript_unread
from cleanuplint.languages.rust import parsing as rust
from cleanuplint.languages.syntax import broken, comments
from cleanuplint.rulebook import rules
from cleanuplint.suppression import suppress
from tests.pages.fences import SUFFIXES, Case, cases_of, is_shown, knowledge, rules_run_on

EXAMPLES = Path(__file__).parents[2] / "examples"
EVERY_RULE = frozenset(rules())
SAFE, ALL = Aim(EVERY_RULE), Aim(EVERY_RULE, unsafe=True)
FENCES = [
    case
    for rule in rules().values()
    for case in cases_of(rule.id, rule.page)
    if SUFFIXES[case.language] in FIXERS and case.language != "rust"
]
SCRIPTS = sorted(path for path in EXAMPLES.glob("*/*") if path.suffix in FIXERS)


def fence_check(case: Case) -> Check:
    """The findings that the page shows."""
    on, suffix = rules_run_on(case.page), SUFFIXES[case.language]

    def check(text: bytes) -> list[Finding]:
        found, facts = check_source(text, suffix, knowledge())
        left = suppress(found, read_text(text), facts.comments, on)
        return [one for one in left if is_shown(one, on)]

    return check


def file_check(suffix: str) -> Check:
    """What is shown by default."""
    on = frozenset(rule.id for rule in rules().values() if rule.default)

    def check(text: bytes) -> list[Finding]:
        found, _ = check_source(text, suffix, knowledge())
        return [one for one in found if is_shown(one, on)]

    return check


def repaired(text: bytes, suffix: str, check: Check, aim: Aim) -> Repair:
    repair = Repair(text, suffix, check(text), check)
    repair.run(aim)
    return repair


def hold_to_the_laws(text: bytes, suffix: str, check: Check, aim: Aim) -> Repair:
    """Fix the text, and see that every law holds."""
    before = check(text)
    repair = repaired(text, suffix, check, aim)
    after = check(repair.text)
    # what is gone is at least what was cured, and nothing came
    assert kinds(after) <= kinds(before) - kinds(one.finding for one in repair.cured)
    # fixing twice is fixing once
    assert repaired(repair.text, suffix, check, aim).text == repair.text
    # it parses as well as before
    assert unread(repair.text, suffix) <= unread(text, suffix)
    # no comment is lost, but those that ignore nothing
    kept = [c for c in remarks(text, suffix) if b"cleanuplint: ignore" not in c]
    assert not Counter(kept) - Counter(remarks(repair.text, suffix))
    # the edits are all that was done
    replayed = text
    for one in repair.cured:
        replayed = applied(replayed, one.fix.edits)
    assert replayed == repair.text
    return repair


def kinds(findings: Iterable[Finding]) -> Counter[str]:
    return Counter(SAME.get(one.rule, one.rule) for one in findings)


def remarks(text: bytes, suffix: str) -> list[bytes]:
    root = tree(text, suffix)
    found = comments(root, rust.COMMENTS) if suffix == ".rs" else comments(root)
    return [text[span.start : span.end] for span in found]


def tree(text: bytes, suffix: str) -> Node:
    if suffix == ".rs":
        return rust.parse(text)
    return python.parse(text) if suffix == ".py" else javascript.parse(text, suffix)


def unread(text: bytes, suffix: str) -> int:
    """How many places can't be parsed."""
    root = tree(text, suffix)
    if suffix == ".rs":
        return len(rust.unread(root))
    return len(broken(root) if suffix == ".py" else javascript_unread(root))


@pytest.mark.parametrize("aim", [SAFE, ALL], ids=["safe", "all"])
@pytest.mark.parametrize("case", FENCES, ids=lambda case: f"{case.page}::{case.name}")
def test_fences(case: Case, aim: Aim) -> None:
    hold_to_the_laws(case.source, SUFFIXES[case.language], fence_check(case), aim)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_examples(path: Path) -> None:
    repair = hold_to_the_laws(path.read_bytes(), path.suffix, file_check(path.suffix), SAFE)
    assert not repair.findings


@pytest.mark.parametrize("case", FENCES, ids=lambda case: f"{case.page}::{case.name}")
def test_what_is_told_to_be_fixable_is(case: Case) -> None:
    check = fence_check(case)
    suffix, before = SUFFIXES[case.language], check(case.source)
    repair = Repair(case.source, suffix, before, check)
    for finding, fix in repair.possible(ALL).items():
        after = check(applied(case.source, fix.edits))
        assert Counter(one.rule for one in after) < Counter(one.rule for one in before)
        assert finding in before
