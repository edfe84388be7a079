"""One page that stands alone, without network: the matrix or the chart, the cases, the verdict."""

from collections.abc import Iterable, Iterator
from html import escape
from importlib import resources

from cleanuplint.output.verify.growth import chart, series
from cleanuplint.output.verify.matrix import Cell, Row, Section, columns, sections
from cleanuplint.output.verify.remains import bars
from cleanuplint.output.verify.spreads import spreads
from cleanuplint.output.verify.verdict import (
    case,
    command,
    microseconds,
    overhead_verdict,
    soak_verdict,
    verdict,
    worst,
)
from cleanuplint.version import VERSION
from wasm_verify.model import Fault, NotVerified, Report
from wasm_verify.overhead import Cost, Overhead
from wasm_verify.soaking import Endurance, Snapshot, mebibytes

LEGEND = (
    "<b>yes</b>: every fault that fired came back; <b>no</b>: some did not; <b>–</b>: none fired. "
    "Counts are back / fired / injected. Guard <code>none</code> is the bare call. "
    "<b>left</b>: the object can be read and is not empty. <b>poisoned</b>: it can't be read, "
    "cleared or freed any more, and no guard can help. <b>dead</b>: nor can any new object. "
    "°: the size never rose above the baseline, so that it proves nothing here."
)
ROWS = 40
"""Snapshots in the table."""


def report(found: Report, color: bool = False) -> str:
    passed = found.passed and bool(found.results)
    return _page(found.module, _word(passed), verdict(found), _report(found))


def soak(found: Endurance, color: bool = False) -> str:
    return _page(found.module, _word(found.passed), soak_verdict(found), _soak(found))


def overhead(found: Overhead, color: bool = False) -> str:
    return _page(found.module, "overhead", overhead_verdict(found), _overhead(found))


def _word(passed: bool) -> str:
    return "pass" if passed else "fail"


def _page(module: str, word: str, last: str, parts: Iterable[str]) -> str:
    style = resources.files(__package__).joinpath("page.css").read_text("utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(module)}: {word}</title>\n"
        f"<style>\n{style}</style>\n"
        f"<h1>{escape(module)}</h1>\n"
        f'<p class="verdict {word}">{escape(last)}</p>\n{"".join(parts)}'
        f'<p class="dim">cleanuplint {VERSION}</p>\n</html>\n'
    )


# ---- a verification ----


def _report(found: Report) -> Iterator[str]:
    methods = len({one.name for one in found.results})
    cells = {(one.name, one.fault, one.guard): one for one in found.results}.values()
    yield _figures(
        ("methods", f"{methods:,}"),
        ("faults injected", f"{sum(one.points for one in cells):,}"),
        ("of them fired", f"{sum(one.reached for one in cells):,}"),
        ("time", f"{found.seconds:.1f} s"),
    )
    yield _made_with(found.engine, found.seed)
    yield from _block(
        found, True, "Faults that gate", "Users can meet them, code can survive them."
    )
    yield from _block(found, False, "Other faults", "What a trap would cost. They decide nothing.")
    yield f'<p class="legend">{LEGEND}</p>\n'
    if drawn := bars(found):
        yield f"<h2>What stays behind</h2>\n{drawn}\n"
    yield from _cases(found)
    yield from _not_verified(found.not_verified)


def _figures(*pairs: tuple[str, str]) -> str:
    told = "".join(f"<div><dt>{escape(a)}</dt><dd>{escape(b)}</dd></div>" for a, b in pairs)
    return f'<dl class="figures">{told}</dl>\n'


def _made_with(engine: str, seed: int) -> str:
    return f'<p class="dim">{escape(engine)}, seed {seed}</p>\n'


def _block(found: Report, gating: bool, title: str, about: str) -> Iterator[str]:
    faults = columns(found, gating)
    if not faults:
        return
    yield f'<h2>{title}</h2>\n<p class="dim">{about}</p>\n'
    for section in sections(found, faults):
        yield from _section(section, faults)


def _section(section: Section, faults: tuple[Fault, ...]) -> Iterator[str]:
    yield f"<h3>{escape(section.title)}: <code>{escape(section.question)}</code></h3>\n"
    heads = "".join(f"<th>{fault}</th>" for fault in faults)
    yield f'<div class="scroll"><table class="matrix"><thead><tr><th></th>{heads}</tr></thead>\n'
    yield "<tbody>"
    yield from (_row(row, faults) for row in section.rows)
    yield "</tbody>"
    yield "</table></div>\n"


def _row(row: Row, faults: tuple[Fault, ...]) -> str:
    guards = escape(", ".join(row.guards))
    cells = "".join(_cell(fault, row.cells.get(fault)) for fault in faults)
    return (
        f"<tr><th><code>{escape(row.label)}</code><small>guard {guards}</small></th>{cells}</tr>\n"
    )


def _cell(fault: Fault, cell: Cell | None) -> str:
    if cell is None:
        return "<td></td>"
    role = {"–": "none"}.get(cell.answer, cell.answer)
    below = "".join(f"<small>{escape(text)}</small>" for text in cell.faults)
    return f'<td class="{role}" data-fault="{fault}"><b>{cell.answer}</b> {cell.counts}{below}</td>'


def _cases(found: Report) -> Iterator[str]:
    failures = worst(found)
    if not failures:
        return
    yield '<h2>Worst cases</h2>\n<ol class="cases">\n'
    for one in failures:
        yield f"<li><b>{one.verdict}</b>: {escape(case(one))}"
        yield f"<code>{escape(command(found, one))}</code></li>\n"
    yield "</ol>\n"


def _not_verified(some: tuple[NotVerified, ...]) -> Iterator[str]:
    if not some:
        return
    yield "<h2>Not verified</h2>\n<ul>\n"
    for one in some:
        yield f"<li><code>{escape(one.what)}</code>: {escape(one.reason)}</li>\n"
    yield "</ul>\n"


# ---- a soak ----


def _soak(found: Endurance) -> Iterator[str]:
    live = found.live_growth
    yield _figures(
        ("operations", f"{found.operations:,}"),
        ("with a fault", f"{found.faults:,}"),
        ("duration", f"{found.seconds:,.1f} s"),
        ("throughput", f"{found.rate:,.0f} a second"),
        ("growth of linear memory", mebibytes(found.growth)),
        ("growth of live bytes", mebibytes(live) if live is not None else "unknown"),
        ("growth of the process", mebibytes(found.rss_growth)),
        ("objects poisoned", f"{found.poisoned:,}"),
        ("instances", f"{found.lives:,}"),
        ("guard", found.guard),
    )
    yield _made_with(found.engine, found.seed)
    if found.snapshots:
        yield f"<h2>Memory</h2>\n{chart(found)}\n{_keys(found)}{_table(found.snapshots)}"
    yield from _lines("Died", found.deaths)
    yield from _lines("Left out of the mix", found.fatal)
    yield from _not_verified(found.not_verified)


def _keys(found: Endurance) -> str:
    drawn = [one for one in series(found) if one.role != "rss"]
    keys = "".join(f'<span><i class="{one.role}"></i>{one.name}</span>' for one in drawn)
    ends = '<span><i class="life"></i>an instance ended</span>' if found.lives > 1 else ""
    return f'<p class="keys dim">{keys}{ends}</p>\n'


def _table(shots: tuple[Snapshot, ...]) -> str:
    step = max(1, -(-len(shots) // ROWS))
    heads = (
        "operations",
        "seconds",
        "linear memory",
        "live bytes",
        "buffers",
        "process",
        "instance",
    )
    rows = "".join(map(_snapshot, [*shots[:-1:step], shots[-1]]))
    head = "".join(f"<th>{one}</th>" for one in heads)
    table = f"<table><thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table>"
    return f'<div class="scroll">{table}</div>\n'


def _snapshot(one: Snapshot) -> str:
    live = mebibytes(one.live) if one.live is not None else "unknown"
    values = (
        f"{one.operations:,}",
        f"{one.seconds:,.1f}",
        mebibytes(one.memory),
        live,
        f"{one.buffer:,} B",
        mebibytes(one.rss),
        str(one.life + 1),
    )
    return f"<tr>{''.join(f'<td class=number>{value}</td>' for value in values)}</tr>\n"


# ---- an overhead ----


def _overhead(found: Overhead) -> Iterator[str]:
    yield _figures(
        ("methods", f"{len(found.costs):,}"),
        ("pairs of blocks", f"{sum(len(one.ratios) for one in found.costs):,}"),
        ("guard", found.guard),
        ("time", f"{found.seconds:.1f} s"),
    )
    yield f'<p class="dim">{escape(found.engine)}</p>\n'
    if found.costs:
        about = "A call with the guard against one without: the middle, and half of all pairs."
        yield f'<h2>What the guard costs</h2>\n<p class="dim">{about}</p>\n'
        yield f"{spreads(found.costs)}\n{_costs(found.costs)}"
    yield from _not_verified(found.not_verified)


def _costs(costs: tuple[Cost, ...]) -> str:
    rows = "".join(map(_cost, costs))
    heads = ("method", "bare", "guarded", "cost", "half of all pairs")
    head = "".join(f"<th>{one}</th>" for one in heads)
    table = f"<table><thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table>"
    return f'<div class="scroll">{table}</div>\n'


def _cost(one: Cost) -> str:
    low, high = one.spread
    values = (
        microseconds(one.bare),
        microseconds(one.guarded),
        f"{one.ratio - 1:+.1%}",
        f"{low - 1:+.1%} to {high - 1:+.1%}",
    )
    cells = "".join(f"<td class=number>{value}</td>" for value in values)
    return f"<tr><th><code>{escape(one.name)}</code></th>{cells}</tr>\n"


# ---- lists ----


def _lines(title: str, lines: tuple[str, ...]) -> Iterator[str]:
    if lines:
        told = "".join(f"<li><code>{escape(line)}</code></li>\n" for line in lines)
        yield f"<h2>{title}</h2>\n<ul>\n{told}</ul>\n"
