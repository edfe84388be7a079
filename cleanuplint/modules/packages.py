"""What a package offers under which name: `exports`, `imports`, `main` and the like.

A package of the project itself is read as its source: where a manifest names what the build will
write (`./dist/index.js`), the file that it is built from (`src/index.ts`) is looked for.
"""

import os
import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from cleanuplint.modules.disk import Disk

PREFERRED = ("source", "import", "module", "node", "require", "default", "browser")
"""Conditions in the order in which they are followed; the others come last."""
ENTRIES = ("source", "module", "main", "browser", "types", "typings")
BUILT = frozenset(
    {
        "build", "browser", "bundle", "cjs", "commonjs", "dist", "dist-node", "es", "esm", "lib",
        "module", "node", "out", "output", "types", "umd", "web",
    }
)  # fmt: skip
"""Folders that builds write to."""
SOURCES = ("src", "source", "lib", "")
WRITTEN_SUFFIXES = (".d.ts", ".d.mts", ".d.cts", ".js", ".mjs", ".cjs", ".ts")
Manifest = Mapping[str, Any]


def entry(disk: Disk, folder: str, subpath: str, is_ours: bool) -> str | None:
    """The file behind `name/subpath` of the package in a folder; of `name` if it is empty."""
    manifest = disk.table(os.path.join(folder, "package.json"))
    for target in _targets(manifest, subpath):
        found = _file(disk, folder, target, is_ours)
        if found is not None:
            return found
    if subpath:
        whole = os.path.join(folder, subpath)
        within = disk.source(whole) or disk.index(whole)
        return within or (disk.source(os.path.join(folder, "src", subpath)) if is_ours else None)
    found = disk.index(os.path.join(folder, "src")) if is_ours else None
    return found or disk.index(folder)


def declarations(disk: Disk, folder: str, subpath: str) -> str | None:
    """The type declarations of `name/subpath`."""
    manifest = disk.table(os.path.join(folder, "package.json"))
    named = (t for t in _targets(manifest, subpath) if t.endswith((".d.ts", ".d.mts", ".d.cts")))
    paths = (os.path.normpath(os.path.join(folder, target)) for target in named)
    return next((path for path in paths if disk.has(path)), None)


def internal(disk: Disk, folder: str, specifier: str) -> str | None:
    """The file behind a `#name` of the package's `imports`; what is no file is not followed."""
    imports = disk.table(os.path.join(folder, "package.json")).get("imports")
    if not isinstance(imports, dict):
        return None
    files = (_file(disk, folder, target, True) for target in _matching(imports, specifier))
    return next(filter(None, files), None)


def _targets(manifest: Manifest, subpath: str) -> Iterator[str]:
    exports = manifest.get("exports")
    key = f"./{subpath}" if subpath else "."
    if isinstance(exports, dict) and any(name.startswith(".") for name in exports):
        yield from _matching(exports, key)
    elif exports is not None and not subpath:
        yield from _leaves(exports, "")
    if not subpath:
        yield from (manifest[key] for key in ENTRIES if isinstance(manifest.get(key), str))


def _matching(table: Mapping[str, Any], key: str) -> Iterator[str]:
    """The targets of an exact key, else those of patterns, the longest first."""
    if key in table:
        yield from _leaves(table[key], "")
        return
    for pattern in sorted((name for name in table if "*" in name or name[-1:] == "/"), key=len)[
        ::-1
    ]:
        before, star, after = pattern.partition("*")
        if key.startswith(before) and key.endswith(after) and len(key) >= len(before) + len(after):
            middle = key[len(before) : len(key) - len(after)]
            targets = _leaves(table[pattern], middle)
            yield from targets if star else (target + middle for target in targets)


def _leaves(value: object, star: str) -> Iterator[str]:
    """The file names in nested conditions, preferred ones first."""
    match value:
        case str():
            yield value.replace("*", star)
        case list():
            for item in value:
                yield from _leaves(item, star)
        case dict():
            order = {name: place for place, name in enumerate(PREFERRED)}
            for key in sorted(value, key=lambda name: order.get(name, len(order))):
                yield from _leaves(value[key], star)


def _file(disk: Disk, folder: str, target: str, is_ours: bool) -> str | None:
    if is_ours:
        for source in _sources(posixpath.normpath(target)):
            found = disk.source(os.path.join(folder, source))
            if found is not None:
                return found
    path = os.path.normpath(os.path.join(folder, target))
    return disk.source(path) or (disk.index(path) if disk.is_folder(path) else None)


def _sources(target: str) -> Iterator[str]:
    """What a built file may be built from: `dist/esm/a.js` from `src/a`, `lib/a`, `a`."""
    parts = target.split("/")
    stem = parts[-1]
    for suffix in WRITTEN_SUFFIXES:
        if stem.endswith(suffix):
            stem = stem.removesuffix(suffix)
            break
    built = 0
    while built < len(parts) - 1 and parts[built] in BUILT:
        built += 1
        for source in SOURCES:
            path = "/".join((*filter(None, [source]), *parts[built:-1], stem))
            if not target.startswith(f"{path}."):
                yield path
