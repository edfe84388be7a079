"""A chart of what a guard costs: for each method the middle of its pairs, and where half lie."""

from html import escape
from math import ceil, floor

from wasm_verify.overhead import Cost

WIDTH, LEFT, RIGHT, TOP, ROW, BOTTOM = 720, 24, 24, 4, 40, 26
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Between two marks of the axis: the first that makes at most eight of them."""


def spreads(costs: tuple[Cost, ...]) -> str:
    """Inline SVG. The line through all rows is a guard that costs nothing."""
    low = min(0.0, *(one.spread[0] - 1 for one in costs))
    high = max(0.0, *(one.spread[1] - 1 for one in costs))
    span = high - low or 1.0

    def x(cost: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (cost - low) / span

    height = TOP + ROW * len(costs) + BOTTOM
    title = "The cost of the guard, by method"
    step = next((one for one in STEPS if span / one <= 8), span / 8)
    marks = (n * step for n in range(ceil(low / step), floor(high / step) + 1))
    parts = [_mark(x(at), at, height) for at in marks]
    parts += [
        _row(TOP + ROW * at, one, x(one.spread[0] - 1), x(one.ratio - 1), x(one.spread[1] - 1))
        for at, one in enumerate(costs)
    ]
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{title}">'
        f"<title>{title}</title>{''.join(parts)}</svg>"
    )


def _mark(x: float, cost: float, height: int) -> str:
    role, said = ("grid", f"{100 * cost:+.3g}%") if round(cost, 9) else ("even", "0%")
    return (
        f'<line class="{role}" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{height - BOTTOM}"/>'
        f'<text x="{x:.1f}" y="{height - 8}" text-anchor="middle">{said}</text>'
    )


def _row(y: int, one: Cost, low: float, middle: float, high: float) -> str:
    return (
        f'<text class="label" x="{LEFT}" y="{y + 14}">{escape(one.name)}</text>'
        f'<rect class="spread" x="{low:.1f}" y="{y + 20}" width="{high - low:.1f}" height="10"/>'
        f'<circle class="middle" cx="{middle:.1f}" cy="{y + 25}" r="4"/>'
    )
