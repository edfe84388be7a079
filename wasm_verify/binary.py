"""Reads what a WebAssembly binary imports and exports, without compiling it.

Only as much of the format as that takes: https://webassembly.github.io/spec/core/binary/modules.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from wasm_verify.errors import ModuleError

MAGIC = b"\0asm"
CORE_VERSION = b"\1\0\0\0"
COMPONENT_LAYER = b"\1\0"
CUSTOM, TYPES, IMPORTS, FUNCTIONS, EXPORTS = 0, 1, 2, 3, 7
CORE_MODULE, COMPONENT = 1, 4
"""Sections of a component that hold a module, or a component, as a whole."""
FUNCTION_TYPE = 0x60
KINDS = ("func", "table", "memory", "global", "tag")


@dataclass(frozen=True, slots=True)
class Import:
    module: str
    name: str
    kind: str
    """One of `KINDS`."""
    type: int = 0
    """The index of a function's type."""


@dataclass(frozen=True, slots=True)
class Export:
    name: str
    kind: str
    index: int = 0
    """Among all of its kind, the imported ones first."""


@dataclass(frozen=True, slots=True)
class Signature:
    """How many values a function takes and gives."""

    parameters: int
    results: int


@dataclass(frozen=True, slots=True)
class Binary:
    """The outside of a core module."""

    imports: tuple[Import, ...]
    exports: tuple[Export, ...]
    sections: Mapping[int, bytes] = field(default_factory=dict, repr=False)
    """By number, those of the standard."""
    custom: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Sections of tools, by name."""

    def exports_function(self, name: str) -> bool:
        return any(export.name == name and export.kind == "func" for export in self.exports)

    def signatures(self) -> Mapping[str, Signature]:
        """Those of the exported functions; none where types of later proposals are declared."""
        types = list(_signatures(_Reader(self.sections.get(TYPES, b"\0"))))
        of_functions = [one.type for one in self.imports if one.kind == "func"]
        of_functions += _Reader(self.sections.get(FUNCTIONS, b"\0")).numbers()
        return {
            one.name: types[of_functions[one.index]]
            for one in self.exports
            if one.kind == "func" and types
        }


def read(data: bytes) -> Binary:
    """The imports and exports of a core module. Raises ModuleError, without naming a file."""
    if data[:4] != MAGIC[: len(data[:4])] or not data:
        raise ModuleError("is not a WebAssembly binary")
    if len(data) < 8:
        raise ModuleError("is truncated: it ends in its header")
    if data[4:8] != CORE_VERSION:
        raise ModuleError(_wrong_version(data))
    sections = _sections(data)
    standard = dict(sections)
    return Binary(
        tuple(_imports(_Reader(standard.get(IMPORTS, b"\0")))),
        tuple(_exports(_Reader(standard.get(EXPORTS, b"\0")))),
        standard,
        dict(_named(section) for kind, section in sections if kind == CUSTOM),
    )


def core_modules(data: bytes) -> Iterator[bytes]:
    """The modules of a component, or else the data itself. Raises ModuleError."""
    if data[:4] != MAGIC or data[6:8] != COMPONENT_LAYER:
        yield data
        return
    for kind, section in _sections(data):
        if kind in (CORE_MODULE, COMPONENT):
            yield from core_modules(section)


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


def _named(section: bytes) -> tuple[str, bytes]:
    reader = _Reader(section)
    return reader.name(), section[reader.position :]


def _signatures(reader: "_Reader") -> Iterator[Signature]:
    for _ in range(reader.number()):
        if reader.byte() != FUNCTION_TYPE:
            return
        yield Signature(reader.value_types(), reader.value_types())


def _imports(reader: "_Reader") -> list[Import]:
    found = []
    for _ in range(reader.number()):
        module, name, kind = reader.name(), reader.name(), _kind(reader.byte())
        found.append(Import(module, name, kind, reader.type(kind)))
    return found


def _kind(number: int) -> str:
    if number >= len(KINDS):
        raise ModuleError(f"is invalid: something of the unknown kind {number}")
    return KINDS[number]


def _exports(reader: "_Reader") -> list[Export]:
    found = []
    for _ in range(reader.number()):
        found.append(Export(reader.name(), _kind(reader.byte()), reader.number()))
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

    def numbers(self) -> list[int]:
        return [self.number() for _ in range(self.number())]

    def value_types(self) -> int:
        """How many types a list has."""
        count = self.number()
        for _ in range(count):
            self._skip_value_type()
        return count

    def type(self, kind: str) -> int:
        """The type of an import: a function's index, or the shape of the other kinds, and 0."""
        if kind == "func":
            return self.number()
        if kind == "table":
            self._skip_value_type()
            self._skip_limits()
        elif kind == "memory":
            self._skip_limits()
        elif kind == "global":
            self._skip_value_type()
            self.byte()
        else:
            self.byte()
            self.number()
        return 0

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
