"""What holds of the fixes of generated programs: node and CPython run them before and after."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from cleanuplint.analysis import check_source
from cleanuplint.findings import Confidence, Finding
from cleanuplint.fixes.repair import Check, Repair
from cleanuplint.rulebook import rules
from tests.ground_truth.contract import KNOWLEDGE
from tests.ground_truth.programs import program
from tests.ground_truth.python import in_python

from . import dialects
from .behaviour import Behaviour, Job, compare
from .test_laws import ALL, hold_to_the_laws

BEHAVIOUR = Path(__file__).with_name("behaviour.mjs")
ON = frozenset(rule.id for rule in rules().values() if rule.default)
SEEDS, SEEDS_OF_DIALECT = 100, 30
"""How many programs are generated, of which some two in five have findings."""
IMPORTED = re.compile(r"^import .*$", re.MULTILINE)

pytestmark = pytest.mark.filterwarnings(
    # a generator whose own cleanup is made to fail, and a coroutine that nobody awaits
    "ignore::pytest.PytestUnraisableExceptionWarning",
    "ignore:coroutine .* was never awaited:RuntimeWarning",
)


@dataclass(frozen=True, slots=True)
class Mended:
    """A program with its fixes."""

    seed: int
    text: bytes
    repair: Repair
    parameters: tuple[str, ...]

    def as_job(self) -> Job:
        before, after = self.text.decode(), self.repair.text.decode()
        return {"before": before, "after": after, "parameters": self.parameters}

    @property
    def is_clean(self) -> bool:
        return not self.repair.findings


@dataclass(frozen=True, slots=True)
class Language:
    """How its programs are written and run."""

    suffix: str
    written: Callable[[int], tuple[str, tuple[str, ...]] | None]
    """The program of a seed and the kinds of its parameters; None if it can't be said."""
    run: Callable[[Sequence[Job]], Sequence[Behaviour]]
    dialects: Mapping[str, dialects.Dialect]

    @property
    def check(self) -> Check:
        return lambda text: [
            one
            for one in self.found(text)
            if one.rule in ON and one.confidence >= Confidence.LIKELY
        ]

    def found(self, text: bytes) -> Sequence[Finding]:
        return check_source(text, self.suffix, KNOWLEDGE)[0]

    def masks(self, text: bytes) -> bool:
        """The program's own cleanup can replace an error: no fault of a fix."""
        return any(one.rule == "cleanup-masks-error" for one in self.found(text))


def javascript(seed: int) -> tuple[str, tuple[str, ...]]:
    written = program(seed)
    kinds = written.used(written.marked.partition("main(")[2])
    return written.source, tuple(one.kind for one in kinds)


def python(seed: int) -> tuple[str, tuple[str, ...]] | None:
    written = in_python(program(seed))
    return None if written is None else (written.source, written.parameters)


def under_node(jobs: Sequence[Job]) -> Sequence[Behaviour]:
    prepared = [
        {**job, **{side: for_node(job[side]) for side in ("before", "after")}} for job in jobs
    ]
    ran = subprocess.run(
        ["node", str(BEHAVIOUR)],
        input=json.dumps(prepared), capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    result: list[Behaviour] = json.loads(ran.stdout)
    return result


def for_node(text: str) -> str:
    body = IMPORTED.sub("", text).replace("export ", "", 1)
    body = body.replace("throw new Error('stop')", "throw $.thrown(new Error('stop'))")
    return body.replace("catch (e) {", "catch (e) { $.caught(e);")


LANGUAGES = {
    "javascript": Language(".js", javascript, under_node, dialects.JAVASCRIPT),
    "python": Language(".py", python, compare, dialects.PYTHON),
}
WRITTEN = [(name, dialect) for name, one in LANGUAGES.items() for dialect in one.dialects]


@pytest.mark.parametrize(("name", "dialect"), WRITTEN, ids=[", ".join(one) for one in WRITTEN])
def test_fixed_programs_do_what_they_did_but_for_the_release(name: str, dialect: str) -> None:
    language = LANGUAGES[name]
    seeds = SEEDS if dialect == "plain" else SEEDS_OF_DIALECT
    programs = [
        one for one in _mended(language, language.dialects[dialect], seeds) if one.repair.cured
    ]
    ran = language.run([one.as_job() for one in programs])
    for one, seen in zip(programs, ran, strict=True):
        # the same calls in the same order, the same result or the same error, on every path
        assert seen["differing"] is None, one.seed
        hold_no_more_than_before(one, seen)
        # no cleanup replaces the first error
        assert seen["masked"] is None or language.masks(one.text), one.seed
        # it is written as the rest of the file
        dialects.hold_to_the_style(one.text.decode(), one.repair.text.decode())
    # these laws say something: many are mended whole, and have many paths
    assert sum(one.is_clean for one in programs) >= seeds // 5
    assert sum(int(seen["paths"]) for seen in ran) >= 12 * seeds


def hold_no_more_than_before(one: Mended, seen: Behaviour) -> None:
    """No path leaks more, nothing is released twice or too early; nothing at all if it is clean."""
    for kind in ("leaks", "twice", "late", "lost", "filled"):
        before, after = seen[kind]
        assert after <= before, (one.seed, kind)
        if one.is_clean and seen["complete"]:
            assert after == 0, (one.seed, kind)


def _mended(language: Language, dialect: dialects.Dialect, seeds: int) -> Iterator[Mended]:
    for seed in range(seeds):
        written = language.written(seed)
        text = dialect(written[0]).encode() if written is not None else b""
        if written is not None and language.check(text):
            repair = hold_to_the_laws(text, language.suffix, language.check, ALL)
            yield Mended(seed, text, repair, written[1])
