"""Evidence by use: what a value of unknown origin must be, as its members are used.

    const stmt = this.client.prepare(sql);   // who knows what `client` is
    stmt.free();                             // but this is a WASM handle, and ours to release
    run(this.client.prepare(other));         // and so is this

    const pointer = this.copyIn(text);       // who knows what it is
    this.exports.free(pointer);              // but this is memory of the module

Counts only where nothing better is known: for the result of a call or `new` that a variable
keeps, and for the receiver of a call.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cached_property

from cleanuplint.contracts.model import Contract, ResourceClass
from cleanuplint.contracts.registry import Registry
from cleanuplint.flow import graph, words
from cleanuplint.flow.graph import FunctionId, Program, Temp, VariableId

STORE = re.compile(r"(?i)(?:store|caller|context|ctx)(?:\(\))?$")
"""How what stands for an instance's memory is called."""
EXPORTS = ("exports", "*Exports", "*_exports")
"""How the object with the exports of a module is called, as patterns."""
COMMON_JS = {"exports": "(own)", "module": "(this)"}
"""What a script of node exports itself, under the names that it goes by there."""
ANY = "*"
"""In place of a name that is computed."""


class Shapes:
    """Looks up classes by the members of a value."""

    def __init__(self, program: Program, registry: Registry) -> None:
        self._registry = registry
        self._telling = tuple(_telling(program, registry))
        self._reading = _Reading(program) if self._telling else None

    def of_result(self, function: FunctionId, call: graph.Call) -> ResourceClass | None:
        """The class of what a call of an unknown callee returns."""
        reading = self._reading
        if reading is None or call.method in words.ELEMENT_GETTERS:
            return None
        variables = reading.kept.get((function, call.out), frozenset())
        written = reading.names.get((function, call.out), "")
        if any(c.receivers and _is_called(written, c.receivers) for c, _ in self._telling):
            return None  # the exports of an instance: their `free` frees something else
        cls = self._by_members(variables, call.method)
        if cls is not None or words.SHARES.match(call.method or ""):
            return cls
        return self._by_release(variables) or self._siblings.get(written)

    def _by_members(
        self, variables: Iterable[VariableId], method: str | None
    ) -> ResourceClass | None:
        assert self._reading is not None
        members = {name for v in variables for name in self._reading.members.get(v, ())}
        for cls, makers in self._telling:
            telling = cls.is_owned and members & cls.distinctive
            if telling and (not makers or method in makers):
                return cls
        return None

    def _by_release(self, variables: Iterable[VariableId]) -> ResourceClass | None:
        """The class of pointers that a function frees which is given the variable."""
        assert self._reading is not None
        given = [one for v in variables for one in self._reading.given.get(v, ())]
        for cls, _ in self._telling:
            for method, index, receiver in given:
                first = min(cls.consumes.get(method, ()), default=None)
                if index == first and _is_called(receiver, cls.receivers):
                    released = self._released_by(cls, method)
                    if released is not None:
                        return released
        return None

    def _released_by(self, owner: ResourceClass, method: str) -> ResourceClass | None:
        classes = self._registry.contract(owner.contract).classes.values()
        return next((c for c in classes if method in {*c.released_by, *c.releases}), None)

    @cached_property
    def _siblings(self) -> Mapping[str, ResourceClass]:
        """Calls, as they are written, whose results are released somewhere in the file."""
        assert self._reading is not None
        found: dict[str, ResourceClass] = {}
        for (function, temp), variables in self._reading.kept.items():
            written = self._reading.names.get((function, temp), "")
            cls = self._by_members(variables, written.rpartition(".")[2].removesuffix("()"))
            if cls is not None and "." in written and cls.releases & self._released(variables):
                found[written] = cls
        return found

    def _released(self, variables: Iterable[VariableId]) -> frozenset[str]:
        assert self._reading is not None
        return frozenset(name for v in variables for name in self._reading.members.get(v, ()))

    def exports_called(self, function: FunctionId, call: graph.Call) -> Iterator[str]:
        """The export of a module that a call runs: `self._exports["run"](…)`, `self._run(…)`."""
        for receiver, name in self._reading.called(function, call) if self._reading else ():
            if any(
                cls.receivers and _is_called(receiver, cls.receivers) for cls, _ in self._telling
            ):
                yield name

    def fetched(
        self, function: FunctionId, call: graph.Call
    ) -> Iterator[tuple[ResourceClass, str]]:
        """`exports.get("malloc")`, `self.get_export("malloc")`: the export that a call gives."""
        name = self._reading.fetched.get((function, call.out)) if self._reading else None
        for cls, _ in self._telling if name is not None else ():
            if cls.receivers and name in cls.distinctive:
                yield cls, name

    def of_member(self, function: FunctionId, base: Temp, name: str) -> Iterator[ResourceClass]:
        """The classes that an object may have by the member that it is asked for."""
        for cls, makers in self._telling:
            if name in cls.distinctive and not cls.releases and not makers:
                names = self._reading.written(function, base) if self._reading is not None else ()
                if any(_is_called(each, cls.receivers) for each in names):
                    yield cls


def exports_called(program: Program) -> frozenset[str]:
    """The exports of modules that a program calls, as its names tell: `exports["encode"](…)`."""
    reading = _Reading(program)
    found = set(reading.fetched.values())
    for function in program.functions:
        for block in function.blocks:
            for operation in block.operations:
                if isinstance(operation, graph.Call):
                    called = reading.called(function.id, operation)
                    found.update(name for it, name in called if _is_called(it, EXPORTS))
    return frozenset(found - {ANY})


def _gives_exports(receiver: str, method: str) -> bool:
    """Asked for a name, it gives the export of that name."""
    if method == "get":
        return "exports" in receiver.rpartition(".")[2]
    return "export" in method and method.startswith("get")


def _name_of(variable: graph.Variable) -> str:
    is_own = variable.kind is graph.VariableKind.GLOBAL and variable.name in COMMON_JS
    return COMMON_JS[variable.name] if is_own else variable.name


def _member(base: str, name: str) -> str:
    return (
        COMMON_JS["exports"]
        if (base, name) == (COMMON_JS["module"], "exports")
        else f"{base}.{name}"
    )


def _split(written: str) -> tuple[str, str]:
    receiver, _, name = written.rpartition(".")
    return receiver, name


def _is_called(written: str, patterns: tuple[str, ...]) -> bool:
    """The last name of an expression is one of these; any is where there are none."""
    name = written.rpartition(".")[2].removesuffix("()")
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)


def _telling(
    program: Program, registry: Registry
) -> Iterator[tuple[ResourceClass, frozenset[str]]]:
    """Classes known by their members, each with the methods that make it.

    Those of libraries that the file imports or names, and of contracts bound to no library.
    """
    named = {variable.name for variable in program.variables}
    modules = imported(program)
    present = {contract.name for module in modules for contract in registry.by_module(module)}
    for contract in registry.contracts:
        anywhere = not contract.modules and not contract.globals
        if anywhere or contract.name in present or named.intersection(contract.globals):
            for cls in contract.classes.values():
                if cls.distinctive:
                    yield cls, _makers(contract, cls)


def _makers(contract: Contract, cls: ResourceClass) -> frozenset[str]:
    """Methods that give a new object of the class; the name of none where all of them lend it."""
    results = [
        (method, result.owned)
        for maker in contract.classes.values()
        for method, result in maker.methods.items()
        if result.name == cls.name
    ]
    return frozenset(method if owned else "" for method, owned in results)


def imported(program: Program) -> set[str]:
    """The specifiers of all modules that a file imports."""
    found = {binding.module for binding in program.imports}
    for function in program.functions:
        for block in function.blocks:
            for operation in block.operations:
                if isinstance(operation, graph.Import) and operation.module is not None:
                    found.add(operation.module)
    return found


class _Reading:
    """One pass over the program: which variables keep results, which members they are asked for."""

    def __init__(self, program: Program) -> None:
        self.members: dict[VariableId, set[str]] = defaultdict(set)
        """Properties read, and methods called without arguments."""
        self.kept: dict[tuple[FunctionId, Temp], frozenset[VariableId]] = {}
        self.names: dict[tuple[FunctionId, Temp], str] = {}
        """How an expression is written, as far as that is names: `this.client.prepare()`."""
        self.given: dict[VariableId, set[tuple[str, int, str]]] = defaultdict(set)
        """Methods that are given a variable: name, index, how the receiver is written.

        A store in front, as wasmtime wants it in Python, is not counted.
        """
        self.fetched: dict[tuple[FunctionId, Temp], str] = {}
        """Calls that give the export of a name, and the name."""
        self._texts: dict[tuple[FunctionId, Temp], str] = {}
        self._kept_in: dict[tuple[FunctionId, Temp], VariableId | str] = {}
        """The variable, or the name of the field, that a value is read from."""
        self._put_into: dict[VariableId | str, set[str]] = defaultdict(set)
        """How the values that are put there are written."""
        self._program = program
        self._defined: dict[VariableId, FunctionId] = {}
        self._passed: list[tuple[VariableId, int, VariableId]] = []
        for function in program.functions:
            for block in function.blocks:
                for operation in block.operations:
                    self._note_name(function.id, operation)
        for function in program.functions:
            self._read(function)
        for callee, index, variable in self._passed:
            self._members_by_helper(callee, index, variable)

    def _read(self, function: graph.Function) -> None:
        origin: dict[Temp, frozenset[Temp]] = {}
        held: dict[VariableId, frozenset[Temp]] = defaultdict(frozenset)
        loaded: dict[Temp, VariableId] = {}
        functions: dict[Temp, FunctionId] = {}
        for block in function.blocks:
            for operation in block.operations:
                match operation:
                    case graph.Call(out=out):
                        origin[out] = frozenset({out})
                    case graph.Suspend(out=out, value=value):
                        origin[out] = origin.get(value, frozenset())
                    case graph.LoadVariable(out=out, variable=variable):
                        origin[out] = (
                            held[variable] if self._is_synthetic(variable) else frozenset()
                        )
                        loaded[out] = variable
                    case graph.MakeFunction(out=out, function=made):
                        functions[out] = made
                    case graph.StoreVariable(variable=variable, value=value):
                        if value in functions:
                            self._defined[variable] = functions[value]
                        held[variable] |= origin.get(value, frozenset())
                self._note_member(operation, loaded)
                self._note_argument(function.id, operation, loaded)
        for variable, temps in held.items():
            if not self._is_synthetic(variable):
                for temp in temps:
                    key = (function.id, temp)
                    self.kept[key] = self.kept.get(key, frozenset()) | {variable}

    def _members_by_helper(self, callee: VariableId, index: int, variable: VariableId) -> None:
        """What a function of the file asks its parameter for, its caller's variable has."""
        if callee in self._defined:
            parameters = self._program.functions[self._defined[callee]].parameters
            if index < len(parameters):
                self.members[variable] |= self.members.get(parameters[index], set())

    def _fetch(self, where: tuple[FunctionId, Temp], name: str) -> None:
        if name:
            self.fetched[where] = name
            self.names[where] = f"exports.{name}"

    def written(self, function: FunctionId, temp: Temp) -> frozenset[str]:
        """How a value is written, here and where it was put into a variable or field."""
        name = self.names.get((function, temp), "")
        place = self._kept_in.get((function, temp))
        return frozenset({name}) if place is None else frozenset({name, *self._put_into[place]})

    def _note_name(self, function: FunctionId, operation: graph.Operation) -> None:
        match operation:
            case graph.LoadVariable(out=out, variable=variable):
                self.names[(function, out)] = _name_of(self._program.variables[variable])
                self._kept_in[(function, out)] = variable
            case graph.LoadMember(out=out, base=base, name=name):
                self.names[(function, out)] = _member(self.names.get((function, base), ""), name)
                self._kept_in[(function, out)] = name
            case graph.LoadElement(out=out, base=base):
                self.names[(function, out)] = f"{self.names.get((function, base), '')}.{ANY}"
            case (
                graph.StoreVariable(variable=place, value=value)
                | graph.StoreMember(name=place, value=value)
            ) if (function, value) in self.names:
                self._put_into[place].add(self.names[(function, value)])
            case graph.Literal(out=out, kind=graph.LiteralKind.STRING, text=text):
                self._texts[(function, out)] = text
            case graph.Call(out=out, receiver=int(base), method=str(name)):
                receiver = self.names.get((function, base), "")
                self.names[(function, out)] = f"{receiver}.{name}()"
                texts = [self._texts.get((function, a.value)) for a in operation.arguments]
                if texts[-1:] != [None] and _gives_exports(receiver, name):
                    self._fetch((function, out), str(texts[-1] if texts else ""))
            case graph.Suspend(out=out, value=value):
                self.names[(function, out)] = self.names.get((function, value), "")

    def _note_argument(
        self, function: FunctionId, operation: graph.Operation, loaded: dict[Temp, VariableId]
    ) -> None:
        if not isinstance(operation, graph.Call):
            return
        first = operation.arguments[:1]
        is_store = any(STORE.search(self.names.get((function, a.value), "")) for a in first)
        for receiver, name in self.called(function, operation):
            for index, argument in enumerate(operation.arguments, -1 if is_store else 0):
                if argument.value in loaded:
                    self.given[loaded[argument.value]].add((name, index, receiver))

    def called(self, function: FunctionId, call: graph.Call) -> Iterator[tuple[str, str]]:
        """How the receiver is written, and the method: `e.free(p)`; `f = e.free`, `f(p)`."""
        if call.receiver is not None and call.method is not None:
            for written in self.written(function, call.receiver):
                yield written, call.method
            yield from map(_split, self._put_into.get(call.method, ()))
        elif call.callee is not None:
            yield from map(_split, self.written(function, call.callee))

    def _note_member(self, operation: graph.Operation, loaded: dict[Temp, VariableId]) -> None:
        match operation:
            case graph.Call(receiver=int(base), method=str(name), arguments=()) if base in loaded:
                self.members[loaded[base]].add(name)
            case graph.LoadMember(base=base, name=name) if base in loaded:
                self.members[loaded[base]].add(name)
            case graph.Call(callee=int(callee), arguments=arguments) if callee in loaded:
                for index, argument in enumerate(arguments):
                    if argument.value in loaded:
                        self._passed.append((loaded[callee], index, loaded[argument.value]))

    def _is_synthetic(self, variable: VariableId) -> bool:
        return self._program.variables[variable].kind is graph.VariableKind.SYNTHETIC
