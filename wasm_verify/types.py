"""The types of TypeScript that inputs are made for: plain data.

What is not told apart here is `any`: an input of any kind is tried for it.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class Kind(StrEnum):
    ANY = "any"
    STRING = "string"
    NUMBER = "number"
    BIGINT = "bigint"
    BOOLEAN = "boolean"
    SYMBOL = "symbol"
    NOTHING = "nothing"
    """undefined, null, void."""
    LITERAL = "literal"
    """`name` is its source text."""
    NAMED = "named"
    """A class, interface, alias or enum of the same file, or something of the language: `name`."""
    ARRAY = "array"
    TUPLE = "tuple"
    UNION = "union"
    RECORD = "record"
    CALLBACK = "callback"


@dataclass(frozen=True, slots=True)
class Type:
    kind: Kind
    name: str = ""
    parts: tuple["Type", ...] = ()
    """Of an array, tuple or union, and the arguments of a named type."""
    fields: tuple["Field", ...] = ()
    """Of a record."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record, or a parameter of a function."""

    name: str
    type: Type
    optional: bool = False


ANY = Type(Kind.ANY)
NOTHING = Type(Kind.NOTHING)


def resolved(type_: Type, aliases: dict[str, Type]) -> Type:
    """A name for what stands behind it, alone or in a union. Deeper names stay."""
    for _ in range(len(aliases)):
        if type_.kind != Kind.NAMED or type_.name not in aliases:
            break
        type_ = aliases[type_.name]
    if type_.kind != Kind.UNION:
        return type_
    parts = (aliases.get(one.name, one) for one in type_.parts)
    flat = [part for one in parts for part in (one.parts if one.kind == Kind.UNION else [one])]
    return replace(type_, parts=tuple(flat))


@dataclass(frozen=True, slots=True)
class Signature:
    """A method or function, as it is declared."""

    name: str
    parameters: tuple[Field, ...] = ()
    returns: Type = ANY
    static: bool = False
    private: bool = False

    def resolved(self, aliases: dict[str, Type]) -> "Signature":
        """With what stands behind the names of its parameters' types."""
        fields = (replace(one, type=resolved(one.type, aliases)) for one in self.parameters)
        return replace(self, parameters=tuple(fields))


@dataclass(frozen=True, slots=True)
class ClassTypes:
    name: str
    members: tuple[Signature, ...]

    def member(self, name: str) -> Signature | None:
        return next((one for one in self.members if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Declarations:
    """All that one file declares."""

    classes: tuple[ClassTypes, ...] = ()
    functions: tuple[Signature, ...] = ()
    aliases: tuple[tuple[str, Type], ...] = ()
    """Interfaces are records, enums are unions of literals."""
