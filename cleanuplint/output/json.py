"""One JSON object for the whole run."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cleanuplint.files.naming import shown
from cleanuplint.files.source import Position
from cleanuplint.report import Confirmation, Fixable, Fixed, Mended, Placed, Report
from cleanuplint.version import VERSION


def render(report: Report, mended: Iterable[Mended] = ()) -> str:
    """ASCII only, so that no encoding of the terminal can spoil it."""
    return json.dumps(_document(report, mended), indent=2) + "\n"


def _document(report: Report, mended: Iterable[Mended]) -> dict[str, Any]:
    return {
        "version": VERSION,
        "findings": [_finding(found) for found in report.findings],
        "fixed": [_fixed(file.path, fixed) for file in mended for fixed in file.fixed],
        "files": {
            "seen": report.seen,
            "parsed": report.parsed,
            "parsed_in_part": report.parsed_in_part,
        },
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
        "fixable": found.fix is not None,
        "fix": None if found.fix is None else _fix(found.fix),
        "confirmation": _confirmation(found.confirmation),
    }


def _fix(fix: Fixable) -> dict[str, Any]:
    return {
        "safe": not fix.unsafe,
        "unsafe_because": fix.unsafe or None,
        "edits": [
            {"start": _position(edit.start), "end": _position(edit.end), "text": edit.text}
            for edit in fix.edits
        ],
    }


def _confirmation(confirmation: Confirmation | None) -> dict[str, Any] | None:
    if confirmation is None:
        return None
    return {
        "mark": confirmation.mark.value,
        "detail": confirmation.detail,
        "repro": confirmation.repro or None,
    }


def _fixed(path: Path, fixed: Fixed) -> dict[str, Any]:
    return {
        "rule": fixed.rule,
        "path": shown(path),
        **_row(fixed.at),
        "message": fixed.message,
        "unsafe_because": fixed.unsafe or None,
    }


def _position(position: Position) -> dict[str, int]:
    return {**_row(position), "column": position.column}


def _row(position: Position) -> dict[str, int]:
    cell = {"cell": position.cell} if position.cell else {}
    return {**cell, "line": position.line}
