"""A project in an empty folder, a command line, and an engine that finds what it is told to find.

The engine of these tests sees `LEAK(rule)` or `LEAK(rule,confidence)` as a finding, breaks down at
`CRASH`, and knows comments. `wasm` lets a file pass the prefilter.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleanuplint.cli.commands import group
from cleanuplint.contracts.model import Contract
from cleanuplint.findings import Confidence, Finding, Span
from cleanuplint.report import FileFacts

_LEAK = re.compile(rb"LEAK\((?P<rule>[\w-]+)(?:,(?P<confidence>\w+))?\)")
_COMMENT = re.compile(rb"//[^\n]*|/\*.*?\*/", re.DOTALL)

Run = Callable[..., Result]
Write = Callable[..., Path]


def _leaks(source: bytes) -> Iterator[Finding]:
    for leak in _LEAK.finditer(source):
        confidence = (leak["confidence"] or b"sure").decode().upper()
        yield Finding(
            rule=leak["rule"].decode(),
            span=Span(*leak.span()),
            message="it leaks",
            because="it is told to",
            help="mend it",
            confidence=Confidence[confidence],
        )


def _check_source(
    source: bytes,
    suffix: str,
    knowledge: object,
    name_heuristics: bool = True,
    linked: tuple[Contract, ...] = (),
    line_of: Callable[[int], int] | None = None,
) -> tuple[list[Finding], FileFacts]:
    if b"CRASH" in source:
        raise KeyError("lost\nand gone")
    comments = tuple(Span(*comment.span()) for comment in _COMMENT.finditer(source))
    return list(_leaks(source)), FileFacts(comments, opaque=3, gave_up=1)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleanuplint.analysis.check_source", _check_source)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def write(project: Path) -> Write:
    def write(name: str, text: str | bytes) -> Path:
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture
def run(engine: None, project: Path) -> Run:
    def run(*arguments: str, stdin: bytes | None = None) -> Result:
        return CliRunner().invoke(group, arguments, input=stdin, prog_name="cleanuplint")

    return run


@pytest.fixture
def check(run: Run) -> Run:
    def check(*arguments: str, stdin: bytes | None = None) -> Result:
        return run("check", "--output-format", "concise", *arguments, stdin=stdin)

    return check
