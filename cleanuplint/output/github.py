"""Commands that a GitHub workflow shows as annotations of a change.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from collections.abc import Iterator

from cleanuplint.output import concise
from cleanuplint.report import Placed, Report


def render(report: Report) -> str:
    return "".join(_command(found) for found in report.findings)


def _command(found: Placed) -> str:
    kind = "error" if found.severity == "error" else "warning"
    properties = ",".join(f"{name}={_property(value)}" for name, value in _properties(found))
    text = f"{concise.line(found)}\n{found.help}" if found.help else concise.line(found)
    return f"::{kind} {properties}::{_data(text)}\n"


def _properties(found: Placed) -> Iterator[tuple[str, str]]:
    yield "title", f"cleanuplint ({found.rule})"
    yield "file", found.path
    if found.start.cell:  # its lines are not those of the file
        return
    yield "line", str(found.start.line)
    yield "endLine", str(found.end.line)
    if found.start.line == found.end.line:  # columns are for one line only
        yield "col", str(found.start.column)
        yield "endColumn", str(found.end.column)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
