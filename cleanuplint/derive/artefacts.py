"""The files that a build of WebAssembly bindings leaves together, and the crate they are of.

engine/Cargo.toml                 the crate
engine/pkg/package.json           which file is the entry
engine/pkg/engine.d.ts            typings
engine/pkg/engine.js              glue; for bundlers only a door to `engine_bg.js`
engine/pkg/engine_bg.js           glue
engine/pkg/engine_bg.wasm         the module
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cleanuplint.modules.manifests import library_name, manifest, table, texts

TYPINGS = (".d.ts", ".d.mts", ".d.cts")
SCRIPTS = (".js", ".mjs", ".cjs")
MODULES = (".wasm",)
SUFFIXES = (*TYPINGS, *SCRIPTS, *MODULES)
RAW = ".wasm"
"""`engine_bg.wasm.d.ts` types the exports of the module itself."""
PACKAGE = "package.json"
INSTALLED = "node_modules"
HIGHEST = 4
"""Folders above the artefacts that are searched for their package and their crate."""


@dataclass(frozen=True, slots=True)
class Artefacts:
    """What there is of one module."""

    typings: Path | None
    glue: tuple[Path, ...]
    wasm: Path | None
    crate: Path | None
    """The folder of the crate."""


def locate(path: Path) -> Artefacts | None:
    """The artefacts that a file belongs to; None for what can't be one of them.

    The file itself need not exist: what the build would write is as good where the crate is there.
    """
    if not path.name.endswith(SUFFIXES):
        return None
    folder, stem = path.parent, stem_of(path.name)
    typings = _first(folder, [f"{stem}{one}" for one in TYPINGS])
    typings = typings or _first(folder, [f"{stem}_bg{one}" for one in TYPINGS])
    scripts = [f"{stem}{bg}{one}" for one in SCRIPTS for bg in ("_bg", "")]
    glue = [folder / name for name in scripts if (folder / name).is_file()]
    manifest = _manifest_above(folder)
    if manifest is not None:
        home, table = manifest
        entries = _entries(home, table)
        if typings is None and path in entries:
            typings = _typings(home, table)
        if path == _typings(home, table):
            glue.extend(one for one in entries if one not in glue)
    wasm = _first(folder, [f"{stem}_bg.wasm", f"{stem}.wasm"])
    return Artefacts(typings, tuple(glue), wasm, _crate(folder, stem))


def stem_of(name: str) -> str:
    """`engine` of all names in the picture above."""
    suffix = max((one for one in SUFFIXES if name.endswith(one)), key=len)
    return name.removesuffix(suffix).removesuffix(RAW).removesuffix("_bg")


def entry_of(folder: Path) -> Path | None:
    """The file that a package folder offers: typings first, as they say most."""
    table = _table(folder / PACKAGE)
    typings = _typings(folder, table)
    found = (*_entries(folder, table), *sorted(folder.glob("*.d.ts")), *folder.glob("*_bg.wasm"))
    return typings or next((one for one in found if not one.name.endswith(".wasm.d.ts")), None)


def is_installed(path: Path) -> bool:
    """It is a dependency's, which nobody here builds."""
    return INSTALLED in path.parts


def package_of(path: Path) -> str:
    """The name of the package that a file is of; empty where it has none."""
    manifest = _manifest_above(path.parent)
    name = manifest[1].get("name") if manifest is not None else None
    return name if isinstance(name, str) else ""


def has_module(folder: Path) -> bool:
    """A WebAssembly module lies in the folder."""
    try:
        return any(name.endswith(RAW) for name in os.listdir(folder))
    except OSError:
        return False


def _first(folder: Path, names: list[str]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)


# ── packages ────────────────────────────────────────────────────────────────────────────────────


def _manifest_above(folder: Path) -> tuple[Path, Mapping[str, Any]] | None:
    for around in (folder, *folder.parents[: HIGHEST - 1]):
        table = _table(around / PACKAGE)
        if table:
            return around, table
        if around.name == INSTALLED:
            return None
    return None


def _typings(home: Path, table: Mapping[str, Any]) -> Path | None:
    named = [table.get("types"), table.get("typings"), *_leaves(table.get("exports"))]
    paths = (home / one for one in named if isinstance(one, str) and one.endswith(TYPINGS))
    found = (Path(os.path.normpath(path)) for path in paths)
    return next((path for path in found if path.is_file()), None)


def _entries(home: Path, table: Mapping[str, Any]) -> list[Path]:
    named = [table.get("main"), table.get("module"), *_leaves(table.get("exports"))]
    paths = (home / one for one in named if isinstance(one, str) and one.endswith(SCRIPTS))
    found = (Path(os.path.normpath(path)) for path in paths)
    return list(dict.fromkeys(path for path in found if path.is_file()))


def _leaves(exports: object) -> Iterator[object]:
    """The files of the package's main entry; those of `./other` entries are others."""
    if isinstance(exports, dict):
        for key, value in exports.items():
            if not key.startswith("./"):
                yield from _leaves(value)
    else:
        yield exports


@lru_cache(maxsize=1024)
def _table(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


# ── crates ──────────────────────────────────────────────────────────────────────────────────────


def _crate(folder: Path, stem: str) -> Path | None:
    """The crate whose build wrote to a folder: around it, or in the workspace around it."""
    if is_installed(folder):
        return None
    for around in folder.parents[:HIGHEST]:
        for member in (around, *_members(around)):
            if library_name(member) == stem:
                return member
        if "package" in manifest(around) and around == folder.parent:
            return around  # wasm-pack writes to `pkg` in the crate, whatever `--out-name` says
    return None


def _members(folder: Path) -> Iterator[Path]:
    for pattern in texts(table(manifest(folder), "workspace"), "members"):
        if not os.path.isabs(pattern) and pattern not in ("", "."):
            yield from sorted(folder.glob(pattern))
