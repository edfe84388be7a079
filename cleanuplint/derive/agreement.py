"""Whether the typings, the glue and the module of one build agree about what is exported.

Only what fails at run time counts: glue may have more than typings show, and a module more exports
than its glue calls.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from cleanuplint.contracts.model import Contract
from cleanuplint.derive.glue import Glue, GlueClass
from cleanuplint.derive.module import read_module

RUNTIME = ("__wbindgen", "__externref", "memory")
"""Beginnings of exports that the glue probes for before it uses them."""
FREED = re.compile(r"^__wbg_(.+)_free$")
INTERFACE = re.compile(rb"\binterface\s+(\w+)")


def disagreement(
    contract: Contract, typings: bytes, glue: Glue, script: str, wasm: Path | None
) -> str:
    """The first thing that is declared or called and isn't there; empty if all agree.

    A class that is also an interface in `typings` was written on by hand, for what is added to it.
    """
    written = frozenset(name.decode() for name in INTERFACE.findall(typings))
    found = (*_undefined(contract, glue, script, written), *_unexported(glue, script, wasm))
    return next(iter(found), "")


def _undefined(
    contract: Contract, glue: Glue, script: str, written: frozenset[str]
) -> Iterator[str]:
    """Classes and methods of the typings that the glue does not have."""
    for name, cls in contract.classes.items():
        if "." in name or "free" not in cls.releases or name in written:
            continue
        if name not in glue.classes:
            yield f"{cls.origin} declares `{name}`, but {script} does not have it"
            continue
        defined = set(_members(glue.lineage(name)))
        for member in sorted(cls.members - defined):
            if not member.startswith("["):
                yield f"{cls.origin} declares `{name}.{member}`, but {script} does not have it"


def _members(line: Iterable[GlueClass]) -> Iterator[str]:
    return (name for cls in line for name in cls.routines)


def _unexported(glue: Glue, script: str, wasm: Path | None) -> Iterator[str]:
    """Exports that the glue calls and the module does not have, and classes the other way round."""
    module = None if wasm is None else read_module(wasm)
    if wasm is None or module is None:
        return
    for name in sorted(glue.used - module.exports):
        if not name.startswith(RUNTIME):
            yield f"{script} calls `{name}`, which {wasm.name} does not export"
    freed = {FREED.sub(r"\1", name) for name in glue.used}
    for name in sorted(module.classes - freed):
        yield f"{wasm.name} exports a class `{name}`, but {script} does not have it"
