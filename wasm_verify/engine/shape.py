"""What a compiled module imports and exports, with the types of its functions."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from wasmtime import FuncType, GlobalType, MemoryType, Module, TableType, ValType

from wasm_verify.engine.instance import NO_MEMORY
from wasm_verify.engine.limits import PAGE_BYTES
from wasm_verify.errors import ModuleError

_LETTERS = (
    ("i", ValType.i32()),
    ("I", ValType.i64()),
    ("f", ValType.f32()),
    ("F", ValType.f64()),
    ("r", ValType.externref()),
)
REFERENCE = "r"


def _letter(value: ValType) -> str:
    return next((letter for letter, known in _LETTERS if known == value), "?")


@dataclass(frozen=True)
class Signature:
    """Kinds of values, one letter each, as host.js reads them. `?` can't cross."""

    params: str
    results: str

    @classmethod
    def of(cls, function: FuncType) -> "Signature":
        return cls("".join(map(_letter, function.params)), "".join(map(_letter, function.results)))

    @property
    def crosses(self) -> bool:
        return "?" not in self.params + self.results

    @cached_property
    def slots(self) -> int:
        """How many values a call has room for."""
        return max(len(self.params), len(self.results), 1)

    @cached_property
    def given(self) -> tuple[int, ...]:
        """Which parameters are references."""
        return tuple(at for at, kind in enumerate(self.params) if kind == REFERENCE)

    @cached_property
    def returned(self) -> tuple[int, ...]:
        return tuple(at for at, kind in enumerate(self.results) if kind == REFERENCE)

    def __str__(self) -> str:
        return f"{self.params}:{self.results}"


@dataclass(frozen=True, slots=True)
class Imported:
    module: str
    name: str
    function: FuncType
    signature: Signature


@dataclass(frozen=True, slots=True)
class Shape:
    imports: tuple[Imported, ...]
    exports: tuple[tuple[str, str], ...]
    """Name and kind, by number. The kind is empty where JavaScript can't have it."""
    signatures: dict[int, Signature]
    """Of the exports that are functions."""
    memory: int
    """The number of the exported memory, or NO_MEMORY."""
    initial_bytes: int
    """Size of that memory before the module grows it."""

    @classmethod
    def of(cls, module: Module) -> "Shape":
        exports, signatures = [], {}
        for number, export in enumerate(module.exports):
            kind = _kind(export.type)
            if isinstance(export.type, FuncType):
                signatures[number] = Signature.of(export.type)
                kind = kind if signatures[number].crosses else ""
            exports.append((export.name, kind))
        memories = [number for number, (_, kind) in enumerate(exports) if kind == "memory"]
        memory = memories[0] if memories else NO_MEMORY
        initial = _initial_bytes(module, memory) if memories else 0
        imports = tuple(map(_imported, module.imports))
        return cls(imports, tuple(exports), signatures, memory, initial)

    def to_json(self, file: str) -> dict[str, Any]:
        return {
            "file": file,
            "initialBytes": self.initial_bytes,
            "imports": [
                {
                    "module": one.module,
                    "name": one.name,
                    "kind": "function",
                    "type": str(one.signature),
                }
                for one in self.imports
            ],
            "exports": [
                {"name": name, "kind": kind, "number": number, "type": self._type(number)}
                for number, (name, kind) in enumerate(self.exports)
            ],
        }

    def _type(self, number: int) -> str:
        return str(self.signatures[number]) if number in self.signatures else ""


def _initial_bytes(module: Module, memory: int) -> int:
    type_ = module.exports[memory].type
    return type_.limits.min * PAGE_BYTES if isinstance(type_, MemoryType) else 0


def _kind(type_: object) -> str:
    match type_:
        case FuncType():
            return "func"
        case MemoryType():
            return "memory"
        case TableType():
            return "table"
        case GlobalType():
            return "global"
    return ""


def _imported(one: Any) -> Imported:
    if not isinstance(one.type, FuncType):
        raise ModuleError(
            f"imports the {_kind(one.type) or 'tag'} {one.module}.{one.name}; "
            "only functions can be provided (a module for threads imports its memory: "
            "build it without threads)"
        )
    signature = Signature.of(one.type)
    if not signature.crosses:
        raise ModuleError(f"imports {one.module}.{one.name} with types that can't cross")
    return Imported(one.module, one.name, one.type, signature)
