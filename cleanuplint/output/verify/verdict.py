"""The words that all formats share: the last line, and how a case is done again."""

import shlex
from collections import Counter
from statistics import quantiles

from cleanuplint.output.verify.matrix import ranked
from wasm_verify.model import FAILING, Report, Result, Verdict
from wasm_verify.overhead import Cost, Overhead
from wasm_verify.soaking import Endurance, mebibytes

OFFERED = ("none", "clear")
"""The guards that need no file."""


def command(report: Report, result: Result) -> str:
    """What does exactly this fault again."""
    own = "" if result.guard in OFFERED else f" --guard {shlex.quote(result.guard)}"
    module, repro = shlex.quote(report.module), shlex.quote(result.repro)
    return f"cleanuplint verify {module}{own} --repro {repro}"


def case(result: Result) -> str:
    """One result in one line, without its repro."""
    left = f", {result.residue_bytes:,} bytes left" if result.residue_bytes else ""
    detail = f": {plain(result.detail)}" if result.detail else ""
    return (
        f"{result.name}, {result.fault}, guard {result.guard}: "
        f"{result.count} of {result.points}{left}{detail}"
    )


def plain(text: str) -> str:
    """What a module says, without what would command a terminal."""
    return "".join(char if char.isprintable() else "�" for char in text)


def worst(report: Report) -> list[Result]:
    return ranked(report.failures)


def verdict(report: Report) -> str:
    """One line: does the module come back?"""
    if not report.results:
        return "NOTHING VERIFIED: see above for the reasons"
    if report.failures:
        return f"FAIL: {_failed(report)}"
    reached = sum(one.count for one in report.deciding if one.verdict != Verdict.NOT_REACHED)
    if not reached:
        return "PASS, but nothing was proved: no gating fault was reached"
    return f"PASS: every gating fault that was reached came back, {reached:,} of {reached:,}"


def _failed(report: Report) -> str:
    counts: Counter[Verdict] = Counter()
    for one in report.failures:
        counts[one.verdict] += one.count
    told = ", ".join(f"{counts[one]:,} {one}" for one in Verdict if one in FAILING and counts[one])
    methods = len({one.name for one in report.failures})
    does = "does" if methods == 1 else "do"
    noun = counted(methods, "method")
    return f"{noun} {does} not come back from faults that users can meet ({told})"


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def soak_verdict(report: Endurance) -> str:
    stopped = f"; stopped after {report.operations:,} operations" if report.interrupted else ""
    if report.complaints:
        return f"FAIL: {'; '.join(report.complaints)}{stopped}"
    grown, most = mebibytes(report.growth), mebibytes(report.max_growth)
    if not report.snapshots:
        return f"NOTHING MEASURED{stopped}"
    return f"PASS: memory stable, it grew by {grown} (at most {most} may){stopped}"


def overhead_line(one: Cost) -> str:
    """Of one method, without its name."""
    low, high = one.spread
    return (
        f"{one.ratio - 1:+.1%}, half of all pairs from {low - 1:+.1%} to {high - 1:+.1%}; "
        f"{microseconds(one.bare)} bare, {microseconds(one.guarded)} guarded"
    )


def microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:.2f} µs"


def overhead_verdict(found: Overhead) -> str:
    """One line: what does the guard cost?"""
    if not found.costs:
        return "NOTHING MEASURED: see above for the reasons"
    ratios = [ratio for one in found.costs for ratio in one.ratios]
    low, middle, high = quantiles(ratios, n=4)
    return (
        f"the guard costs {middle - 1:+.1%} of a call; half of {len(ratios):,} pairs lie "
        f"from {low - 1:+.1%} to {high - 1:+.1%}"
    )
