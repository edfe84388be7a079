"""One line for each finding: `path:line:column: rule: message`."""

from cleanuplint.report import Placed, Report


def render(report: Report) -> str:
    return "".join(f"{line(found)}{_mark(found)}\n" for found in report.findings)


def _mark(found: Placed) -> str:
    if found.confirmation is None:
        return ""
    again = f": {found.confirmation.repro}" if found.confirmation.repro else ""
    return f" [{found.confirmation.mark}{again}]"


def line(found: Placed) -> str:
    """The finding as one line, which editors and terminals make a link of."""
    return f"{found.path}:{found.start}: {found.rule}: {found.message}"
