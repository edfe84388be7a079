"""What a WebAssembly module exports, read from its sections without compiling it.

A runtime's introspection compiles the code first: 7 seconds for the 4 MB of an RDF store, where the
section of exports is found in a millisecond. The tests hold this reader against wasmtime's answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAGIC = b"\0asm"
CORE = b"\1\0\0\0"
EXPORTS, CUSTOM = 7, 0
FREE = re.compile(r"__wbg_(?P<cls>[a-z0-9_$]+)_free")


class NoModule(ValueError):
    """The bytes are no core module, or end too soon."""


@dataclass(frozen=True, slots=True)
class Module:
    """The names that a module shows to the outside."""

    exports: frozenset[str]
    custom: tuple[str, ...]
    """Names of its custom sections."""

    @property
    def classes(self) -> frozenset[str]:
        """The classes of wasm-bindgen, in lower case as their exports have them."""
        found = (FREE.fullmatch(name) for name in self.exports)
        return frozenset(match["cls"] for match in found if match is not None)

    def methods(self, cls: str) -> frozenset[str]:
        """The methods of a class: `engine_run` of `engine`, unless a longer class has it."""
        longer = tuple(f"{one}_" for one in self.classes if one.startswith(f"{cls}_"))
        prefix = f"{cls}_"
        return frozenset(
            name.removeprefix(prefix)
            for name in self.exports
            if name.startswith(prefix) and not name.startswith(longer)
        )


def read_module(data: bytes) -> Module:
    """The names in a core module; raises `NoModule` for components, text and cut files."""
    if data[:4] != MAGIC or data[4:8] != CORE:
        raise NoModule("no core module of WebAssembly")
    exports: list[str] = []
    custom: list[str] = []
    try:
        for kind, start, end in _sections(data):
            if kind == EXPORTS:
                exports.extend(_names(data, start))
            elif kind == CUSTOM:
                custom.append(_name(data, start, end)[0])
    except (IndexError, UnicodeDecodeError) as error:
        raise NoModule(f"cut or broken: {error}") from None
    return Module(frozenset(exports), tuple(custom))


def _sections(data: bytes) -> Iterator[tuple[int, int, int]]:
    """The number of each section, and where its contents start and end."""
    at = 8
    while at < len(data):
        kind = data[at]
        size, start = _number(data, at + 1)
        at = start + size
        if at > len(data):
            raise IndexError("a section is longer than the file")
        yield kind, start, at


def _names(data: bytes, at: int) -> Iterator[str]:
    """The names of the section of exports: each is followed by a kind and an index."""
    count, at = _number(data, at)
    for _ in range(count):
        name, at = _name(data, at, len(data))
        yield name
        _, at = _number(data, at + 1)


def _name(data: bytes, at: int, limit: int) -> tuple[str, int]:
    size, start = _number(data, at)
    if start + size > limit:
        raise IndexError("a name is longer than its section")
    return data[start : start + size].decode("utf-8"), start + size


def _number(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number of at most 32 bits, and where it ends."""
    value = 0
    for shift in range(0, 35, 7):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise IndexError("a number is longer than 32 bits")
