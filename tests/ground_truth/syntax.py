"""The shape of a generated program: a tree of statements that renders to two texts.

Both come from one rendering. A *site* (an acquisition, a fill, a call of a helper) is put between
marks; in the text for the linter the marks vanish and their offsets are kept, in the text for node
they become calls that tell the runner where the program is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

OPEN, MIDDLE, CLOSE = "\x01", "\x02", "\x03"
MARK = re.compile(rf"{OPEN}(\d+){MIDDLE}|{CLOSE}")

HEADER = """\
import { Resource, Serializer, shared } from 'ground-truth-lib';
import { check, choose, inspect, later, list, more, work } from './elsewhere.js';

"""


@dataclass(frozen=True, slots=True)
class Line:
    """A statement on one line; `tag` names the construct that it is an instance of."""

    text: str
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A statement with bodies: each part is the text that opens it and what is inside."""

    parts: tuple[tuple[str, tuple["Statement", ...]], ...]
    end: str = "}"
    tag: str = ""


Statement: TypeAlias = Line | Block


@dataclass(frozen=True, slots=True)
class Parameter:
    """What the caller decides: a `boolean`, a `count` (0 to 2), or `items` (0 to 2 of them)."""

    name: str
    kind: str


class Rendered:
    """A program as text with marks, and what comes of them."""

    suffix: str
    """Of the language."""
    header: str
    marked: str

    @cached_property
    def source(self) -> str:
        """What the linter reads."""
        return MARK.sub("", self.header + self.marked)

    @cached_property
    def sites(self) -> dict[int, int]:
        """Offset in `source` -> the site that starts there (the outermost, were there two)."""
        found: dict[int, int] = {}
        removed = 0
        for mark in MARK.finditer(self.header + self.marked):
            if mark.group(1):
                found.setdefault(mark.start() - removed, int(mark.group(1)))
            removed += len(mark.group())
        return found


@dataclass(frozen=True)
class Program(Rendered):
    helpers: tuple[Statement, ...]
    body: tuple[Statement, ...]
    parameters: tuple[Parameter, ...]
    is_async: bool

    suffix = ".js"
    header = HEADER

    @cached_property
    def marked(self) -> str:
        text = "".join(_render(self.helpers, 0)) + "\n"
        body = "".join(_render(self.body, 1))
        names = ", ".join(parameter.name for parameter in self.used(body))
        keyword = "async function" if self.is_async else "function"
        return f"{text}export {keyword} main({names}) {{\n{body}}}\n"

    def used(self, body: str) -> list[Parameter]:
        return [p for p in self.parameters if re.search(rf"\b{p.name}\b", body)]

    @cached_property
    def instrumented(self) -> str:
        """What node runs: the body of a function that returns `main`."""
        text = MARK.sub(_instrument, self.marked).replace("export ", "", 1)
        text = text.replace("catch (e) {", "catch (e) { $.caught(e);")
        return text + "return main;\n"

    @cached_property
    def tags(self) -> frozenset[str]:
        return frozenset(_tags(self.helpers)) | frozenset(_tags(self.body))

    def as_job(self) -> dict[str, object]:
        kinds = [p.kind for p in self.used("".join(_render(self.body, 1)))]
        return {"code": self.instrumented, "parameters": kinds, "async": self.is_async}


def site(number: int, expression: str) -> str:
    return f"{OPEN}{number}{MIDDLE}{expression}{CLOSE}"


def _instrument(mark: re.Match[str]) -> str:
    return f"$.at({mark.group(1)}, () => " if mark.group(1) else ")"


def _render(statements: tuple[Statement, ...], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for statement in statements:
        if isinstance(statement, Line):
            yield f"{indent}{statement.text}\n"
            continue
        for opening, body in statement.parts:
            yield f"{indent}{opening}\n"
            yield from _render(body, depth + 1)
        yield f"{indent}{statement.end}\n"


def _tags(statements: tuple[Statement, ...]) -> Iterator[str]:
    for statement in statements:
        if statement.tag:
            yield statement.tag
        if isinstance(statement, Block):
            for _, body in statement.parts:
                yield from _tags(body)
