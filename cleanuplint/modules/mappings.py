"""Path mappings of TypeScript: `paths` and `baseUrl`, with `extends`."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from cleanuplint.modules.disk import Disk

FILES = ("tsconfig.json", "jsconfig.json", "tsconfig.base.json", "tsconfig.app.json")
LONGEST_CHAIN = 8
"""Configurations that extend each other."""


class Mappings:
    """Answers which paths a configuration gives for a specifier."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._known: dict[str, tuple[str, Mapping[str, Any], str | None]] = {}

    def of(self, folder: str, specifier: str) -> Iterator[str]:
        """The paths, without suffix, that a file of the folder may mean; the likeliest first."""
        for around in self._disk.above(folder):
            present = self._disk.names(around)
            for name in FILES:
                if name in present:
                    base, paths, url = self._read(os.path.join(around, name), LONGEST_CHAIN)
                    yield from _mapped(base, paths, specifier)
                    if url is not None:
                        yield os.path.join(url, specifier)

    def _read(self, path: str, chain: int) -> tuple[str, Mapping[str, Any], str | None]:
        """The folder that `paths` count from, the `paths`, and the `baseUrl`."""
        if path not in self._known:
            self._known[path] = self._merged(path, chain)
        return self._known[path]

    def _merged(self, path: str, chain: int) -> tuple[str, Mapping[str, Any], str | None]:
        folder = os.path.dirname(path)
        table = self._disk.table(path)
        base, url = folder, None
        paths: Mapping[str, Any] = {}
        for parent in self.extended(folder, table) if chain else ():
            base, paths, url = self._read(parent, chain - 1)
        options = table.get("compilerOptions")
        options = options if isinstance(options, dict) else {}
        if isinstance(options.get("baseUrl"), str):
            url = os.path.normpath(os.path.join(folder, options["baseUrl"]))
            base = url if not paths or "paths" in options else base
        if isinstance(options.get("paths"), dict):
            base, paths = url or folder, options["paths"]
        return base, paths, url

    def extended(self, folder: str, table: Mapping[str, Any]) -> Iterator[str]:
        """The configurations that one extends."""
        named = table.get("extends")
        for name in named if isinstance(named, list) else [named]:
            if not isinstance(name, str):
                continue
            if name.startswith("."):
                path = os.path.normpath(os.path.join(folder, name))
            else:
                modules = (os.path.join(f, "node_modules", name) for f in self._disk.above(folder))
                path = next((one for one in modules if self._is_there(one)), "")
            yield from (one for one in _spelled(path) if self._disk.has(one))

    def _is_there(self, path: str) -> bool:
        return any(self._disk.has(one) for one in _spelled(path))


def _spelled(path: str) -> tuple[str, ...]:
    if path.endswith(".json"):
        return (path,)
    return (f"{path}.json", os.path.join(path, "tsconfig.json"))


def _mapped(base: str, paths: Mapping[str, Any], specifier: str) -> Iterator[str]:
    for pattern in sorted(paths, key=len, reverse=True):
        before, star, after = pattern.partition("*")
        fits = specifier.startswith(before) and specifier.endswith(after) if star else False
        if not fits and specifier != pattern:
            continue
        middle = specifier[len(before) : len(specifier) - len(after)] if star else ""
        targets = paths[pattern] if isinstance(paths[pattern], list) else ()
        for target in (one for one in targets if isinstance(one, str)):
            yield os.path.normpath(os.path.join(base, target.replace("*", middle)))
