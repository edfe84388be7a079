"""The folders and JSON files that resolution looks at, each read once."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
DECLARATIONS = (".d.ts", ".d.mts", ".d.cts")
WRITTEN_AS = {
    ".js": (".ts", ".tsx", ".jsx", ".d.ts"),
    ".mjs": (".mts", ".d.mts"),
    ".cjs": (".cts", ".d.cts"),
    ".jsx": (".tsx",),
}
"""TypeScript imports name the file that will be: `./a.js` is written as `./a.ts`."""

LARGEST = 1 << 20
"""Bytes beyond which a JSON file is no manifest or configuration."""
_STRING = r'("(?:\\.|[^"\\])*")'
_COMMENT = re.compile(_STRING + r"|//[^\n]*|/\*.*?\*/", re.DOTALL)
_TRAILING_COMMA = re.compile(_STRING + r"|,(?=\s*[\]}])")


class Disk:
    """Folders and JSON files, remembered."""

    def __init__(self) -> None:
        self._listed: dict[str, frozenset[str]] = {}
        self._folders: dict[str, bool] = {}
        self._tables: dict[str, Mapping[str, Any]] = {}

    def names(self, folder: str) -> frozenset[str]:
        """The files of a folder; none if there is no such folder."""
        if folder not in self._listed:
            try:
                with os.scandir(folder) as entries:
                    self._listed[folder] = frozenset(e.name for e in entries if e.is_file())
            except OSError:
                self._listed[folder] = frozenset()
        return self._listed[folder]

    def is_folder(self, path: str) -> bool:
        if path not in self._folders:
            self._folders[path] = os.path.isdir(path)
        return self._folders[path]

    def has(self, path: str) -> bool:
        folder, name = os.path.split(path)
        return name in self.names(folder)

    def table(self, path: str) -> Mapping[str, Any]:
        """A JSON object, comments and trailing commas allowed; empty where there is none."""
        if path not in self._tables:
            self._tables[path] = _read(path) if self.has(path) else {}
        return self._tables[path]

    def source(self, target: str) -> str | None:
        """The file that a path without or with its suffix stands for."""
        parent, name = os.path.split(target)
        present = self.names(parent)
        found = next((one for one in _candidates(name) if one in present), None)
        return os.path.join(parent, found) if found is not None else None

    def index(self, folder: str) -> str | None:
        """The index file of a folder."""
        return self.source(os.path.join(folder, "index"))

    def above(self, folder: str) -> Iterator[str]:
        """The folder and all around it, innermost first."""
        while True:
            yield folder
            parent = os.path.dirname(folder)
            if parent == folder:
                return
            folder = parent


def _read(path: str) -> Mapping[str, Any]:
    try:
        if os.path.getsize(path) > LARGEST:
            return {}
        with open(path, encoding="utf-8-sig") as file:
            text = file.read()
        for unwanted in (_COMMENT, _TRAILING_COMMA):
            text = unwanted.sub(lambda match: match[1] or "", text)
        found = json.loads(text)
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _candidates(name: str) -> Iterator[str]:
    stem, suffix = os.path.splitext(name)
    if suffix in SUFFIXES:
        yield name
    for other in WRITTEN_AS.get(suffix, ()):
        yield stem + other
    for other in (*SUFFIXES, *DECLARATIONS):
        yield name + other
