"""Following imports between the files of a project.

The answer for a file depends on its forward closure of imports alone, never on which other files
a run was given. Files that cannot have a finding and import none that says anything are told by
their bytes and are never parsed.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from cleanuplint.contracts.model import Contract
from cleanuplint.modules import Modules
from cleanuplint.modules.python import PythonModules, specifiers

RELATIVE = re.compile(rb"""\b(?:from|import|require)\s*\(?\s*["'](\.{1,2}/[^"'\n]*)["']""")
Derive = Callable[[Path], Contract | None]
"""The contract of the generated bindings that a file is of; None for code that people write."""
Summarise = Callable[[Path, bytes, tuple[Contract, ...]], Contract | None]
"""Analyses one file with the contracts of what it imports; None where nothing can be said."""


RE_EXPORT = re.compile(
    rb"\bexport\b[^;\n]*\bfrom\b|\bmodule\.exports\b|^[ \t]*from[ \t]+[.\w]+[ \t]+import\b",
    re.MULTILINE,
)
PYTHON = frozenset({".py", ".pyi", ".ipynb"})


def concern(data: bytes, linked: Iterable[Contract]) -> bool:
    """The file uses something that the files it imports export."""
    return any(
        contract.default is not None or any(name.encode() in data for name in contract.names)
        for contract in linked
    )


def passes_on(data: bytes) -> bool:
    """The file may export what it imports."""
    return RE_EXPORT.search(data) is not None


class Linker:
    """The contracts that the files of a project are to each other."""

    def __init__(self, summarise: Summarise, derive: Derive) -> None:
        self._summarise = summarise
        self._derive = derive
        self._modules = Modules()
        self._python = PythonModules()
        self._known: dict[Path, Contract | None] = {}

    def contracts_for(self, path: Path, data: bytes) -> tuple[Contract, ...]:
        """What the imports of a file say, each contract under the specifier the file uses."""
        used: dict[Path, list[str]] = {}
        for text, target in self._targets(path, data):
            if target is not None and target != path:
                used.setdefault(target, []).append(text)
        found = ((self.contract(target), texts) for target, texts in used.items())
        return tuple(
            replace(contract, modules=tuple(map(literal, texts)))
            for contract, texts in found
            if contract is not None
        )

    def _targets(self, path: Path, data: bytes) -> Iterator[tuple[str, Path | None]]:
        """What a file imports: as it says so, and the file that it means."""
        if path.suffix in PYTHON:
            for text in sorted(specifiers(data)):
                yield text, self._python.resolve(path.parent, text)
            return
        for specifier in sorted(set(RELATIVE.findall(data))):
            text = specifier.decode("utf-8", "replace")
            yield text, self._modules.resolve(path.parent, text) or _unbuilt(path.parent, text)

    def contract(self, path: Path) -> Contract | None:
        """What a file of the project exports; None if that is nothing of interest."""
        if path not in self._known:
            self._known[path] = None  # files that import each other: the first one asked waits
            self._known[path] = self._read(path)
        return self._known[path]

    def _read(self, path: Path) -> Contract | None:
        derived = self._derive(path)
        if derived is not None:
            return derived
        try:
            data = path.read_bytes()
        except OSError:
            return None
        return self._summarise(path, data, self.contracts_for(path, data))


def _unbuilt(folder: Path, specifier: str) -> Path | None:
    """Where a build would write what a relative import names: its crate may be there."""
    if not specifier.startswith("."):
        return None
    path = Path(os.path.abspath(folder / specifier))
    return path if path.suffix else path.with_suffix(".js")


def literal(specifier: str) -> str:
    """The specifier as an fnmatch pattern for itself alone."""
    return re.sub(r"([*?\[])", r"[\1]", specifier)
