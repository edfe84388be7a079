"""Accepted code is silent, and speaks up when one of its guards is taken away."""

import pytest

from .accepted import Accepted, Mutant, accepted, findings
from .mutants import mutants

ACCEPTED = accepted()
MUTANTS = [mutant for code in ACCEPTED for mutant in mutants(code)]

STILL_FINE = {
    "missing-release.md: made before each test and released after it:11": (
        "a variable of the whole test file, and nothing else tears it down"
    ),
    "missing-teardown-release.md: a custom element that leaves the page:5": (
        "an element is disconnected before it is connected again"
    ),
    "missing-teardown-release.md: handles of wasmtime close themselves:10": (
        "a store closes itself, only later"
    ),
    "overwritten-resource.md: a store for each round, or one instance for all:7": (
        "a store closes itself, only later"
    ),
    "release-not-on-every-path.md: a generator whose consumer may stop:13": (
        "closing the database frees its statements"
    ),
}
"""Mutants that are as good as the original, with the reason."""

UNSEEN = {
    "collection-drops-resource.md: each value of a dictionary is released:13": (
        "who takes an entry out of a collection is trusted with it"
    ),
    "collection-drops-resource.md: each value of a dictionary is released:18": (
        "a function that reads the entries is trusted with them"
    ),
    "overwritten-resource.md: the old engine goes before the new one comes:14": (
        "what is tested before it is overwritten is trusted to be gone"
    ),
    "use-after-release.md: released only where it is not returned:11": (
        "what a callback was given may be its by the time that it throws"
    ),
    "examples/swarm_py_clean:50": "a pointer among several results of an export is not followed",
    "release-not-on-every-path.md: the pointers of a batch:11": (
        "what is put into a collection is no longer followed"
    ),
}
"""Mutants that leak and are accepted, with what hides the leak."""


@pytest.mark.parametrize("code", ACCEPTED, ids=lambda code: code.origin)
def test_original_is_silent(code: Accepted) -> None:
    assert findings(code.source, code.suffix) == set()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.name}: {mutant.removed}")
def test_mutant_is_flagged(mutant: Mutant) -> None:
    if findings(mutant.source, mutant.accepted.suffix):
        assert mutant.name not in STILL_FINE | UNSEEN
    else:
        assert mutant.has_other or mutant.name in STILL_FINE | UNSEEN, mutant.source.decode()


def test_there_are_mutants() -> None:
    kinds = [mutant.kind for mutant in MUTANTS]
    assert min(kinds.count(kind) for kind in ("finally", "elsewhere", "using", "with")) >= 5
