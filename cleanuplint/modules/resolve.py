"""Which file an import names.

./a            a file or a folder with an index
#a             `imports` of the own package.json
name, name/a   `paths` of tsconfig.json, a package of the workspace, a dependency in a folder
               (`file:../pkg`), a package in node_modules
@/a, ~/a       the source folder of the package, as bundlers map them
"""

import os
from collections.abc import Callable
from pathlib import Path

from cleanuplint.modules import packages
from cleanuplint.modules.disk import Disk
from cleanuplint.modules.installed import INSTALLED, Installed
from cleanuplint.modules.mappings import Mappings
from cleanuplint.modules.workspaces import MANIFEST, Workspaces, of_dependency

BUNDLED = ("@/", "~/")


class Modules:
    """Resolves imports; each folder and each manifest is read once."""

    def __init__(self, is_library: Callable[[str], bool] = lambda name: False) -> None:
        """`is_library` tells the names of packages that a contract speaks for."""
        self._disk = Disk()
        self._installed = Installed(self._disk, is_library)
        self._workspaces = Workspaces(self._disk)
        self._mappings = Mappings(self._disk)
        self._resolved: dict[tuple[str, str], str | None] = {}

    def resolve(self, folder: Path, specifier: str) -> Path | None:
        """The file that a specifier names, seen from a file of a folder."""
        key = os.path.abspath(folder), specifier.partition("?")[0]
        if key not in self._resolved:
            self._resolved[key] = self._resolve(*key)
        found = self._resolved[key]
        return Path(found) if found is not None else None

    def is_worth_reading(self, path: Path) -> bool:
        """False for installed packages that have nothing to do with WebAssembly."""
        return self._installed.is_worth_reading(path)

    def declarations(self, folder: Path, specifier: str) -> Path | None:
        """The type declarations that a package has for the specifier."""
        name, subpath = _split(specifier)
        package = self._package(os.path.abspath(folder), name)
        found = packages.declarations(self._disk, package, subpath) if package else None
        return Path(found) if found is not None else None

    def _resolve(self, folder: str, specifier: str) -> str | None:
        if specifier.startswith("."):
            return self._at(os.path.normpath(os.path.join(folder, specifier)))
        if specifier.startswith(("/", "node:", "data:", "http:", "https:")):
            return None
        own = self._own_package(folder)
        if specifier.startswith("#"):
            return packages.internal(self._disk, own, specifier) if own else None
        for path in self._mappings.of(folder, specifier):
            found = self._at(path)
            if found is not None:
                return found
        name, subpath = _split(specifier)
        package = self._package(folder, name)
        if package is not None:
            is_ours = INSTALLED not in Path(package).parts
            return packages.entry(self._disk, package, subpath, is_ours)
        if own is not None and specifier.startswith(BUNDLED):
            rest = specifier[2:]
            return self._at(os.path.join(own, "src", rest)) or self._at(os.path.join(own, rest))
        return None

    def _at(self, target: str) -> str | None:
        found = self._disk.source(target)
        if found is not None or not self._disk.is_folder(target):
            return found
        if MANIFEST in self._disk.names(target):
            return packages.entry(self._disk, target, "", is_ours=True)
        return self._disk.index(target)

    def _own_package(self, folder: str) -> str | None:
        above = self._disk.above(folder)
        return next((one for one in above if MANIFEST in self._disk.names(one)), None)

    def _package(self, folder: str, name: str) -> str | None:
        """The folder of a package, in the order in which a build would find it."""
        found = self._workspaces.package(folder, name)
        if found is not None:
            return found
        for around in self._disk.above(folder):
            manifest = self._disk.table(os.path.join(around, MANIFEST))
            linked = of_dependency(manifest, name) if manifest else None
            if linked is not None:
                return os.path.normpath(os.path.join(around, linked))
            if manifest.get("name") == name:
                return around
            installed = os.path.join(around, INSTALLED)
            if self._disk.is_folder(installed):
                inside = os.path.join(installed, name)
                if self._disk.is_folder(inside):
                    return os.path.realpath(inside)
        return None


def _split(specifier: str) -> tuple[str, str]:
    """`@scope/name/a/b` is `a/b` of the package `@scope/name`."""
    parts = specifier.split("/")
    count = 2 if specifier.startswith("@") else 1
    return "/".join(parts[:count]), "/".join(parts[count:])
