"""The code in fences of Markdown, what its comments expect, and what is found in it."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from markdown_it import MarkdownIt
from markdown_it.token import Token

from cleanuplint.analysis import check_source
from cleanuplint.checks.rust import check_crate
from cleanuplint.config import Configuration
from cleanuplint.contracts.loading import Knowledge, load
from cleanuplint.files.discover import discover
from cleanuplint.files.source import Source, read_text
from cleanuplint.findings import Confidence, Finding, Span
from cleanuplint.languages.rust import read_items
from cleanuplint.rulebook import rules
from cleanuplint.run import run
from cleanuplint.rust.crates import Crate
from cleanuplint.selection import LIKELY_AT_LEAST
from cleanuplint.settings import Overrides
from cleanuplint.suppression import suppress

SUFFIXES = {"js": ".js", "jsx": ".jsx", "ts": ".ts", "tsx": ".tsx", "rust": ".rs", "python": ".py"}
LANGUAGES = {
    "js": "javascript",
    "jsx": "javascript",
    "ts": "typescript",
    "tsx": "typescript",
    "rust": "rust",
    "python": "python",
}
FILE = re.compile(r"^(?://|#) file: (?P<name>\S+)\n", re.MULTILINE)
EXPECTED = re.compile(r"[ \t]*(?://|#) error:((?: \[[a-z-]+\])+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Case:
    """One fence of a page, and the name it has there."""

    page: str
    section: str
    name: str
    language: str
    text: str

    @property
    def expected(self) -> set[tuple[int, str]]:
        """Line and rule of each finding that the comments ask for."""
        return {
            (number, rule)
            for number, line in enumerate(self.text.splitlines(), 1)
            if (marks := EXPECTED.search(line))
            for rule in re.findall(r"[a-z-]+", marks[1])
        }

    @property
    def source(self) -> bytes:
        """The code without the comments on what is expected."""
        return EXPECTED.sub("", self.text).encode()


def cases_of(page: str, text: str) -> Iterator[Case]:
    """The fences of a text, in order; `page` is the rule that it is about, if it is about one."""
    section = name = ""
    tokens = MarkdownIt().parse(text)
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and after is not None:
            section = after.content if token.tag == "h2" else section
            name = after.content if token.tag == "h3" else ""
        elif token.type == "fence":
            yield Case(page, section, name, _language(token), token.content)


def _language(fence: Token) -> str:
    return fence.info.strip()


@cache
def knowledge() -> Knowledge:
    return load()


def rules_run_on(page: str) -> frozenset[str]:
    """The rules on by default, and the page's own."""
    return frozenset(rule.id for rule in rules().values() if rule.default or rule.id == page)


def is_shown(found: Finding, on: frozenset[str]) -> bool:
    """Some findings that rest on a guess are not shown by default."""
    guessed = found.confidence is Confidence.ASSUMED
    guessed = guessed and rules()[found.rule].category in LIKELY_AT_LEAST
    return found.rule in on and not guessed


def findings_of(case: Case) -> set[tuple[int, str]]:
    names = [head["name"] for head in FILE.finditer(case.text)]
    if any(not name.endswith(".rs") for name in names):
        return project_findings_of(case)
    if case.language == "rust":
        return rust_findings_of(case)
    source = read_text(case.source)
    found, facts = check_source(source.text, SUFFIXES[case.language], knowledge())
    return lines_and_rules(case, found, source, facts.comments)


def lines_and_rules(
    case: Case, found: list[Finding], source: Source, comments: Sequence[Span], before: int = 0
) -> set[tuple[int, str]]:
    on = rules_run_on(case.page)
    left = suppress(found, source, comments, on)
    shown = [one for one in left if is_shown(one, on)]
    return {(before + source.line_of(one.span.start), one.rule) for one in shown}


def rust_findings_of(case: Case) -> set[tuple[int, str]]:
    """A fence is a crate: one file, or several, each after a comment with its name."""
    texts = dict(files_in(case.source.decode()))
    items = {name: read_items(text.encode(), name) for name, (_, text) in texts.items()}
    found = check_crate(Crate(items), {name: text.encode() for name, (_, text) in texts.items()})
    return {
        each
        for name, (before, text) in texts.items()
        for each in lines_and_rules(
            case, found[name], read_text(text.encode()), items[name].program.comments, before
        )
    }


def project_findings_of(case: Case) -> set[tuple[int, str]]:
    """A fence is a project of files of several kinds, each after a comment with its name."""
    texts = dict(files_in(case.source.decode()))
    with TemporaryDirectory() as name:
        folder = Path(name).resolve()
        for file, (_, text) in texts.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text)
        configuration = Configuration(Overrides(extend_select=(case.page,)), isolated=True)
        targets, unreached = discover([folder], configuration.exclusion)
        report = run(targets, unreached, configuration)
        assert not report.all_errors
        return {
            (texts[_within(folder, found.path)][0] + found.start.line, found.rule)
            for found in report.findings
        }


def _within(folder: Path, shown: str) -> str:
    return Path(os.path.abspath(shown)).relative_to(folder).as_posix()


def files_in(text: str) -> Iterator[tuple[str, tuple[int, str]]]:
    """Each file of a fence: its name, how many lines of the fence are before it, its text."""
    heads = list(FILE.finditer(text))
    if not heads:
        yield "src/lib.rs", (0, text)
        return
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        part = text[head.end() : after.start() if after else None]
        yield head["name"], (text.count("\n", 0, head.end()), part)
