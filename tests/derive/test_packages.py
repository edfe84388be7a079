"""What is derived from packages of npm, held against another reading of the same files.

Downloads some 60 MB, once: only where `CLEANUPLINT_NETWORK` is set and npm answers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cleanuplint.contracts.model import NAMESPACE, Contract
from cleanuplint.derive import derive_artefacts
from tests.npm import asks_npm, unpacked

TABLE = Path(__file__).parents[2] / "docs" / "derived-contracts.md"
ROW = re.compile(
    r"^\| (?P<package>\S+@\S+) \| (?P<entry>\S+) \| (?P<figures>[\d |]+) \|$", re.MULTILINE
)
GLUE_CLASS = re.compile(r"^(?:export )?(?:class|var) (?P<name>\w+)\b.*?\n\}", re.M | re.S)
GLUE_METHOD = re.compile(
    r"^ {2,4}(?:static )?(?:get )?(?P<name>[\w$]+)\((?P<parameters>[^()\n]*)\) \{\n"
    r"(?P<body>.*?)^ {2,4}\}",
    re.M | re.S,
)
TYPED = re.compile(
    r"^(?:export |declare )*(?:class|interface) (?P<name>\w+)[^{\n]*\{(?P<body>.*?)^\s*\}",
    re.M | re.S,
)
RELEASE = re.compile(r"\b(?:free|delete)\(\): void|\bextends (?:EmbindObject|ClassHandle)\b")

pytestmark = [asks_npm, pytest.mark.xdist_group("npm")]


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    package: str
    entry: str
    figures: tuple[int, ...]


def rows() -> Iterator[Row]:
    for found in ROW.finditer(TABLE.read_text()):
        figures = tuple(int(each) for each in found["figures"].split("|"))
        yield Row(found["package"], found["entry"], figures)


ROWS = list(rows())


def figures_of(contract: Contract | None) -> tuple[int, ...]:
    if contract is None:
        return 0, 0, 0, 0
    classes = contract.classes.values()
    functions = [one for one in contract.functions.values() if one.name != NAMESPACE]
    methods = [one for cls in classes for one in cls.methods.values()]
    results = [*methods, *functions]
    taken = [*contract.consumes.values(), *(it for cls in classes for it in cls.consumes.values())]
    return (
        len(classes),
        sum(cls.constructor for cls in classes) + sum(one.owned for one in results),
        sum(map(len, taken)),
        sum(not one.owned for one in results),
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.package)
def test_figures_of_the_table(row: Row, request: pytest.FixtureRequest) -> None:
    contract = derive_artefacts(unpacked(row.package, request.config) / row.entry)
    assert figures_of(contract) == row.figures


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.package)
def test_classes_are_those_that_the_typings_declare(
    row: Row, request: pytest.FixtureRequest
) -> None:
    """Read by patterns: every class that shows a release, in the typings of the whole package."""
    package = unpacked(row.package, request.config)
    contract = derive_artefacts(package / row.entry)
    declared = {
        found["name"]
        for path in package.rglob("*.d.ts")
        if path.stat().st_size < 4 << 20
        for found in TYPED.finditer(path.read_text(errors="replace"))
        if RELEASE.search(found[0])
    }
    derived = set() if contract is None else {name.rpartition(".")[2] for name in contract.classes}
    assert derived - declared <= OTHERWISE.get(row.package, set())
    if contract is not None:
        glued = {cls for path in _glue(package) for cls, _, _, _ in _methods(path)}
        assert derived >= (declared & glued)


OTHERWISE = {
    "@resvg/resvg-wasm@2.6.2": {"Resvg"},
    "canvaskit-wasm@0.42.0": {"ManagedSkottieAnimation", "TypefaceFontProvider"},
    "loro-crdt@1.17.1": {"Loro"},
}
"""Classes that show no release of their own: a constant that constructs, and what inherits one."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.package)
def test_ownership_is_what_the_glue_does(row: Row, request: pytest.FixtureRequest) -> None:
    """Read by patterns, method by method: what is wrapped is new, what is destroyed is taken."""
    package = unpacked(row.package, request.config)
    contract = derive_artefacts(package / row.entry)
    for path in _glue(package) if contract is not None else ():
        for cls, name, parameters, body in _methods(path):
            known = contract.classes.get(cls) if contract is not None else None
            if known is None or name in ("free", "__wrap", "__unwrap", "__destroy_into_raw"):
                continue
            wrapped = re.findall(r"\b_?(\w+)\.__wrap\(", body)
            if wrapped and name != "constructor" and wrapped[0] in contract.classes:
                result = known.methods[name]
                assert result.owned and result.name in wrapped, (cls, name)
            taken = set(re.findall(r"\b(\w+)\.__destroy_into_raw\(\)", body))
            indices = {parameters.index(one) for one in taken if one in parameters}
            indices |= {-1} if "this" in taken else set()
            assert indices <= set(known.consumes.get(name, ())), (cls, name)


def _glue(package: Path) -> list[Path]:
    paths = [*package.rglob("*.js"), *package.rglob("*.mjs"), *package.rglob("*.cjs")]
    small = (path for path in paths if path.stat().st_size < 2 << 20)
    return [path for path in small if "__wbg_" in path.read_text(errors="replace")]


def _methods(path: Path) -> Iterator[tuple[str, str, list[str], str]]:
    """Class, name, parameters and body of each method."""
    for cls in GLUE_CLASS.finditer(path.read_text(errors="replace")):
        for method in GLUE_METHOD.finditer(cls[0]):
            parameters = [one.strip() for one in method["parameters"].split(",")]
            yield cls["name"], method["name"], parameters, method["body"]
