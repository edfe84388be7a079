"""What the linter says of a program, beside what the program did."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cleanuplint.analysis import check_source
from cleanuplint.findings import Confidence, Finding

from .contract import KNOWLEDGE
from .running import DUTIES, Observation, observe
from .syntax import Program

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

    program: Program
    observation: Observation
    findings: tuple[Finding, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def disagreements(self) -> tuple[Comparison, ...]:
        return tuple(one for one in self.comparisons if not one.agrees)


def check(program: Program) -> tuple[Finding, ...]:
    """The findings that are shown by default and speak of a duty."""
    found, _ = check_source(program.source.encode(), ".js", KNOWLEDGE)
    return tuple(
        one for one in found if one.rule in DUTY_OF_RULE and one.confidence >= Confidence.LIKELY
    )


def cases(programs: Sequence[Program]) -> list[Case]:
    """The programs that run to their ends on all paths, checked and run."""
    observations = observe(programs)
    return [
        _case(program, observation)
        for program, observation in zip(programs, observations, strict=True)
        if observation.counts
    ]


def _case(program: Program, observation: Observation) -> Case:
    findings = check(program)
    return Case(program, observation, findings, tuple(_compare(program, observation, findings)))


def _compare(
    program: Program, observation: Observation, findings: Sequence[Finding]
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
    program: Program, findings: Sequence[Finding]
) -> dict[tuple[int, str], list[Finding]]:
    """Findings by the site where their duty arises."""
    objections: dict[tuple[int, str], list[Finding]] = {}
    for finding in findings:
        key = _site_of(program, finding), DUTY_OF_RULE[finding.rule]
        objections.setdefault(key, []).append(finding)
    return objections


def _site_of(program: Program, finding: Finding) -> int:
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
