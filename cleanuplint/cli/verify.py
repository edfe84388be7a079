"""`cleanuplint verify`: the module itself on wasmtime, faults injected, the memory read."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleanuplint.cli import FAILED, FOUND, OK
from cleanuplint.cli.progress import bar
from cleanuplint.errors import UserError
from cleanuplint.suggest import did_you_mean

if TYPE_CHECKING:
    from wasm_verify.model import Fault, Report
    from wasm_verify.options import Options as Wanted
    from wasm_verify.overhead import Overhead
    from wasm_verify.soak import Plan
    from wasm_verify.soaking import Endurance

FORMATS = ("full", "concise", "json", "junit", "html")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
SIZES = {"": 1 << 20, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one call, as click names them."""

    module: str
    class_name: str
    method: str
    faults: tuple[str, ...]
    points: int
    seed: int
    engine: str
    jobs: int | None
    timeout: float
    memory_limit: int
    guard: str
    inputs: Path | None
    gate: tuple[str, ...]
    repro: str
    soak: str | None
    max_growth: int
    state: Path | None
    overhead: bool
    output_format: str
    output: Path | None
    color: str
    quiet: bool


def _kinds(ctx: click.Context, option: click.Parameter, given: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (given or "").split(",") if name.strip())


def _bytes(ctx: click.Context, option: click.Parameter, given: str) -> int:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmg]?)(?:i?b)?", given.strip().lower())
    if not found:
        raise click.BadParameter(f"`{given}` is no size; one looks like 5MB or 512MB")
    return int(float(found[1]) * SIZES[found[2]])


@click.command("verify", context_settings={"show_default": True})
@click.argument("module", metavar="PKG_DIR|MODULE.wasm")
@click.option("--class", "class_name", default="", metavar="CLASS", help="Only this class.")
@click.option("--method", default="", metavar="METHOD", help="Only this method or function.")
@click.option("--faults", callback=_kinds, metavar="KINDS", help="Only these kinds of fault.")
@click.option("--gate", callback=_kinds, metavar="KINDS", help="The kinds that decide, instead.")
@click.option(
    "--points",
    type=click.IntRange(min=1),
    default=24,
    help="The most faults of a kind for a method and a guard.",
)
@click.option(
    "--guard",
    default="clear",
    metavar="clear|none|FILE.js",
    help="How calls are guarded: a `finally` that clears, not at all, or your own function.",
)
@click.option(
    "--inputs",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Arguments of your own instead of generated ones.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, help="For what is generated.")
@click.option("--repro", default="", metavar="TEXT", help="Do exactly this one fault again.")
@click.option(
    "--engine",
    type=click.Choice(["wasmtime", "node"]),
    default="wasmtime",
    help="What runs it. Node has its own V8, and lets the glue do what you may do.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    show_default="one a core, at most 4",
    help="Processes at a time.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    help="Seconds that one operation may take. More than 60 let it do more work, too.",
)
@click.option(
    "--memory-limit",
    callback=_bytes,
    default="512MB",
    metavar="SIZE",
    help="What the module may use.",
)
@click.option(
    "--soak",
    metavar="N|DURATION",
    help="Instead: run 10000 operations, or for 24h (s, m, h, d), faults mixed in.",
)
@click.option(
    "--max-growth",
    callback=_bytes,
    default="5MB",
    metavar="SIZE",
    help="With --soak: growth above it fails.",
)
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="With --soak: go on from this file, and keep it up to date.",
)
@click.option("--overhead", is_flag=True, help="Instead: time calls with the guard and without.")
@click.option("--output-format", type=click.Choice(FORMATS), default="full", help="How to say it.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write it there; the verdict is still printed.",
)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """Run a compiled module, break it on purpose, see whether its memory comes back.

    \b
    Exit codes: 0 every gating fault that was reached came back, 1 one did not,
    2 could not do the job.
    """
    ctx.exit(verify(Options(**given)))


def verify(options: Options) -> int:
    """Do what the options say, and give the exit code."""
    from wasm_verify.errors import VerifyError

    if options.soak is None and options.state is not None:
        raise UserError("--state goes with --soak")
    _refuse_together(options)
    try:
        if options.overhead:
            return _overhead(options)
        return _once(options) if options.soak is None else _soak(options, options.soak)
    except VerifyError as error:
        raise UserError(str(error)) from error


def _refuse_together(options: Options) -> None:
    given = (("--soak", options.soak), ("--repro", options.repro), ("--overhead", options.overhead))
    named = [name for name, value in given if value]
    if len(named) > 1:
        raise UserError(f"{' and '.join(named)} exclude each other")


def _once(options: Options) -> int:
    from cleanuplint.output.verify.verdict import verdict
    from wasm_verify.run import verify as run

    wanted = _wanted(options)
    with bar(options.quiet) as show:
        found = run(
            options.module,
            wanted,
            lambda name, done, total: show(done, total, name),
        )
    _tell(options, found, verdict(found))
    if not found.results:
        return FAILED
    return OK if found.passed else FOUND


def _soak(options: Options, amount: str) -> int:
    from cleanuplint.output.verify.verdict import soak_verdict
    from wasm_verify.soak import soak

    plan = _plan(options, amount)
    with bar(options.quiet) as show:

        def progress(so_far: "Endurance") -> None:
            goal = plan.operations or plan.seconds or 0
            done = so_far.operations if plan.operations else so_far.seconds
            show(int(done), int(goal), f"{so_far.rate:,.0f}/s")

        found = soak(options.module, plan, _wanted(options), progress)
    _tell(options, found, soak_verdict(found))
    if found.interrupted:
        rest = "" if plan.state is None else "; the same command goes on from there"
        click.echo(f"interrupted after {found.operations:,} operations{rest}", err=True)
    if not found.passed:
        return FOUND
    return FAILED if found.interrupted or not found.snapshots else OK


def _overhead(options: Options) -> int:
    from cleanuplint.output.verify.verdict import overhead_verdict
    from wasm_verify.overhead import overhead

    with bar(options.quiet) as show:
        found = overhead(
            options.module, _wanted(options), lambda name, done, total: show(done, total, name)
        )
    _tell(options, found, overhead_verdict(found))
    return OK if found.costs else FAILED


# ---- from words to values ----


def _wanted(options: Options) -> "Wanted":
    from wasm_verify.engine.limits import Limits
    from wasm_verify.model import GATING, Fault
    from wasm_verify.options import Options as Wanted

    return Wanted(
        class_name=options.class_name,
        method=options.method,
        faults=_faults(options.faults) or tuple(Fault),
        points=options.points,
        seed=options.seed,
        guard=options.guard,
        engine=options.engine,
        **({} if options.jobs is None else {"jobs": options.jobs}),
        limits=Limits.of(options.memory_limit, options.timeout),
        inputs=options.inputs,
        gate=frozenset(_faults(options.gate) or GATING),
        repro=options.repro,
    )


def _faults(names: tuple[str, ...]) -> tuple["Fault", ...]:
    from wasm_verify.model import Fault

    known = {fault.value: fault for fault in Fault}
    for name in names:
        if name not in known:
            remedy = did_you_mean(name, known) or f"; there are {', '.join(known)}"
            raise UserError(f"no kind of fault is called `{name}`{remedy}")
    return tuple(fault for fault in Fault if fault.value in names)


def _plan(options: Options, amount: str) -> "Plan":
    from cleanuplint.files.writing import write
    from wasm_verify.soak import Plan

    found = re.fullmatch(r"(\d+)([smhd]?)", amount.strip().lower())
    if not found or not int(found[1]):
        raise UserError(f"--soak takes a number of operations or a time like 24h, not `{amount}`")
    number, unit = int(found[1]), found[2]
    return Plan(
        operations=None if unit else number,
        seconds=number * UNITS[unit] if unit else None,
        max_growth=options.max_growth,
        state=options.state,
        write=write,
    )


# ---- telling ----


def _tell(options: Options, found: "Report | Endurance | Overhead", last: str) -> None:
    """On standard output, or into a file that is whole or not there."""
    import importlib

    from cleanuplint.cli.telling import in_color
    from cleanuplint.files.writing import write

    form = importlib.import_module(f"cleanuplint.output.verify.{options.output_format}")
    soaked = "report" if options.soak is None else "soak"
    render = getattr(form, "overhead" if options.overhead else soaked)
    color = options.output is None and in_color(options.color)
    text = render(found, color)
    if options.output is None:
        click.echo(text, nl=False, color=color)
        return
    write(options.output, text)
    click.echo(last)
