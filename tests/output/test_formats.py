"""Each format, to the letter."""

import json
from dataclasses import replace
from typing import Any, cast

from cleanuplint.files.source import Position
from cleanuplint.output import concise, full, github, gitlab, sarif
from cleanuplint.output import json as as_json
from cleanuplint.output.fingerprint import fingerprints
from cleanuplint.report import Confirmation, FileResult, Fixable, Mark, PlacedEdit, Report
from cleanuplint.rulebook import rules
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


GITHUB = (
    "::error title=cleanuplint (release-not-on-every-path),file=src/a.js,"
    "line=4,endLine=4,col=15,endColumn=33::src/a.js:4:15: release-not-on-every-path: "
    "`tree` is not released if `visit(tree)` on line 6 throws%0A"
    "move `tree.delete()` into a `finally`\n"
    "::warning title=cleanuplint (unused-suppression),file=src/b.ts,line=12,endLine=13"
    "::src/b.ts:12:1: unused-suppression: this comment names no rule, so it ignores nothing\n"
)


def test_github(report: Report) -> None:
    assert github.render(report) == GITHUB


def test_github_reads_nothing_of_a_name_as_its_own_signs(report: Report) -> None:
    found = replace(report.findings[0], path="a,b:c%.js", message="one\r\ntwo 100%")
    command = github.render(Report((FileResult((found,)),)))
    assert ",file=a%2Cb%3Ac%25.js,line=4" in command
    assert command.count("\n") == 1
    assert "one%0D%0Atwo 100%25%0A" in command


def test_gitlab(report: Report) -> None:
    first, second = json.loads(gitlab.render(report))
    assert len(first.pop("fingerprint")) == 64
    assert first == {
        "description": "release-not-on-every-path: "
        "`tree` is not released if `visit(tree)` on line 6 throws",
        "check_name": "release-not-on-every-path",
        "severity": "major",
        "location": {
            "path": "src/a.js",
            "positions": {"begin": {"line": 4, "column": 15}, "end": {"line": 4, "column": 33}},
        },
    }
    assert second["severity"] == "minor"


def test_a_report_without_findings_is_an_empty_list_for_gitlab() -> None:
    assert json.loads(gitlab.render(Report((FileResult(),)))) == []


def sarif_run(report: Report) -> dict[str, Any]:
    log = json.loads(sarif.render(report))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    return cast(dict[str, Any], run)


def test_sarif_result(report: Report) -> None:
    first, second = sarif_run(report)["results"]
    here = {"uri": "src/a.js", "uriBaseId": "%SRCROOT%"}
    region = {"startLine": 4, "startColumn": 15, "endLine": 4, "endColumn": 33}
    place = {"artifactLocation": here, "region": region}
    assert len(first["partialFingerprints"].pop("cleanuplint/v1")) == 64
    flow = first.pop("codeFlows")[0]["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in flow] == [
        "acquired here",
        "`visit(tree)` may throw",
    ]
    assert flow[0]["location"]["physicalLocation"] == place
    assert first == {
        "ruleId": "release-not-on-every-path",
        "ruleIndex": 0,
        "level": "error",
        "message": {
            "text": "`tree` is not released if `visit(tree)` on line 6 throws.\n"
            "Move `tree.delete()` into a `finally`."
        },
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {},
        "properties": {
            "confidence": "sure",
            "because": "Tree is released by `delete()`",
            "contract": "web-tree-sitter",
        },
    }
    assert second["level"] == "warning"
    assert second["message"]["text"] == "this comment names no rule, so it ignores nothing."


def test_sarif_tells_of_each_rule_that_found_something(report: Report) -> None:
    first, second = sarif_run(report)["tool"]["driver"]["rules"]
    assert (first["id"], second["id"]) == ("release-not-on-every-path", "unused-suppression")
    page = rules()["release-not-on-every-path"].page
    assert first["help"]["markdown"] == page
    assert first["fullDescription"]["text"].startswith("The release is there, and one way out")
    assert "\n" not in first["fullDescription"]["text"]
    assert first["properties"]["tags"] == ["javascript", "ownership", "python", "typescript"]


def test_sarif_says_what_could_not_be_checked(report: Report) -> None:
    (invocation,) = sarif_run(report)["invocations"]
    assert invocation["executionSuccessful"] is False
    notes = invocation["toolExecutionNotifications"]
    assert [(note["level"], note["message"]["text"]) for note in notes] == [
        ("error", "gone: no such file or directory"),
        ("error", "src/d.js: cannot be read: permission denied"),
    ]


def test_sarif_fix_replaces_what_its_edits_replace(report: Report) -> None:
    edit = PlacedEdit(Position(5, 1), Position(5, 1), "try {\n")
    fixable = replace(report.findings[0], fix=Fixable((edit,), "it runs later"))
    (result,) = sarif_run(Report((FileResult((fixable,)),)))["results"]
    (fix,) = result["fixes"]
    assert fix["description"]["text"] == (
        "Write the release. It may change more than the release: it runs later."
    )
    assert fix["artifactChanges"][0]["replacements"] == [
        {
            "deletedRegion": {"startLine": 5, "startColumn": 1, "endLine": 5, "endColumn": 1},
            "insertedContent": {"text": "try {\n"},
        }
    ]


def test_names_that_are_no_uri_are_quoted_in_sarif(report: Report) -> None:
    found = replace(report.findings[0], path="my src/a#1.js")
    (result,) = sarif_run(Report((FileResult((found,)),)))["results"]
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "my%20src/a%231.js", "uriBaseId": "%SRCROOT%"}


def test_the_lines_of_a_cell_are_not_taken_for_lines_of_the_notebook(report: Report) -> None:
    found = replace(
        report.findings[0],
        path="a.ipynb",
        start=Position(2, 1, cell=3),
        end=Position(2, 9, cell=3),
        steps=(),
    )
    notebook = Report((FileResult((found,)),))
    (result,) = sarif_run(notebook)["results"]
    (location,) = result["locations"]
    assert "region" not in location["physicalLocation"]
    assert location["logicalLocations"] == [{"fullyQualifiedName": "cell 3:2"}]
    assert "line=" not in github.render(notebook)
    (issue,) = json.loads(gitlab.render(notebook))
    assert issue["location"]["positions"]["begin"] == {"line": 1, "column": 1}


def test_a_finding_that_moved_keeps_its_fingerprint_and_twins_have_their_own(
    report: Report,
) -> None:
    found = report.findings[0]
    moved = replace(
        found,
        start=Position(90, 15),
        message="`tree` is not released if `visit(tree)` on line 92 throws",
        code=found.code.replace("\t", "    "),
    )
    (before,), (after,) = fingerprints([found]), fingerprints([moved])
    assert before == after
    assert len({*fingerprints([found, moved, replace(found, path="src/b.js")])}) == 3
