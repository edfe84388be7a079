"""Modules that a host calls by their raw exports, without any bindings.

    Module.from_file(engine, "codec.wasm")                   names the module
    exports["encode"](store, …); exports["clear"](store)     calls what it exports

What is known of a module is in its file and in the crate of the project that builds it. A host
that names no module is taken to drive those of the project's crates that export all it calls.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, reduce
from operator import or_
from pathlib import Path
from typing import TYPE_CHECKING

from cleanuplint.contracts.combining import without
from cleanuplint.contracts.model import Contract, ResourceClass
from cleanuplint.files.naming import shown
from cleanuplint.modules.built import Built, built_by, dependencies, module_name, project_around

if TYPE_CHECKING:  # most projects drive no module
    from cleanuplint.derive.module import Module
    from cleanuplint.rust.raw import RawExports

Sources = Callable[[Path, bool], "RawExports | None"]
"""What the package in a folder exports by plain names, or by bindings as well."""
FEW = 2
"""Names that a host which names no module must share with a crate to be one of it."""
COMMON = frozenset(
    {
        "memory", "malloc", "calloc", "realloc", "free", "alloc", "dealloc", "allocate",
        "deallocate",
    }
)  # fmt: skip
"""Exports of so many modules that they do not tell which one it is."""


class Hosted:
    """The modules of projects; each is read once."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._project = cache(project_around)
        self._built = cache(built_by)
        self._contract = cache(self._read)
        self._exported = cache(self._read_package)
        self._module = cache(_read_module)

    def knows_any(self, folder: Path) -> bool:
        """The project around a folder builds or has some module."""
        built = self._built_around(folder)
        return bool(built.packages or built.modules)

    def named(self, folder: Path, text: str) -> Contract | None:
        """The contract of the module whose path a text in a file of a folder is."""
        name = module_name(text)
        built = self._built_around(folder)
        file = self._file(folder, text) or built.module(name)
        package = built.package(name) or self._builder(folder, file)
        return self._contract(file, package, is_named=True)

    def _builder(self, folder: Path, file: Path | None) -> Path | None:
        """The only package of the project whose exports a module has, whatever its name is."""
        module = None if file is None else self._module(file)
        packages = self._packages(folder) if module is not None else ()
        told = {package: self._exported(package, False) for package in packages}
        names = {package: frozenset(it.functions) for package, it in told.items() if it is not None}
        found = [it for it in names if module and names[it] and names[it] <= module.exports]
        return found[0] if len(found) == 1 else None

    def of_project(self, folder: Path) -> tuple[Contract, ...]:
        """The contracts of all modules that the project around a folder builds."""
        packages = self._packages(folder)
        found = (self._contract(None, one, is_named=False) for one in packages)
        return tuple(one for one in found if one is not None)

    def _packages(self, folder: Path) -> Sequence[Path]:
        packages = self._built_around(folder).packages.values()
        return sorted({one for every in packages for one in every})

    def _built_around(self, folder: Path) -> Built:
        project = self._project(folder)
        return Built() if project is None else self._built(project)

    def _file(self, folder: Path, text: str) -> Path | None:
        """The module that a path means, seen from the file or from where the program is run."""
        project = self._project(folder) or folder
        inside = (it for it in (folder, *folder.parents) if it.is_relative_to(project))
        paths = (around / text.removeprefix("/") for around in inside)
        return next((path for path in paths if path.is_file()), None)

    def _read(self, file: Path | None, package: Path | None, is_named: bool) -> Contract | None:
        from cleanuplint.derive.exports import from_module, of_sources

        module = None if file is None else self._module(file)
        told = None if package is None else self._exported(package, is_named)
        if module is not None and told is not None and module.exports.isdisjoint(told.functions):
            told = None  # built from something else
        origins = (file if module is not None else None, package if told is not None else None)
        source = ", ".join(shown(one) for one in origins if one is not None)
        if module is not None:
            found, names = from_module(module, source, told), frozenset(module.functions)
        elif told is not None and told.functions:
            found, names = of_sources(told, source), frozenset(told.functions)
        else:
            return None
        return _named(f"exports of {source}", names, found or Contract(source, source))

    def _read_package(self, package: Path, by_bindings: bool) -> "RawExports | None":
        """What a package exports, with what those packages of the project do that are linked in."""
        found = {package: self._sources(package, by_bindings)}
        waiting = [package]
        while waiting:
            for below in dependencies(waiting.pop()):
                if below not in found:
                    found[below] = self._sources(below, False)
                    waiting.append(below)
        read = [one for one in found.values() if one is not None]
        return reduce(or_, read) if read else None


def _read_module(file: Path) -> "Module | None":
    from cleanuplint.derive.module import read_module

    return read_module(file)


def _named(name: str, exports: frozenset[str], contract: Contract) -> Contract:
    classes = {key: replace(cls, contract=name) for key, cls in contract.classes.items()}
    return replace(contract, name=name, classes=classes, exports=exports, is_derived=True)


# ── which of them a host drives ─────────────────────────────────────────────────────────────────


def driven(called: frozenset[str], named: Sequence[Contract]) -> tuple[Contract, ...]:
    """Those of the modules which a file names whose exports it calls, as far as that is certain."""
    asked = _telling(called)
    whole = _agreeing(called, [one for one in named if asked <= one.exports])
    if whole or not asked <= frozenset[str]().union(*(one.exports for one in named)):
        return whole
    return tuple(_own(one, named) for one in named)


def found_by_exports(called: frozenset[str], known: Sequence[Contract]) -> tuple[Contract, ...]:
    """The module of a project that exports all that a file calls which names none."""
    asked = _telling(called)
    if len(asked) < FEW:
        return ()
    return _agreeing(called, [one for one in known if asked <= one.exports])


def _telling(called: frozenset[str]) -> frozenset[str]:
    """The names that tell which module it is; those of a compiler or runtime do not."""
    return frozenset(name for name in called - COMMON if not name.startswith("_"))


def _agreeing(called: frozenset[str], found: Sequence[Contract]) -> tuple[Contract, ...]:
    """The first one, if the others say the same of what is called: plugins of one interface."""
    facts = {tuple(sorted(_facts(called, one))) for one in found}
    return tuple(found[:1]) if len(facts) == 1 else ()


def _facts(called: frozenset[str], contract: Contract) -> Iterator[tuple[str, ...]]:
    for cls in contract.classes.values():
        yield from (("fills", name) for name in cls.fills & called)
        yield from (("clears", name) for name in cls.clears & called)
        yield from _changing_hands(called, contract, cls)


def _changing_hands(
    called: frozenset[str], contract: Contract, cls: ResourceClass
) -> Iterator[tuple[str, ...]]:
    for name in cls.methods.keys() & called:
        yield ("makes", name, *contract.classes[cls.methods[name].name].released_by)
    for name in cls.consumes.keys() & called:
        yield ("takes", name, *map(str, cls.consumes[name]))


def _own(contract: Contract, every: Sequence[Contract]) -> Contract:
    """The contract without the exports that another module has, too."""
    others = (one.exports for one in every if one is not contract)
    return without(contract, frozenset[str]().union(*others))
