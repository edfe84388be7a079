"""Which file a relative import names."""

import os
from collections.abc import Iterator
from pathlib import Path

SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
WRITTEN_AS = {
    ".js": (".ts", ".tsx", ".jsx"),
    ".mjs": (".mts",),
    ".cjs": (".cts",),
    ".jsx": (".tsx",),
}
"""TypeScript imports name the file that will be: `./a.js` is written as `./a.ts`."""


class Modules:
    """Resolves imports; each folder is listed once."""

    def __init__(self) -> None:
        self._listed: dict[str, frozenset[str]] = {}

    def resolve(self, folder: Path, specifier: str) -> Path | None:
        """The file that a relative specifier names, seen from a folder."""
        target = os.path.normpath(os.path.join(os.path.abspath(folder), specifier))
        parent, name = os.path.split(target)
        names = self._names(parent)
        for candidate in _candidates(name):
            if candidate in names:
                return Path(parent, candidate)
        inside = self._names(target)
        found = (f"index{suffix}" for suffix in SUFFIXES if f"index{suffix}" in inside)
        return next((Path(target, index) for index in found), None)

    def _names(self, folder: str) -> frozenset[str]:
        """The files of a folder; none if there is no such folder."""
        if folder not in self._listed:
            try:
                with os.scandir(folder) as entries:
                    self._listed[folder] = frozenset(e.name for e in entries if e.is_file())
            except OSError:
                self._listed[folder] = frozenset()
        return self._listed[folder]


def _candidates(name: str) -> Iterator[str]:
    stem, suffix = os.path.splitext(name)
    if suffix in SUFFIXES:
        yield name
    for other in WRITTEN_AS.get(suffix, ()):
        yield stem + other
    for other in SUFFIXES:
        yield name + other
