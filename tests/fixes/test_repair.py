"""The loop from findings to fixes, with a language made up: `BAD` is a finding, `GOOD` is not."""

from collections.abc import Iterator, Sequence

import pytest

from cleanuplint.findings import Confidence, Edit, Finding, Fix, Span
from cleanuplint.fixes.repair import Aim, Repair

RULE = "missing-release"
ALL = Aim(frozenset({RULE}), unsafe=True)
SAFE = Aim(frozenset({RULE}))


def check(text: bytes) -> list[Finding]:
    starts = [n for n in range(len(text)) if text.startswith(b"BAD", n)]
    return [Finding(RULE, Span(n, n + 3), "bad", "", "", Confidence.SURE) for n in starts]


class MadeUp:
    """`BAD!` has no cure, `BAD?` an unsafe one, `BAD*` a wrong one and a right one."""

    def __init__(self, text: bytes) -> None:
        self.text = text

    def proposals(self, finding: Finding) -> Iterator[Fix]:
        mark = self.text[finding.span.end : finding.span.end + 1]
        good = (Edit(finding.span, b"GOOD"),)
        if mark == b"*":
            yield Fix((Edit(finding.span, b"BAD BAD"),))
        if mark != b"!":
            yield Fix(good, "it is a guess" if mark == b"?" else "")


def repair(text: bytes, monkeypatch: pytest.MonkeyPatch) -> Repair:
    monkeypatch.setattr("cleanuplint.fixes.repair.fixer_for", lambda text, *_: MadeUp(text))
    return Repair(text, ".js", check(text), check)


@pytest.mark.parametrize(
    ("aim", "after"),
    [(SAFE, b"GOOD BAD! BAD? GOOD* GOOD"), (ALL, b"GOOD BAD! GOOD? GOOD* GOOD")],
)
def test_what_can_be_cured_is(aim: Aim, after: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    mending = repair(b"BAD BAD! BAD? BAD* BAD", monkeypatch)
    mending.run(aim)
    assert mending.text == after
    assert mending.findings == check(after)
    assert len(mending.cured) == after.count(b"GOOD")


def test_a_rule_that_is_not_to_be_fixed_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    mending = repair(b"BAD", monkeypatch)
    mending.run(Aim(frozenset({"double-release"})))
    assert mending.text == b"BAD" and not mending.cured


def test_a_cure_that_brings_another_finding_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def worse(text: bytes) -> Sequence[Finding]:
        found = check(text)
        if b"GOOD" in text:
            found.append(Finding("syntax-error", Span(0, 1), "no", "", "", Confidence.SURE))
        return found

    mending = repair(b"BAD", monkeypatch)
    mending.check = worse
    mending.run(ALL)
    assert mending.text == b"BAD"


def test_what_is_possible_is_what_would_work(monkeypatch: pytest.MonkeyPatch) -> None:
    mending = repair(b"BAD BAD! BAD? BAD*", monkeypatch)
    possible = {found.span.start: fix.unsafe for found, fix in mending.possible(ALL).items()}
    assert possible == {0: "", 9: "it is a guess", 14: ""}
    assert mending.text == b"BAD BAD! BAD? BAD*"
