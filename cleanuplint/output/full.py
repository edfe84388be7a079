"""Each finding with its code, the path to it, and what to do.

src/a.js:4:14: missing-release: `tree` is never released
  |
4 | const tree = parser.parse(text);
  |              ^^^^^^^^^^^^^^^^^^
  = path: 4 acquired here → 7 `visit(tree)` may throw
  = because: …
  = help: …
"""

import unicodedata
from collections.abc import Callable, Iterator
from itertools import groupby

from cleanuplint.report import Confirmation, Placed, Report

Paint = Callable[[str, str], str]
"""Text and the name of its role to text with colours, or as it was."""

_CODES = {"place": "1", "error": "1;31", "warning": "1;33", "frame": "34", "label": "1;36"}
TAB = "    "
WIDEST = 160
"""Longer lines are cut around the finding: minified code must not fill the screen."""


def render(report: Report, color: bool = False) -> str:
    paint = _colored if color else _plain
    return "\n".join("".join(_block(found, paint)) for found in report.findings)


def _plain(text: str, role: str) -> str:
    return text


def _colored(text: str, role: str) -> str:
    return f"\x1b[{_CODES[role]}m{text}\x1b[0m"


def _block(found: Placed, paint: Paint) -> Iterator[str]:
    place = f"{found.path}:{found.start}"
    rule = paint(found.rule, "error" if found.severity == "error" else "warning")
    yield f"{paint(place, 'place')}: {rule}: {found.message}\n"
    number = str(found.start.line)
    margin = " " * len(number)
    code, carets = _marked(found)
    bar = paint("|", "frame")
    yield f"{margin} {bar}\n"
    yield f"{paint(number, 'frame')} {bar} {code}\n"
    yield f"{margin} {bar} {paint(carets, 'error' if found.severity == 'error' else 'warning')}\n"
    for label, text in _notes(found):
        yield f"{margin} {paint('=', 'frame')} {paint(label + ':', 'label')} {text}\n"


def _marked(found: Placed) -> tuple[str, str]:
    """The line of code and the carets under the finding, to the end of the line at most."""
    start = found.start.column - 1
    end = found.end.column - 1 if found.end.line == found.start.line else len(found.code)
    before, marked, after = _cut(found.code, start, max(end, start + 1))
    shift = len(before) - len(before.lstrip(" "))
    code = (before + marked + after)[shift:].rstrip()
    return code, " " * (_width(before) - shift) + "^" * max(1, _width(marked))


def _cut(code: str, start: int, end: int) -> tuple[str, str, str]:
    """Before, in and after the finding, with tabs widened and what is far away left out."""
    before, marked, after = (
        part.replace("\t", TAB) for part in (code[:start], code[start:end], code[end:])
    )
    room = WIDEST // 2
    if len(before) + len(marked) + len(after) > WIDEST:
        before = before if len(before) <= room else "…" + before[-room:]
        marked = marked if len(marked) <= room else marked[:room]
        after = after if len(after) <= room else after[:room] + "…"
    return before, marked, after


def _width(text: str) -> int:
    """Cells on a terminal: two for wide letters, none for marks that combine."""
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )


def _notes(found: Placed) -> Iterator[tuple[str, str]]:
    if len(found.steps) > 1:
        yield "path", " → ".join(_stations(found))
    if found.because:
        yield "because", found.because
    if found.contract:
        yield "contract", found.contract
    if found.confirmation is not None:
        yield found.confirmation.mark.value, _confirmed(found.confirmation)
    if found.help:
        yield "help", f"{found.help}{_fixable(found)}"


def _confirmed(confirmation: Confirmation) -> str:
    again = f" ({confirmation.repro})" if confirmation.repro else ""
    return f"{confirmation.detail}{again}"


def _fixable(found: Placed) -> str:
    if found.fix is None:
        return ""
    if not found.fix.unsafe:
        return " (fixable with --fix)"
    return f" (fixable with --fix --unsafe-fixes: {found.fix.unsafe})"


def _stations(found: Placed) -> Iterator[str]:
    """The steps with their lines; steps on one line share its number."""
    for row, steps in groupby(found.steps, key=lambda step: step.start.row):
        yield f"{row} " + ", ".join(step.message for step in steps)
