"""Writes the tables of `docs/ground-truth.md`: `python -m tests.ground_truth.report [PROGRAMS]`."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from .accepted import accepted, findings
from .mutants import mutants
from .programs import program
from .syntax import Program
from .test_mutants import STILL_FINE
from .verdicts import Case, cases, python_cases

PAGE = Path(__file__).parents[2] / "docs" / "ground-truth.md"
PROGRAMS = 4000
AT_ONCE = 500
GROUPS = {
    "must-release": ("leak",),
    "misuse": ("late", "twice"),
    "must-clear": ("filled",),
}
"""Duties by column of the table."""

Row = Sequence[str]


def all_cases(
    count: int, judged: Callable[[Sequence[Program]], Sequence[Case]] = cases
) -> Iterator[Case]:
    for start in range(0, count, AT_ONCE):
        yield from judged([program(seed) for seed in range(start, min(start + AT_ONCE, count))])


def agreement(found: Sequence[Case]) -> Iterator[Row]:
    """A row per construct, and one for all."""
    yield _row("**all**", found)
    tags = Counter(tag for case in found for tag in case.program.tags)
    for tag in sorted(tags):
        yield _row(tag, [case for case in found if tag in case.program.tags])


def _row(name: str, found: Sequence[Case]) -> Row:
    cells = [name, f"{len(found):,}", f"{sum(case.observation.paths for case in found):,}"]
    for duties in GROUPS.values():
        compared = [one for case in found for one in case.comparisons if one.duty in duties]
        sites = len(
            {(id(case), o.site) for case in found for o in case.comparisons if o.duty in duties}
        )
        violated = sum(one.path is not None for one in compared)
        misses = sum(one.kind == "miss" for one in compared if not one.agrees)
        alarms = sum(one.kind == "false alarm" for one in compared if not one.agrees)
        cells += [f"{violated:,} of {sites:,}", f"{misses}", f"{alarms}"]
    return cells


def mutant_rows() -> Iterator[Row]:
    """What became of the mutants, by kind of guard."""
    counts: Counter[tuple[str, str]] = Counter()
    for code in accepted():
        for mutant in mutants(code):
            counts[(mutant.kind, _fate(findings(mutant.source, code.suffix), mutant))] += 1
    for kind in sorted({kind for kind, _ in counts}):
        fates = ("flagged", "another release", "still fine", "missed")
        numbers = [counts[(kind, fate)] for fate in fates]
        yield [kind, str(sum(numbers)), *map(str, numbers)]


def _fate(found: set[str], mutant: object) -> str:
    if found:
        return "flagged"
    if mutant.name in STILL_FINE:
        return "still fine"
    return "another release" if mutant.has_other else "missed"


def _table(head: Sequence[str], rows: Iterable[Row]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def put(page: str, name: str, text: str) -> str:
    """The page with the text between the marks of that name."""
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, _, rest = page.partition(start)
    return f"{before}{start}\n\n{text}\n\n{end}{rest.partition(end)[2]}"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PROGRAMS
    head = ["construct", "programs", "paths"]
    for group in GROUPS:
        head += [f"{group}: violated", "missed", "false"]
    page = PAGE.read_text()
    page = put(page, "agreement", _table(head, agreement(list(all_cases(count)))))
    in_python = list(all_cases(count // 2, python_cases))
    page = put(page, "agreement in Python", _table(head, agreement(in_python)))
    columns = ["guard", "mutants", "flagged", "another release", "still fine", "missed"]
    PAGE.write_text(put(page, "mutants", _table(columns, mutant_rows())))


if __name__ == "__main__":
    main()
