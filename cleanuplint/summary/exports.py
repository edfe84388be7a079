"""The contract of a file, put together export by export."""

from dataclasses import dataclass, field, replace

from cleanuplint.contracts.model import Contract, ResourceClass, Returned, Treatment
from cleanuplint.findings import Confidence
from cleanuplint.flow.graph import ClassId, Export, FunctionId, TypeName
from cleanuplint.flow.values import (
    ClassOf,
    FunctionOf,
    Instance,
    LocalClass,
    LocalFunction,
    LocalInstance,
    Namespace,
    Value,
)
from cleanuplint.summary.arguments import Analysed, Arguments
from cleanuplint.summary.classes import Classes


def summarise(name: str, analysed: Analysed) -> Contract:
    """The contract of a file; `name` is its path as the user knows it."""
    draft = _Draft(name, analysed)
    for export in analysed.scope.program.exports:
        if export.module is None:
            draft.add(export)
        else:
            for contract in analysed.scope.registry.by_module(export.module):
                draft.pass_on(export, contract)
    return draft.contract()


@dataclass(slots=True)
class _Draft:
    name: str
    analysed: Analysed
    default: str | None = None
    exported: dict[str, ResourceClass] = field(default_factory=dict)
    functions: dict[str, Returned] = field(default_factory=dict)
    consumes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    values: dict[str, Returned] = field(default_factory=dict)
    treatments: dict[str, Treatment] = field(default_factory=dict)
    arguments: Arguments = field(init=False)
    classes: Classes = field(init=False)

    def __post_init__(self) -> None:
        self.arguments = Arguments(self.analysed)
        self.classes = Classes(self.name, self.analysed, self.arguments)

    def contract(self) -> Contract:
        own = self.classes.all()
        described = {n: self._described(cls, own) for n, cls in self.exported.items()}
        exported = {n: cls for n, cls in described.items() if cls is not None}
        return Contract(
            name=self.name,
            source=self.name,
            default=self.default if self._says(self.default, exported) else None,
            classes=own | exported,
            functions={n: r for n, r in self.functions.items() if self._is_told(r, own)},
            consumes=self.consumes,
            values={n: r for n, r in self.values.items() if self._is_told(r, own)},
            treatments=self.treatments,
            hidden=frozenset(own.keys() - exported.keys()),
            confidence=Confidence.LIKELY,
        )

    def _described(self, cls: ResourceClass, own: dict[str, ResourceClass]) -> ResourceClass | None:
        return own.get(cls.name) if cls.contract == self.name else cls

    def _is_told(self, result: Returned, own: dict[str, ResourceClass]) -> bool:
        return bool(result.contract) or result.name in own

    def _says(self, name: str | None, exported: dict[str, ResourceClass]) -> bool:
        tables = (exported, self.functions, self.consumes, self.values, self.treatments)
        return any(name in table for table in tables)

    # ── what is defined here ────────────────────────────────────────────────────────────────────

    def add(self, export: Export) -> None:
        name = export.local if export.name == "default" else export.name
        for value in self._values(export.local):
            self._add(name, value)
        if export.local in self.analysed.scope.program.types:
            self._add_type(name, export.local)
        if export.name == "default":
            self.default = name

    def _add(self, name: str, value: Value) -> None:
        registry = self.analysed.scope.registry
        match value:
            case LocalFunction(function):
                self._add_function(name, function)
            case LocalClass(cls):
                self._add_class(name, cls)
            case LocalInstance(cls):
                self.classes.add(cls)
                self.values[name] = self.classes.reference(cls, owned=False)
            case Instance(contract, cls_name):
                known = registry.cls(contract, cls_name)
                self.values[name] = Returned(known.name, owned=False, contract=known.contract)
            case Namespace(contract):
                self.values[name] = Returned("module", owned=False, contract=contract)
            case ClassOf(contract, cls_name):
                self.exported[name] = registry.cls(contract, cls_name)
            case FunctionOf(contract, function_name):
                self._pass_function(registry.contract(contract), function_name, name)

    def _add_type(self, name: str, local: str) -> None:
        """`export type A = B`, `export interface I { field: B }`."""
        registry, names = self.analysed.scope.registry, self.analysed.scope.evidence.names
        for value in names.of_type(TypeName((local,))):
            match value:
                case Instance(contract, cls_name):
                    self.exported[name] = registry.cls(contract, cls_name)
                    return
                case LocalInstance(cls):
                    self._add_class(name, cls)
                    return
        self.exported[name] = self.classes.add_type(local)

    def _values(self, local: str) -> frozenset[Value]:
        """What the module-level name may be."""
        program, evidence = self.analysed.scope.program, self.analysed.scope.evidence
        found: set[Value] = set()
        for variable in program.variables:
            if variable.name == local and variable.owner == program.module:
                found.update(evidence.of_variable(variable.id))
        if not found:
            for function in program.functions:
                if function.name == local and function.parent == program.module:
                    found.add(LocalFunction(function.id))
        for cls in program.classes:
            if cls.name == local:
                found.add(LocalClass(cls.id))
        return frozenset(found)

    def _add_function(self, name: str, function: FunctionId) -> None:
        result = self.classes.result(function)
        if result is not None:
            self.functions[name] = result
        taken, self.treatments[name] = self.arguments.of(function)
        if taken:
            self.consumes[name] = taken

    def _add_class(self, name: str, cls: ClassId) -> None:
        self.exported[name] = self.classes.add(cls)

    # ── what is passed on ───────────────────────────────────────────────────────────────────────

    def pass_on(self, export: Export, theirs: Contract) -> None:
        """`export {a as b} from 'm'`, `export * from 'm'`, `export * as c from 'm'`."""
        if export.local == "*" and export.name != "*":
            self.values[export.name] = Returned("module", owned=False, contract=theirs.name)
            return
        local = theirs.default if export.local == "default" else export.local
        for name, cls in theirs.classes.items():
            if local in ("*", name) and name not in theirs.hidden:
                self.exported[name if local == "*" else export.name] = cls
        for name, value in theirs.values.items():
            if local in ("*", name):
                self.values[name if local == "*" else export.name] = _of(theirs, value)
        for name in {*theirs.functions, *theirs.consumes, *theirs.treatments}:
            if local in ("*", name):
                self._pass_function(theirs, name, name if local == "*" else export.name)
        if export.name == "default":
            self.default = "default"

    def _pass_function(self, theirs: Contract, name: str, shown: str) -> None:
        if name in theirs.functions:
            self.functions[shown] = _of(theirs, theirs.functions[name])
        if name in theirs.consumes:
            self.consumes[shown] = theirs.consumes[name]
        if name in theirs.treatments:
            self.treatments[shown] = theirs.treatments[name]


def _of(contract: Contract, result: Returned) -> Returned:
    """The result, as another contract refers to it."""
    return result if result.contract else replace(result, contract=contract.name)
