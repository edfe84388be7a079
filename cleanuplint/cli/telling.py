"""How a report is told: findings on standard output, the rest on standard error, an exit code."""

import os
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import click

from cleanuplint.cli import FAILED, FOUND, OK
from cleanuplint.files.naming import shown
from cleanuplint.output import concise, full, github, gitlab, json, sarif
from cleanuplint.report import Mended, Note, Report

DOCUMENTS = frozenset({"json", "sarif", "gitlab"})
"""Formats for programs, which hold all there is to say."""


@dataclass(frozen=True, slots=True)
class Manner:
    """What the user wants to read."""

    output_format: str
    color: str
    quiet: bool
    verbose: bool
    exit_zero: bool
    show_fixes: bool = False


def tell(report: Report, manner: Manner, mended: tuple[Mended, ...] = ()) -> int:
    """Say it, and what was mended before, and give the exit code."""
    colored = in_color(manner.color)
    click.echo(_rendered(report, mended, manner, colored), nl=False, color=colored)
    if manner.show_fixes:
        tell_fixes(mended)
    tell_notes("error", report.all_errors)
    if not manner.quiet:
        tell_notes("warning", report.warnings)
        if manner.verbose:
            tell_notes("left out", report.skipped)
        if manner.output_format not in DOCUMENTS:
            click.echo(_summary(report, mended), err=True)
    if report.all_errors:
        return FAILED
    return FOUND if report.findings and not manner.exit_zero else OK


def _rendered(report: Report, mended: tuple[Mended, ...], manner: Manner, colored: bool) -> str:
    match manner.output_format:
        case "json":
            return json.render(report, mended)
        case "sarif":
            return sarif.render(report)
        case "github":
            return github.render(report)
        case "gitlab":
            return gitlab.render(report)
        case "concise":
            return concise.render(report)
        case "statistics":
            return _statistics(report)
        case _:
            return full.render(report, colored)


def in_color(wish: str) -> bool:
    """`auto` is a terminal that nobody told NO_COLOR."""
    if wish == "auto":
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return wish == "always"


def _statistics(report: Report) -> str:
    counts = Counter(found.rule for found in report.findings)
    lines = [f"{count:>6}  {rule}\n" for rule, count in counts.most_common()]
    opaque = sum(result.opaque for result in report.results)
    gave_up = sum(result.gave_up for result in report.results)
    lines.append(f"{opaque:>6}  constructs that were not understood\n")
    lines.append(f"{gave_up:>6}  duties with too many states to follow\n")
    return "".join(lines)


def tell_notes(kind: str, notes: Iterable[Note]) -> None:
    for note in notes:
        click.echo(f"{kind}: {note.path}: {note.message}", err=True)


def tell_fixes(mended: Iterable[Mended]) -> None:
    """One line for each finding that was fixed."""
    for file in mended:
        for fixed in file.fixed:
            unsafe = f" (unsafe: {fixed.unsafe})" if fixed.unsafe else ""
            place = f"{shown(file.path)}:{fixed.at.row}"
            click.echo(f"fixed: {place}: {fixed.rule}: {fixed.message}{unsafe}", err=True)


def _summary(report: Report, mended: tuple[Mended, ...]) -> str:
    if not report.seen:
        return "No files to check."
    files = f"{_counted(report.seen, 'file')} seen, {report.parsed} parsed{_in_part(report)}"
    told = _found(report, bool(mended))
    if mended:
        told = f"{fixed_in(mended)}, {told[0].lower()}{told[1:]}"
    return f"{told} ({files}).{_could_be_fixed(report)}"


def _in_part(report: Report) -> str:
    """So that no file passes as clean which was not read whole."""
    return f", {report.parsed_in_part} of them in part" if report.parsed_in_part else ""


def _found(report: Report, after_fixes: bool) -> str:
    count = len(report.findings)
    if after_fixes:
        return f"{count} left" if count else "nothing left"
    return _counted(count, "finding") if count else "Nothing found"


def fixed_in(mended: Iterable[Mended]) -> str:
    counts = [len(file.fixed) for file in mended]
    return f"Fixed {_counted(sum(counts), 'finding')} in {_counted(len(counts), 'file')}"


def _could_be_fixed(report: Report) -> str:
    """How many findings an option would fix."""
    fixes = [found.fix for found in report.findings if found.fix is not None]
    safe = sum(not fix.unsafe for fix in fixes)
    offers = ((safe, "--fix"), (len(fixes) - safe, "--fix --unsafe-fixes"))
    told = [f"{count} fixable with {option}" for count, option in offers if count]
    return f" {', '.join(told)}." if told else ""


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
