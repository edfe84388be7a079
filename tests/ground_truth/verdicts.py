"""What the linter says of a program, beside what the program did."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cleanuplint.analysis import check_source
from cleanuplint.findings import Confidence, Finding

from .contract import KNOWLEDGE
from .python import in_python
from .python_runner import observe_python
from .running import DUTIES, Observation, observe
from .syntax import Program, Rendered

DUTY_OF_RULE = {
    "missing-release": "leak",
    "release-not-on-every-path": "leak",
    "discarded-resource": "leak",
    "overwritten-resource": "leak",
    "missing-teardown-release": "leak",
    "use-after-release": "late",
    "double-release": "twice",
    "unguarded-call": "filled",
    "clear-not-in-finally": "filled",
    "wrong-receiver-cleared": "filled",
}


NO_SITE = -1
"""Where a finding starts at no site: always a disagreement."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One duty of one site: whether the linter objects, and whether a path violates it."""

    site: int
    duty: str
    found: tuple[Finding, ...]
    path: tuple[int, ...] | None

    @property
    def agrees(self) -> bool:
        return bool(self.found) == (self.path is not None)

    @property
    def kind(self) -> str:
        """`miss` or `false alarm`, where they disagree."""
        return "false alarm" if self.found else "miss"


@dataclass(frozen=True, slots=True)
class Case:
    """A program with both verdicts on it."""

    program: Rendered
    observation: Observation
    findings: tuple[Finding, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def disagreements(self) -> tuple[Comparison, ...]:
        return tuple(one for one in self.comparisons if not one.agrees)


def check(program: Rendered) -> tuple[Finding, ...]:
    """The findings that are shown by default and speak of a duty."""
    found, _ = check_source(program.source.encode(), program.suffix, KNOWLEDGE)
    return tuple(
        one for one in found if one.rule in DUTY_OF_RULE and one.confidence >= Confidence.LIKELY
    )


def cases(programs: Sequence[Program]) -> list[Case]:
    """The programs that run to their ends on all paths, checked and run."""
    return list(_cases(programs, observe(programs)))


def python_cases(programs: Sequence[Program]) -> list[Case]:
    """The same for those that Python can say, in Python."""
    written = [one for one in map(in_python, programs) if one is not None]
    return list(_cases(written, observe_python(written)))


def _cases(programs: Sequence[Rendered], observations: Sequence[Observation]) -> Iterator[Case]:
    return (
        _case(program, observation)
        for program, observation in zip(programs, observations, strict=True)
        if observation.counts
    )


def _case(program: Rendered, observation: Observation) -> Case:
    findings = check(program)
    return Case(program, observation, findings, tuple(_compare(program, observation, findings)))


def _compare(
    program: Rendered, observation: Observation, findings: Sequence[Finding]
) -> Iterator[Comparison]:
    """Every duty of every site that some path reaches: of dead code nothing is true."""
    objections = _objections(program, findings)
    unplaced = {site for site, _ in objections if site == NO_SITE}
    for site in sorted(observation.reached | unplaced):
        for duty in DUTIES:
            if duty == "filled" and site in observation.undefined:
                continue
            path = observation.violations.get(site, {}).get(duty)
            found = tuple(objections.get((site, duty), ()))
            arises = site in (observation.filling if duty == "filled" else observation.acquiring)
            if arises or found or path is not None:
                yield Comparison(site, duty, found, tuple(path) if path is not None else None)


def _objections(
    program: Rendered, findings: Sequence[Finding]
) -> dict[tuple[int, str], list[Finding]]:
    """Findings by the site where their duty arises."""
    objections: dict[tuple[int, str], list[Finding]] = {}
    for finding in findings:
        key = _site_of(program, finding), DUTY_OF_RULE[finding.rule]
        objections.setdefault(key, []).append(finding)
    return objections


def _site_of(program: Rendered, finding: Finding) -> int:
    """Where it starts; a misuse starts where it happens, and its first step is the acquisition."""
    if finding.span.start in program.sites and DUTY_OF_RULE[finding.rule] in ("leak", "filled"):
        return program.sites[finding.span.start]
    return program.sites.get(finding.steps[0].span.start, NO_SITE)


def describe(case: Case) -> str:
    """A disagreement as a person wants to read it."""
    places = {number: start for start, number in case.program.sites.items()}
    lines = [case.program.source]
    for one in case.disagreements:
        line = case.program.source.count("\n", 0, places.get(one.site, 0)) + 1
        path = "no path violates it" if one.path is None else f"violated on path {list(one.path)}"
        lines.append(f"{one.kind}: `{one.duty}` of the site on line {line}: {path}")
    for finding in case.findings:
        line = case.program.source.count("\n", 0, finding.span.start) + 1
        lines.append(f"  the linter: line {line}: {finding.rule}: {finding.message}")
    return "\n".join(lines)
