"""What a value may be, as far as contracts and duties care."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from cleanuplint.contracts.model import ANYWHERE, Contract, Returned
from cleanuplint.findings import Confidence
from cleanuplint.flow.graph import ClassId, FunctionId, Temp, VariableId


@dataclass(frozen=True, slots=True)
class Namespace:
    """The namespace object of a library, or a namespace within it: `math.` of `math.Point`."""

    contract: str
    confidence: Confidence
    within: str = ""


@dataclass(frozen=True, slots=True)
class ClassOf:
    """A class of a library, as a value that can be called with `new`."""

    contract: str
    name: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class FunctionOf:
    """A function of a library."""

    contract: str
    name: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a library's class."""

    contract: str
    name: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class MethodOf:
    """A method of a library's object, apart from the object."""

    contract: str
    cls: str
    name: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class LocalFunction:
    function: FunctionId


@dataclass(frozen=True, slots=True)
class LocalClass:
    cls: ClassId


@dataclass(frozen=True, slots=True)
class LocalInstance:
    cls: ClassId


@dataclass(frozen=True, slots=True)
class ObjectOf:
    """An object of an interface, or another type that is no class, of the file."""

    name: str


@dataclass(frozen=True, slots=True)
class Record:
    """The object or array that one `Compose` makes."""

    function: FunctionId
    temp: Temp


@dataclass(frozen=True, slots=True)
class FieldTag:
    """The value, or an element of it, may have been read from a field of this name."""

    name: str


@dataclass(frozen=True, slots=True)
class VariableTag:
    """The value, or an element of it, may have been read from this module-level variable."""

    variable: VariableId


Value: TypeAlias = (
    Namespace
    | ClassOf
    | FunctionOf
    | MethodOf
    | Instance
    | LocalFunction
    | LocalClass
    | LocalInstance
    | ObjectOf
    | Record
    | FieldTag
    | VariableTag
)
Values: TypeAlias = frozenset[Value]
NOTHING: Values = frozenset()


def ordered(values: Values) -> tuple[Value, ...]:
    """In the same order in every run, as that of a set is not; the surest first."""
    if len(values) < 2:
        return tuple(values)
    return tuple(sorted(values, key=lambda value: (-getattr(value, "confidence", 0), repr(value))))


def weakened(confidence: Confidence, values: Iterable[Value]) -> Values:
    """The values, no surer than where they came from."""
    weakened: set[Value] = set()
    for value in values:
        match value:
            case Namespace(contract, own, within):
                weakened.add(Namespace(contract, min(own, confidence), within))
            case ClassOf(contract, name, own):
                weakened.add(ClassOf(contract, name, min(own, confidence)))
            case FunctionOf(contract, name, own):
                weakened.add(FunctionOf(contract, name, min(own, confidence)))
            case _:
                weakened.add(value)
    return frozenset(weakened)


def exported(contract: Contract, name: str) -> Iterator[Value]:
    """What a library exports under a name; a project's own classes have no library."""
    sure = contract.confidence
    if ANYWHERE in contract.modules and name in ("*", "default"):
        return
    if name == "*":
        yield Namespace(contract.name, sure)
        if contract.default in contract.functions or contract.default in contract.treatments:
            yield FunctionOf(contract.name, str(contract.default), sure)
        if contract.default in contract.classes:
            yield ClassOf(contract.name, str(contract.default), sure)
        if contract.default in contract.values:
            yield from of_returned(contract.values[str(contract.default)], contract.name, sure)
        return
    if name == "default":
        if contract.default is None:
            yield Namespace(contract.name, sure)
            return
        name = contract.default
    if name in contract.classes and name not in contract.hidden:
        yield ClassOf(contract.name, name, sure)
    if any(name in table for table in (contract.functions, contract.consumes, contract.treatments)):
        yield FunctionOf(contract.name, name, sure)
    if any(entry.startswith(f"{name}.") for entry in (*contract.classes, *contract.functions)):
        yield Namespace(contract.name, sure, f"{name}.")
    if name in contract.globals:
        yield Namespace(contract.name, sure)
    if name in contract.values:
        yield from of_returned(contract.values[name], contract.name, sure)


def of_returned(result: Returned, contract: str, confidence: Confidence) -> Values:
    """What the result of a function, or a property, is; `contract` is that of its owner."""
    where = result.contract or contract
    if result.name == "module":
        return frozenset({Namespace(where, confidence)})
    return frozenset({Instance(where, result.name, confidence)})


def published(contract: Contract, name: str) -> Iterator[Value]:
    """What a variable of this name may be by its name alone."""
    likely = Confidence.LIKELY
    if name in contract.globals and name in contract.functions:
        yield FunctionOf(contract.name, name, likely)
    elif name in contract.globals:
        yield Namespace(contract.name, likely)
    elif ANYWHERE in contract.modules and name in contract.classes:
        yield ClassOf(contract.name, name, likely)
