"""Which installed packages are worth reading: those that may hand out memory of WebAssembly.

Told by their manifests and the names of their files. A package is read if it ships a `.wasm` file,
or depends on a library that a contract speaks for, directly or through another package.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from cleanuplint.modules.disk import Disk

INSTALLED = "node_modules"
DEEPEST = 2
"""Packages between one that is imported and the library."""
MOST = 64
"""Dependencies of a package that has so many says nothing in particular."""
FOLDERS = ("", "dist", "pkg", "lib", "build", "wasm")
"""Where packages put their binary."""


class Installed:
    """Answers for each installed package whether to read it."""

    def __init__(self, disk: Disk, is_library: Callable[[str], bool]) -> None:
        self._disk = disk
        self._is_library = is_library
        self._known: dict[str, bool] = {}

    def is_worth_reading(self, path: Path) -> bool:
        """False for a file of an installed package that says nothing about WebAssembly."""
        if INSTALLED not in path.parts:
            return True
        return self._tells(_package_of(path), DEEPEST)

    def _tells(self, package: str, depth: int) -> bool:
        if package not in self._known:
            self._known[package] = False  # packages that depend on each other
            self._known[package] = self._has_binary(package) or self._wraps(package, depth)
        return self._known[package]

    def _has_binary(self, package: str) -> bool:
        folders = (os.path.join(package, name) for name in FOLDERS)
        return any(n.endswith(".wasm") for folder in folders for n in self._disk.names(folder))

    def _wraps(self, package: str, depth: int) -> bool:
        names = list(self._dependencies(package))
        if len(names) > MOST:
            return False
        if any(self._is_library(name) for name in names):
            return True
        found = (self._beside(package, name) for name in names if depth)
        return any(self._tells(one, depth - 1) for one in found if one is not None)

    def _dependencies(self, package: str) -> Iterator[str]:
        manifest = self._disk.table(os.path.join(package, "package.json"))
        for key in ("dependencies", "peerDependencies", "optionalDependencies"):
            table = manifest.get(key)
            yield from table if isinstance(table, dict) else ()

    def _beside(self, package: str, name: str) -> str | None:
        for around in self._disk.above(package):
            inside = os.path.join(around, INSTALLED, name)
            if self._disk.is_folder(inside):
                return os.path.realpath(inside)
        return None


def _package_of(path: Path) -> str:
    """The folder of the package that holds a file."""
    parts = path.parts
    at = len(parts) - 1 - parts[::-1].index(INSTALLED) + 1
    return os.path.join(*parts[: at + (2 if parts[at].startswith("@") else 1)])
