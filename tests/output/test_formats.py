"""Each format, to the letter."""

import json
from dataclasses import replace

from cleanuplint.files.source import Position
from cleanuplint.output import concise, full
from cleanuplint.output import json as as_json
from cleanuplint.report import Confirmation, FileResult, Mark, Report
from cleanuplint.version import VERSION

FULL = """\
src/a.js:4:15: release-not-on-every-path: `tree` is not released if `visit(tree)` on line 6 throws
  |
4 | const tree = parser.parse(text); // 漢
  |              ^^^^^^^^^^^^^^^^^^
  = path: 4 acquired here → 6 `visit(tree)` may throw
  = because: Tree is released by `delete()`
  = contract: web-tree-sitter
  = help: move `tree.delete()` into a `finally`

src/b.ts:12:1: unused-suppression: this comment names no rule, so it ignores nothing
   |
12 | /* cleanuplint: ignore
   | ^^^^^^^^^^^^^^^^^^^^^^
"""

CONCISE = """\
src/a.js:4:15: release-not-on-every-path: `tree` is not released if `visit(tree)` on line 6 throws
src/b.ts:12:1: unused-suppression: this comment names no rule, so it ignores nothing
"""


def test_full(report: Report) -> None:
    assert full.render(report) == FULL


def test_colours_change_nothing_else(report: Report) -> None:
    colored = full.render(report, color=True)
    assert "\x1b[1;31mrelease-not-on-every-path\x1b[0m" in colored
    assert "\x1b[1;33munused-suppression\x1b[0m" in colored
    for code in (*full._CODES.values(), "0"):
        colored = colored.replace(f"\x1b[{code}m", "")
    assert colored == FULL


def test_carets_stand_under_wide_letters(report: Report) -> None:
    found = replace(
        report.findings[0],
        code='f("漢字", new X())',
        start=Position(1, 9),
        end=Position(1, 16),
    )
    lines = full.render(Report((FileResult((found,)),))).splitlines()
    assert lines[2:4] == ['1 | f("漢字", new X())', "  |           ^^^^^^^"]


def test_a_line_of_minified_code_is_cut_around_the_finding(report: Report) -> None:
    code = "a;" * 5000 + "new X()" + ";b" * 5000
    found = replace(report.findings[0], code=code, start=Position(1, 10001), end=Position(1, 10008))
    lines = full.render(Report((FileResult((found,)),))).splitlines()
    assert max(map(len, lines)) < 200
    start = lines[3].index("^")
    assert lines[2][start : start + 7] == "new X()"
    assert lines[3].count("^") == 7


def test_steps_on_one_line_share_its_number(report: Report) -> None:
    first, _ = report.findings[0].steps
    found = replace(report.findings[0], steps=(first, replace(first, message="thrown away")))
    assert "= path: 4 acquired here, thrown away\n" in full.render(Report((FileResult((found,)),)))


def test_concise(report: Report) -> None:
    assert concise.render(report) == CONCISE


def test_nothing_to_say() -> None:
    nothing = Report((FileResult(),))
    assert full.render(nothing) == concise.render(nothing) == ""


def test_json(report: Report) -> None:
    text = as_json.render(report)
    assert text.isascii()
    document = json.loads(text)
    assert document["version"] == VERSION
    assert document["files"] == {"seen": 4, "parsed": 2, "parsed_in_part": 0}
    assert document["errors"] == [
        {"path": "gone", "message": "no such file or directory"},
        {"path": "src/d.js", "message": "cannot be read: permission denied"},
    ]
    assert document["findings"][0] == {
        "rule": "release-not-on-every-path",
        "category": "ownership",
        "severity": "error",
        "confidence": "sure",
        "path": "src/a.js",
        "start": {"line": 4, "column": 15},
        "end": {"line": 4, "column": 33},
        "message": "`tree` is not released if `visit(tree)` on line 6 throws",
        "because": "Tree is released by `delete()`",
        "help": "move `tree.delete()` into a `finally`",
        "steps": [
            {
                "path": "src/a.js",
                "start": {"line": 4, "column": 15},
                "end": {"line": 4, "column": 33},
                "message": "acquired here",
            },
            {
                "path": "src/a.js",
                "start": {"line": 6, "column": 3},
                "end": {"line": 6, "column": 14},
                "message": "`visit(tree)` may throw",
            },
        ],
        "contract": "web-tree-sitter",
        "fixable": False,
        "fix": None,
        "confirmation": None,
    }
    assert document["findings"][1]["contract"] is None


CONFIRMATION = Confirmation(Mark.CONFIRMED, "Encoder.encode was exercised", "verify --repro x")


def test_a_confirmed_finding_says_so_in_every_format(report: Report) -> None:
    found = replace(report.findings[0], confirmation=CONFIRMATION)
    marked = Report((FileResult((found,)),))
    assert "= confirmed: Encoder.encode was exercised (verify --repro x)" in full.render(marked)
    assert concise.render(marked).endswith(" [confirmed: verify --repro x]\n")
    assert json.loads(as_json.render(marked))["findings"][0]["confirmation"] == {
        "mark": "confirmed",
        "detail": "Encoder.encode was exercised",
        "repro": "verify --repro x",
    }
