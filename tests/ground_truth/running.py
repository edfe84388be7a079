"""What happens when programs run: every path of each, under node."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .syntax import Program

RUNNER = Path(__file__).with_name("runner.mjs")
DUTIES = ("leak", "late", "twice", "filled")


@dataclass(frozen=True, slots=True)
class Observation:
    """What one program did. A path is a list of decisions, in the order they were asked for."""

    valid: bool
    """It compiled and raised nothing but what was injected."""
    complete: bool
    why: str | None
    paths: int
    violations: dict[int, dict[str, list[int]]]
    """Site -> duty -> the first path that violates it."""
    reached: frozenset[int]
    acquiring: frozenset[int]
    filling: frozenset[int]
    undefined: frozenset[int]
    """Sites that filled the buffer of a released object: what that leaves is undefined."""

    @property
    def counts(self) -> bool:
        return self.valid and self.complete


def observe(programs: Sequence[Program]) -> list[Observation]:
    """Run all programs in one node process."""
    jobs = json.dumps([program.as_job() for program in programs])
    done = subprocess.run(
        ["node", str(RUNNER)], input=jobs, capture_output=True, text=True, check=True, timeout=300
    )
    return [observation(item) for item in json.loads(done.stdout)]


def observation(item: dict[str, object]) -> Observation:
    """What a runner says of one program."""
    sites = {int(number): found for number, found in dict(item["sites"]).items()}
    return Observation(
        valid=bool(item["valid"]),
        complete=bool(item["complete"]),
        why=item["why"],
        paths=int(item["paths"]),
        violations={
            number: {duty: found[duty] for duty in DUTIES if duty in found}
            for number, found in sites.items()
        },
        reached=frozenset(sites),
        acquiring=frozenset(number for number, found in sites.items() if "acquires" in found),
        filling=frozenset(number for number, found in sites.items() if "fills" in found),
        undefined=frozenset(number for number, found in sites.items() if "undefined" in found),
    )
