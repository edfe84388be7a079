"""The code of cells in the JSON of a notebook: put in place without touching a byte around it."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial

_SPACE = re.compile(r"[ \t\n\r]*")
_value = json.JSONDecoder().raw_decode


def with_sources(text: str, sources: Mapping[int, str]) -> str:
    """The notebook with other code in some of its cells, by their numbers from 1.

    A list of lines stays one, as it was laid out, and lines that were there keep their form.
    """
    parts: list[str] = []
    at = 0
    for number, (start, end) in enumerate(_source_spans(text), 1):
        if number in sources:
            parts += text[at:start], _rendered(text[start:end], sources[number], text.isascii())
            at = end
    return "".join((*parts, text[at:]))


def _rendered(old: str, source: str, only_ascii: bool) -> str:
    write = partial(json.dumps, ensure_ascii=only_ascii)
    if not old.startswith("["):
        return write(source)
    spans = list(_elements(old, 0))
    (first, after), (_, last) = spans[0], spans[-1]
    known = {_value(old, start)[0]: old[start:end] for start, end in spans}
    lines = [known.get(line) or write(line) for line in source.splitlines(keepends=True)]
    alone = f",{old[1:first] or ' '}"
    between = old[after : spans[1][0]] if len(spans) > 1 else alone
    return f"{old[:first]}{between.join(lines)}{old[last:]}"


# ---- where the values are ----


def _source_spans(text: str) -> Iterator[tuple[int, int]]:
    """Of each cell; an empty span for one without."""
    document = dict(_members(text, _skip(text, 0)))
    for start, _ in _elements(text, document["cells"][0]):
        cell = dict(_members(text, start)) if text[start] == "{" else {}
        yield cell.get("source", (start, start))


def _members(text: str, start: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """The keys of an object, and where their values are."""
    at = _skip(text, start + 1)
    while text[at] != "}":
        key, at = _value(text, at)
        at = _skip(text, _skip(text, at) + 1)
        _, end = _value(text, at)
        yield key, (at, end)
        at = _next(text, end)


def _elements(text: str, start: int) -> Iterator[tuple[int, int]]:
    at = _skip(text, start + 1)
    while text[at] != "]":
        _, end = _value(text, at)
        yield at, end
        at = _next(text, end)


def _next(text: str, end: int) -> int:
    at = _skip(text, end)
    return _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
