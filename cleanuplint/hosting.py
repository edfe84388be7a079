"""Which modules a file drives by their raw exports, told by what it calls and what it names.

module = Module.from_file(engine, "codec.wasm")     here, or in a file that this one imports
instance.exports(store)["encode"](store, pointer)   names that the module must export
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from cleanuplint.contracts.model import Contract
from cleanuplint.derive.hosted import Hosted, driven, found_by_exports

HOST = re.compile(rb"exports\b|_export\b|Exports\b")
"""In a file that calls exports."""
WASM = re.compile(rb"wasm", re.IGNORECASE)
MODULE = re.compile(rb"""["'`]([^"'`\s]*\.wasm)["'`]""")
"""The path of a module, or the end of it behind what is computed."""
DEEP = 2
"""Imports of imports in which the name of the module may stand."""


class Hosting:
    """For the files of one project."""

    def __init__(
        self,
        hosted: Hosted,
        text: Callable[[Path], bytes],
        imports: Callable[[Path], Iterable[Path]],
    ) -> None:
        self._hosted = hosted
        self._text = text
        self._imports = imports

    def modules(
        self,
        path: Path,
        data: bytes,
        imports: Iterable[Path],
        called: Callable[[Path, bytes], frozenset[str]],
    ) -> tuple[Contract, ...]:
        """Their contracts, bound to no specifier; `called` reads which exports a text calls."""
        path = Path(os.path.abspath(path))
        if HOST.search(data) is None or not self._hosted.knows_any(path.parent):
            return ()
        named = self._named(path, data, imports)
        if named:
            return driven(called(path, data), named)
        known = self._hosted.of_project(path.parent) if WASM.search(data) else ()
        return found_by_exports(called(path, data), known) if known else ()

    def _named(self, path: Path, data: bytes, imports: Iterable[Path]) -> tuple[Contract, ...]:
        """By the file itself, or else by the nearest files among those that it imports."""
        found = tuple(self._named_in(path, data))
        near = dict.fromkeys(imports)
        for _ in range(DEEP):
            if found:
                break
            found = tuple(one for it in near for one in self._named_in(it, self._text(it)))
            near = dict.fromkeys(below for it in near for below in self._imports(it))
        return tuple({one.name: one for one in found}.values())

    def _named_in(self, path: Path, data: bytes) -> Iterator[Contract]:
        for text in sorted(set(MODULE.findall(data))) if b".wasm" in data else ():
            found = self._hosted.named(path.parent, text.decode("utf-8", "replace"))
            if found is not None:
                yield found
