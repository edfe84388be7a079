"""For a person at a terminal: the matrix first, then the worst cases, last the verdict."""

from collections.abc import Callable, Iterator

from cleanuplint.output.verify.growth import series, sparkline
from cleanuplint.output.verify.matrix import Cell, Row, Section, columns, sections
from cleanuplint.output.verify.verdict import (
    case,
    command,
    counted,
    microseconds,
    overhead_verdict,
    plain,
    soak_verdict,
    verdict,
    worst,
)
from wasm_verify.model import Fault, Report
from wasm_verify.overhead import Cost, Overhead
from wasm_verify.soaking import Endurance, Snapshot, mebibytes

Paint = Callable[[str, str], str]
"""Text and the name of its role to text with colours, or as it was."""
_CODES = {"yes": "32", "no": "1;31", "–": "2", "head": "1", "dim": "2"}
CASES = 12
"""Worst cases that are told in full."""
UNVERIFIED = 12
SNAPSHOTS = 12
LEGEND = (
    "yes: every fault that fired came back; no: some did not; –: none fired\n"
    "counts are back/fired/injected; guard `none` is the bare call\n"
    "left: readable, but not empty; poisoned: it can't be read, cleared or freed any more, and no\n"
    "guard can help; dead: nor can any new object\n"
    "°: the size never rose above the baseline, so that it proves nothing here\n"
)


def report(found: Report, color: bool = False) -> str:
    paint = _colored if color else _plain
    return "".join(_parts(found, paint))


def _plain(text: str, role: str) -> str:
    return text


def _colored(text: str, role: str) -> str:
    return f"\x1b[{_CODES[role]}m{text}\x1b[0m" if role in _CODES else text


def _parts(found: Report, paint: Paint) -> Iterator[str]:
    yield f"{paint(found.module, 'head')}: {_counted(found)}\n"
    yield f"{found.engine}, seed {found.seed}, {found.seconds:.1f} s\n"
    gating, traps = columns(found, gating=True), columns(found, gating=False)
    if gating:
        yield f"\n{paint('FAULTS THAT GATE', 'head')} (users meet them, code can survive them)\n"
        yield from _matrix(found, gating, paint)
    if traps:
        yield f"\n{paint('OTHER FAULTS', 'head')} (what a trap would cost; they decide nothing)\n"
        yield from _matrix(found, traps, paint)
    yield f"\n{paint(LEGEND, 'dim')}"
    yield from _worst(found, paint)
    yield from _not_verified(found, paint)
    role = "yes" if found.passed and found.results else "no"
    yield f"\n{paint(verdict(found), role)}\n"


def _counted(found: Report) -> str:
    methods = len({one.name for one in found.results})
    cells = {(one.name, one.fault, one.guard): one for one in found.results}
    injected = sum(one.points for one in cells.values())
    reached = sum(one.reached for one in cells.values())
    return f"{counted(methods, 'method')}, {injected:,} faults injected, {reached:,} fired"


# ---- the matrix ----


def _matrix(found: Report, faults: tuple[Fault, ...], paint: Paint) -> Iterator[str]:
    shown = sections(found, faults)
    label = max(len(_label(row)) for one in shown for row in one.rows) + 2
    widths = [_width(fault, shown) for fault in faults]
    heads = "".join(f"{fault.value:<{width}}" for fault, width in zip(faults, widths, strict=True))
    for section in shown:
        yield f"\n{paint(f'{section.title}: {section.question}', 'head')}\n"
        yield f"{'':<{label}}{heads}".rstrip() + "\n"
        for row in section.rows:
            yield from _row(row, faults, label, widths, paint)


def _label(row: Row) -> str:
    return f"  {row.label} [{', '.join(row.guards)}]"


def _cell(cell: Cell | None) -> str:
    return f"{cell.answer} {cell.counts}" if cell else ""


def _width(fault: Fault, shown: tuple[Section, ...]) -> int:
    cells = [row.cells.get(fault) for one in shown for row in one.rows]
    texts = [text for cell in cells if cell for text in (_cell(cell), *cell.faults)]
    return max(map(len, [fault.value, *texts])) + 2


def _row(
    row: Row, faults: tuple[Fault, ...], label: int, widths: list[int], paint: Paint
) -> Iterator[str]:
    cells = [row.cells.get(fault) for fault in faults]
    painted = (
        paint(_cell(cell), cell.answer if cell else "") + " " * (width - len(_cell(cell)))
        for cell, width in zip(cells, widths, strict=True)
    )
    yield f"{_label(row):<{label}}{''.join(painted)}".rstrip() + "\n"
    for line in range(max((len(cell.faults) for cell in cells if cell), default=0)):
        texts = (cell.faults[line] if cell and line < len(cell.faults) else "" for cell in cells)
        below = "".join(f"{text:<{width}}" for text, width in zip(texts, widths, strict=True))
        yield f"{'':<{label}}{below}".rstrip() + "\n"


# ---- below the matrix ----


def _worst(found: Report, paint: Paint) -> Iterator[str]:
    failures = worst(found)
    if failures:
        yield f"\n{paint('WORST CASES', 'head')}\n"
    for one in failures[:CASES]:
        yield f"{paint(one.verdict, 'no')}: {case(one)}\n    {command(found, one)}\n"
    if len(failures) > CASES:
        yield f"and {len(failures) - CASES} more; --output-format concise lists all\n"


def _not_verified(found: Report | Endurance | Overhead, paint: Paint) -> Iterator[str]:
    if found.not_verified:
        yield f"\n{paint('NOT VERIFIED', 'head')}\n"
    for one in found.not_verified[:UNVERIFIED]:
        yield f"{plain(one.what)}: {plain(one.reason)}\n"
    if len(found.not_verified) > UNVERIFIED:
        yield f"and {len(found.not_verified) - UNVERIFIED} more; --output-format json lists all\n"


# ---- the soak ----


def soak(found: Endurance, color: bool = False) -> str:
    paint = _colored if color else _plain
    return "".join(_soaked(found, paint))


def _soaked(found: Endurance, paint: Paint) -> Iterator[str]:
    yield f"{paint(found.module, 'head')}: soaked with {counted(len(found.methods), 'method')}\n"
    yield f"{found.engine}, seed {found.seed}, guard {found.guard}\n\n"
    yield from _figures(found)
    if found.snapshots:
        yield "\n"
    for one in series(found) if found.snapshots else ():
        ends = f"{mebibytes(one.values[0])} → {mebibytes(one.values[-1])}"
        yield f"{one.name:<14} {sparkline(one.values)} {ends}\n"
    yield from _table(found.snapshots)
    for heading, lines in (("DIED", found.deaths), ("LEFT OUT OF THE MIX", found.fatal)):
        if lines:
            yield f"\n{paint(heading, 'head')}\n"
        yield from (f"{plain(line)}\n" for line in lines[:CASES])
    yield from _not_verified(found, paint)
    yield f"\n{paint(soak_verdict(found), 'yes' if found.passed else 'no')}\n"


def _figures(found: Endurance) -> Iterator[str]:
    live = found.live_growth
    yield f"operations   {found.operations:,}, of them {found.faults:,} with a fault\n"
    yield f"duration     {found.seconds:,.1f} s\n"
    yield f"throughput   {found.rate:,.0f} operations a second\n"
    yield f"growth       {mebibytes(found.growth)} of linear memory"
    yield f", {mebibytes(live)} of live bytes" if live is not None else ", live bytes unknown"
    yield f", {mebibytes(found.rss_growth)} of the process\n"
    yield f"instances    {found.lives:,}; {found.poisoned:,} objects poisoned\n"


def _table(shots: tuple[Snapshot, ...]) -> Iterator[str]:
    if not shots:
        return
    yield f"\n{'operations':>12} {'seconds':>9} {'memory':>12} {'live':>12} {'buffers':>9} "
    yield f"{'process':>12}\n"
    step = max(1, -(-len(shots) // SNAPSHOTS))
    for one in [*shots[:-1:step], shots[-1]]:
        live = mebibytes(one.live) if one.live is not None else "unknown"
        yield (
            f"{one.operations:>12,} {one.seconds:>9,.1f} {mebibytes(one.memory):>12} {live:>12} "
            f"{one.buffer:>7,} B {mebibytes(one.rss):>12}\n"
        )


# ---- the overhead ----


def overhead(found: Overhead, color: bool = False) -> str:
    paint = _colored if color else _plain
    return "".join(_overhead(found, paint))


def _overhead(found: Overhead, paint: Paint) -> Iterator[str]:
    yield f"{paint(found.module, 'head')}: the cost of the guard {found.guard}\n{found.engine}\n"
    if found.costs:
        label = max(len(one.name) for one in found.costs)
        yield f"\n{'':<{label}}  {'bare':>10}  {'guarded':>10}  {'cost':>7}  half of all pairs\n"
        yield from (_cost(one, label) for one in found.costs)
    yield from _not_verified(found, paint)
    yield f"\n{overhead_verdict(found)}\n"


def _cost(one: Cost, label: int) -> str:
    low, high = one.spread
    return (
        f"{one.name:<{label}}  {microseconds(one.bare):>10}  {microseconds(one.guarded):>10}  "
        f"{one.ratio - 1:>+7.1%}  {low - 1:+.1%} to {high - 1:+.1%}\n"
    )
