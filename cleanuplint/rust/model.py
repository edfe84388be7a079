"""The items of a crate as far as memory goes: structs, functions, statics.

The bodies of functions are flow graphs (`cleanuplint.flow.graph`). What is particular there:

- The exceptional exit is the `Err` exit: `?`, `return Err(…)`, a tail that is `Err`. A panic is no
  exit: on WebAssembly it traps, and nothing of the function runs any more.
- `x?`, `match` on `Ok`/`Err` and the like are a `Branch` whose test has the key `ok(…)`.
- `&mut x` is a call of the method `&mut` of `x`, `x += y` of the method `+=`; `&x`, `*x` are `x`.
- A path (`std::mem::take`) is a global variable of that name, a macro one whose name ends in `!`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cleanuplint.findings import Span
from cleanuplint.flow.graph import Function, Program, VariableId


@dataclass(frozen=True, slots=True)
class RustType:
    """A type by the last segment of its path; `&`, `*`, `[]`, `[;]`, `(,)` for the built-in ones.

    A slice is `[]`, an array of fixed length `[;]`.
    """

    name: str
    arguments: tuple["RustType", ...] = ()
    mutable: bool = False
    """Of `&mut T` and `*mut T`."""

    @property
    def is_result(self) -> bool:
        """By the convention that aliases of `Result` are called so."""
        return self.name.endswith("Result")


UNIT = RustType("()")


@dataclass(frozen=True, slots=True)
class Export:
    """How wasm-bindgen shows an item to JavaScript."""

    name: str
    role: str = ""
    """`constructor`, `getter`, `setter` or nothing."""
    extends: str = ""
    """The struct whose class it extends, by its name in Rust."""
    cloning_getters: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    span: Span
    type: RustType
    shown_as: str = ""
    """The property under which JavaScript reads it, if it is `pub` and not skipped."""
    is_private: bool = True
    """Only the module of its struct sees it: it has no `pub`, not even `pub(crate)`."""


@dataclass(frozen=True, slots=True)
class Struct:
    name: str
    file: str
    span: Span
    name_span: Span
    fields: tuple[Field, ...]
    export: Export | None
    derives: frozenset[str]
    is_test: bool = False
    is_conditional: bool = False
    """Some builds may be without it."""

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)


class Receiver(StrEnum):
    SHARED = "&self"
    MUTABLE = "&mut self"
    CONSUMED = "self"


@dataclass(frozen=True, slots=True)
class Routine:
    """A function or method with its body."""

    name: str
    file: str
    span: Span
    name_span: Span
    owner: str
    """The type of the `impl` it stands in, or nothing."""
    trait: str
    receiver: Receiver | None
    parameters: tuple[tuple[VariableId, RustType], ...]
    """`self` included."""
    result: RustType
    body: Function
    export: Export | None
    is_public: bool
    is_test: bool
    is_conditional: bool
    """Some builds may be without it."""
    is_start: bool
    """Runs once, when the module starts: `main`, or `#[wasm_bindgen(start)]`."""
    symbol: str = ""
    """The name under which the linker exports it, if it does: `no_mangle`, `export_name`."""

    @property
    def is_foreign(self) -> bool:
        """`extern "C"` without mangling: callable from outside by its own name."""
        return bool(self.symbol)

    @property
    def is_exported(self) -> bool:
        return self.export is not None or self.is_foreign


@dataclass(frozen=True, slots=True)
class Static:
    """A `static`, also one inside `thread_local!`."""

    name: str
    file: str
    span: Span
    type: RustType
    is_test: bool


@dataclass(frozen=True, slots=True)
class ItemMacro:
    """A macro that stands where items stand: nobody knows what it makes of these words."""

    name: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Module:
    """`mod name;`: a module in a file of its own."""

    path: tuple[str, ...]
    """The modules it stands in within this file, and its name."""
    file: str
    """What `#[path = "…"]` says, or nothing."""
    is_left_out: bool
    """Of tests, or of another platform: no build for WebAssembly contains it."""
    is_conditional: bool = False
    """Some builds may be without it."""


@dataclass(frozen=True, slots=True)
class FileItems:
    """What stands in one file."""

    path: str
    program: Program
    structs: tuple[Struct, ...]
    routines: tuple[Routine, ...]
    statics: tuple[Static, ...]
    aliases: Mapping[str, RustType]
    macros: tuple[ItemMacro, ...]
    defined: tuple[ItemMacro, ...]
    """The macros that the file defines, by what their definitions say."""
    modules: tuple[Module, ...]
