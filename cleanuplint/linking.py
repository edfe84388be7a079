"""Following imports between the files of a project.

The answer for a file depends on its forward closure of imports alone, never on which other files
a run was given. Files that cannot have a finding and import none that says anything are told by
their bytes and are never parsed. What a file says is found from what its imports say; files that
import each other are settled together.

Two kinds of files say something: those by which a resource can come to their importers (factories,
wrappers, objects), and, of interest only to files that have one, those that may release it.
"""

import os
import re
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from cleanuplint.components import Settling
from cleanuplint.contracts.model import Contract
from cleanuplint.derive.hosted import Hosted
from cleanuplint.files.source import PYTHON
from cleanuplint.hosting import Hosting
from cleanuplint.modules import Modules
from cleanuplint.modules.python import PythonModules, specifiers

SPECIFIER = re.compile(
    rb"""\b(?:from|import|require)\s*\(?\s*(?:/\*[^*]*\*/\s*)?["']([^"'\s][^"'\n]*)["']"""
)
LANGUAGES = PYTHON | {".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"}
RE_EXPORT = re.compile(
    rb"\bexport\b[^;\n]*\bfrom\b|\bmodule\.exports\b|\bexports?\s*[{.]"
    rb"|^[ \t]*from[ \t]+[.\w]+[ \t]+import\b",
    re.MULTILINE,
)
LARGEST = 1 << 19
"""Bytes beyond which an installed file is a bundle that nobody wants to wait for."""
LARGEST_CYCLE_OF_HELPERS = 12
"""Files that call each other beyond which they are a program of their own, and no helpers."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of the project as the linker sees it."""

    path: Path
    data: bytes


@dataclass(frozen=True, slots=True)
class Reading:
    """How the linker asks about the text of files."""

    is_relevant: Callable[[File], bool]
    """The text names something of a library."""
    may_release: Callable[[bytes], bool]
    """The text releases or clears something."""
    knows_resource: Callable[[File, tuple[Contract, ...]], bool]
    """Some value of the file has a duty, by a library or by what its imports say."""
    modules_called: Callable[[File], frozenset[str]]
    """The modules, as its imports name them, whose functions the file runs or hands on."""
    may_be_source: Callable[[File, tuple[Contract, ...]], bool]
    """A resource may come from the file, not only through what it imports."""
    summarise: Callable[[File, tuple[Contract, ...]], Contract | None]
    """Analyses one file with what its imports say; None where nothing can be said."""
    derive: Callable[[Path], Contract | None]
    """The contract of the generated bindings that a file is of; None for code that people write."""
    hosted: Hosted
    """The modules of the project that hosts call by their raw exports."""
    exports_called: Callable[[File], frozenset[str]]
    """The exports of modules that a file calls without bindings."""
    is_library: Callable[[str], bool]
    """A contract already speaks for the module of this specifier."""


def concern(data: bytes, linked: Iterable[Contract]) -> bool:
    """The file uses something that the files it imports export."""
    return any(
        contract.default in contract.sources or any(n.encode() in data for n in contract.sources)
        for contract in linked
        if contract.modules
    ) or any(contract.exports and contract.classes for contract in linked)


def passes_on(data: bytes) -> bool:
    """The file may export what it imports."""
    return RE_EXPORT.search(data) is not None


Imports = dict[Path, tuple[str, ...]]
"""The files that a file imports, each with the specifiers for it."""
Found = MutableMapping[Path, Contract | None]


class Linker:
    """The contracts that the files of a project are to each other."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._modules = Modules(reading.is_library)
        self._python = PythonModules()
        self._read = lru_cache(maxsize=512)(_read)
        self._hosting = Hosting(reading.hosted, self._text, self._imported)
        self._imports: dict[Path, Imports] = {}
        self._sources = Settling(self._imported, self._found)
        self._helpers = self._settling_helpers({})
        self._provisional = 0, self._helpers
        self._helped_by: dict[Path, Imports] = {}
        self._by_name: dict[str, Contract] = {}
        self._summarised: dict[Path, tuple[tuple[Contract, ...], Contract | None]] = {}
        """What each file said last, and from what: within cycles it is asked again and again."""

    def contracts_for(self, path: Path, data: bytes) -> tuple[Contract, ...]:
        """What the imports of a file say, each contract under the specifiers the file uses.

        Also the contracts that these speak of; they are bound to no specifier.
        """
        imports = self._read_imports(File(path, data)) if path.suffix in LANGUAGES else {}
        for target in imports:
            self._sources.settle(target)
        linked = self._linked(File(path, data), imports)
        if self._may_hold(File(path, data), linked):
            linked += self._helping(File(path, data), imports)
        return (*linked, *self._mentioned(linked))

    def _may_hold(self, file: File, linked: tuple[Contract, ...]) -> bool:
        """The file may come to hold a resource. Its text alone says so of too many files."""
        if concern(file.data, linked):
            return True
        return self._reading.is_relevant(file) and self._reading.knows_resource(file, linked)

    def _linked(self, file: File, imports: Imports) -> tuple[Contract, ...]:
        """What a file's imports say, and the modules whose exports it calls itself."""
        driven = self._hosting.modules(file.path, file.data, imports, self._exports_called)
        self._by_name.update((contract.name, contract) for contract in driven)
        return (*self._bound(imports, self._sources.known), *driven)

    def _exports_called(self, path: Path, data: bytes) -> frozenset[str]:
        return self._reading.exports_called(File(path, data))

    def _text(self, path: Path) -> bytes:
        file = self._read(path)
        return b"" if file is None else file.data

    def _bound(self, imports: Imports, known: Found) -> tuple[Contract, ...]:
        found = ((known.get(target), specifiers) for target, specifiers in imports.items())
        return tuple(
            replace(contract, modules=tuple(map(literal, specifiers)))
            for contract, specifiers in found
            if contract is not None
        )

    def _mentioned(self, linked: Iterable[Contract]) -> Iterator[Contract]:
        seen = {contract.name for contract in linked}
        waiting = [name for contract in linked for name in sorted(contract.mentioned)]
        while waiting:
            name = waiting.pop()
            if name not in seen and name in self._by_name:
                seen.add(name)
                yield self._by_name[name]
                waiting.extend(sorted(self._by_name[name].mentioned))

    # ── imports ─────────────────────────────────────────────────────────────────────────────────

    def _imported(self, path: Path) -> Imports:
        if path not in self._imports:
            file = self._read(path) if self._reading.derive(path) is None else None
            self._imports[path] = self._read_imports(file) if file is not None else {}
        return self._imports[path]

    def _read_imports(self, file: File) -> Imports:
        found: dict[Path, list[str]] = {}
        for specifier, target in self._targets(file):
            if target is not None and target != file.path:
                found.setdefault(target, []).append(specifier)
        return {target: tuple(texts) for target, texts in found.items()}

    def _targets(self, file: File) -> Iterator[tuple[str, Path | None]]:
        """What a file imports: as it says so, and the file that it means."""
        folder = file.path.parent
        if file.path.suffix in PYTHON:
            for name in sorted(specifiers(file.data)):
                yield name, self._python.resolve(folder, name)
            return
        for specifier in sorted(set(SPECIFIER.findall(file.data))):
            text = specifier.decode("utf-8", "replace")
            yield text, self._target(folder, text)

    def _target(self, folder: Path, specifier: str) -> Path | None:
        found = self._modules.resolve(folder, specifier)
        if specifier.startswith("."):
            return found or _unbuilt(folder, specifier)
        if found is None:
            return None
        typings = self._modules.declarations(folder, specifier)
        for bindings in (found, typings):
            if bindings is not None and self._reading.derive(bindings) is not None:
                return bindings
        if self._reading.is_library(specifier) or not self._modules.is_worth_reading(found):
            return None
        return found

    # ── files by which resources come ───────────────────────────────────────────────────────────

    def _found(self, path: Path) -> Contract | None:
        """What a file says, from what is known of its imports."""
        derived = self._reading.derive(path)
        if derived is not None:
            self._by_name[derived.name] = derived
            return derived
        file = self._read(path)
        if file is None:
            return None
        imports = self._imported(path)
        linked = self._linked(file, imports)
        used = concern(file.data, linked) or (
            passes_on(file.data) and any(contract.sources for contract in linked)
        )
        if not used and not self._reading.is_relevant(file):
            return None
        if not used and not self._reading.may_be_source(file, linked):
            return None
        if used or self._reading.knows_resource(file, linked):
            linked += self._helping(file, imports)
        return self._summary(file, (*linked, *self._mentioned(linked)))

    def _summary(self, file: File, linked: tuple[Contract, ...]) -> Contract | None:
        before = self._summarised.get(file.path)
        if before is not None and before[0] == linked:
            return before[1]
        contract = self._reading.summarise(file, linked)
        self._summarised[file.path] = linked, contract
        if contract is not None:
            self._by_name[contract.name] = contract
        return contract

    # ── files that may only release them ────────────────────────────────────────────────────────

    def _helping(self, file: File, imports: Imports) -> tuple[Contract, ...]:
        """What those of the imports say that have no resource of their own."""
        if all(map(self._is_source, imports)):
            return ()
        helpers = self._helpers_of_round if self._sources.unsettled else self._helpers
        called = self._called(file, imports)
        left = {path: called[path] for path in called if not self._is_source(path)}
        for path in left:
            helpers.settle(path)
        return self._bound(left, helpers.known)

    def _called(self, file: File, imports: Imports) -> Imports:
        """Those of the imports whose functions the file runs."""
        called = self._reading.modules_called(file)
        return {
            path: specifiers
            for path, specifiers in imports.items()
            if not called.isdisjoint(specifiers)
        }

    @property
    def _helpers_of_round(self) -> Settling[Path, Contract]:
        """Within a cycle, what is found now may not be true in the next round."""
        number, helpers = self._provisional
        if number != self._sources.rounds:
            known = ChainMap[Path, Contract | None]({}, self._helpers.known)
            helpers = self._settling_helpers(known)
            self._provisional = self._sources.rounds, helpers
        return helpers

    def _settling_helpers(self, known: Found) -> Settling[Path, Contract]:
        return Settling(
            self._helped, lambda path: self._helper(path, known), known, LARGEST_CYCLE_OF_HELPERS
        )

    def _is_source(self, path: Path) -> bool:
        return self._sources.known.get(path) is not None

    def _helped(self, path: Path) -> Imports:
        if path.suffix in PYTHON:  # a package of Python imports thousands of files
            return {}
        file = self._read(path)
        if self._is_source(path) or file is None or not self._may_help(file):
            return {}
        if path not in self._helped_by:
            self._helped_by[path] = self._called(file, self._imported(path))
        return self._helped_by[path]

    def _may_help(self, file: File) -> bool:
        return self._reading.may_release(file.data) or passes_on(file.data)

    def _helper(self, path: Path, known: Found) -> Contract | None:
        file = self._read(path)
        if file is None or self._is_source(path):
            return None
        linked = self._bound(self._helped(path), known)
        if not linked and not self._reading.may_release(file.data):
            return None
        return self._summary(file, linked)


def _read(path: Path) -> File | None:
    if path.suffix not in LANGUAGES:
        return None
    try:
        if "node_modules" in path.parts and path.stat().st_size > LARGEST:
            return None
        return File(path, path.read_bytes())
    except OSError:
        return None


def _unbuilt(folder: Path, specifier: str) -> Path | None:
    """Where a build would write what a relative import names: its crate may be there."""
    if not specifier.startswith("."):
        return None
    path = Path(os.path.abspath(folder / specifier))
    return path if path.suffix else path.with_suffix(".js")


def literal(specifier: str) -> str:
    """The specifier as an fnmatch pattern for itself alone."""
    return re.sub(r"([*?\[])", r"[\1]", specifier)
