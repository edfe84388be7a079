"""Which file an import of Python names.

.a, ..a.b      from the package of the importing file
a.b            from a folder around it that is no package itself, or its `src`, up to the project

A module is `a.py`, a package `a/__init__.py`, or a stub `.pyi` where there is neither, as beside a
compiled extension. Installed packages are not followed.
"""

import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from cleanuplint.modules.disk import Disk

SUFFIXES = (".py", ".pyi")
PACKAGE = ("__init__.py", "__init__.pyi")
SOURCES = ("", "src", "lib", "python")
"""Folders of a project in which its packages may be."""
PROJECT = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})

_FROM = re.compile(
    rb"^[ \t]*from[ \t]+([.\w \t]+?)[ \t]+import[ \t]*(\([^)]*\)|(?:\\\r?\n|[^\n;])*)", re.MULTILINE
)
_IMPORT = re.compile(rb"^[ \t]*import[ \t]+([^\n;#]*)", re.MULTILINE)
_NOISE = re.compile(r"#[^\n]*|[()\\]")
_NAME = re.compile(r"\s*([\w.]+)")


def specifiers(data: bytes) -> frozenset[str]:
    """The modules that a file imports, or may import: `from a import b` may mean `a.b`."""
    return frozenset(_specifiers(data))


def _specifiers(data: bytes) -> Iterator[str]:
    for names in _IMPORT.findall(data):
        yield from _names(names)
    for module, names in _FROM.findall(data):
        start = _text(module).replace(" ", "").replace("\t", "")
        yield start
        yield from (member(start, name) for name in _names(names))


def member(module: str, name: str) -> str:
    """The submodule of that name."""
    return f"{module}{name}" if module.endswith(".") else f"{module}.{name}"


def _names(listed: bytes) -> Iterator[str]:
    for item in _NOISE.sub("", _text(listed)).split(","):
        found = _NAME.match(item)
        if found:
            yield found[1]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


class PythonModules:
    """Resolves imports; each folder is read once."""

    def __init__(self) -> None:
        self._disk = Disk()
        self._home = cache(self._find_home)
        self._resolved = cache(self._resolve)

    def resolve(self, folder: Path, specifier: str) -> Path | None:
        """The file that a specifier names, seen from a file of a folder."""
        return self._resolved(os.path.abspath(folder), specifier)

    def _resolve(self, start: str, specifier: str) -> Path | None:
        name = specifier.lstrip(".")
        path = name.split(".") if name else []
        dots = len(specifier) - len(name)
        for _ in range(dots - 1):
            start = os.path.dirname(start)
        found = self._at(start, path) if dots else self._absolute(start, path)
        return Path(found) if found is not None else None

    def _absolute(self, folder: str, path: list[str]) -> str | None:
        home = self._home(folder, path[0])
        return self._at(home, path) if home is not None else None

    def _find_home(self, folder: str, package: str) -> str | None:
        """The first folder around a file in which there is a package or module of that name."""
        for root in self._roots(folder):
            if self._at(root, [package]) or self._disk.is_folder(os.path.join(root, package)):
                return root
        return None

    def _roots(self, folder: str) -> Iterable[str]:
        """Where packages that the file can import may be."""
        for around in self._disk.above(folder):
            names = self._disk.names(around)
            if not names.intersection(PACKAGE):
                yield from (os.path.join(around, source).rstrip(os.sep) for source in SOURCES)
            if names & PROJECT or self._disk.is_folder(os.path.join(around, ".git")):
                return

    def _at(self, root: str, path: list[str]) -> str | None:
        """The file of a module below a folder."""
        target = os.path.join(root, *path)
        for suffix in SUFFIXES if path else ():
            if self._disk.has(target + suffix):
                return target + suffix
        inside = (os.path.join(target, name) for name in PACKAGE)
        return next(filter(self._disk.has, inside), None)
