"""What the `Cargo.toml` of a folder says.

One that cannot be read, and a part that is of another shape than cargo takes, say nothing: cargo
itself will tell.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

CARGO = "Cargo.toml"

Table = Mapping[str, Any]


@lru_cache(maxsize=1024)
def manifest(folder: Path) -> Table:
    try:
        return tomllib.loads((folder / CARGO).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def table(owner: Table, key: str) -> Table:
    return next(tables(owner, key), {})


def tables(owner: Table, key: str) -> Iterator[Table]:
    """Those of a list, or the one."""
    value = owner.get(key)
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield item


def texts(owner: Table, key: str) -> tuple[str, ...]:
    value = owner.get(key)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def module_names(folder: Path) -> frozenset[str]:
    """What the modules are called that a package builds: of its library, and of its programs."""
    found = manifest(folder)
    package = table(found, "package").get("name")
    programs = (program.get("name") for program in tables(found, "bin"))
    named = [package, table(found, "lib").get("name"), *programs]
    return frozenset(it.replace("-", "_") for it in named if isinstance(it, str) and package)


def library_name(folder: Path) -> str:
    """What the library of a package is called; empty where it has no name."""
    found = manifest(folder)
    names = (table(found, key).get("name") for key in ("lib", "package"))
    return next((it.replace("-", "_") for it in names if it and isinstance(it, str)), "")


def workspace_around(folder: Path) -> tuple[Path, Table] | None:
    """The folder of the workspace that a package is in, and what it says for its packages."""
    for around in (folder, *folder.parents):
        if workspace := table(manifest(around), "workspace"):
            return around, workspace
    return None
