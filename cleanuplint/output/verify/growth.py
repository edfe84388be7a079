"""The memory of a soak, drawn: a line of blocks for the terminal, a chart for the page."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from wasm_verify.soaking import Endurance, Snapshot

BLOCKS = "▁▂▃▄▅▆▇█"
WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 44, 16, 40


@dataclass(frozen=True, slots=True)
class Series:
    """One line of the chart, in bytes."""

    name: str
    role: str
    """Its class in the style sheet."""
    values: tuple[int, ...]


def series(report: Endurance) -> tuple[Series, ...]:
    """What was measured, as far as the system and the allocator say it."""
    shots = report.snapshots
    found = [Series("linear memory", "memory", tuple(one.memory for one in shots))]
    if all(one.live is not None for one in shots):
        found.append(Series("live bytes", "live", tuple(one.live or 0 for one in shots)))
    found.append(Series("buffers", "buffer", tuple(one.buffer for one in shots)))
    if any(one.rss for one in shots):
        found.append(Series("process", "rss", tuple(one.rss for one in shots)))
    return tuple(found)


def sparkline(values: Sequence[int], width: int = 60) -> str:
    """From 0 to the greatest value, so that a flat line looks flat."""
    if not values:
        return ""
    shown = (
        [values[len(values) * n // width] for n in range(width)] if len(values) > width else values
    )
    top = max(*values, 1)
    return "".join(BLOCKS[round(value * (len(BLOCKS) - 1) / top)] for value in shown)


# ---- the chart ----


def chart(report: Endurance) -> str:
    """Inline SVG: bytes over operations, a broken line where an instance died."""
    shots = report.snapshots
    lines = [one for one in series(report) if one.role != "rss"]
    top = _nice(max((value for one in lines for value in one.values), default=1))
    last = max((one.operations for one in shots), default=1) or 1

    def x(operations: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * operations / last

    def y(size: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * size / top

    parts = [_grid(x, y, top, last)]
    parts += [_limit(report, shots, y, top)]
    parts += [_line(one, shots, x, y) for one in lines]
    parts += [_mark(after, x) for _, after in _changes(shots)]
    title = "Memory over the operations of the soak"
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">'
        f"<title>{title}</title>{''.join(parts)}</svg>"
    )


Scale = Callable[[float], float]


def _nice(most: int) -> int:
    """The next of 1, 2, 5, 10… mebibytes."""
    step = 1 << 20
    while True:
        for factor in (1, 2, 5):
            if most <= step * factor:
                return step * factor
        step *= 10


def _grid(x: Scale, y: Scale, top: int, last: int) -> str:
    rows = (
        f"{_across('grid', y(size))}"
        f'<text x="{LEFT - 8}" y="{y(size) + 4:.1f}" text-anchor="end">'
        f"{size / (1 << 20):g} MB</text>"
        for size in (top * n / 4 for n in range(5))
    )
    steps = (last * n / 4 for n in range(5))
    marks = (
        f'<text x="{x(at):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">'
        f"{round(at):,}</text>"
        for at in steps
    )
    name = f'<text x="{WIDTH / 2}" y="{HEIGHT - 4}" text-anchor="middle">operations</text>'
    return "".join([*rows, *marks, name])


def _across(role: str, y: float) -> str:
    return f'<line class="{role}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _limit(report: Endurance, shots: Sequence[Snapshot], y: Scale, top: int) -> str:
    """The growth that is allowed, above the first snapshot."""
    most = shots[0].memory + report.max_growth if shots else top + 1
    if most > top:
        return ""
    return (
        f"{_across('limit', y(most))}"
        f'<text class="limit" x="{WIDTH - RIGHT}" y="{y(most) - 5:.1f}" text-anchor="end">'
        "the growth that is allowed</text>"
    )


def _line(one: Series, shots: Sequence[Snapshot], x: Scale, y: Scale) -> str:
    by_life: dict[int, list[str]] = {}
    for shot, value in zip(shots, one.values, strict=True):
        by_life.setdefault(shot.life, []).append(f"{x(shot.operations):.1f},{y(value):.1f}")
    lines = (
        f'<polyline class="{one.role}" points="{" ".join(points)}"/>'
        if len(points) > 1
        else f'<circle class="{one.role}" r="2.5" cx="{points[0].split(",")[0]}" '
        f'cy="{points[0].split(",")[1]}"/>'
        for points in by_life.values()
    )
    return "".join(lines)


def _changes(shots: Sequence[Snapshot]) -> Iterable[tuple[Snapshot, Snapshot]]:
    """Where one life ends and the next begins."""
    return ((one, after) for one, after in pairwise(shots) if one.life != after.life)


def _mark(after: Snapshot, x: Scale) -> str:
    at = x(after.operations)
    return (
        f'<line class="life" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}">'
        f"<title>{escape(f'a new instance at operation {after.operations:,}')}</title></line>"
    )
