"""What `--fix` and `--diff` do with the changed texts of a run."""

import difflib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import click

from cleanuplint.cli import FAILED, FOUND, OK
from cleanuplint.cli.telling import fixed_in, tell_fixes, tell_notes
from cleanuplint.files.naming import shown
from cleanuplint.files.source import form_of
from cleanuplint.files.writing import NotWritten, rewrite
from cleanuplint.report import Mended, Note, Report

MAX_RUNS = 5
"""A mended file may say something new to those that import it, so the run is repeated."""


@dataclass(frozen=True, slots=True)
class Done:
    """The last report, and what was written before it."""

    report: Report
    fixes: tuple[Mended, ...]


def fix_until_done(once: Callable[[], Report]) -> Done:
    """Run and write until no run changes a file."""
    fixes: list[Mended] = []
    refused: dict[str, Note] = {}
    report = once()
    for _ in range(MAX_RUNS):
        written = list(_write(report, refused))
        fixes += written
        if not written:
            break
        report = once()
    return Done(replace(report, errors=(*report.errors, *refused.values())), tuple(fixes))


def _write(report: Report, refused: dict[str, Note]) -> Iterator[Mended]:
    for file in report.mended:
        name = shown(file.path)
        try:
            rewrite(file.path, file.before, file.after)
        except NotWritten as error:
            refused[name] = Note(name, str(error))
        else:
            yield file


def tell_text(report: Report, data: bytes, exit_zero: bool) -> int:
    """The fixed text of standard input on standard output; all else on standard error."""
    mended = report.mended
    sys.stdout.buffer.write(mended[0].after if mended else data)
    tell_notes("error", report.all_errors)
    for found in report.findings:
        place = f"{found.path}:{found.start.line}:{found.start.column}"
        click.echo(f"{place}: {found.rule}: {found.message}", err=True)
    if report.all_errors:
        return FAILED
    return FOUND if report.findings and not exit_zero else OK


def tell_diff(report: Report, show_fixes: bool, exit_zero: bool) -> int:
    """A unified diff on standard output; the exit code says whether there is one."""
    mended = report.mended
    for file in mended:
        click.echo("".join(_diff(file)), nl=False)
    if show_fixes:
        tell_fixes(mended)
    tell_notes("error", report.all_errors)
    if mended:
        click.echo(f"{fixed_in(mended)} (nothing was written).", err=True)
    if report.all_errors:
        return FAILED
    return FOUND if mended and not exit_zero else OK


def _diff(file: Mended) -> Iterator[str]:
    form = form_of(file.before)
    before, after = (
        form.read(data).text.decode().splitlines(keepends=True)
        for data in (file.before, file.after)
    )
    name = shown(file.path)
    for line in difflib.unified_diff(before, after, f"a/{name}", f"b/{name}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
