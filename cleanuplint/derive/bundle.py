"""Declaration files with what they import and pass on, as one set of declarations."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cleanuplint.derive.declarations import (
    ALL,
    Declaration,
    Declarations,
    Forward,
    read_declarations,
)

SUFFIXES = (".d.ts", ".d.mts", ".d.cts")
LARGEST = 4 << 20
"""Bytes beyond which a file is passed over: nobody wants to wait for it."""
MOST_FILES = 80
"""Files of one package that are followed."""
TELLING = re.compile(rb"\b(?:free|delete)\s*\(\s*\)|Disposable|Symbol\.dispose|\bfrom\s*[\"']\.")
"""A file without it declares no resource and refers to none that does: schemas may be huge."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The declarations of an entry file and of all that it refers to."""

    declared: Declarations
    texts: Mapping[Path, bytes]
    """The files, in the order in which they were met."""


def bundled(entry: Path) -> Bundle:
    """Read a declaration file and, through relative imports, what belongs to it."""
    texts: dict[Path, bytes] = {}
    return Bundle(_read(entry, texts), texts)


def _read(path: Path, texts: dict[Path, bytes]) -> Declarations:
    data = _bytes(path)
    if data is None or path in texts or len(texts) >= MOST_FILES:
        return Declarations()
    texts[path] = data
    if TELLING.search(data) is None:
        return Declarations()
    found = read_declarations(data)
    for forward in (*found.forwards, *found.imports.values()):
        target = _target(path, forward.module)
        if target is not None:
            local = next((n for n, it in found.imports.items() if it is forward), "")
            found = _joined(found, _read(target, texts), forward, local)
    return found


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.stat().st_size <= LARGEST else None
    except OSError:
        return None


def _target(path: Path, module: str) -> Path | None:
    """The declaration file of a relative module."""
    if not module.startswith("."):
        return None
    base = os.path.normpath(os.path.join(path.parent, module))
    return next((Path(one) for one in _candidates(base) if os.path.isfile(one)), None)


def _candidates(base: str) -> Iterator[str]:
    if base.endswith(SUFFIXES):
        yield base
    stem, suffix = os.path.splitext(base)
    if suffix in (".js", ".mjs", ".cjs", ".ts"):
        yield from (stem + one for one in SUFFIXES)
    yield from (base + one for one in SUFFIXES)
    yield from (os.path.join(base, f"index{one}") for one in SUFFIXES)


def _joined(ours: Declarations, theirs: Declarations, forward: Forward, local: str) -> Declarations:
    """Ours with theirs under the names by which we speak of them: imported ones by `local`."""
    if local and forward.name == ALL:
        theirs = _within(theirs, f"{local}.")
    elif not local and forward.shown != ALL and forward.name == ALL:
        theirs = _within(theirs, f"{forward.shown}.")
    exports = dict(theirs.exports) if not local and forward.name == ALL else {}
    exports.pop("default", None)
    if not local and forward.name != ALL:
        target = theirs.exports.get(forward.name, forward.name)
        exports = {forward.shown: target} if forward.shown != target else {}
    aliases = {local: (forward.name,)} if local not in ("", forward.name) else {}
    return replace(
        ours,
        types={**theirs.types, **ours.types},
        functions={**({} if local else theirs.functions), **ours.functions},
        values={**({} if local else theirs.values), **ours.values},
        aliases={**theirs.aliases, **aliases, **ours.aliases},
        exports={**exports, **ours.exports},
        globals=ours.globals,
    )


def _within(declared: Declarations, prefix: str) -> Declarations:
    """The declarations as members of a namespace."""
    return Declarations(
        types={prefix + name: _renamed(one, prefix) for name, one in declared.types.items()},
        functions={prefix + name: one for name, one in declared.functions.items()},
        values={prefix + name: one for name, one in declared.values.items()},
        aliases={prefix + name: one for name, one in declared.aliases.items()},
        exports={prefix + name: prefix + local for name, local in declared.exports.items()},
    )


def _renamed(declaration: Declaration, prefix: str) -> Declaration:
    return replace(declaration, name=prefix + declaration.name)
