"""Every example of every shipped contract is checked, and every library has one of each kind."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from cleanuplint.analysis import check_source
from cleanuplint.contracts.loading import Knowledge, load
from cleanuplint.files.source import read_text
from cleanuplint.rulebook import rules_folder
from cleanuplint.selection import selection
from cleanuplint.settings import Settings

SHIPPED = sorted((rules_folder() / "contracts").glob("*.toml"))
EXPECTED = re.compile(r"[ \t]*(?://|#) error:((?: \[[a-z-]+\])+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """One program of `[examples]`; a comment marks each line that has a finding."""

    contract: str
    suffix: str
    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.contract}::{self.name}"

    @property
    def expected(self) -> set[tuple[int, str]]:
        return {
            (number, rule)
            for number, line in enumerate(self.text.splitlines(), 1)
            if (marks := EXPECTED.search(line))
            for rule in re.findall(r"[a-z-]+", marks[1])
        }


def examples_of(path: Path) -> Iterator[Example]:
    languages = tomllib.loads(path.read_text(encoding="utf-8")).get("examples", {})
    for language, programs in languages.items():
        for name, text in programs.items():
            yield Example(path.stem, f".{language}", name, text)


EXAMPLES = [example for path in SHIPPED for example in examples_of(path)]


@cache
def knowledge() -> Knowledge:
    return load()


def findings_of(example: Example) -> set[tuple[int, str]]:
    """What is shown by default: line and rule."""
    source = read_text(EXPECTED.sub("", example.text).encode())
    found, _ = check_source(source.text, example.suffix, knowledge())
    shown = filter(selection(Settings(Path()), is_test=False).shows, found)
    return {(source.line_of(one.span.start), one.rule) for one in shown}


def without_guards(example: Example) -> Example:
    """The same program, with what is in a `finally` after it, and nothing released by scopes."""
    unguarded = example.text.replace("} finally {", "} {").replace("try {", "{")
    unguarded = re.sub(r"\b(?:try|finally):", "if True:", unguarded)
    return replace(example, text=re.sub(r"\.manage\(", ".inspect(", unguarded))


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_the_findings_of_an_example_are_those_it_marks(example: Example) -> None:
    assert findings_of(example) == example.expected


@pytest.mark.parametrize("example", [it for it in EXAMPLES if not it.expected], ids=str)
def test_an_accepted_example_is_flagged_without_its_guards(example: Example) -> None:
    assert findings_of(without_guards(example))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_library_has_a_flagged_and_an_accepted_example(path: Path) -> None:
    kinds = {bool(example.expected) for example in examples_of(path)}
    assert kinds == {True, False}
