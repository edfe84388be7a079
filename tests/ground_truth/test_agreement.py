"""What the linter says of generated programs is what happens when they run."""

from functools import cache

import pytest

from .programs import program
from .python import in_python
from .python_runner import observe_python
from .running import observe
from .verdicts import Case, cases, describe, python_cases

CHUNK = 125
CHUNKS = range(8)
PYTHON_CHUNKS = range(4)

KNOWN: dict[int, str] = {}
"""Seeds whose disagreement is understood and accepted, with the reason."""


@cache
def chunk(number: int) -> tuple[Case, ...]:
    seeds = range(number * CHUNK, (number + 1) * CHUNK)
    return tuple(cases([program(seed) for seed in seeds if seed not in KNOWN]))


@pytest.mark.parametrize("number", CHUNKS)
def test_verdicts_agree(number: int) -> None:
    disagreeing = [case for case in chunk(number) if case.disagreements]
    shown = "\n\n".join(describe(case) for case in disagreeing[:5])
    assert not disagreeing, f"{len(disagreeing)} programs disagree, the first of them:\n\n{shown}"


@cache
def python_chunk(number: int) -> tuple[Case, ...]:
    seeds = range(number * CHUNK, (number + 1) * CHUNK)
    return tuple(python_cases([program(seed) for seed in seeds]))


@pytest.mark.parametrize("number", PYTHON_CHUNKS)
def test_verdicts_agree_in_python(number: int) -> None:
    disagreeing = [case for case in python_chunk(number) if case.disagreements]
    shown = "\n\n".join(describe(case) for case in disagreeing[:5])
    assert not disagreeing, f"{len(disagreeing)} programs disagree, the first of them:\n\n{shown}"


def test_most_programs_can_be_said_in_python_and_run() -> None:
    written = [one for seed in range(CHUNK) if (one := in_python(program(seed))) is not None]
    assert len(written) >= 0.6 * CHUNK
    observations = observe_python(written)
    assert [one.why for one in observations if not one.valid] == []
    assert sum(one.complete for one in observations) >= 0.95 * len(written)
    tags = frozenset().union(*(one.tags for one in written))
    assert {"with", "ExitStack", "await", "try/finally", "generator"} <= tags


def test_programs_of_a_seed_are_the_same() -> None:
    assert program(7).source == program(7).source


def test_programs_run() -> None:
    """All compile and raise nothing of their own; few have too many paths to try."""
    observations = observe([program(seed) for seed in range(CHUNK)])
    assert [one.why for one in observations if not one.valid] == []
    assert sum(one.complete for one in observations) >= 0.95 * CHUNK


def test_both_outcomes_are_common() -> None:
    """The agreement says something: duties of each kind are violated, and met."""
    violated, met = {}, {}
    for one in (comparison for case in chunk(0) + chunk(1) for comparison in case.comparisons):
        counts = met if one.path is None else violated
        counts[one.duty] = counts.get(one.duty, 0) + 1
    assert min(violated.get(duty, 0) for duty in ("leak", "filled")) >= 20
    assert min(violated.get(duty, 0) for duty in ("late", "twice")) >= 3
    assert min(met.values()) >= 100
