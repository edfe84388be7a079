"""What could not be parsed."""

from collections.abc import Iterator

from cleanuplint.findings import Confidence, Finding
from cleanuplint.flow.graph import Program


def syntax_errors(program: Program) -> Iterator[Finding]:
    """Assumed where all brackets match: then it may be right, and newer than the grammar."""
    sure = program.is_malformed
    for span in program.broken:
        yield Finding(
            rule="syntax-error",
            span=span,
            message="this part of the file could not be parsed",
            because="what is in it was not checked; the rest of the file was",
            help="mend the syntax, or exclude the file if it is in another language"
            if sure
            else "mend the syntax; if the compiler takes it as it is, there is nothing to mend",
            confidence=Confidence.SURE if sure else Confidence.ASSUMED,
        )
