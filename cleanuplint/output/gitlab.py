"""The Code Quality report that GitLab shows in merge requests.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

import json
from typing import Any

from cleanuplint.files.source import Position
from cleanuplint.output.fingerprint import fingerprints
from cleanuplint.report import Placed, Report


def render(report: Report) -> str:
    marked = zip(report.findings, fingerprints(report.findings), strict=True)
    return json.dumps([_issue(found, mark) for found, mark in marked], indent=2) + "\n"


def _issue(found: Placed, fingerprint: str) -> dict[str, Any]:
    """GitLab does not show the name of the check, so the description has it."""
    return {
        "description": f"{found.rule}: {found.message}",
        "check_name": found.rule,
        "fingerprint": fingerprint,
        "severity": "major" if found.severity == "error" else "minor",
        "location": {
            "path": found.path,
            "positions": {"begin": _position(found.start), "end": _position(found.end)},
        },
    }


def _position(position: Position) -> dict[str, int]:
    """In a notebook GitLab can't show a place, but takes no report without one."""
    if position.cell:
        return {"line": 1, "column": 1}
    return {"line": position.line, "column": position.column}
