"""What names say: imports, well-known globals, type annotations, classes of the file."""

from collections.abc import Mapping
from functools import cache

from cleanuplint.contracts.model import Contract
from cleanuplint.contracts.registry import Registry
from cleanuplint.findings import Confidence
from cleanuplint.flow import graph
from cleanuplint.flow.graph import ClassId, FunctionId, Program, Variable, VariableId
from cleanuplint.flow.values import (
    NOTHING,
    ClassOf,
    FunctionOf,
    Instance,
    LocalInstance,
    Namespace,
    ObjectOf,
    Value,
    Values,
    exported,
    published,
    weakened,
)

SUPER = "super "


def member(module: str, name: str) -> str:
    """`.host` is what Python's `from . import host` may mean."""
    return f"{module}{name}" if module.endswith(".") else f"{module}.{name}"


class Names:
    """Resolves the names of one program."""

    def __init__(self, program: Program, registry: Registry) -> None:
        self.program = program
        self.registry = registry
        self._classes = _classes_by_name(program)
        self._imported_variables = _imported_variables(program)
        self._wholesale = tuple(
            export.module for export in program.exports if export.local == "*" and export.module
        )
        """Modules all of whose names the file has."""
        self.of_type = cache(self._find_type)
        self.of_field = cache(self._find_field)

    def of_variable(self, variable: Variable) -> Values:
        """What a variable may be by its name alone."""
        if variable.kind is graph.VariableKind.CLASS:
            return NOTHING
        if variable.kind is graph.VariableKind.GLOBAL and self._wholesale:
            return self._from_everything(variable.name)
        return frozenset(
            value
            for contract in self.registry.by_name(variable.name)
            if contract.modules or variable.id not in self._imported_variables
            for value in published(contract, variable.name)
        )

    def _from_everything(self, name: str) -> Values:
        """What the name is where it comes from a `from … import *`."""
        return frozenset(v for module in self._wholesale for v in self.imported(module, name))

    def imported(self, module: str, name: str) -> Values:
        """What an import of the name from the module gives."""
        found: set[Value] = set()
        for contract in self.registry.by_module(module):
            found.update(frozenset(exported(contract, name)) or _unnamed(contract, name))
        for contract in self.registry.by_module(member(module, name)):
            if contract.confidence is not Confidence.SURE:  # a file of the project, not a library
                found.update(exported(contract, "*"))
        return frozenset(found)

    def _find_type(self, named: graph.TypeName, seen: frozenset[str] = frozenset()) -> Values:
        """The instances that a type name stands for."""
        path = named.path
        if named.module:
            return _instances(self._within(self.imported(named.module, path[0]), path[1:]))
        known = self.program.types.get(path[0]) if len(path) == 1 else None
        if known is not None and path[0] not in seen:
            inner = (one for one in known.types if not one.container)
            found = (self.of_type(one, seen | {path[0]}) for one in inner)
            return frozenset({ObjectOf(path[0])}).union(*found)
        return self._of_name(path)

    def _find_field(self, type_name: str, name: str, container: bool) -> Values:
        """What a field of an interface of the file holds; the elements, if it is a container."""
        known = self.program.types.get(type_name, graph.NamedType())
        types = (one for one in known.fields.get(name, ()) if one.container is container)
        return NOTHING.union(*map(self.of_type, types))

    def _of_name(self, path: tuple[str, ...]) -> Values:
        values: Values = self._within(self._classes.get(path[0], NOTHING), path[1:])
        for binding in self.program.imports:
            names = tuple(self.program.variables[binding.variable].name.split("."))
            if path[: len(names)] == names:
                found = self.imported(binding.module, binding.name)
                values = values.union(self._within(found, path[len(names) :]))
        if not values:
            values = self._within(self._from_everything(path[0]), path[1:])
        for contract in self.registry.by_name(path[0]):
            if contract.modules:
                found = frozenset(published(contract, path[0]))
                values = values.union(self._within(found, path[1:]))
        return _instances(values)

    def _within(self, values: Values, names: tuple[str, ...]) -> Values:
        for name in names:
            values = frozenset(v for value in values for v in self.of_export(value, name))
        return values

    def of_export(self, value: Value, name: str) -> Values:
        """A member of a namespace, or of a class that stands for its library."""
        match value:
            case Namespace(contract, confidence, within):
                library = self.registry.contract(contract)
                return weakened(confidence, exported(library, within + name))
            case ClassOf(contract, cls, confidence):
                library = self.registry.contract(contract)
                if cls == library.default:
                    return weakened(confidence, exported(library, name))
        return NOTHING

    def method(self, cls: ClassId, name: str) -> FunctionId | None:
        """The method of a class of the file, its own or one that it inherits from another.

        `super close` is the method that `super().close` means.
        """
        of_super = name.startswith(SUPER)
        name = name.removeprefix(SUPER)
        seen: set[ClassId] = set()
        current: ClassId | None = self.superclass(cls) if of_super else cls
        while current is not None and current not in seen:
            seen.add(current)
            method = self.program.classes[current].methods.get(name)
            if method is not None:
                return method
            current = self.superclass(current)
        return None

    def superclass(self, cls: ClassId) -> ClassId | None:
        """The superclass, where the file defines it."""
        named = self._classes.get(".".join(self.program.classes[cls].superclass), NOTHING)
        return next((v.cls for v in named if isinstance(v, LocalInstance)), None)

    def bases(self, cls: ClassId) -> tuple[Instance, ...]:
        """The classes of libraries and other files that a class of the file extends."""
        seen: set[ClassId] = set()
        current: ClassId | None = cls
        while current is not None and current not in seen:
            seen.add(current)
            outermost, current = current, self.superclass(current)
        path = self.program.classes[outermost].superclass
        found = self._of_name(path) if path and current is None else NOTHING
        return tuple(value for value in found if isinstance(value, Instance))


def _instances(values: Values) -> Values:
    """What an object of the type is, where these are what the name of the type stands for."""
    return frozenset(
        Instance(v.contract, v.name, Confidence.LIKELY) if isinstance(v, ClassOf) else v
        for v in values
        if isinstance(v, ClassOf | LocalInstance | Namespace)
    )


def _unnamed(contract: Contract, name: str) -> Values:
    """What a library exports and its contract does not name borrows what it is given."""
    if contract.confidence is not Confidence.SURE or name in ("*", "default"):
        return NOTHING
    return frozenset({FunctionOf(contract.name, name, Confidence.SURE)})


def _classes_by_name(program: Program) -> Mapping[str, Values]:
    return {cls.name: frozenset({LocalInstance(cls.id)}) for cls in program.classes if cls.name}


def _imported_variables(program: Program) -> frozenset[VariableId]:
    """Variables that hold what an import or `require` gives."""
    found = {binding.variable for binding in program.imports}
    for function in program.functions:
        for block in function.blocks:
            given = {op.out for op in block.operations if isinstance(op, graph.Import)}
            for operation in block.operations if given else ():
                if isinstance(operation, graph.StoreVariable) and operation.value in given:
                    found.add(operation.variable)
    return frozenset(found)
