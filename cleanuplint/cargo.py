"""Rust crates on disk: which one a file belongs to, and the files of its module tree.

The answer for a file depends on its crate alone, never on which other files a run was given. A
file outside of every module tree (a test, an example, a loose file) is a crate of its own.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cleanuplint.contracts.model import Contract
from cleanuplint.errors import UserError
from cleanuplint.files.naming import shown
from cleanuplint.files.source import RUST, Source, read_text
from cleanuplint.findings import ADDRESS, Finding
from cleanuplint.modules.manifests import CARGO, manifest, table, tables, workspace_around

if TYPE_CHECKING:  # most runs ask only whether a crate is of interest
    from cleanuplint.rust.crates import Crate
    from cleanuplint.rust.model import FileItems, Module
    from cleanuplint.rust.raw import RawExports

BUILT = "pkg"
"""The folder that wasm-pack writes to."""
EXPORTING = re.compile(rb"\bwasm_bindgen\b")
FOREIGN = re.compile(rb"\bno_mangle\b|\bexport_name\s*=\s*\"")
WASM = re.compile(rb"wasm")
TOLD = re.compile(ADDRESS.encode())
"""An ignore comment: a file that has one is read, so that one which ignores nothing is told."""
NO_SOURCES = frozenset({"target", ".git", "node_modules"})
FIRST_EDITION = 2015
"""Of packages that name none."""
MODULES_BESIDE = frozenset({"mod", "lib", "main"})
"""Files whose modules lie beside them, not in a folder of their name."""


@dataclass(frozen=True)
class SourceCrate:
    """A crate with the text of its files."""

    crate: "Crate"
    sources: Mapping[str, Source]
    """By the same names as the files of the crate."""
    left_out: frozenset[str]
    """Files of the module tree that no build for WebAssembly contains."""
    package: Path | None = None
    """The folder of its manifest."""

    @cached_property
    def findings(self) -> Mapping[str, list[Finding]]:
        """What the Rust rules say, by file."""
        from cleanuplint.checks.rust import check_crate

        texts = {name: source.text for name, source in self.sources.items()}
        return check_crate(self.crate, texts, self.built)

    @cached_property
    def built(self) -> Contract | None:
        """What the package exports that `wasm-pack build` left in the crate, if it is there."""
        from cleanuplint.derive import derive_artefacts, entry_of

        entry = None if self.package is None else entry_of(self.package / BUILT)
        return None if entry is None else derive_artefacts(entry)


class Cargo:
    """The crates of a project. Each file is read once, unless its text changes."""

    def __init__(self) -> None:
        self._packages: dict[Path, Path | None] = {}
        self._roots: dict[Path, tuple[Path, ...]] = {}
        self._exports: dict[Path, bool] = {}
        self._items: dict[Path, tuple[bytes, FileItems]] = {}
        self._crates: dict[Path, SourceCrate] = {}

    def concerns(self, path: Path, data: bytes) -> bool:
        """False only if no file of the crate exports anything from a WebAssembly module."""
        if TOLD.search(data) or EXPORTING.search(data):
            return True
        folder = self._package_of(path)
        if folder is None:
            return bool(FOREIGN.search(data) and WASM.search(data))
        if folder not in self._exports:
            self._exports[folder] = _exports(folder)
        return self._exports[folder]

    def crate(self, path: Path, data: bytes | None = None) -> SourceCrate | None:
        """The crate of a file; None if no build for WebAssembly contains the file.

        `data` is the text of the file if that is not, or not yet, on disk.
        """
        name = shown(path)
        for root in (*self._roots_of(path), path):
            crate = self._crate_at(root, {} if data is None or root != path else {path: data})
            if name in crate.left_out:
                return None
            if name in crate.sources:
                changed = data is not None and crate.sources[name] != read_text(data)
                return self._read(root, {path: data}) if data and changed else crate
        return None

    def contract_of(self, folder: Path) -> Contract | None:
        """What the library, or else the first program, of the package in a folder exports."""
        roots = self._roots_of(folder / CARGO)
        root = next((one for one in roots if one.is_file()), None)
        if root is None:
            return None
        from cleanuplint.rust.contract import contract_of

        name = shown(folder)
        return contract_of(self._crate_at(root, {}).crate, name, name)

    def raw_exports_of(self, folder: Path, by_bindings: bool) -> "RawExports | None":
        """What the package in a folder exports by plain names, or `by_bindings` as well."""
        roots = [one for one in self._roots_of(folder / CARGO) if one.is_file()]
        kinds = (FOREIGN, EXPORTING) if by_bindings else (FOREIGN,)
        if not roots or not any(kind.search(data) for data in _texts_in(folder) for kind in kinds):
            return None
        from cleanuplint.rust.raw import raw_exports

        return raw_exports(self._crate_at(roots[0], {}).crate)

    def _crate_at(self, root: Path, texts: Mapping[Path, bytes]) -> SourceCrate:
        if root not in self._crates:
            self._crates[root] = self._read(root, texts)
        return self._crates[root]

    def _roots_of(self, path: Path) -> tuple[Path, ...]:
        folder = self._package_of(path)
        if folder is None:
            return ()
        if folder not in self._roots:
            self._roots[folder] = tuple(_roots(folder))
        return self._roots[folder]

    def _package_of(self, path: Path) -> Path | None:
        if path.parent not in self._packages:
            self._packages[path.parent] = _package_around(path.parent)
        return self._packages[path.parent]

    # ── module trees ────────────────────────────────────────────────────────────────────────────

    def _read(self, root: Path, texts: Mapping[Path, bytes]) -> SourceCrate:
        from cleanuplint.rust.crates import Crate

        sources: dict[str, Source] = {}
        files: dict[str, FileItems] = {}
        left_out: set[str] = set()
        waiting = [(root, True)]
        while waiting:
            path, built = waiting.pop()
            name = shown(path)
            if name in sources or name in left_out:
                continue
            source = _text(path, texts)
            if source is None:
                continue
            items = self._items_of(path, source)
            if built:
                sources[name], files[name] = source, items
            else:
                left_out.add(name)
            for module in items.modules:
                below = _file_of(module, path, is_root=path == root)
                if below is not None:
                    waiting.append((below, built and not module.is_left_out))
        folder = self._package_of(root)
        crate = Crate(files, *_compiler(folder)) if folder is not None else Crate(files)
        return SourceCrate(crate, sources, frozenset(left_out), folder)

    def _items_of(self, path: Path, source: Source) -> "FileItems":
        known = self._items.get(path)
        if known is None or known[0] != source.text:
            from cleanuplint.languages.rust import read_items

            known = source.text, read_items(source.text, shown(path))
            self._items[path] = known
        return known[1]


def _text(path: Path, texts: Mapping[Path, bytes]) -> Source | None:
    """None for what cannot be read: that is told where the file itself is asked for."""
    try:
        return read_text(texts[path] if path in texts else path.read_bytes())
    except (OSError, UserError):
        return None


def _file_of(module: "Module", path: Path, is_root: bool) -> Path | None:
    """The file of a module that is declared in a file."""
    folder = path.parent if is_root or path.stem in MODULES_BESIDE else path.with_suffix("")
    *outer, name = module.path
    if module.file:
        choices = [path.parent.joinpath(*outer, module.file)]
    else:
        inside = folder.joinpath(*outer)
        choices = [inside / f"{name}{RUST}", inside / name / f"mod{RUST}"]
    return next((Path(os.path.abspath(it)) for it in choices if it.is_file()), None)


# ── packages ────────────────────────────────────────────────────────────────────────────────────


def _package_around(folder: Path) -> Path | None:
    """The folder of the nearest manifest, if that describes a package."""
    found = next((it for it in (folder, *folder.parents) if (it / CARGO).is_file()), None)
    return found if found is not None and "package" in manifest(found) else None


def _compiler(folder: Path) -> tuple[int, tuple[int, ...]]:
    """The edition of a package, and the oldest compiler that has to build it."""
    package = table(manifest(folder), "package")
    edition, version = (
        str(_inherited(folder, key) if isinstance(package.get(key), dict) else package.get(key))
        for key in ("edition", "rust-version")
    )
    numbers = (int(part) for part in version.split(".") if part.isdecimal())
    return int(edition) if edition.isdecimal() else FIRST_EDITION, tuple(numbers)


def _inherited(folder: Path, key: str) -> object:
    """What the workspace of a package says for all of its packages."""
    found = workspace_around(folder)
    return None if found is None else table(found[1], "package").get(key)


def _roots(folder: Path) -> Iterator[Path]:
    """The files that the compiler starts from."""
    found = manifest(folder)
    paths = (entry.get("path") for key in ("lib", "bin") for entry in tables(found, key))
    yield from (folder / path for path in paths if isinstance(path, str))
    for pattern in ("src/lib.rs", "src/main.rs", "src/bin/*.rs", "src/bin/*/main.rs"):
        yield from sorted(folder.glob(pattern))


def _exports(folder: Path) -> bool:
    """Whether a package may export something; a macro package only writes code that does."""
    if table(manifest(folder), "lib").get("proc-macro"):
        return False
    foreign = wasm = False
    for data in _texts_in(folder):
        if EXPORTING.search(data):
            return True
        foreign = foreign or bool(FOREIGN.search(data))
        wasm = wasm or bool(WASM.search(data))
    return foreign and wasm


def _texts_in(folder: Path) -> Iterator[bytes]:
    for path in _sources_in(folder):
        try:
            yield path.read_bytes()
        except OSError:
            continue


def _sources_in(folder: Path) -> Iterator[Path]:
    """The Rust files of a package, those of packages inside it left out."""
    for here, folders, names in os.walk(folder):
        if here != str(folder) and CARGO in names:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if name not in NO_SOURCES)
        yield from (Path(here, name) for name in names if name.endswith(RUST))
