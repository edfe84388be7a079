"""What could not be parsed."""

from cleanuplint.findings import Confidence, Finding, Span


def syntax_error(span: Span) -> Finding:
    return Finding(
        rule="syntax-error",
        span=span,
        message="this part of the file could not be parsed",
        because="what is in it was not checked; the rest of the file was",
        help="mend the syntax, or exclude the file if it is in another language",
        confidence=Confidence.SURE,
    )
