"""What a value may be: evidence of class for every expression of a file.

Answers "which library class may the receiver of this call be an instance of, and how sure is
that", nothing about duties. `inference.infer` finds it out; this module is asked.
"""

from collections.abc import Iterator

from cleanuplint.contracts.model import ResourceClass, Returned, Treatment
from cleanuplint.contracts.registry import Registry
from cleanuplint.findings import Confidence
from cleanuplint.flow import graph
from cleanuplint.flow.graph import ClassId, FunctionId, Program, Temp, VariableId
from cleanuplint.flow.names import Names
from cleanuplint.flow.shapes import Shapes
from cleanuplint.flow.slots import Slot, Table
from cleanuplint.flow.values import (
    NOTHING,
    ClassOf,
    FunctionOf,
    Instance,
    LocalClass,
    LocalFunction,
    LocalInstance,
    MethodOf,
    Namespace,
    ObjectOf,
    Record,
    Value,
    Values,
    of_returned,
    ordered,
)

MAKING = frozenset({graph.CallForm.NEW, graph.CallForm.CALL_OR_NEW})
"""Forms of call that may make an object."""


class Evidence:
    """Look-ups by variable, temp and call."""

    def __init__(self, program: Program, registry: Registry) -> None:
        self.program = program
        self.registry = registry
        self.names = Names(program, registry)
        self.shapes = Shapes(program, registry)
        self.table = Table()

    @property
    def knows_library(self) -> bool:
        """Some value comes from a library: without any there is nothing to find out."""
        return self.table.knows_library

    def knows_resource(self) -> bool:
        """Some value is an object with a duty, not just of a library."""
        return any(
            cls.is_owned or cls.clears or cls.fills
            for cls, _ in self.instances(frozenset(self.table.all()))
        )

    def of(self, function: FunctionId, temp: Temp) -> Values:
        return self.table[("temp", function, temp)]

    def of_variable(self, variable: VariableId) -> Values:
        return self.table[("variable", variable)]

    def of_result(self, function: FunctionId) -> Values:
        """What a function of this file may return."""
        return self.table[("return", function)]

    def of_field(self, cls: ClassId, name: str) -> Values:
        return self.table[("field", cls, name)]

    def elements(self, function: FunctionId, temp: Temp) -> Values:
        return self.table[("elements", function, temp)]

    def functions_of(self, function: FunctionId, temp: Temp) -> tuple[FunctionId, ...]:
        """The functions of this file that a value may be."""
        values = ordered(self.of(function, temp))
        return tuple(value.function for value in values if isinstance(value, LocalFunction))

    def instances(self, values: Values) -> Iterator[tuple[ResourceClass, Confidence]]:
        for value in ordered(values):
            if isinstance(value, Instance):
                yield self.registry.cls(value.contract, value.name), value.confidence

    def callees(self, function: FunctionId, call: graph.Call) -> tuple[FunctionId, ...]:
        """The functions of this file that the call may run."""
        found = []
        for value in ordered(self.called(function, call)):
            match value:
                case LocalFunction(target):
                    found.append(target)
                case LocalClass(cls):
                    constructor = self.names.method(cls, "constructor")
                    if constructor is not None:
                        found.append(constructor)
        return tuple(dict.fromkeys(found))

    def constructed(self, function: FunctionId, call: graph.Call) -> tuple[ClassId, ...]:
        """The classes of this file that the call makes an object of."""
        if call.form not in MAKING:
            return ()
        called = ordered(self.called(function, call))
        return tuple(value.cls for value in called if isinstance(value, LocalClass))

    def makes_object(self, function: FunctionId, call: graph.Call) -> bool:
        """The call is that of a class, as far as anybody can tell."""
        if call.form is not graph.CallForm.CALL_OR_NEW:
            return call.form is graph.CallForm.NEW
        return any(isinstance(v, LocalClass | ClassOf) for v in self.called(function, call))

    def returned(
        self, function: FunctionId, call: graph.Call
    ) -> Iterator[tuple[Returned, str, Confidence]]:
        """What contracts say the call gives: the result, its contract, and how sure that is."""
        called = ordered(self.called(function, call))
        if not called and not self._is_known_receiver(function, call):
            shape = self.shapes.of_result(function, call)
            if shape is not None:
                yield Returned(shape.name), shape.contract, Confidence.LIKELY
        if call.form in MAKING:
            for value in called:
                if isinstance(value, ClassOf):
                    cls = self.registry.cls(value.contract, value.name)
                    owned = cls.constructor or self._wraps_resource(function, call, cls)
                    yield Returned(cls.name, owned), cls.contract, value.confidence
        if call.form is graph.CallForm.NEW:
            return
        for value in called:
            if isinstance(value, FunctionOf):
                known = self.registry.contract(value.contract).functions.get(value.name)
                if known is not None:
                    yield known, known.contract or value.contract, value.confidence
            elif isinstance(value, MethodOf):
                owner = self.registry.cls(value.contract, value.cls)
                result = owner.methods.get(value.name)
                if result is not None:
                    yield result, result.contract or owner.contract, value.confidence
        if call.receiver is None or call.method is None:
            return
        for owner, confidence in self._owners(self.of(function, call.receiver)):
            result = owner.methods.get(call.method)
            if result is not None:
                yield result, result.contract or owner.contract, confidence

    def _wraps_resource(self, function: FunctionId, call: graph.Call, cls: ResourceClass) -> bool:
        """The object is given a resource that it will release with itself."""
        given = (call.arguments[i].value for i in cls.wraps if i < len(call.arguments))
        return any(
            one.is_owned for temp in given for one, _ in self.instances(self.of(function, temp))
        )

    def consumed(self, function: FunctionId, call: graph.Call) -> frozenset[int]:
        """Indices of the arguments that the callee takes or releases; -1 is the receiver."""
        taken: set[int] = set()
        for value in self.called(function, call):
            if isinstance(value, FunctionOf):
                taken.update(self.registry.contract(value.contract).consumes.get(value.name, ()))
            elif isinstance(value, MethodOf):
                owner = self.registry.cls(value.contract, value.cls)
                taken.update(owner.consumes.get(value.name, ()))
            elif isinstance(value, ClassOf) and call.form in MAKING:
                owner = self.registry.cls(value.contract, value.name)
                taken.update(owner.consumes.get("constructor", ()))
        if call.receiver is not None and call.method is not None:
            for owner, _ in self._owners(self.of(function, call.receiver)):
                taken.update(owner.consumes.get(call.method, ()))
        return frozenset(taken.union(self._ended(function, call)))

    def _ended(self, function: FunctionId, call: graph.Call) -> Iterator[int]:
        """Arguments on which a function of another file calls what releases them."""
        for treatment in self.treatments(function, call):
            for index, methods in treatment.calls.items():
                if index < len(call.arguments):
                    given = self.of(function, call.arguments[index].value)
                    if any(cls.releases & methods for cls, _ in self.instances(given)):
                        yield index

    def gives_itself(self, function: FunctionId, call: graph.Call) -> bool:
        """A method of a builder: what it gives is of the object's own class, and nothing new."""
        if call.receiver is None or call.method is None:
            return False
        owners = self._owners(self.of(function, call.receiver))
        itself = ((owner.methods.get(call.method), owner.name) for owner, _ in owners)
        return any(it is not None and it.name == name and not it.owned for it, name in itself)

    def adopted(self, function: FunctionId, call: graph.Call) -> frozenset[int]:
        """Indices of the arguments that the callee or its object owns from then on."""
        taken = {i for one in self.treatments(function, call) for i in one.takes}
        if call.receiver is not None and call.method is not None:
            for owner, _ in self._owners(self.of(function, call.receiver)):
                taken.update(owner.adopts.get(call.method, ()))
        return frozenset(taken)

    def treatments(self, function: FunctionId, call: graph.Call) -> Iterator[Treatment]:
        """What the functions of other files that the call may run do to its arguments."""
        found: list[Treatment | None] = []
        for value in self.called(function, call):
            match value:
                case FunctionOf(contract, name) if call.form is not graph.CallForm.NEW:
                    found.append(self.registry.contract(contract).treatments.get(name))
                case MethodOf(contract, cls, name):
                    found.append(self.registry.cls(contract, cls).treatments.get(name))
                case ClassOf(contract, name) if call.form in MAKING:
                    known = self.registry.cls(contract, name).treatments
                    found.append(known.get("constructor"))
        if call.receiver is not None and call.method is not None:
            for owner, _ in self._owners(self.of(function, call.receiver)):
                found.append(owner.treatments.get(call.method))
        return (one for one in found if one is not None)

    def is_quiet(self, function: FunctionId, call: graph.Call) -> bool:
        """Contracts say of all that the call may run that it can't practically throw."""
        said = [*self._quiet_callees(function, call)]
        if not said and call.receiver is not None and call.method is not None:
            owners = self._owners(self.of(function, call.receiver))
            said = [owner.is_quiet(call.method) for owner, _ in owners]
        return bool(said) and all(said)

    def _quiet_callees(self, function: FunctionId, call: graph.Call) -> Iterator[bool]:
        for value in self.called(function, call):
            match value:
                case MethodOf(contract, cls, name):
                    yield self.registry.cls(contract, cls).is_quiet(name)
                case ClassOf(contract, name) if self.makes_object(function, call):
                    yield self.registry.contract(contract).is_quiet(f"new {name}")
                case FunctionOf(contract, name):
                    yield self.registry.contract(contract).is_quiet(name)

    def is_library_call(self, function: FunctionId, call: graph.Call) -> bool:
        """The callee belongs to a library with a contract: it borrows unless it says it takes."""
        if any(self._is_of_library(value) for value in self.called(function, call)):
            return True
        if call.receiver is None:
            return False
        return any(self._is_of_library(value) for value in self.of(function, call.receiver))

    def _is_of_library(self, value: Value) -> bool:
        """Of a library, all is known; of another file of the project, only what it releases."""
        if not isinstance(value, Namespace | ClassOf | FunctionOf | MethodOf | Instance):
            return False
        return self.registry.contract(value.contract).confidence is Confidence.SURE

    def is_made_in(self, function: FunctionId, temp: Temp) -> bool:
        """The value is an object or array literal, or an instance, that the function made."""
        return any(
            isinstance(v, Record) and v.function == function for v in self.of(function, temp)
        )

    def is_record(self, function: FunctionId, temp: Temp) -> bool:
        """The value is an object or array literal of this file."""
        return any(isinstance(v, Record) for v in self.of(function, temp))

    def is_known_local(self, values: Values) -> bool:
        """The value is a class, function or instance of this file, or a library's namespace."""
        known = (LocalInstance, LocalClass, LocalFunction, Namespace, ClassOf, FunctionOf, Record)
        return any(isinstance(value, known) for value in values)

    def _is_known_receiver(self, function: FunctionId, call: graph.Call) -> bool:
        """A contract knows the receiver, and with it what the call returns."""
        if call.receiver is None:
            return False
        return any(cls.methods for cls, _ in self._owners(self.of(function, call.receiver)))

    def _owners(self, values: Values) -> Iterator[tuple[ResourceClass, Confidence]]:
        for value in ordered(values):
            if isinstance(value, Instance | ClassOf):
                yield self.registry.cls(value.contract, value.name), value.confidence

    # ── members and callees ─────────────────────────────────────────────────────────────────────

    def called(self, where: FunctionId, call: graph.Call) -> Values:
        """What the callee of a call may be."""
        if call.callee is not None:
            return self.of(where, call.callee)
        if call.receiver is None or call.method is None:
            return NOTHING
        found: set[Value] = set()
        for value in self.of(where, call.receiver):
            if isinstance(value, LocalInstance | LocalClass | Namespace):
                found.update(self.member(value, call.method))
            for slot in self.slots(value, call.method):
                found.update(self.table[slot])
        return frozenset(found)

    def member(self, value: Value, name: str) -> Values:
        """What a member of the value is by its definition, whatever is stored in it."""
        match value:
            case Namespace() | ClassOf():
                return self.names.of_export(value, name)
            case Instance(contract, cls, confidence):
                owner = self.registry.cls(contract, cls)
                result = owner.methods.get(name)
                if result is not None and not result.many:
                    return of_returned(result, owner.contract, confidence)
            case LocalInstance(cls) | LocalClass(cls):
                return self._method(cls, name)
            case ObjectOf(type_name):
                return self.names.of_field(type_name, name, container=False)
        return NOTHING

    def member_elements(self, value: Value, name: str) -> Values:
        """What a member of the value holds, where it is a collection by its definition."""
        match value:
            case Instance(contract, cls, confidence):
                owner = self.registry.cls(contract, cls)
                result = owner.methods.get(name)
                if result is not None and result.many:
                    return of_returned(result, owner.contract, confidence)
            case ObjectOf(type_name):
                return self.names.of_field(type_name, name, container=True)
        return NOTHING

    def _method(self, cls: ClassId, name: str) -> Values:
        method = self.names.method(cls, name)
        if method is None:
            return NOTHING
        if self.program.functions[method].kind is graph.FunctionKind.GETTER:
            return self.of_result(method)
        return frozenset({LocalFunction(method)})

    def slots(self, value: Value, name: str) -> Iterator[Slot]:
        """Where what is stored in a member of the value lives."""
        match value:
            case LocalInstance(cls):
                yield ("field", cls, name)
            case LocalClass(cls):
                yield ("static", cls, name)
            case Record(function, temp):
                yield ("key", function, temp, name)
