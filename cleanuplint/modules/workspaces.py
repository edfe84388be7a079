"""The packages of a workspace, by name: npm, yarn and bun, pnpm, lerna."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cleanuplint.modules.disk import LARGEST, Disk

DEEPEST = 5
"""Levels below the root that `**` reaches."""
MANIFEST, PNPM = "package.json", "pnpm-workspace.yaml"
_LISTED = re.compile(r"^packages:\s*\n((?:[ \t]*(?:-.*|#.*)?\n?)*)", re.MULTILINE)
_ITEM = re.compile(r"^[ \t]*-[ \t]*[\"']?([^\"'#\n]+?)[\"']?[ \t]*(?:#.*)?$", re.MULTILINE)


class Workspaces:
    """Finds the workspace that a folder belongs to, and its packages."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._packages: dict[str, Mapping[str, str]] = {}
        self._roots: dict[str, str | None] = {}

    def package(self, folder: str, name: str) -> str | None:
        """The folder of the package of that name in the workspace around a folder."""
        root = self._root(folder)
        return self._of(root).get(name) if root is not None else None

    def _root(self, folder: str) -> str | None:
        if folder not in self._roots:
            above = (one for one in self._disk.above(folder) if self._patterns(one))
            self._roots[folder] = next(above, None)
        return self._roots[folder]

    def _patterns(self, folder: str) -> tuple[str, ...]:
        names = self._disk.names(folder)
        if PNPM in names:
            return _pnpm(os.path.join(folder, PNPM))
        for file, key in ((MANIFEST, "workspaces"), ("lerna.json", "packages")):
            found = self._disk.table(os.path.join(folder, file)).get(key) if file in names else None
            if isinstance(found, dict):
                found = found.get("packages")
            if isinstance(found, list):
                return tuple(one for one in found if isinstance(one, str))
        return ()

    def _of(self, root: str) -> Mapping[str, str]:
        if root not in self._packages:
            found: dict[str, str] = {}
            for folder in sorted({one for p in self._patterns(root) for one in _matches(root, p)}):
                name = self._disk.table(os.path.join(folder, MANIFEST)).get("name")
                if isinstance(name, str):
                    found.setdefault(name, folder)
            self._packages[root] = found
        return self._packages[root]


def of_dependency(manifest: Mapping[str, Any], name: str) -> str | None:
    """The folder, relative to the manifest, of a dependency like `file:../pkg`."""
    for key in ("dependencies", "devDependencies", "optionalDependencies"):
        table = manifest.get(key)
        value = table.get(name) if isinstance(table, dict) else None
        if isinstance(value, str):
            for prefix in ("file:", "link:", "portal:"):
                if value.startswith(prefix):
                    return value.removeprefix(prefix)
            return value if value.startswith("../") else None
    return None


def _pnpm(path: str) -> tuple[str, ...]:
    """The list under `packages:`, read by line: all that the file says of interest here."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            listed = _LISTED.search(file.read(LARGEST) + "\n")
    except (OSError, ValueError):
        return ()
    return tuple(_ITEM.findall(listed[1])) if listed is not None else ()


def _matches(root: str, pattern: str) -> Iterator[str]:
    """The folders that a workspace pattern names."""
    if pattern.startswith("!"):
        return
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    yield from map(str, _walk(Path(root), parts, DEEPEST))


def _walk(folder: Path, parts: list[str], depth: int) -> Iterator[Path]:
    if not parts:
        yield folder
        return
    first, rest = parts[0], parts[1:]
    if first == "**":
        yield from _walk(folder, rest, depth)
        if depth:
            for child in _children(folder):
                yield from _walk(child, parts, depth - 1)
    elif "*" in first or "?" in first or "[" in first:
        for child in _children(folder):
            if child.match(first):
                yield from _walk(child, rest, depth)
    elif (folder / first).is_dir():
        yield from _walk(folder / first, rest, depth)


def _children(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = [e.name for e in entries if e.is_dir() and e.name[0] != "."]
    except OSError:
        return []
    return [folder / name for name in sorted(names) if name != "node_modules"]
