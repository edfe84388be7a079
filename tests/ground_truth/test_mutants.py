"""Accepted code is silent, and speaks up when one of its guards is taken away."""

import pytest

from .mutants import Accepted, Mutant, accepted, findings, mutants

ACCEPTED = accepted()
MUTANTS = [mutant for code in ACCEPTED for mutant in mutants(code)]

STILL_FINE = {
    "missing-release.md: made before each test and released after it:11": (
        "a variable of the whole test file, and nothing else tears it down"
    ),
    "missing-teardown-release.md: a custom element that leaves the page:5": (
        "an element is disconnected before it is connected again"
    ),
    "release-not-on-every-path.md: a generator whose consumer may stop:13": (
        "closing the database frees its statements"
    ),
}
"""Mutants that are as good as the original, with the reason."""


@pytest.mark.parametrize("code", ACCEPTED, ids=lambda code: code.origin)
def test_original_is_silent(code: Accepted) -> None:
    assert findings(code.source, code.suffix) == set()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.name}: {mutant.removed}")
def test_mutant_is_flagged(mutant: Mutant) -> None:
    if findings(mutant.source, mutant.accepted.suffix):
        assert mutant.name not in STILL_FINE
    else:
        assert mutant.has_other or mutant.name in STILL_FINE, mutant.source.decode()


def test_there_are_mutants() -> None:
    kinds = [mutant.kind for mutant in MUTANTS]
    assert min(kinds.count(kind) for kind in ("finally", "elsewhere", "using")) >= 5
