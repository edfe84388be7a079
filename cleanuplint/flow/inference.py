"""The fixpoint that finds the evidence: values flow through all functions until nothing changes.

Flow-insensitive. Errs towards *no evidence*: a value nobody can name yields the empty set, and
without evidence there is no obligation.
"""

from collections.abc import Iterable

from cleanuplint.contracts.model import ResourceClass, Treatment
from cleanuplint.contracts.registry import Registry
from cleanuplint.findings import Confidence
from cleanuplint.flow import graph
from cleanuplint.flow.binding import bound
from cleanuplint.flow.elements import Elements
from cleanuplint.flow.evidence import MAKING, Evidence
from cleanuplint.flow.graph import Function, FunctionId, Program, Temp
from cleanuplint.flow.slots import Slot, elements_of
from cleanuplint.flow.values import (
    NOTHING,
    FieldTag,
    Instance,
    LocalClass,
    LocalFunction,
    LocalInstance,
    MethodOf,
    Record,
    Value,
    Values,
    VariableTag,
    of_returned,
)

MAX_ROUNDS = 12
"""Rounds of the fixpoint; evidence that needs longer chains of calls is given up."""


STILL = (graph.Literal, graph.Compute, graph.Caught, graph.Dispose, graph.Opaque)
"""Operations that make nothing known."""


def infer(program: Program, registry: Registry, for_others: bool = False) -> Evidence:
    """What every value of the program may be.

    Where no value comes from a library, there is nothing to find out, unless it is asked for the
    sake of other files.
    """
    evidence = Evidence(program, registry)
    _Inference(evidence, for_others).run()
    return evidence


class _Inference:
    def __init__(self, evidence: Evidence, for_others: bool) -> None:
        self._for_others = for_others
        self.program = evidence.program
        self.registry = evidence.registry
        self._evidence = evidence
        self._names = evidence.names
        self._shapes = evidence.shapes
        self._table = evidence.table
        self._elements = Elements(evidence)
        self._fields = _stored_names(evidence.program)
        self._bodies = [_moving(function) for function in evidence.program.functions]
        self._tags_fields = False

    def run(self) -> None:
        self._seed()
        self._settle(function.id for function in self.program.functions)
        if self._matters():
            self._tags_fields = True  # by now it is known which values are mere records
            self._settle(filter(self._reads_fields, range(len(self._bodies))))

    def _settle(self, first: Iterable[FunctionId]) -> None:
        outdated = self._table.outdated
        outdated.update(first)
        for _ in range(MAX_ROUNDS):
            for function in self.program.functions:
                if function.id in outdated:
                    with self._table.visit(function.id):
                        self._visit(function)
            if not outdated or not self._matters():
                break

    def _reads_fields(self, function: FunctionId) -> bool:
        """It reads what there are tags for."""
        return any(
            isinstance(one, graph.LoadMember) and one.name in self._fields
            for one in self._bodies[function]
        )

    def _matters(self) -> bool:
        return self._for_others or self._table.knows_library

    # ── seeds ───────────────────────────────────────────────────────────────────────────────────

    def _seed(self) -> None:
        for binding in self.program.imports:
            values = self._names.imported(binding.module, binding.name)
            self._table.add(("variable", binding.variable), values)
        for variable in self.program.variables:
            self._seed_variable(variable)
        for cls in self.program.classes:
            for field in cls.fields:
                self._annotate(("field", cls.id, field.name), field.types)
        for function in self.program.functions:
            self._seed_function(function)

    def _seed_variable(self, variable: graph.Variable) -> None:
        slot: Slot = ("variable", variable.id)
        self._table.add(slot, self._names.of_variable(variable))
        self._annotate(slot, variable.types)
        kinds = (graph.VariableKind.LOCAL, graph.VariableKind.SYNTHETIC)
        if variable.owner == self.program.module and variable.kind in kinds:
            self._table.add(slot, [VariableTag(variable.id)])

    def _seed_function(self, function: Function) -> None:
        if function.this is not None and function.cls is not None:
            made = LocalClass if function.is_static else LocalInstance
            self._table.add(("variable", function.this), [made(function.cls)])
            if not function.is_static:
                self._table.add(("variable", function.this), self._names.bases(function.cls))
        self._annotate(("return", function.id), function.returns)

    def _annotate(self, slot: Slot, types: Iterable[graph.TypeName]) -> None:
        for type_name in types:
            values = self._names.of_type(type_name)
            self._table.add(elements_of(slot) if type_name.container else slot, values)

    # ── transfer ────────────────────────────────────────────────────────────────────────────────

    def _visit(self, function: Function) -> None:
        for operation in self._bodies[function.id]:
            self._transfer(function.id, operation)
        for block in function.blocks:
            terminator = block.terminator
            if isinstance(terminator, graph.Return) and terminator.value is not None:
                self._table.flow(function.id, terminator.value, ("return", function.id))

    def _transfer(self, where: FunctionId, operation: graph.Operation) -> None:
        match operation:
            case graph.LoadVariable(out=out, variable=variable):
                self._table.take(("variable", variable), where, out)
            case graph.StoreVariable(variable=variable, value=value):
                self._table.flow(where, value, ("variable", variable))
            case graph.LoadMember(out=out, base=base, name=name):
                self._load_member(where, out, base, name)
            case graph.Next(keys=True):
                return
            case graph.LoadElement(out=out, base=base) | graph.Next(out=out, iterable=base):
                self._table.add(("temp", where, out), self._table[("elements", where, base)])
            case graph.StoreMember(base=base, name=name, value=value):
                self._store_member(where, base, name, value)
            case graph.StoreElement(base=base, value=value):
                self._elements.insert(where, base, value)
            case graph.Suspend(out=out, value=value, form=form):
                self._table.take(("temp", where, value), where, out)
                if form in graph.YIELDING:
                    self._table.add(("yield", where), self._evidence.of(where, value))
            case graph.MakeFunction(out=out, function=target):
                self._table.add(("temp", where, out), [LocalFunction(target)])
            case graph.MakeClass(out=out, cls=cls):
                self._table.add(("temp", where, out), [LocalClass(cls)])
            case graph.Import(out=out, module=str(module)):
                self._table.add(("temp", where, out), self._names.imported(module, "*"))
            case graph.Compose():
                self._compose(where, operation)
            case graph.Call():
                self._call(where, operation)

    def _load_member(self, where: FunctionId, out: Temp, base: Temp, name: str) -> None:
        for value in self._evidence.of(where, base):
            self._table.add(("temp", where, out), self._evidence.member(value, name))
            elements = self._evidence.member_elements(value, name)
            self._table.add(("elements", where, out), elements)
            self._table.add(("temp", where, out), self._method_of(value, name))
            for slot in self._evidence.slots(value, name):
                self._table.take(slot, where, out)
            if isinstance(value, LocalInstance):
                self._table.take(("static", value.cls, name), where, out)
        if not self._evidence.of(where, out):
            shapes = self._shapes.of_member(where, base, name)
            self._table.add(("temp", where, base), map(_shaped, shapes))
        if name.isdecimal():
            self._table.add(("temp", where, out), self._evidence.elements(where, base))
        self._tag(where, out, base, name)

    def _tag(self, where: FunctionId, out: Temp, base: Temp, name: str) -> None:
        """What is read from a field, or from within a module's variable, says so."""
        if self._tags_fields and name in self._fields and not self._is_mere_record(where, base):
            self._table.add(("temp", where, out), [FieldTag(name)])
            self._table.add(("elements", where, out), [FieldTag(name)])
        kinds = (VariableTag, FieldTag) if self._evidence.is_record(where, base) else VariableTag
        tags = [v for v in self._evidence.of(where, base) if isinstance(v, kinds)]
        self._table.add(("temp", where, out), tags)

    def _is_mere_record(self, where: FunctionId, temp: Temp) -> bool:
        """All that is known of the value are object literals of this file."""
        values = self._evidence.of(where, temp)
        return bool(values) and all(isinstance(value, Record) for value in values)

    def _method_of(self, value: Value, name: str) -> Values:
        """A method of a library's object that is kept: `malloc = exports["malloc"]`."""
        if isinstance(value, Instance):
            cls = self.registry.cls(value.contract, value.name)
            if name in cls.fills | cls.clears or name in cls.methods or name in cls.consumes:
                return frozenset({MethodOf(value.contract, value.name, name, value.confidence)})
        return NOTHING

    def _store_member(self, where: FunctionId, base: Temp, name: str, value: Temp) -> None:
        for owner in self._evidence.of(where, base):
            for slot in self._evidence.slots(owner, name):
                self._table.flow(where, value, slot)
        if name.isdecimal():
            self._elements.insert(where, base, value)

    def _compose(self, where: FunctionId, operation: graph.Compose) -> None:
        out = operation.out
        self._table.add(("temp", where, out), [Record(where, out)])
        for entry in operation.entries:
            if entry.spread:
                elements = self._evidence.elements(where, entry.value)
                self._table.add(("elements", where, out), elements)
            elif entry.key is not None:
                self._table.flow(where, entry.value, ("key", where, out, entry.key))
            if operation.form is graph.ComposeForm.ARRAY and not entry.spread:
                values = self._evidence.of(where, entry.value)
                self._table.add(("elements", where, out), values)

    # ── calls ───────────────────────────────────────────────────────────────────────────────────

    def _call(self, where: FunctionId, call: graph.Call) -> None:
        out: Slot = ("temp", where, call.out)
        for result, contract, confidence in self._evidence.returned(where, call):
            slot = elements_of(out) if result.many else out
            self._table.add(slot, of_returned(result, contract, confidence))
        for cls, name in self._shapes.fetched(where, call):
            kept = MethodOf(cls.contract, cls.name, name, Confidence.LIKELY)
            self._table.add(out, [kept])
        called = self._evidence.called(where, call)
        for value in called:
            self._run(where, call, value)
        for treatment in self._evidence.treatments(where, call):
            self._lend(where, call, treatment)
        if call.receiver is None or call.method is None:
            self._elements.make(where, call)
            return
        self._elements.call(where, call, call.receiver, call.method)
        if call.method in graph.ENTERING:
            self._enter(where, call, call.receiver)
        if not called:
            shapes = self._shapes.of_member(where, call.receiver, call.method)
            self._table.add(("temp", where, call.receiver), map(_shaped, shapes))

    def _run(self, where: FunctionId, call: graph.Call, callee: Value) -> None:
        """Arguments go into a function or class of the file, and its result comes out."""
        out: Slot = ("temp", where, call.out)
        match callee:
            case LocalFunction(target):
                self._bind(where, call, target)
                if call.form is not graph.CallForm.NEW:
                    self._table.take(("return", target), where, call.out)
                    self._table.add(elements_of(out), self._table[("yield", target)])
            case LocalClass(cls) if call.form in MAKING:
                self._table.add(out, [LocalInstance(cls), *self._names.bases(cls)])
                constructor = self._names.method(cls, "constructor")
                if constructor is not None:
                    self._bind(where, call, constructor)

    def _lend(self, where: FunctionId, call: graph.Call, treatment: Treatment) -> None:
        """A function given to another file is called there, and what it returns may come back."""
        for argument in call.arguments if treatment.lends else ():
            for function in self._evidence.functions_of(where, argument.value):
                parameters = self.program.functions[function].parameters
                for parameter, lent in zip(parameters, treatment.lends, strict=False):
                    if lent is not None:
                        values = of_returned(lent, lent.contract, Confidence.LIKELY)
                        self._table.add(("variable", parameter), values)

    def _bind(self, where: FunctionId, call: graph.Call, target: FunctionId) -> None:
        for parameter, argument in bound(self.program, target, call):
            self._table.flow(where, argument.value, ("variable", parameter))

    def _enter(self, where: FunctionId, call: graph.Call, manager: Temp) -> None:
        """A context is the object itself, unless its class or the generator says otherwise."""
        if not self._evidence.callees(where, call):
            self._table.take(("temp", where, manager), where, call.out)
            self._table.add(("temp", where, call.out), self._evidence.elements(where, manager))


def _shaped(cls: ResourceClass) -> Value:
    return Instance(cls.contract, cls.name, Confidence.LIKELY)


def _moving(function: Function) -> tuple[graph.Operation, ...]:
    """The operations by which values move."""
    return tuple(
        operation
        for block in function.blocks
        for operation in block.operations
        if not isinstance(operation, STILL)
    )


def _stored_names(program: Program) -> frozenset[str]:
    """Names of fields that the file stores to: only those are worth a tag."""
    names = {item.name for cls in program.classes for item in cls.fields}
    for function in program.functions:
        for block in function.blocks:
            for operation in block.operations:
                if isinstance(operation, graph.StoreMember):
                    names.add(operation.name)
    return frozenset(names)
