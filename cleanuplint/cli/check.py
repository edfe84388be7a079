"""`cleanuplint check`."""

import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleanuplint.cli import OK
from cleanuplint.cli.progress import bar
from cleanuplint.errors import UserError

if TYPE_CHECKING:
    from cleanuplint.config import Configuration
    from cleanuplint.report import Mended, Report
    from cleanuplint.settings import Fixing, Overrides

FORMATS = ("full", "concise", "json", "sarif", "github", "gitlab")
STDIN = "-"


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one call, as click names them."""

    paths: tuple[str, ...]
    select: tuple[str, ...]
    extend_select: tuple[str, ...]
    ignore: tuple[str, ...]
    exclude: tuple[str, ...]
    extend_exclude: tuple[str, ...]
    force_exclude: bool
    min_confidence: str | None
    config: Path | None
    isolated: bool
    stdin_filename: str | None
    output_format: str
    color: str
    fix: bool
    unsafe_fixes: bool
    diff: bool
    show_fixes: bool
    show_files: bool
    show_settings: bool
    statistics: bool
    confirm: Path | None
    exit_zero: bool
    quiet: bool
    verbose: bool


def _names(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Several names in one option, several options, or both."""
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def _listed(flag: str, metavar: str, text: str) -> Callable[[Any], Any]:
    return click.option(flag, multiple=True, metavar=metavar, callback=_names, help=text)


@click.command("check", context_settings={"show_default": True})
@click.argument("paths", nargs=-1, metavar="[PATHS]…")
@_listed("--select", "RULES", "Rules and categories to use, and no others.")
@_listed("--extend-select", "RULES", "Rules and categories to use as well.")
@_listed("--ignore", "RULES", "Rules and categories to leave out.")
@_listed("--exclude", "PATTERNS", "Paths to leave out instead of the default ones.")
@_listed("--extend-exclude", "PATTERNS", "Paths to leave out as well.")
@click.option("--force-exclude", is_flag=True, help="Leave out excluded paths even if named here.")
@click.option(
    "--min-confidence",
    type=click.Choice(["assumed", "likely", "sure"]),
    help="How sure a finding must be.  [default: assumed for guards, likely for ownership]",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The one configuration to use.",
)
@click.option("--isolated", is_flag=True, help="Use no configuration file.")
@click.option("--stdin-filename", metavar="PATH", help="The name of the text that `-` reads.")
@click.option("--output-format", type=click.Choice(FORMATS), default="full", help="How to say it.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
@click.option("--fix", is_flag=True, help="Fix what can be fixed safely.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: the other fixes, too.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and write nothing.")
@click.option("--show-fixes", is_flag=True, help="With --fix or --diff: list what was fixed.")
@click.option("--show-files", is_flag=True, help="List the files that would be looked at.")
@click.option("--show-settings", is_flag=True, help="List the settings of the first path.")
@click.option("--statistics", is_flag=True, help="Count the findings by rule instead.")
@click.option(
    "--confirm",
    type=click.Path(path_type=Path),
    metavar="PKG_DIR",
    help="Run the compiled module too, and mark the findings that it confirms.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if there are findings.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but findings and errors.")
@click.option("-v", "--verbose", is_flag=True, help="Say which files were left out, and why.")
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """Check files and folders (the current one if none is named; `-` is standard input)."""
    options = Options(**given)
    ctx.exit(check(options))


def check(options: Options) -> int:
    """Do what the options say, and give the exit code."""
    from cleanuplint.config import Configuration

    if not (options.fix or options.diff) and (options.unsafe_fixes or options.show_fixes):
        raise UserError("--unsafe-fixes and --show-fixes go with --fix or --diff")
    _refuse_together(options)
    configuration = Configuration(_overrides(options), options.config, options.isolated)
    if options.show_settings:
        return _show_settings(options, configuration)
    if STDIN in options.paths:
        return _check_stdin(options, configuration)
    return _check_paths(options, configuration)


def _refuse_together(options: Options) -> None:
    """What one of two options says would be lost."""
    formatted = options.output_format != "full"
    for one, is_one, other, is_other in (
        ("--isolated", options.isolated, "--config", options.config is not None),
        ("--diff", options.diff, "--confirm", options.confirm is not None),
        ("--diff", options.diff, "--statistics", options.statistics),
        ("--diff", options.diff, "--output-format", formatted),
        ("--statistics", options.statistics, "--confirm", options.confirm is not None),
        ("--statistics", options.statistics, "--output-format", formatted),
    ):
        if is_one and is_other:
            raise UserError(f"{one} and {other} exclude each other")


def _overrides(options: Options) -> "Overrides":
    from cleanuplint.findings import Confidence
    from cleanuplint.settings import Overrides

    least = options.min_confidence
    return Overrides(
        select=options.select,
        extend_select=options.extend_select,
        ignore=options.ignore,
        exclude=options.exclude,
        extend_exclude=options.extend_exclude,
        force_exclude=options.force_exclude,
        min_confidence=None if least is None else Confidence[least.upper()],
    )


def _check_paths(options: Options, configuration: "Configuration") -> int:
    from cleanuplint.files.discover import discover

    paths = [Path(path) for path in options.paths] or [Path()]
    targets, unreached = discover(paths, configuration.exclusion)
    if options.show_files:
        return _show_files([target.path for target in targets])
    from cleanuplint.run import run

    def once() -> "Report":
        with bar(options.quiet) as show:
            return run(targets, unreached, configuration, show, _fixing(options))

    if options.diff:
        return _tell_diff(once(), options)
    if not options.fix:
        return _tell(once(), options)
    from cleanuplint.cli.fixing import fix_until_done

    done = fix_until_done(once)
    return _tell(done.report, options, done.fixes)


def _check_stdin(options: Options, configuration: "Configuration") -> int:
    data = sys.stdin.buffer.read()
    report = _run_text(data, options, configuration)
    if options.diff:
        return _tell_diff(report, options)
    if options.fix:
        from cleanuplint.cli.fixing import tell_text

        return tell_text(report, data, options.exit_zero)
    return _tell(report, options)


def _fixing(options: Options) -> "Fixing":
    from cleanuplint.settings import Fixing

    if options.fix or options.diff:
        return Fixing.ALL if options.unsafe_fixes else Fixing.SAFE
    told = options.output_format in ("full", "json", "sarif") and not options.statistics
    return Fixing.TELL if told else Fixing.NOTHING


def _run_text(data: bytes, options: Options, configuration: "Configuration") -> "Report":
    from cleanuplint.files.source import SUFFIXES
    from cleanuplint.report import Report
    from cleanuplint.run import run_text

    if len(options.paths) > 1:
        raise UserError("`-` reads standard input and goes with no other path")
    if not options.stdin_filename:
        raise UserError("`-` needs --stdin-filename, which tells the language")
    path = Path(os.path.abspath(options.stdin_filename))
    if path.suffix not in SUFFIXES:
        raise UserError(f"{options.stdin_filename}: not a language that cleanuplint reads")
    settings = configuration.of_file(path)
    if settings.force_exclude and settings.excluded.matches(path):
        return Report(())
    return run_text(path, data, configuration, _fixing(options))


def _show_settings(options: Options, configuration: "Configuration") -> int:
    first = next((path for path in options.paths if path != STDIN), options.stdin_filename or ".")
    path = Path(os.path.abspath(first))
    settings = configuration.of_folder(path if path.is_dir() else path.parent)
    for line in settings.lines():
        click.echo(line)
    return OK


def _show_files(paths: Iterable[Path]) -> int:
    from cleanuplint.files.naming import shown

    for path in paths:
        click.echo(shown(path))
    return OK


def _confirmed(report: "Report", package: Path, options: Options) -> "Report":
    from cleanuplint.confirming import confirm

    with bar(options.quiet) as show:
        return confirm(report, str(package), show)


def _tell_diff(report: "Report", options: Options) -> int:
    from cleanuplint.cli.fixing import tell_diff

    return tell_diff(report, options.show_fixes, options.exit_zero)


def _tell(report: "Report", options: Options, fixes: "tuple[Mended, ...]" = ()) -> int:
    from cleanuplint.cli.telling import Manner, tell

    if options.confirm is not None:
        report = _confirmed(report, options.confirm, options)
    manner = Manner(
        output_format="statistics" if options.statistics else options.output_format,
        color=options.color,
        quiet=options.quiet,
        verbose=options.verbose,
        exit_zero=options.exit_zero,
        show_fixes=options.show_fixes,
    )
    return tell(report, manner, fixes)
