"""A report as the formats get it."""

import pytest

from cleanuplint.files.source import Position
from cleanuplint.findings import Confidence
from cleanuplint.report import FileResult, Note, Placed, PlacedStep, Report

LEAK = Placed(
    path="src/a.js",
    start=Position(4, 15),
    end=Position(4, 33),
    rule="release-not-on-every-path",
    category="ownership",
    severity="error",
    confidence=Confidence.SURE,
    message="`tree` is not released if `visit(tree)` on line 6 throws",
    because="Tree is released by `delete()`",
    help="move `tree.delete()` into a `finally`",
    steps=(
        PlacedStep(Position(4, 15), Position(4, 33), "acquired here"),
        PlacedStep(Position(6, 3), Position(6, 14), "`visit(tree)` may throw"),
    ),
    contract="web-tree-sitter",
    code="\tconst tree = parser.parse(text); // 漢",
)
STALE = Placed(
    path="src/b.ts",
    start=Position(12, 1),
    end=Position(13, 3),
    rule="unused-suppression",
    category="run",
    severity="warning",
    confidence=Confidence.SURE,
    message="this comment names no rule, so it ignores nothing",
    because="",
    help="",
    steps=(),
    contract=None,
    code="/* cleanuplint: ignore",
)


@pytest.fixture
def report() -> Report:
    return Report(
        results=(
            FileResult((LEAK,)),
            FileResult((STALE,)),
            FileResult(skipped=Note("src/c.js", "it names nothing of any contract")),
            FileResult(error=Note("src/d.js", "cannot be read: permission denied")),
        ),
        errors=(Note("gone", "no such file or directory"),),
    )
