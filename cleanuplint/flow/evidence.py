"""What a value may be: evidence of class for every expression of a file.

A flow-insensitive fixpoint over all functions. It answers "which library class may the receiver
of this call be an instance of, and how sure is that", nothing about duties.

Errs towards *no evidence*: a value nobody can name yields the empty set, and without evidence
there is no obligation.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TypeAlias

from cleanuplint.contracts.model import ResourceClass, Returned
from cleanuplint.contracts.registry import Registry
from cleanuplint.findings import Confidence
from cleanuplint.flow import graph, words
from cleanuplint.flow.binding import bound
from cleanuplint.flow.graph import ClassId, Function, FunctionId, Program, Temp, VariableId
from cleanuplint.flow.shapes import Shapes
from cleanuplint.flow.values import (
    NOTHING,
    ClassOf,
    FieldTag,
    FunctionOf,
    Instance,
    LocalClass,
    LocalFunction,
    LocalInstance,
    MethodOf,
    Namespace,
    Record,
    Value,
    Values,
    VariableTag,
    exported,
    published,
    weakened,
)

MAX_ROUNDS = 12
"""Rounds of the fixpoint; evidence that needs longer chains of calls is given up."""

MAX_VALUES = 24
"""Values one expression may have; further ones are dropped."""

ELEMENT_METHODS = frozenset(
    {
        "pop", "shift", "at", "find", "findLast", "get", "next", "splice", "popleft", "popitem",
        "setdefault", "__next__", "get_nowait",
    }
)  # fmt: skip
PASS_THROUGH_METHODS = frozenset(
    {
        "values", "filter", "slice", "concat", "reverse", "entries", "toArray", "sort", "flat",
        "copy", "items",
    }
)  # fmt: skip
INSERTING_METHODS = frozenset(
    {"push", "unshift", "add", "set", "append", "appendleft", "insert", "setdefault", "put"}
)
MAKING = frozenset({graph.CallForm.NEW, graph.CallForm.CALL_OR_NEW})
"""Forms of call that may make an object."""
SUPER = "super "
CALLBACK_METHODS = frozenset({"forEach", "map", "filter", "some", "every", "find", "flatMap"})


Slot: TypeAlias = tuple[object, ...]
"""What the fixpoint maps to values: a variable, a temp, a field, the elements of something."""


class Evidence:
    """The result: look-ups by variable, temp and call."""

    def __init__(self, program: Program, registry: Registry) -> None:
        self.program = program
        self.registry = registry
        self._values: dict[Slot, Values] = defaultdict(lambda: NOTHING)
        self._changed = False
        self._fields = _stored_names(program)
        self._shapes = Shapes(program, registry)
        self._seed()
        self._tags_fields = False
        self._settle()
        self.knows_library = self._knows_library()
        if self.knows_library:
            self._tags_fields = True  # by now it is known which values are mere records
            self._settle()

    def _settle(self) -> None:
        for _ in range(MAX_ROUNDS):
            self._changed = False
            for function in self.program.functions:
                self._visit(function)
            if not self._changed or not self._knows_library():
                break

    # ── look-ups ────────────────────────────────────────────────────────────────────────────────

    def of(self, function: FunctionId, temp: Temp) -> Values:
        return self._values[("temp", function, temp)]

    def of_variable(self, variable: VariableId) -> Values:
        return self._values[("variable", variable)]

    def of_result(self, function: FunctionId) -> Values:
        """What a function of this file may return."""
        return self._values[("return", function)]

    def of_field(self, cls: ClassId, name: str) -> Values:
        return self._values[("field", cls, name)]

    def elements(self, function: FunctionId, temp: Temp) -> Values:
        return self._values[("elements", function, temp)]

    def instances(self, values: Values) -> Iterator[tuple[ResourceClass, Confidence]]:
        for value in values:
            if isinstance(value, Instance):
                yield self.registry.cls(value.contract, value.name), value.confidence

    def callees(self, function: FunctionId, call: graph.Call) -> tuple[FunctionId, ...]:
        """The functions of this file that the call may run."""
        found = []
        for value in self._called(function, call):
            match value:
                case LocalFunction(target):
                    found.append(target)
                case LocalClass(cls):
                    found.extend(self._constructor(cls))
        return tuple(dict.fromkeys(found))

    def constructed(self, function: FunctionId, call: graph.Call) -> tuple[ClassId, ...]:
        """The classes of this file that the call makes an object of."""
        if call.form not in MAKING:
            return ()
        called = self._called(function, call)
        return tuple(value.cls for value in called if isinstance(value, LocalClass))

    def makes_object(self, function: FunctionId, call: graph.Call) -> bool:
        """The call is that of a class, as far as anybody can tell."""
        if call.form is not graph.CallForm.CALL_OR_NEW:
            return call.form is graph.CallForm.NEW
        return any(isinstance(v, LocalClass | ClassOf) for v in self._called(function, call))

    def returned(
        self, function: FunctionId, call: graph.Call
    ) -> Iterator[tuple[Returned, str, Confidence]]:
        """What contracts say the call gives: the result, its contract, and how sure that is."""
        called = self._called(function, call)
        if not called and not self._is_known_receiver(function, call):
            shape = self._shapes.of_result(function, call)
            if shape is not None:
                yield Returned(shape.name), shape.contract, Confidence.LIKELY
        if call.form in MAKING:
            for value in called:
                if isinstance(value, ClassOf):
                    cls = self.registry.cls(value.contract, value.name)
                    if cls.constructor:
                        yield Returned(cls.name), value.contract, value.confidence
        if call.form is graph.CallForm.NEW:
            return
        for value in called:
            if isinstance(value, FunctionOf):
                known = self.registry.contract(value.contract).functions.get(value.name)
                if known is not None:
                    yield known, value.contract, value.confidence
            elif isinstance(value, MethodOf):
                result = self.registry.cls(value.contract, value.cls).methods.get(value.name)
                if result is not None:
                    yield result, value.contract, value.confidence
        if call.receiver is None or call.method is None:
            return
        for owner, confidence in self._owners(self.of(function, call.receiver)):
            result = owner.methods.get(call.method)
            if result is not None:
                yield result, owner.contract, confidence

    def consumed(self, function: FunctionId, call: graph.Call) -> frozenset[int]:
        """Indices of the arguments that the callee takes or releases; -1 is the receiver."""
        taken: set[int] = set()
        for value in self._called(function, call):
            if isinstance(value, FunctionOf):
                taken.update(self.registry.contract(value.contract).consumes.get(value.name, ()))
            elif isinstance(value, MethodOf):
                owner = self.registry.cls(value.contract, value.cls)
                taken.update(owner.consumes.get(value.name, ()))
        if call.receiver is not None and call.method is not None:
            for owner, _ in self._owners(self.of(function, call.receiver)):
                taken.update(owner.consumes.get(call.method, ()))
        return frozenset(taken)

    def adopted(self, function: FunctionId, call: graph.Call) -> frozenset[int]:
        """Indices of the arguments that the receiver owns from then on."""
        if call.receiver is None or call.method is None:
            return frozenset()
        owners = self._owners(self.of(function, call.receiver))
        return frozenset(i for owner, _ in owners for i in owner.adopts.get(call.method, ()))

    def is_quiet(self, function: FunctionId, call: graph.Call) -> bool:
        """A contract says that the call can't practically throw."""
        for value in self._called(function, call):
            if isinstance(value, MethodOf):
                quiet = self.registry.cls(value.contract, value.cls).quiet
                return any(fnmatchcase(value.name, pattern) for pattern in quiet)
        if call.receiver is None or call.method is None:
            return False
        owners = self._owners(self.of(function, call.receiver))
        return any(fnmatchcase(call.method, p) for owner, _ in owners for p in owner.quiet)

    def is_library_call(self, function: FunctionId, call: graph.Call) -> bool:
        """The callee belongs to a library with a contract: it borrows unless it says it takes."""
        if any(self._is_of_library(value) for value in self._called(function, call)):
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
        for value in values:
            if isinstance(value, Instance | ClassOf):
                yield self.registry.cls(value.contract, value.name), value.confidence

    # ── the fixpoint ────────────────────────────────────────────────────────────────────────────

    def _add(self, slot: Slot, values: Iterable[Value]) -> None:
        old = self._values[slot]
        new = old.union(values)
        if len(new) > len(old) and len(new) <= MAX_VALUES:
            self._values[slot] = new
            self._changed = True

    def _knows_library(self) -> bool:
        """Some value comes from a library: without any there is nothing to find out."""
        kinds = (Namespace, ClassOf, FunctionOf, Instance)
        return any(isinstance(v, kinds) for values in self._values.values() for v in values)

    def _seed(self) -> None:
        for binding in self.program.imports:
            self._add(("variable", binding.variable), self._imported(binding.module, binding.name))
        imported = _imported_variables(self.program)
        for item in self.program.variables:
            if item.kind is not graph.VariableKind.CLASS:
                for contract in self.registry.by_name(item.name):
                    if contract.modules or item.id not in imported:
                        self._add(("variable", item.id), published(contract, item.name))
        self._names = _names_of_types(self.program)
        for item in self.program.variables:
            self._annotate(("variable", item.id), item.types)
            if item.owner == self.program.module and item.kind in (
                graph.VariableKind.LOCAL,
                graph.VariableKind.SYNTHETIC,
            ):
                self._add(("variable", item.id), [VariableTag(item.id)])
        for cls in self.program.classes:
            for field in cls.fields:
                self._annotate(("field", cls.id, field.name), field.types)
        for function in self.program.functions:
            if function.this is not None and function.cls is not None:
                value = (
                    LocalClass(function.cls) if function.is_static else LocalInstance(function.cls)
                )
                self._add(("variable", function.this), [value])
            self._annotate(("return", function.id), function.returns)

    def _annotate(self, slot: Slot, types: Iterable[graph.TypeName]) -> None:
        for type_name in types:
            values = self._named(type_name.path)
            self._add(_elements_of(slot) if type_name.container else slot, values)

    def _named(self, path: tuple[str, ...]) -> Values:
        """The instances that a type name stands for."""
        values: Values = self._names.get(path[0], NOTHING)
        imported = [b for b in self.program.imports if _variable_name(self.program, b) == path[0]]
        for binding in imported:
            values = values.union(self._imported(binding.module, binding.name))
        for contract in self.registry.by_name(path[0]):
            if contract.modules:
                values = values.union(published(contract, path[0]))
        for name in path[1:]:
            values = frozenset(v for value in values for v in self._member(value, name))
        return frozenset(
            Instance(v.contract, v.name, Confidence.LIKELY) if isinstance(v, ClassOf) else v
            for v in values
            if isinstance(v, ClassOf | LocalInstance | Namespace)
        )

    def _imported(self, module: str, name: str) -> Values:
        found: set[Value] = set()
        for contract in self.registry.by_module(module):
            found.update(exported(contract, name))
        return frozenset(found)

    def _visit(self, function: Function) -> None:
        for block in function.blocks:
            for operation in block.operations:
                self._transfer(function, operation)
            terminator = block.terminator
            if isinstance(terminator, graph.Return) and terminator.value is not None:
                self._flow(function.id, terminator.value, ("return", function.id))

    def _flow(self, function: FunctionId, source: Temp, target: Slot) -> None:
        self._add(target, self._values[("temp", function, source)])
        self._add(_elements_of(target), self._values[("elements", function, source)])

    def _take(self, source: Slot, function: FunctionId, out: Temp) -> None:
        self._add(("temp", function, out), self._values[source])
        self._add(("elements", function, out), self._values[_elements_of(source)])

    def _transfer(self, function: Function, operation: graph.Operation) -> None:
        where = function.id
        match operation:
            case graph.LoadVariable(out=out, variable=variable):
                self._take(("variable", variable), where, out)
            case graph.StoreVariable(variable=variable, value=value):
                self._flow(where, value, ("variable", variable))
            case graph.LoadMember(out=out, base=base, name=name):
                self._load_member(where, out, base, name)
            case graph.LoadElement(out=out, base=base) | graph.Next(out=out, iterable=base):
                self._add(("temp", where, out), self._values[("elements", where, base)])
            case graph.StoreMember(base=base, name=name, value=value):
                self._store_member(where, base, name, value)
            case graph.StoreElement(base=base, value=value):
                self._insert(where, base, value)
            case graph.Suspend(out=out, value=value, form=graph.SuspendForm.YIELD):
                self._take(("temp", where, value), where, out)
                self._add(("yield", where), self.of(where, value))
            case graph.Suspend(out=out, value=value):
                self._take(("temp", where, value), where, out)
            case graph.MakeFunction(out=out, function=target):
                self._add(("temp", where, out), [LocalFunction(target)])
            case graph.MakeClass(out=out, cls=cls):
                self._add(("temp", where, out), [LocalClass(cls)])
            case graph.Import(out=out, module=str(module)):
                self._add(("temp", where, out), self._imported(module, "*"))
            case graph.Compose():
                self._compose(where, operation)
            case graph.Call():
                self._call(where, operation)

    def _load_member(self, where: FunctionId, out: Temp, base: Temp, name: str) -> None:
        for value in self.of(where, base):
            self._add(("temp", where, out), self._member(value, name))
            self._add(("temp", where, out), self._method_of(value, name))
            for slot in self._slots(value, name):
                self._take(slot, where, out)
            if isinstance(value, LocalInstance):
                self._take(("static", value.cls, name), where, out)
        if not self.of(where, out):
            shapes = self._shapes.of_member(where, base, name)
            self._add(("temp", where, base), map(_shaped, shapes))
        if name.isdecimal():
            self._add(("temp", where, out), self.elements(where, base))
        if self._tags_fields and name in self._fields and not self._is_mere_record(where, base):
            self._add(("temp", where, out), [FieldTag(name)])
            self._add(("elements", where, out), [FieldTag(name)])
        tags = [v for v in self.of(where, base) if isinstance(v, VariableTag)]
        self._add(("temp", where, out), tags)

    def _is_mere_record(self, where: FunctionId, temp: Temp) -> bool:
        """All that is known of the value are object literals of this file."""
        values = self.of(where, temp)
        return bool(values) and all(isinstance(value, Record) for value in values)

    def _method_of(self, value: Value, name: str) -> Values:
        """A method of a library's object that is kept: `malloc = exports["malloc"]`."""
        if isinstance(value, Instance):
            cls = self.registry.cls(value.contract, value.name)
            if name in cls.methods or name in cls.consumes:
                return frozenset({MethodOf(value.contract, value.name, name, value.confidence)})
        return NOTHING

    def _member(self, value: Value, name: str) -> Values:
        match value:
            case Namespace(contract, confidence):
                return weakened(confidence, exported(self.registry.contract(contract), name))
            case Instance(contract, cls, confidence):
                result = self.registry.cls(contract, cls).methods.get(name)
                if result is not None:
                    return self._result(result, contract, confidence)
            case ClassOf(contract, cls, confidence):
                library = self.registry.contract(contract)
                if cls == library.default:
                    return weakened(confidence, exported(library, name))
            case LocalInstance(cls) | LocalClass(cls):
                method = self.method(cls, name)
                if method is not None:
                    if self.program.functions[method].kind is graph.FunctionKind.GETTER:
                        return self._values[("return", method)]
                    return frozenset({LocalFunction(method)})
        return NOTHING

    def method(self, cls: ClassId, name: str) -> FunctionId | None:
        """The method of a class of the file, its own or one that it inherits from another.

        `super close` is the method that `super().close` means.
        """
        of_super = name.startswith(SUPER)
        name = name.removeprefix(SUPER)
        seen: set[ClassId] = set()
        current: ClassId | None = self._superclass(cls) if of_super else cls
        while current is not None and current not in seen:
            seen.add(current)
            method = self.program.classes[current].methods.get(name)
            if method is not None:
                return method
            current = self._superclass(current)
        return None

    def _superclass(self, cls: ClassId) -> ClassId | None:
        """The superclass, where the file defines it."""
        named = self._names.get(".".join(self.program.classes[cls].superclass), NOTHING)
        return next((v.cls for v in named if isinstance(v, LocalInstance)), None)

    def _slots(self, value: Value, name: str) -> Iterator[Slot]:
        match value:
            case LocalInstance(cls):
                yield ("field", cls, name)
            case LocalClass(cls):
                yield ("static", cls, name)
            case Record(function, temp):
                yield ("key", function, temp, name)

    def _store_member(self, where: FunctionId, base: Temp, name: str, value: Temp) -> None:
        for owner in self.of(where, base):
            for slot in self._slots(owner, name):
                self._flow(where, value, slot)
        if name.isdecimal():
            self._insert(where, base, value)

    def _insert(self, where: FunctionId, base: Temp, value: Temp) -> None:
        """A value is put into a collection: wherever the collection lives, it holds it now."""
        values = self.of(where, value)
        for slot in self._homes(where, base):
            self._add(_elements_of(slot), values)

    def _homes(self, where: FunctionId, temp: Temp) -> Iterator[Slot]:
        """The temp and, where it was read from a variable or field, that place."""
        yield ("temp", where, temp)
        yield from self._origin.get((where, temp), ())

    @property
    def _origin(self) -> Mapping[tuple[FunctionId, Temp], tuple[Slot, ...]]:
        if not hasattr(self, "_origin_table"):
            self._origin_table = _read_origins(self.program)
        return self._origin_table

    def _compose(self, where: FunctionId, operation: graph.Compose) -> None:
        self._add(("temp", where, operation.out), [Record(where, operation.out)])
        for entry in operation.entries:
            if entry.spread:
                self._add(("elements", where, operation.out), self.elements(where, entry.value))
            elif entry.key is not None:
                self._flow(where, entry.value, ("key", where, operation.out, entry.key))
            if operation.form is graph.ComposeForm.ARRAY and not entry.spread:
                self._add(("elements", where, operation.out), self.of(where, entry.value))

    def _call(self, where: FunctionId, call: graph.Call) -> None:
        out: Slot = ("temp", where, call.out)
        for result, contract, confidence in self.returned(where, call):
            slot = _elements_of(out) if result.many else out
            self._add(slot, self._result(result, contract, confidence))
        for value in self._called(where, call):
            match value:
                case LocalFunction(target):
                    self._bind(where, call, target)
                    if call.form is not graph.CallForm.NEW:
                        self._take(("return", target), where, call.out)
                        self._add(_elements_of(out), self._values[("yield", target)])
                case LocalClass(cls) if call.form in MAKING:
                    self._add(out, [LocalInstance(cls)])
                    for constructor in self._constructor(cls):
                        self._bind(where, call, constructor)
        if call.receiver is not None and call.method is not None:
            self._collection_call(where, call, call.receiver, call.method)
            if call.method in graph.ENTERING:
                self._enter(where, call, call.receiver)
            if not self._called(where, call):
                shapes = self._shapes.of_member(where, call.receiver, call.method)
                self._add(("temp", where, call.receiver), map(_shaped, shapes))

    def _enter(self, where: FunctionId, call: graph.Call, manager: Temp) -> None:
        """A context is the object itself, unless its class or the generator says otherwise."""
        if not self.callees(where, call):
            self._take(("temp", where, manager), where, call.out)
            self._add(("temp", where, call.out), self.elements(where, manager))

    def _collection_call(
        self, where: FunctionId, call: graph.Call, receiver: Temp, method: str
    ) -> None:
        elements = self.elements(where, receiver)
        if method in ELEMENT_METHODS:
            self._add(("temp", where, call.out), elements)
        if method in words.DISPOSABLE_STACK and call.arguments:
            given = call.arguments[0].value
            self._add(("temp", where, call.out), self.of(where, given))
            self._add(("temp", where, call.out), self.elements(where, given))
        if method in PASS_THROUGH_METHODS or method == "splice":
            self._add(("elements", where, call.out), elements)
        if method in INSERTING_METHODS and call.arguments:
            self._insert(where, receiver, call.arguments[-1].value)
        if method in CALLBACK_METHODS and call.arguments and elements:
            for value in self.of(where, call.arguments[0].value):
                if isinstance(value, LocalFunction):
                    for parameter in self.program.functions[value.function].parameters[:1]:
                        self._add(("variable", parameter), elements)
        if method == "from" or (method in ("values", "keys") and call.arguments):
            for argument in call.arguments[:1]:
                self._add(("elements", where, call.out), self.elements(where, argument.value))

    def _bind(self, where: FunctionId, call: graph.Call, target: FunctionId) -> None:
        for parameter, argument in bound(self.program, target, call):
            self._flow(where, argument.value, ("variable", parameter))

    def _called(self, where: FunctionId, call: graph.Call) -> Values:
        if call.callee is not None:
            return self.of(where, call.callee)
        if call.receiver is None or call.method is None:
            return NOTHING
        found: set[Value] = set()
        for value in self.of(where, call.receiver):
            if isinstance(value, LocalInstance | LocalClass | Namespace):
                found.update(self._member(value, call.method))
            for slot in self._slots(value, call.method):
                found.update(self._values[slot])
        return frozenset(found)

    def _constructor(self, cls: ClassId) -> Iterator[FunctionId]:
        constructor = self.method(cls, "constructor")
        if constructor is not None:
            yield constructor

    def _result(self, result: Returned, contract: str, confidence: Confidence) -> Values:
        if result.name == "module":
            return frozenset({Namespace(contract, confidence)})
        return frozenset({Instance(contract, result.name, confidence)})


def _shaped(cls: ResourceClass) -> Value:
    return Instance(cls.contract, cls.name, Confidence.LIKELY)


def _elements_of(slot: Slot) -> Slot:
    if slot[0] == "temp":
        return ("elements", *slot[1:])
    return ("elements-of", *slot)


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


def _stored_names(program: Program) -> frozenset[str]:
    """Names of fields that the file stores to: only those are worth a tag."""
    names = {item.name for cls in program.classes for item in cls.fields}
    for function in program.functions:
        for block in function.blocks:
            for operation in block.operations:
                if isinstance(operation, graph.StoreMember):
                    names.add(operation.name)
    return frozenset(names)


def _names_of_types(program: Program) -> Mapping[str, Values]:
    return {cls.name: frozenset({LocalInstance(cls.id)}) for cls in program.classes if cls.name}


def _variable_name(program: Program, binding: graph.ImportBinding) -> str:
    return program.variables[binding.variable].name


def _read_origins(program: Program) -> dict[tuple[FunctionId, Temp], tuple[Slot, ...]]:
    """For each temp read from a variable or from a field of `this`: that place."""
    origins: dict[tuple[FunctionId, Temp], tuple[Slot, ...]] = {}
    for function in program.functions:
        this: set[Temp] = set()
        for block in function.blocks:
            for operation in block.operations:
                match operation:
                    case graph.LoadVariable(out=out, variable=variable):
                        origins[(function.id, out)] = (("variable", variable),)
                        if program.variables[variable].kind is graph.VariableKind.THIS:
                            this.add(out)
                    case graph.LoadMember(out=out, base=base, name=name):
                        if base in this and function.cls is not None:
                            origins[(function.id, out)] = (("field", function.cls, name),)
    return origins
