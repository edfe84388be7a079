"""One line for each finding: `path:line:column: rule: message`."""

from cleanuplint.report import Placed, Report


def render(report: Report) -> str:
    return "".join(f"{line(found)}\n" for found in report.findings)


def line(found: Placed) -> str:
    """The finding as one line, which editors and terminals make a link of."""
    return f"{found.path}:{found.start}: {found.rule}: {found.message}"
