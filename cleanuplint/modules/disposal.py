"""Whether the TypeScript of a project knows `using`: `lib` and `target` of its configuration."""

import os
import re
from typing import Any

from cleanuplint.modules.disk import Disk
from cleanuplint.modules.mappings import LONGEST_CHAIN, Mappings

FILES = frozenset({"tsconfig.json", "tsconfig.app.json"})
DISPOSABLE, NEWEST = "esnext.disposable", "esnext"
FIRST_VERSION = (5, 2)
"""Of TypeScript, with `using`; before it `esnext` had none."""
_VERSION = re.compile(r"(\d+)\.(\d+)")


def knows_using(path: str) -> bool:
    """The nearest configuration of TypeScript around a file declares `Symbol.dispose`."""
    disk = Disk()
    for folder in disk.above(os.path.dirname(path)):
        found = FILES & disk.names(folder)
        if found:
            return any(_declares(disk, os.path.join(folder, name)) for name in found)
    return False


def _declares(disk: Disk, configuration: str) -> bool:
    lib = _option(disk, configuration, "lib", LONGEST_CHAIN)
    target = _option(disk, configuration, "target", LONGEST_CHAIN)
    named = lib if isinstance(lib, list) else [target]
    names = {name.lower() for name in named if isinstance(name, str)}
    return DISPOSABLE in names or (NEWEST in names and _is_recent(disk, configuration))


def _option(disk: Disk, configuration: str, name: str, chain: int) -> Any:
    """The value of a compiler option; None where nobody sets it."""
    table, folder = disk.table(configuration), os.path.dirname(configuration)
    options = table.get("compilerOptions")
    if isinstance(options, dict) and name in options:
        return options[name]
    parents = list(Mappings(disk).extended(folder, table)) if chain else []
    values = (_option(disk, parent, name, chain - 1) for parent in reversed(parents))
    return next((value for value in values if value is not None), None)


def _is_recent(disk: Disk, configuration: str) -> bool:
    """The nearest manifest that names TypeScript wants a version with `using`."""
    for folder in disk.above(os.path.dirname(configuration)):
        manifest = disk.table(os.path.join(folder, "package.json"))
        for kind in ("devDependencies", "dependencies"):
            wanted = manifest.get(kind)
            version = wanted.get("typescript") if isinstance(wanted, dict) else None
            if isinstance(version, str):
                found = _VERSION.search(version)
                return found is not None and (int(found[1]), int(found[2])) >= FIRST_VERSION
    return False
