"""A derived contract as somebody keeps it: with a name, and the modules it is of."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from cleanuplint.contracts.model import Contract
from cleanuplint.derive.artefacts import RAW, entry_of, is_installed, package_of, stem_of
from cleanuplint.derive.deriving import Derivations, Sources
from cleanuplint.errors import UserError


def to_keep(path: Path, sources: Sources) -> Contract:
    """The contract of the bindings at a path: a package folder or one of its files."""
    given, path = path, Path(os.path.abspath(path))
    if not path.exists():
        raise UserError(f"{given}: there is no such file or folder; name typings, glue or a module")
    entry = entry_of(path) if path.is_dir() else path
    derived = None if entry is None else Derivations(sources).contract_at(entry)
    if entry is None or derived is None or not derived.classes:
        raise UserError(
            f"{given}: {_nothing(entry or path)}; name a package folder, its `.d.ts`, its glue "
            "or its module"
        )
    package = package_of(entry)
    name = package or stem_of(entry.name)
    classes = {key: replace(cls, contract=name, origin="") for key, cls in derived.classes.items()}
    modules = () if _is_raw(derived) else tuple(dict.fromkeys(_modules(package, entry)))
    return replace(derived, name=name, modules=modules, classes=classes, is_derived=False)


def _is_raw(derived: Contract) -> bool:
    """Nothing but exports, which are called as members of any object that has them."""
    return not any(cls.releases for cls in derived.classes.values())


def _nothing(path: Path) -> str:
    if path.suffix == RAW:
        return "its exports name no class and nothing that is made and freed"
    return "no classes of wasm-bindgen, embind or jco are declared here"


def _modules(package: str, entry: Path) -> Iterator[str]:
    """What imports of it look like: by the name of the package, and by a path to its files."""
    if package:
        yield package
        yield f"{package}/*"
    if not is_installed(entry):
        yield f"*/{entry.parent.name}"
        yield f"*/{entry.parent.name}/{stem_of(entry.name)}*"
