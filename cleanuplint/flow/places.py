"""Places: where a resource may be held, as access paths.

A place is a tuple: a root, then member names. The root is a variable (its id), `this` of a class
(`"this:3"`), or the value of one expression (a negative number). A temp that was read from a
variable or member has the place it was read from, so "does this expression hold the resource" is
"is its place among the aliases". `const s = this.s` makes `s` another name of `this.s` as long as
the function stores to no field of that name, and `const a = s` another name of a local `s` that is
assigned once.

Errs by assuming that a place is not reassigned between its read and the use of the value within
one expression.
"""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from cleanuplint.flow import graph
from cleanuplint.flow.graph import Function, Program, Temp

Root: TypeAlias = int | str
EXPORTS = "exports()"
"""What `instance.exports(store)` gives: the exports of the instance, whenever it is asked."""
MODULE = "module:"
Place: TypeAlias = tuple[Root | str, ...]
SOME = "*"
"""In a place: an element of a collection, nobody knows which."""
CURRENT = "[]"
"""In a place: the element whose key a loop has come to."""

MAX_DEPTH = 5
"""Members of a place; deeper reads are new, unknown values."""


def place_of_temp(temp: Temp) -> Place:
    return (-temp - 1,)


def place_of_variable(variable: int) -> Place:
    return (variable,)


def place_of_this(cls: int) -> Place:
    return (f"this:{cls}",)


def place_of_module(contract: str) -> Place:
    """The buffer of a module whose exports are kept apart: `encode = exports["encode"]`."""
    return (f"{MODULE}{contract}",)


class Places:
    """The place of every temp of one function."""

    def __init__(
        self, program: Program, function: Function, captured: frozenset[int] = frozenset()
    ) -> None:
        self._program = program
        self._captured = captured
        self._function = function
        self._place: dict[Temp, Place] = {}
        self._definition: dict[Temp, graph.Operation] = {}
        self._renamed: dict[int, Place] = {}
        self._stored = frozenset(
            operation.name
            for block in function.blocks
            for operation in block.operations
            if isinstance(operation, graph.StoreMember)
        )
        for block in function.blocks:
            for operation in block.operations:
                self._read(operation)

    def of(self, temp: Temp) -> Place:
        return self._place.get(temp, place_of_temp(temp))

    def definition(self, temp: Temp) -> graph.Operation | None:
        return self._definition.get(temp)

    def of_variable(self, variable: int) -> Place:
        if variable in self._renamed:
            return self._renamed[variable]
        item = self._program.variables[variable]
        if item.kind is graph.VariableKind.THIS:
            owner = self._program.functions[item.owner]
            if owner.cls is not None:
                return place_of_this(owner.cls)
        return place_of_variable(variable)

    def bases(self, temp: Temp) -> Iterator[Temp]:
        """The temp and what it was read from, member by member."""
        while True:
            yield temp
            read = self._definition.get(temp)
            if not isinstance(read, graph.LoadMember):
                return
            temp = read.base

    def dotted(self, temp: Temp) -> str:
        """`this.logger` for the temp that reads it; empty where it is no plain path."""
        match self._definition.get(temp):
            case graph.LoadVariable(variable=variable):
                return self._program.variables[variable].name
            case graph.LoadMember(base=base, name=name):
                prefix = self.dotted(base)
                return f"{prefix}.{name}" if prefix else ""
            case graph.Call(receiver=int(base), method="exports", arguments=given):
                names = [self.dotted(base), *(self.dotted(one.value) for one in given)]
                return f"{names[0]}.exports({', '.join(names[1:])})" if all(names) else ""
        return ""

    def _read(self, operation: graph.Operation) -> None:
        out = getattr(operation, "out", None)
        if out is not None:
            self._definition[out] = operation
        match operation:
            case graph.LoadVariable(out=temp, variable=variable):
                self._place[temp] = self.of_variable(variable)
            case graph.LoadMember(out=temp, base=base, name=name):
                self._place[temp] = self._member(self.of(base), name)
            case graph.Call(out=temp, receiver=int(base), method="exports"):
                self._place[temp] = self._member(self.of(base), EXPORTS)
            case graph.StoreVariable(variable=variable, value=value, declares=True):
                self._rename(variable, value)

    def _member(self, base: Place, name: str) -> Place:
        root = base[0]
        if isinstance(root, str) and len(base) == 1:
            name = self._behind_getter(int(root.removeprefix("this:")), name)
        return (*base, name)[: MAX_DEPTH + 1]

    def _behind_getter(self, cls: int, name: str) -> str:
        """The field that `get name() { return this._field }` returns."""
        item = self._program.classes[cls]
        if name not in item.getters:
            return name
        getter = self._program.functions[item.methods[name]]
        return returned_field(self._program, getter) or name

    def _rename(self, variable: int, value: Temp) -> None:
        place = self.of(value)
        names = frozenset(place[1:])
        if not self._program.variables[variable].assigned_once or names & self._stored:
            return
        if isinstance(place[0], str):
            if names:
                self._renamed[variable] = place
        elif self._is_steady(place) and variable not in self._captured:
            self._renamed[variable] = place

    def _is_steady(self, place: Place) -> bool:
        """A local variable that keeps its one value: another name of it is the same place."""
        root = place[0]
        if not isinstance(root, int) or root < 0 or place[1:] not in ((), (EXPORTS,)):
            return False
        item = self._program.variables[root]
        return item.owner == self._function.id and item.assigned_once and bool(item.name)


def returned_field(program: Program, function: Function) -> str | None:
    """`f` where all that a function does is `return this.f`."""
    loads: dict[Temp, str] = {}
    this: set[Temp] = set()
    returned: set[str | None] = set()
    for block in function.blocks:
        for operation in block.operations:
            match operation:
                case graph.LoadVariable(out=out, variable=variable):
                    if program.variables[variable].kind is graph.VariableKind.THIS:
                        this.add(out)
                case graph.LoadMember(out=out, base=base, name=name) if base in this:
                    loads[out] = name
        if isinstance(block.terminator, graph.Return):
            value = block.terminator.value
            returned.add(loads.get(value) if value is not None else None)
    return returned.pop() if len(returned) == 1 else None


def starts_with(place: Place, prefix: Place) -> bool:
    return place[: len(prefix)] == prefix


def rebase(place: Place, prefix: Place, onto: Place) -> Place:
    """The place with its prefix replaced."""
    return (*onto, *place[len(prefix) :])[: MAX_DEPTH + 1]


def tracked_keys(function: Function) -> Mapping[str, frozenset[int]]:
    """Conditions worth remembering, and the variables they read.

    Those tested at least twice, or tested once on a variable that is also given a literal.
    """
    tests: dict[str, list[graph.Test]] = {}
    literals: set[Temp] = set()
    flags: set[int] = set()
    for block in function.blocks:
        for operation in block.operations:
            match operation:
                case graph.Literal(out=out):
                    literals.add(out)
                case graph.StoreVariable(variable=variable, value=value) if value in literals:
                    flags.add(variable)
        if isinstance(block.terminator, graph.Branch) and block.terminator.test.key is not None:
            test = block.terminator.test
            tests.setdefault(str(test.key), []).append(test)
    return {
        key: frozenset(found[0].variables)
        for key, found in tests.items()
        if len(found) > 1 or flags.intersection(found[0].variables)
    }
