"""What a WebAssembly module exports, read from its sections without compiling it.

A runtime's introspection compiles the code first: 7 seconds for the 4 MB of an RDF store, where the
section of exports is found in a millisecond.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wasm_verify.binary import Binary, Signature, core_modules, read
from wasm_verify.errors import ModuleError

FREE = re.compile(r"__wbg_(?P<cls>[a-z0-9_$]+)_free")
SPELLED = ("name", "__wasm_bindgen_unstable")
"""Custom sections with the names of the source: of its functions, and of what it binds."""
CAPITALISED = re.compile(rb"[A-Z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Module:
    """The names that a module shows to the outside."""

    exports: frozenset[str]
    functions: Mapping[str, Signature] = field(default_factory=dict)
    """Those of the exports, where their types could be read."""
    spellings: Mapping[str, str] = field(default_factory=dict)
    """Classes of wasm-bindgen as the source spells them, where the module still tells."""

    @property
    def classes(self) -> frozenset[str]:
        """The classes of wasm-bindgen, in lower case as their exports have them."""
        found = (FREE.fullmatch(name) for name in self.exports)
        return frozenset(match["cls"] for match in found if match is not None)


def read_module(path: Path) -> Module | None:
    """None for what can't be read; the modules of a component as one."""
    try:
        binaries = [read(core) for core in core_modules(path.read_bytes())]
        names = frozenset(export.name for one in binaries for export in one.exports)
        functions = {name: it for one in binaries for name, it in one.signatures().items()}
    except (OSError, ModuleError, IndexError):
        return None
    found = Module(names, functions)
    return Module(names, functions, _spellings(binaries, found.classes))


def _spellings(binaries: list[Binary], classes: frozenset[str]) -> Mapping[str, str]:
    texts = (one.custom[name] for one in binaries for name in SPELLED if name in one.custom)
    words = Counter(word.decode() for text in texts for word in CAPITALISED.findall(text))
    known = ((word.lower(), word) for word, _ in reversed(words.most_common()))
    return {lower: word for lower, word in known if lower in classes}
