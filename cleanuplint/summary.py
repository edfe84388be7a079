"""What the other files of a project need to know of one: its exports, as a contract.

A function that returns a resource is a factory, one that releases its parameter consumes it, a
class that keeps a resource and releases it in a method is a resource, an exported object is an
object of its class. Written as a contract, all of it is understood by the analysis of whoever
imports the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from cleanuplint.contracts.model import Contract, ResourceClass, Returned
from cleanuplint.findings import Confidence
from cleanuplint.flow.acquisitions import Acquisitions
from cleanuplint.flow.graph import ClassId, ExitKind, Export, FunctionId
from cleanuplint.flow.places import place_of_variable
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.solver import Solver
from cleanuplint.flow.state import Phase, State
from cleanuplint.flow.trace import Duty, Subject
from cleanuplint.flow.values import Instance, LocalClass, LocalFunction, LocalInstance, Values


def summarise(name: str, scope: Scope, solver: Solver, acquired: Acquisitions) -> Contract:
    """The contract of a file; `name` is its path as the user knows it."""
    draft = _Draft(name, scope, solver, acquired)
    for export in scope.program.exports:
        if export.module is None:
            draft.add(export)
        else:
            for contract in scope.registry.by_module(export.module):
                draft.pass_on(export, contract)
    return draft.contract()


@dataclass(slots=True)
class _Draft:
    name: str
    scope: Scope
    solver: Solver
    acquired: Acquisitions
    default: str | None = None
    classes: dict[str, ResourceClass] = field(default_factory=dict)
    functions: dict[str, Returned] = field(default_factory=dict)
    consumes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    values: dict[str, Returned] = field(default_factory=dict)

    def contract(self) -> Contract:
        return Contract(
            name=self.name,
            source=self.name,
            default=self.default,
            classes=self.classes,
            functions=self.functions,
            consumes=self.consumes,
            values=self.values,
            confidence=Confidence.LIKELY,
        )

    def add(self, export: Export) -> None:
        name = export.local if export.name == "default" else export.name
        for value in self._values(export.local):
            match value:
                case LocalFunction(function):
                    self._add_function(name, function)
                case LocalClass(cls):
                    self._add_class(name, cls)
                case LocalInstance(cls):
                    cls_name = self.scope.program.classes[cls].name
                    self._add_class(cls_name, cls)
                    if cls_name in self.classes:
                        self.values[name] = Returned(cls_name, owned=False)
                case Instance(contract, cls_name):
                    self._add_known(contract, cls_name)
                    self.values[name] = Returned(cls_name, owned=False)
        known = name in self.functions or name in self.classes or name in self.values
        if export.name == "default" and (known or name in self.consumes):
            self.default = name

    def _values(self, local: str) -> Values:
        """What the module-level name may be."""
        program = self.scope.program
        found: set[object] = set()
        for variable in program.variables:
            if variable.name == local and variable.owner == program.module:
                found.update(self.scope.evidence.of_variable(variable.id))
        for function in program.functions:
            if function.name == local and function.parent == program.module and not found:
                found.add(LocalFunction(function.id))
        return frozenset(found)  # type: ignore[arg-type]

    def pass_on(self, export: Export, theirs: Contract) -> None:
        """`export {a as b} from 'm'`, `export * from 'm'`."""
        local = theirs.default if export.local == "default" else export.local
        for name, cls in theirs.classes.items():
            if local in ("*", name):
                self._include(cls, name if local == "*" else export.name)
        for name, result in theirs.functions.items():
            if local in ("*", name):
                self.functions[name if local == "*" else export.name] = result
                self._include_result(theirs, result)
        for name, result in theirs.values.items():
            if local in ("*", name):
                self.values[name if local == "*" else export.name] = result
                self._include_result(theirs, result)
        for name, taken in theirs.consumes.items():
            if local in ("*", name):
                self.consumes[name if local == "*" else export.name] = taken

    # ── functions ───────────────────────────────────────────────────────────────────────────────

    def _add_function(self, name: str, function: FunctionId) -> None:
        result = self._result(function)
        if result is not None:
            self.functions[name] = result
        taken = tuple(self._released_parameters(function))
        if taken:
            self.consumes[name] = taken

    def _result(self, function: FunctionId) -> Returned | None:
        for cls, _, suffix in self.acquired.returned(function):
            if not suffix:
                self._include(cls)
                return Returned(cls.name)
        for value in self.scope.evidence.of_result(function):
            if isinstance(value, Instance):
                self._add_known(value.contract, value.name)
                return Returned(value.name, owned=False)
        return None

    def _released_parameters(self, function: FunctionId) -> Iterator[int]:
        item = self.scope.program.functions[function]
        names = self.scope.registry.release_names
        subject = Subject(ResourceClass("resource", self.name, releases=names), Duty.RELEASE)
        for index, parameter in enumerate(item.parameters):
            state = State(Phase.OPEN, frozenset({place_of_variable(parameter)}))
            trace = self.solver.enter(function, subject, state, depth=1)
            if trace is None or trace.gave_up:
                continue
            ends = [one.state.phase for one in trace.exits if one.kind is ExitKind.NORMAL]
            if ends and all(phase is Phase.DONE for phase in ends):
                yield index

    # ── classes ─────────────────────────────────────────────────────────────────────────────────

    def _add_class(self, name: str, cls: ClassId) -> None:
        if name in self.classes:
            return
        known_as = self._resource(name, cls)
        self.classes[name] = known_as
        methods = self.scope.program.classes[cls].methods
        results = {method: self._result(function) for method, function in methods.items()}
        known = {method: result for method, result in results.items() if result is not None}
        if known_as.releases or known_as.fills or known:
            self.classes[name] = replace(known_as, methods=known)
        else:
            del self.classes[name]

    def _resource(self, name: str, cls: ClassId) -> ResourceClass:
        """What an object of the class owes its users: a release, a clear after each fill."""
        owner, buffered = self.acquired.wrapper(cls), self.acquired.guests.buffered(cls)
        return ResourceClass(
            name,
            self.name,
            finalized=owner is not None and owner.finalized,
            releases=owner.releases if owner is not None else frozenset(),
            fills=buffered.fills if buffered is not None else frozenset(),
            clears=buffered.clears if buffered is not None else frozenset(),
        )

    def _add_known(self, contract: str, name: str) -> None:
        self._include(self.scope.registry.cls(contract, name))

    def _include(self, cls: ResourceClass, name: str | None = None) -> None:
        """Enter a class of another contract, with all that its methods return."""
        if (name or cls.name) in self.classes:
            return
        theirs = self.scope.registry.find(cls.contract)
        if theirs is not None and (theirs.is_derived or theirs.confidence is not Confidence.SURE):
            cls = replace(cls, contract=self.name)  # importers of this file don't know theirs
        self.classes[name or cls.name] = cls
        for result in cls.methods.values() if theirs is not None else ():
            self._include_result(theirs, result)

    def _include_result(self, theirs: Contract | None, result: Returned) -> None:
        if theirs is not None and result.name in theirs.classes:
            self._include(theirs.classes[result.name])
