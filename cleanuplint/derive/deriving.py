"""From a file to the contract of the bindings that it belongs to."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cleanuplint.contracts.combining import with_sources
from cleanuplint.contracts.model import Contract
from cleanuplint.derive.artefacts import RAW, Artefacts, locate
from cleanuplint.files.naming import shown

Sources = Callable[[Path], Contract | None]
"""The contract of the crate in a folder."""


def derive_artefacts(path: Path) -> Contract | None:
    """What typings and glue say of the module that a file belongs to, without its sources."""
    artefacts = locate(path)
    return None if artefacts is None else _of_files(artefacts)


class Derivations:
    """The contracts of generated bindings, each derived once."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._known: dict[Path, Contract | None] = {}

    def contract_at(self, path: Path) -> Contract | None:
        """The contract of the module whose typings, glue or entry the file is; None for others."""
        if path not in self._known:
            self._known[path] = self._derived(path)
        return self._known[path]

    def _derived(self, path: Path) -> Contract | None:
        artefacts = locate(path)
        if artefacts is None:
            return None
        found = _of_files(artefacts) or _of_module(path)
        crate = self._sources(artefacts.crate) if artefacts.crate is not None else None
        if crate is None:
            return found
        return replace(crate, is_derived=True) if found is None else with_sources(found, crate)


def _of_files(artefacts: Artefacts) -> Contract | None:
    if artefacts.typings is None and not artefacts.glue:
        return None
    from cleanuplint.derive.bindings import of_artefacts  # parsers are loaded where there are some

    return of_artefacts(artefacts)


def _of_module(path: Path) -> Contract | None:
    """What a module without typings and glue says, if the path is that of the module itself."""
    if path.suffix != RAW:
        return None
    from cleanuplint.derive.exports import from_module
    from cleanuplint.derive.module import read_module

    module = read_module(path)
    return None if module is None else from_module(module, shown(path))
