"""Reads the names that a WebAssembly binary imports and exports, without compiling it.

Only as much of the format as that takes: https://webassembly.github.io/spec/core/binary/modules.html
"""

from dataclasses import dataclass

from wasm_verify.errors import ModuleError

MAGIC = b"\0asm"
CORE_VERSION = b"\1\0\0\0"
COMPONENT_LAYER = b"\1\0"
IMPORTS, EXPORTS = 2, 7
KINDS = ("func", "table", "memory", "global", "tag")


@dataclass(frozen=True, slots=True)
class Import:
    module: str
    name: str
    kind: str
    """One of `KINDS`."""


@dataclass(frozen=True, slots=True)
class Export:
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Binary:
    """The outside of a core module."""

    imports: tuple[Import, ...]
    exports: tuple[Export, ...]

    def exports_function(self, name: str) -> bool:
        return any(export.name == name and export.kind == "func" for export in self.exports)


def read(data: bytes) -> Binary:
    """The imports and exports of a core module. Raises ModuleError, without naming a file."""
    if data[:4] != MAGIC[: len(data[:4])] or not data:
        raise ModuleError("is not a WebAssembly binary")
    if len(data) < 8:
        raise ModuleError("is truncated: it ends in its header")
    if data[4:8] != CORE_VERSION:
        raise ModuleError(_wrong_version(data))
    sections = dict(_sections(data))
    return Binary(
        tuple(_imports(_Reader(sections.get(IMPORTS, b"\0")))),
        tuple(_exports(_Reader(sections.get(EXPORTS, b"\0")))),
    )


def _wrong_version(data: bytes) -> str:
    if data[6:8] == COMPONENT_LAYER:
        return "is a component; only core modules can be verified"
    return f"has version {int.from_bytes(data[4:8], 'little')} of the binary format; 1 is known"


def _sections(data: bytes) -> list[tuple[int, bytes]]:
    reader = _Reader(data, 8)
    found = []
    while not reader.done:
        kind = reader.byte()
        found.append((kind, reader.bytes(reader.number())))
    return found


def _imports(reader: "_Reader") -> list[Import]:
    found = []
    for _ in range(reader.number()):
        module, name, kind = reader.name(), reader.name(), reader.byte()
        reader.skip_type(kind)
        found.append(Import(module, name, KINDS[kind]))
    return found


def _exports(reader: "_Reader") -> list[Export]:
    found = []
    for _ in range(reader.number()):
        name, kind = reader.name(), reader.byte()
        reader.number()
        found.append(Export(name, KINDS[kind]))
    return found


class _Reader:
    """A position in bytes. Whoever reads past the end is told that the file is truncated."""

    def __init__(self, data: bytes, position: int = 0) -> None:
        self.data = data
        self.position = position

    @property
    def done(self) -> bool:
        return self.position >= len(self.data)

    def bytes(self, count: int) -> bytes:
        end = self.position + count
        if end > len(self.data):
            raise ModuleError(f"is truncated: it ends at byte {len(self.data)}, in a section")
        found = self.data[self.position : end]
        self.position = end
        return found

    def byte(self) -> int:
        return self.bytes(1)[0]

    def number(self) -> int:
        """An unsigned LEB128."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def name(self) -> str:
        return self.bytes(self.number()).decode("utf-8", "replace")

    def skip_type(self, kind: int) -> None:
        """The type of an import: a function's index, or the shape of the other kinds."""
        if kind >= len(KINDS):
            raise ModuleError(f"is invalid: an import of the unknown kind {kind}")
        if kind == KINDS.index("func"):
            self.number()
        elif kind == KINDS.index("table"):
            self._skip_value_type()
            self._skip_limits()
        elif kind == KINDS.index("memory"):
            self._skip_limits()
        elif kind == KINDS.index("global"):
            self._skip_value_type()
            self.byte()
        else:
            self.byte()
            self.number()

    def _skip_value_type(self) -> None:
        if self.byte() in (0x63, 0x64):  # a reference to a type that follows
            self.number()

    def _skip_limits(self) -> None:
        flags = self.byte()
        self.number()
        if flags & 1:
            self.number()
        if flags & 8:  # a page size of its own
            self.number()
