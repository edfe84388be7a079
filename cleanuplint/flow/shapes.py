"""Evidence by use: what a value of unknown origin must be, as its members are used.

    const stmt = this.client.prepare(sql);   // who knows what `client` is
    stmt.free();                             // but this is a WASM handle, and ours to release

Counts only where nothing better is known: for the result of a call or `new` that a variable
keeps, and for the receiver of a call.
"""

from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase

from cleanuplint.contracts.model import ResourceClass
from cleanuplint.contracts.registry import Registry
from cleanuplint.flow import graph, words
from cleanuplint.flow.graph import FunctionId, Program, Temp, VariableId


class Shapes:
    """Looks up classes by the members of a value."""

    def __init__(self, program: Program, registry: Registry) -> None:
        self._telling = tuple(_telling(program, registry))
        self._reading = _Reading(program) if self._telling else None

    def of_result(self, function: FunctionId, call: graph.Call) -> ResourceClass | None:
        """The class of what a call of an unknown callee returns."""
        if self._reading is None or call.method in words.ELEMENT_GETTERS:
            return None
        variables = self._reading.kept.get((function, call.out), frozenset())
        members = {name for v in variables for name in self._reading.members.get(v, ())}
        for cls, makers in self._telling:
            telling = cls.is_owned and members & cls.distinctive
            if telling and (not makers or call.method in makers):
                return cls
        return None

    def of_member(self, function: FunctionId, base: Temp, name: str) -> Iterator[ResourceClass]:
        """The classes that an object may have by the member that it is asked for."""
        for cls, makers in self._telling:
            if name in cls.distinctive and not cls.releases and not makers:
                if not cls.receivers or self._is_called(function, base, cls.receivers):
                    yield cls

    def _is_called(self, function: FunctionId, base: Temp, patterns: tuple[str, ...]) -> bool:
        name = self._reading.names.get((function, base), "") if self._reading is not None else ""
        return any(fnmatchcase(name, pattern) for pattern in patterns)


def _telling(
    program: Program, registry: Registry
) -> Iterator[tuple[ResourceClass, frozenset[str]]]:
    """Classes known by their members, each with the methods that make it.

    Those of libraries that the file imports or names, and of contracts bound to no library.
    """
    named = {variable.name for variable in program.variables}
    modules = _imported(program)
    present = {contract.name for module in modules for contract in registry.by_module(module)}
    for contract in registry.contracts:
        anywhere = not contract.modules and not contract.globals
        if anywhere or contract.name in present or named.intersection(contract.globals):
            for cls in contract.classes.values():
                if cls.distinctive:
                    makers = (
                        method
                        for maker in contract.classes.values()
                        for method, result in maker.methods.items()
                        if result.name == cls.name
                    )
                    yield cls, frozenset(makers)


def _imported(program: Program) -> set[str]:
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
        """What the value of an expression is called: its variable, member or method."""
        self._program = program
        self._defined: dict[VariableId, FunctionId] = {}
        self._passed: list[tuple[VariableId, int, VariableId]] = []
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
                self._note_name(function.id, operation)
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

    def _note_name(self, function: FunctionId, operation: graph.Operation) -> None:
        match operation:
            case graph.LoadVariable(out=out, variable=variable):
                self.names[(function, out)] = self._program.variables[variable].name
            case graph.LoadMember(out=out, name=name) | graph.Call(out=out, method=str(name)):
                self.names[(function, out)] = name
            case graph.Suspend(out=out, value=value):
                self.names[(function, out)] = self.names.get((function, value), "")

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
