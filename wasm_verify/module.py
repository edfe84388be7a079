"""A module as it is offered: its binary, its glue, the classes and functions that callers see."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from wasm_verify.types import ClassTypes, Declarations, Signature

SUFFIXES = (".js", ".cjs", ".mjs")
"""Of glue."""
SIZES = ("getBufferSize", "get_buffer_size", "bufferSize", "buffer_size")
CAPACITIES = ("getBufferCapacity", "get_buffer_capacity", "bufferCapacity", "buffer_capacity")
CLEARS = ("clearBuffer", "clear_buffer", "cleanup", "clean_up")
CLEARS_OF_PROBED = ("clear", "reset")
"""Clears too, but only of a class that says how full it is: of a document they are an operation."""
RELEASES = ("free", "delete", "destroy", "dispose")
NOT_OPERATIONS = ("constructor", "toJSON", "toString")
NOT_FUNCTIONS = ("default", "init", "initSync", "__wbg_init", "initThreadPool")


@dataclass(frozen=True, slots=True)
class Class:
    name: str
    constructor: Signature | None
    """None where only factories make objects."""
    methods: tuple[Signature, ...]
    """What users call: no probe, clear or release. Static ones are not in it."""
    statics: tuple[Signature, ...]
    probe: str = ""
    """The method that says how much the object holds, in bytes. Empty where there is none."""
    clear: str = ""
    """The method that empties it."""
    release: str = ""
    """The method that ends it."""

    @property
    def guard(self) -> str:
        """What a `finally` calls."""
        return self.clear or self.release


@dataclass(frozen=True, slots=True)
class Glue:
    """The JavaScript that a module comes with."""

    path: Path
    source: str
    style: str
    """`bundler` where the glue is handed its instance, else `script`."""


@dataclass(frozen=True, slots=True)
class Module:
    path: str
    """As the user gave it."""
    wasm: Path
    glue: Glue
    declarations: Declarations
    classes: tuple[Class, ...]
    functions: tuple[Signature, ...]
    bare: bool = False
    """No glue was found: only what needs none is driven, and every import traps."""

    def class_named(self, name: str) -> Class | None:
        return next((one for one in self.classes if one.name == name), None)


def classes_of(declarations: Declarations) -> tuple[Class, ...]:
    """The classes whose objects live in the module: those with a release."""
    found = (_class(one) for one in declarations.classes)
    return tuple(one for one in found if one.release)


def functions_of(declarations: Declarations) -> tuple[Signature, ...]:
    return tuple(
        one
        for one in declarations.functions
        if one.name not in NOT_FUNCTIONS and not one.name.startswith("__")
    )


def _class(types: ClassTypes) -> Class:
    names = [one.name for one in types.members if not one.static]
    probe = _first(SIZES + CAPACITIES, names)
    clear = _first(CLEARS + (CLEARS_OF_PROBED if probe else ()), names)
    release = _first(RELEASES, names)
    constructor = types.member("constructor")
    hidden = {*SIZES, *CAPACITIES, *CLEARS, clear, release, *NOT_OPERATIONS}
    offered = [one for one in types.members if _is_operation(one, hidden)]
    return Class(
        types.name,
        constructor if constructor and not constructor.private else None,
        tuple(one for one in offered if not one.static),
        tuple(one for one in offered if one.static),
        probe,
        clear,
        release,
    )


def _is_operation(member: Signature, hidden: set[str]) -> bool:
    return member.name not in hidden and not member.name.startswith("__") and not member.private


def _first(wanted: Iterable[str], names: list[str]) -> str:
    return next((name for name in wanted if name in names), "")
