"""What a project builds for WebAssembly: its Rust packages, and the modules that lie in it.

The project of a file is the repository around it, or else the outermost folder with a manifest. It
is walked once; of one that is too large nothing is known.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cleanuplint.modules.manifests import (
    CARGO,
    manifest,
    module_names,
    table,
    workspace_around,
)

MANIFESTS = frozenset(
    {"Cargo.toml", "pyproject.toml", "setup.py", "setup.cfg", "package.json", "cleanuplint.toml"}
)
MODULE = ".wasm"
ELSEWHERE = frozenset({"target", "node_modules", "site-packages", "__pycache__", "venv"})
"""Folders of what others wrote, or what a build may throw away."""
MOST = 20_000
"""Folders beyond which a project is not walked."""


@dataclass(frozen=True, slots=True)
class Built:
    """By what a module is called, `_` for `-`, without suffix."""

    packages: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    """The folders of the Rust packages that build it."""
    modules: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    """Its files."""

    def package(self, name: str) -> Path | None:
        """The only package that builds a module."""
        found = self.packages.get(name, ())
        return found[0] if len(found) == 1 else None

    def module(self, name: str) -> Path | None:
        """The only file of a module."""
        found = self.modules.get(name, ())
        return found[0] if len(found) == 1 else None


def module_name(path: str) -> str:
    """`my_engine` of `pkg/my-engine.wasm` and of `my_engine_bg.wasm`."""
    name = path.replace("\\", "/").rpartition("/")[2].removesuffix(MODULE)
    return name.removesuffix("_bg").replace("-", "_")


def project_around(folder: Path) -> Path | None:
    """The folder of the project that a folder is in."""
    outermost = None
    for around in (folder, *folder.parents):
        if (around / ".git").exists():
            return around
        if any((around / name).is_file() for name in MANIFESTS):
            outermost = around
    return outermost


def built_by(project: Path) -> Built:
    packages: dict[str, tuple[Path, ...]] = {}
    modules: dict[str, tuple[Path, ...]] = {}
    for count, (folder, names) in enumerate(_walk(project)):
        if count == MOST:
            return Built()
        for name in module_names(folder) if CARGO in names else ():
            packages[name] = (*packages.get(name, ()), folder)
        for file in sorted(names):
            if file.endswith(MODULE):
                name = module_name(file)
                modules[name] = (*modules.get(name, ()), folder / file)
    return Built(packages, modules)


def _walk(project: Path) -> Iterator[tuple[Path, list[str]]]:
    for here, folders, names in os.walk(project):
        folders[:] = sorted(it for it in folders if it not in ELSEWHERE and not it.startswith("."))
        yield Path(here), names


# ── packages ────────────────────────────────────────────────────────────────────────────────────


def dependencies(package: Path) -> tuple[Path, ...]:
    """The packages of the project that a package depends on, by their folders."""
    return tuple(_dependencies(package))


def _dependencies(package: Path) -> Iterator[Path]:
    for name, own in table(manifest(package), "dependencies").items():
        base, told = _shared(package, name) if _is_shared(own) else (package, own)
        if isinstance(told, dict) and isinstance(told.get("path"), str):
            yield Path(os.path.normpath(base / told["path"]))


def _is_shared(told: object) -> bool:
    return isinstance(told, dict) and bool(told.get("workspace"))


def _shared(package: Path, name: str) -> tuple[Path, object]:
    """What the workspace of a package says of a dependency, and the folder of the workspace."""
    found = workspace_around(package)
    if found is None:
        return package, None
    folder, workspace = found
    return folder, table(workspace, "dependencies").get(name)
