"""One JSON object for the whole run."""

import json
from typing import Any

from cleanuplint.files.source import Position
from cleanuplint.report import Placed, Report
from cleanuplint.version import VERSION


def render(report: Report) -> str:
    """ASCII only, so that no encoding of the terminal can spoil it."""
    return json.dumps(_document(report), indent=2) + "\n"


def _document(report: Report) -> dict[str, Any]:
    return {
        "version": VERSION,
        "findings": [_finding(found) for found in report.findings],
        "files": {"seen": report.seen, "parsed": report.parsed},
        "errors": [{"path": note.path, "message": note.message} for note in report.all_errors],
    }


def _finding(found: Placed) -> dict[str, Any]:
    return {
        "rule": found.rule,
        "category": found.category,
        "severity": found.severity,
        "confidence": found.confidence.name.lower(),
        "path": found.path,
        "start": _position(found.start),
        "end": _position(found.end),
        "message": found.message,
        "because": found.because,
        "help": found.help,
        "steps": [
            {
                "path": found.path,
                "start": _position(step.start),
                "end": _position(step.end),
                "message": step.message,
            }
            for step in found.steps
        ],
        "contract": found.contract,
        "fixable": False,
    }


def _position(position: Position) -> dict[str, int]:
    return {"line": position.line, "column": position.column}
