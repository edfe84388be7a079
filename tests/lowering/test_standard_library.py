"""For each file of the standard library, the front end sees what Python's own parser sees.

The test takes all of the library and every tenth file of Python's own tests, whose syntax is the
strangest; `python -m tests.lowering.test_standard_library` takes all of these too.
"""

import ast
import sysconfig
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from cleanuplint.files.source import read_text
from cleanuplint.flow.graph import FunctionKind
from cleanuplint.languages.python import lower, parse

LIBRARY = Path(sysconfig.get_paths()["stdlib"])
NOT_OURS = ("site-packages", "lib2to3")
GROUPS = 6
KNOWN = {
    "test/test_future_stmt/badsyntax_future8.py": "wrong on purpose, which `ast` does not mind",
}


class Seen(NamedTuple):
    """What is compared: names, and the lines of `try` statements."""

    functions: Counter[str]
    classes: Counter[str]
    tries: Counter[int]


def by_python(text: bytes) -> Seen:
    seen = Seen(Counter(), Counter(), Counter())
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                seen.functions[node.name] += 1
            case ast.Lambda():
                seen.functions["lambda"] += 1
            case ast.ClassDef():
                seen.classes[node.name] += 1
            case ast.Try() | ast.TryStar():
                seen.tries[node.lineno] += 1
    return seen


def by_front_end(text: bytes) -> Seen:
    program = lower(text, ".py")
    assert not program.broken
    assert not program.opaque
    made = (FunctionKind.MODULE, FunctionKind.INITIALIZER)
    functions = (f for f in program.functions if f.kind not in made)
    names = ("lambda" if f.kind is FunctionKind.ARROW else f.name for f in functions)
    return Seen(Counter(names), Counter(c.name for c in program.classes), Counter(_tries(text)))


def _tries(text: bytes) -> Iterator[int]:
    open_nodes = [parse(text)]
    while open_nodes:
        node = open_nodes.pop()
        if node.type == "try_statement":
            yield node.start_point[0] + 1
        open_nodes.extend(node.children)


def files(of_tests: int = 10) -> list[Path]:
    """The library, and one in `of_tests` of the files that test it."""
    found = sorted(p for p in LIBRARY.rglob("*.py") if not set(NOT_OURS) & set(p.parts))
    tests = [path for path in found if is_test(path)]
    return [path for path in found if not is_test(path)] + tests[::of_tests]


def is_test(path: Path) -> bool:
    return bool({"test", "tests"} & set(path.relative_to(LIBRARY).parts))


def disagreement(path: Path) -> str | None:
    name, data = path.relative_to(LIBRARY).as_posix(), path.read_bytes()
    if name in KNOWN:
        return None
    try:
        with warnings.catch_warnings(action="ignore"):
            expected = by_python(data)
    except (SyntaxError, ValueError):
        return None  # wrong on purpose, or in an encoding that is not ours to read
    try:
        seen = by_front_end(read_text(data).text)
    except Exception as error:
        return f"{name}: {error!r}"
    return None if seen == expected else f"{name}: {expected} is seen as {seen}"


@pytest.mark.parametrize("group", range(GROUPS))
def test_what_is_seen(group: int) -> None:
    chosen = files()[group::GROUPS]
    assert len(chosen) > 50
    assert [said for said in map(disagreement, chosen) if said] == []


if __name__ == "__main__":
    everything = files(of_tests=1)
    for said in filter(None, map(disagreement, everything)):
        print(said)
    print(f"{len(everything)} files, {len(KNOWN)} of them known to be read otherwise")
