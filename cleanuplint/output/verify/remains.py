"""A chart of what faults leave behind: for each method the most bytes, bare and with the guard."""

from html import escape
from math import log

from wasm_verify.model import NO_GUARD, Report

WIDTH, BAR, ROW, LEFT = 720, 11, 40, 8
TOP = 4


def bars(report: Report) -> str:
    """Inline SVG with its key. Empty where every fault that can be read left nothing."""
    bare = _most(report, guarded=False)
    guarded = _most(report, guarded=True)
    names = [name for name in bare | guarded if bare.get(name) or guarded.get(name)]
    if not names:
        return ""
    names.sort(key=lambda name: -max(bare.get(name, 0), guarded.get(name, 0)))
    most = max([*bare.values(), *guarded.values()])
    rows = [
        _row(at, name, bare.get(name), guarded.get(name), most) for at, name in enumerate(names)
    ]
    height = TOP + ROW * len(names) + 6
    title = "The most bytes that a fault left behind, by method"
    return (
        '<p class="keys dim">The most bytes that a gating fault left in an object that can still '
        'be read, on a logarithmic scale. <span><i class="none"></i>bare call</span>'
        '<span><i class="guarded"></i>with the guard</span></p>\n'
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{title}">'
        f"<title>{title}</title>{''.join(rows)}</svg>"
    )


def _most(report: Report, guarded: bool) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in report.results:
        if one.fault in report.gate and one.class_name and (one.guard != NO_GUARD) == guarded:
            found[one.name] = max(found.get(one.name, 0), one.residue_bytes or 0)
    return found


def _row(at: int, name: str, bare: int | None, guarded: int | None, most: int) -> str:
    y = TOP + ROW * at
    parts = [f'<text class="label" x="{LEFT}" y="{y + 12}">{escape(name)}</text>']
    shown = [("none", bare), ("guarded", guarded)]
    for place, (role, size) in enumerate(one for one in shown if one[1] is not None):
        parts.append(_bar(role, size or 0, y + 17 + place * (BAR - 1), most))
    return "".join(parts)


def _bar(role: str, size: int, y: int, most: int) -> str:
    length = max(1.5, (WIDTH - 130) * log(1 + size) / log(1 + most))
    return (
        f'<rect class="{role}" x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR - 2}"/>'
        f'<text x="{LEFT + length + 6:.1f}" y="{y + 9}">{size:,} B</text>'
    )
