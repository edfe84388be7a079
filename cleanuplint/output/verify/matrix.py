"""The results of a verification, arranged: classes, methods by guard, a cell for each fault."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from wasm_verify.model import FAILING, VACUOUS, Fault, Report, Result, Verdict

BACK = frozenset({Verdict.CLEARED, Verdict.MISSED})
"""Verdicts of faults after which the memory is back at the baseline, and nothing was hidden."""
WORDS = {
    Verdict.MODULE_DEAD: "dead",
    Verdict.POISONED: "poisoned",
    Verdict.KILLED: "killed",
    Verdict.MASKED: "masked",
    Verdict.RESIDUE: "left",
}
"""What did not come back, in one short word each."""


@dataclass(frozen=True, slots=True)
class Cell:
    """All faults of one kind on one method, with one guard."""

    results: tuple[Result, ...]

    @property
    def points(self) -> int:
        return self.results[0].points

    @property
    def reached(self) -> int:
        return self.results[0].reached

    @property
    def back(self) -> int:
        return sum(one.count for one in self.results if one.verdict in BACK)

    @property
    def bad(self) -> tuple[Result, ...]:
        """What did not come back, worst first."""
        return tuple(one for one in ranked(self.results) if one.verdict in FAILING)

    @property
    def answer(self) -> str:
        """Is the memory back at the baseline? `yes`, `no`, or `–` where no fault fired."""
        if not self.reached and not self.bad:
            return "–"
        return "no" if self.bad else "yes"

    @property
    def counts(self) -> str:
        return f"{self.back}/{self.reached}/{self.points}"

    @property
    def faults(self) -> tuple[str, ...]:
        """What did not come back: `3 poisoned`, `2,019 B left`."""
        return tuple(map(_said, self.bad))

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for two guards that make no difference."""
        return (self.points, tuple((one.verdict, one.count) for one in self.results))


def _said(one: Result) -> str:
    if one.verdict == Verdict.RESIDUE:
        return f"{one.residue_bytes or 0:,} B left"
    return f"{one.count} {WORDS[one.verdict]}"


@dataclass(frozen=True, slots=True)
class Row:
    """One method with one guard, or with several that make no difference to it."""

    method: str
    guards: tuple[str, ...]
    cells: dict[Fault, Cell]
    vacuous: bool = False
    """What was read never rose above the baseline, so that reading it proves nothing."""

    @property
    def label(self) -> str:
        return f"{self.method}°" if self.vacuous else self.method


@dataclass(frozen=True, slots=True)
class Section:
    """A class, or the functions of the module."""

    class_name: str
    """Empty for functions."""
    probes: tuple[str, ...]
    """What was read: names of methods, or `live bytes`."""
    baselines: tuple[int, ...]
    rows: tuple[Row, ...]

    @property
    def title(self) -> str:
        return self.class_name or "functions"

    @property
    def question(self) -> str:
        """What `yes` and `no` in its cells answer."""
        named = [one for one in self.probes if one and " " not in one]
        if not named:
            return "are the live bytes back?"
        if set(self.baselines) <= {0}:
            return f"{named[0]}() == 0?"
        return f"{named[0]}() back at the reading of a fresh object?"


def sections(report: Report, faults: Iterable[Fault]) -> tuple[Section, ...]:
    """The matrix of some kinds of fault. Classes without any of them are left out."""
    wanted = frozenset(faults)
    results = [one for one in report.results if one.fault in wanted]
    by_class = {one.class_name: None for one in results}
    vacuous = {one.what for one in report.not_verified if VACUOUS in one.reason}
    return tuple(
        _section(name, [one for one in results if one.class_name == name], vacuous)
        for name in by_class
    )


def columns(report: Report, gating: bool) -> tuple[Fault, ...]:
    """The kinds of fault that gate, or those that don't, as far as any was injected."""
    injected = {one.fault for one in report.results}
    return tuple(one for one in Fault if one in injected and (one in report.gate) == gating)


def ranked(results: Iterable[Result]) -> list[Result]:
    """Worst first. The verdicts are declared in that order."""
    order = list(Verdict)
    return sorted(results, key=lambda one: (order.index(one.verdict), -(one.residue_bytes or 0)))


def _section(name: str, results: list[Result], vacuous: set[str]) -> Section:
    sizes = [one for one in results if one.probe and " " not in one.probe]
    return Section(
        name,
        tuple(dict.fromkeys(one.probe for one in results)),
        tuple(dict.fromkeys(one.baseline for one in sizes)),
        tuple(_rows(results, vacuous)),
    )


def _rows(results: list[Result], vacuous: set[str]) -> Iterator[Row]:
    for method in dict.fromkeys(one.method for one in results):
        own = [one for one in results if one.method == method]
        rows = [_row(method, guard, own) for guard in dict.fromkeys(one.guard for one in own)]
        for _, same in groupby(rows, key=_row_key):
            alike = list(same)
            empty = f"{own[0].name} by {own[0].probe}" in vacuous
            yield Row(method, tuple(one.guards[0] for one in alike), alike[0].cells, empty)


def _row(method: str, guard: str, results: list[Result]) -> Row:
    by_fault: dict[Fault, list[Result]] = {}
    for one in results:
        if one.guard == guard:
            by_fault.setdefault(one.fault, []).append(one)
    return Row(method, (guard,), {fault: Cell(tuple(own)) for fault, own in by_fault.items()})


def _row_key(row: Row) -> list[tuple[Fault, tuple[object, ...]]]:
    return [(fault, cell.key) for fault, cell in row.cells.items()]
