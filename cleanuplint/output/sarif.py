"""SARIF 2.1.0, which code scanning services and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from cleanuplint.files.source import Position
from cleanuplint.output.fingerprint import fingerprints
from cleanuplint.report import Fixable, Note, Placed, Report
from cleanuplint.rulebook import Rule, rules
from cleanuplint.version import VERSION

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"
"""What all paths are relative to; whoever reads the file knows where it is."""


def render(report: Report) -> str:
    return json.dumps(_log(report), indent=2) + "\n"


def _log(report: Report) -> dict[str, Any]:
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report)]}


def _run(report: Report) -> dict[str, Any]:
    used = sorted({found.rule for found in report.findings})
    marked = zip(report.findings, fingerprints(report.findings), strict=True)
    return {
        "tool": {
            "driver": {
                "name": "cleanuplint",
                "version": VERSION,
                "semanticVersion": VERSION,
                "rules": [_rule(rules()[name]) for name in used],
            }
        },
        "invocations": [_invocation(report)],
        "originalUriBaseIds": {
            ROOT: {"description": {"text": "The folder in which cleanuplint ran."}}
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(found, used.index(found.rule), mark) for found, mark in marked],
    }


def _invocation(report: Report) -> dict[str, Any]:
    notes = [_notification(note, "error") for note in report.all_errors]
    notes += [_notification(note, "warning") for note in report.warnings]
    return {
        "executionSuccessful": not report.all_errors,
        "toolExecutionNotifications": notes,
    }


def _notification(note: Note, level: str) -> dict[str, Any]:
    return {
        "level": level,
        "message": {"text": f"{note.path}: {note.message}"},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(note.path)}}],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": _sentence(rule.summary)},
        "fullDescription": {"text": _first_paragraph(rule.page)},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"level": rule.severity, "enabled": rule.default},
        "properties": {"tags": sorted({rule.category, *rule.languages})},
    }


def _first_paragraph(page: str) -> str:
    return " ".join(page.split("\n\n", 1)[0].split())


def _result(found: Placed, rule_index: int, fingerprint: str) -> dict[str, Any]:
    result = {
        "ruleId": found.rule,
        "ruleIndex": rule_index,
        "level": found.severity,
        "message": {"text": _message(found)},
        "locations": [_location(found.path, found.start, found.end)],
        "partialFingerprints": {"cleanuplint/v1": fingerprint},
        "properties": dict(_properties(found)),
    }
    if len(found.steps) > 1:
        result["codeFlows"] = [_flow(found)]
    if found.fix is not None and found.fix.edits:
        result["fixes"] = [_fix(found.path, found.fix)]
    return result


def _message(found: Placed) -> str:
    where = f" ({found.path}, {found.start.row})" if found.start.cell else ""
    first = f"{found.message}{where}."
    return f"{first}\n{_sentence(found.help)}" if found.help else first


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _properties(found: Placed) -> Iterator[tuple[str, Any]]:
    yield "confidence", found.confidence.name.lower()
    if found.because:
        yield "because", found.because
    if found.contract:
        yield "contract", found.contract
    if found.confirmation is not None:
        yield "confirmation", found.confirmation.mark.value


def _flow(found: Placed) -> dict[str, Any]:
    """The way from the cause to the effect, which readers step through."""
    steps = [
        {"location": _location(found.path, step.start, step.end, step.message)}
        for step in found.steps
    ]
    return {"threadFlows": [{"locations": steps}]}


def _location(path: str, start: Position, end: Position, message: str = "") -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(path)}
    location: dict[str, Any] = {"physicalLocation": physical}
    if start.cell:  # its lines are not those of the file
        location["logicalLocations"] = [{"fullyQualifiedName": start.row}]
    else:
        physical["region"] = _region(start, end)
    if message:
        location["message"] = {"text": message}
    return location


def _artifact(path: str) -> dict[str, str]:
    if path.startswith("/"):
        return {"uri": f"file://{quote(path)}"}
    return {"uri": quote(path), "uriBaseId": ROOT}


def _region(start: Position, end: Position) -> dict[str, int]:
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }


def _fix(path: str, fix: Fixable) -> dict[str, Any]:
    unsafe = f" It may change more than the release: {fix.unsafe}." if fix.unsafe else ""
    return {
        "description": {"text": f"Write the release.{unsafe}"},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(path),
                "replacements": [
                    {
                        "deletedRegion": _region(edit.start, edit.end),
                        "insertedContent": {"text": edit.text},
                    }
                    for edit in fix.edits
                ],
            }
        ],
    }
