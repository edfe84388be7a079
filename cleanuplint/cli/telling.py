"""How a report is told: findings on standard output, the rest on standard error, an exit code."""

import os
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import click

from cleanuplint.cli import FAILED, FOUND, OK
from cleanuplint.output import concise, full, json
from cleanuplint.report import Note, Report


@dataclass(frozen=True, slots=True)
class Manner:
    """What the user wants to read."""

    output_format: str
    color: str
    quiet: bool
    verbose: bool
    exit_zero: bool


def tell(report: Report, manner: Manner) -> int:
    """Say it, and give the exit code."""
    in_color = _in_color(manner.color)
    click.echo(_rendered(report, manner, in_color), nl=False, color=in_color)
    _tell_notes("error", report.all_errors)
    if not manner.quiet:
        _tell_notes("warning", report.warnings)
        if manner.verbose:
            _tell_notes("left out", report.skipped)
        if manner.output_format != "json":
            click.echo(_summary(report), err=True)
    if report.all_errors:
        return FAILED
    return FOUND if report.findings and not manner.exit_zero else OK


def _rendered(report: Report, manner: Manner, in_color: bool) -> str:
    match manner.output_format:
        case "json":
            return json.render(report)
        case "concise":
            return concise.render(report)
        case "statistics":
            return _statistics(report)
        case _:
            return full.render(report, in_color)


def _in_color(wish: str) -> bool:
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


def _tell_notes(kind: str, notes: Iterable[Note]) -> None:
    for note in notes:
        click.echo(f"{kind}: {note.path}: {note.message}", err=True)


def _summary(report: Report) -> str:
    if not report.seen:
        return "No files to check."
    count = len(report.findings)
    told = f"{_counted(count, 'finding')}" if count else "Nothing found"
    files = f"{_counted(report.seen, 'file')} seen, {report.parsed} parsed"
    return f"{told} ({files})."


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
