"""Duties of objects and modules: what is stored in a field, a module variable or a collection.

Such a duty is met where anything in the file releases what was read from that place; the
evidence carries a tag from the place to the release. Errs towards silence: a release of any
field of that name counts.
"""

from collections.abc import Iterator
from functools import cached_property

from cleanuplint.contracts.model import ResourceClass
from cleanuplint.findings import Confidence, Span
from cleanuplint.flow import graph, words
from cleanuplint.flow.acquisitions import Acquisitions
from cleanuplint.flow.graph import ClassId, Function, FunctionId, FunctionKind
from cleanuplint.flow.outcome import Acquisition, Fate, Outcome
from cleanuplint.flow.places import place_of_this
from cleanuplint.flow.releases import Releases
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.solver import Solver
from cleanuplint.flow.state import Phase, State
from cleanuplint.flow.trace import Duty, Exit, Subject
from cleanuplint.flow.values import FieldTag, LocalClass, VariableTag


class Owners:
    """Finds fields, module variables and collections whose resources nobody releases."""

    def __init__(
        self, scope: Scope, acquired: Acquisitions, releases: Releases, solver: Solver
    ) -> None:
        self.scope = scope
        self.program = scope.program
        self.acquired = acquired
        self.releases = releases
        self.solver = solver

    def outcomes(self) -> Iterator[Outcome]:
        seen: set[object] = set()
        for outcome in (*self._fields(), *self._variables(), *self._overwritten()):
            key = (outcome.fate, outcome.span, outcome.place)
            if key not in seen:
                seen.add(key)
                yield outcome

    @cached_property
    def _released_by_computed_name(self) -> bool:
        """Somewhere `this[name].free()` is called: it may mean any field."""
        return any(
            self._is_computed(function, temp)
            for function, call in self.scope.calls()
            for temp in self.releases.ended_by(function, call)
        )

    def _is_computed(self, function: FunctionId, temp: graph.Temp) -> bool:
        places = self.scope.places(function)
        match places.definition(temp):
            case graph.LoadElement(base=base):
                return isinstance(places.of(base)[0], str) and len(places.of(base)) == 1
            case graph.LoadVariable(variable=variable):
                return any(
                    isinstance(places.definition(value), graph.LoadElement)
                    and self._is_computed(function, value)
                    for value in self._values_of(function, variable)
                )
        return False

    def _values_of(self, function: FunctionId, variable: graph.VariableId) -> Iterator[graph.Temp]:
        for block in self.program.functions[function].blocks:
            for operation in block.operations:
                if isinstance(operation, graph.StoreVariable) and operation.variable == variable:
                    yield operation.value

    # ── fields ──────────────────────────────────────────────────────────────────────────────────

    def _stores(self) -> Iterator[tuple[Acquisition, ClassId, str]]:
        """What is put into fields; what closes itself goes with the object that has it."""
        for function in self.program.functions:
            for acquisition, trace in self.acquired.of(function.id):
                for cls, name, _ in sorted(trace.fields):
                    if not acquisition.cls.finalized:
                        yield acquisition, cls, name
            yield from self._static_stores(function)

    def _static_stores(self, function: Function) -> Iterator[tuple[Acquisition, ClassId, str]]:
        """`static parser = new Parser()` of a class that has a teardown."""
        acquired = {
            one.call.out: one for one, _ in self.acquired.of(function.id) if not one.cls.finalized
        }
        for block in function.blocks:
            for operation in block.operations:
                match operation:
                    case graph.StoreMember(base=base, name=name, value=v) if v in acquired:
                        for holder in self.scope.evidence.of(function.id, base):
                            if isinstance(holder, LocalClass) and self._teardowns(holder.cls):
                                yield acquired[v], holder.cls, name

    def _fields(self) -> Iterator[Outcome]:
        """Fields that no teardown releases; of a class without any, the first one says it all."""
        without: set[ClassId] = set()
        for acquisition, cls, name in self._stores():
            if self._released_by_computed_name:
                continue
            teardowns = self._teardowns_after(acquisition, cls)
            teardown = self._forgetful_teardown(cls, FieldTag(name), teardowns)
            if teardown is not None:
                span = teardown.name_span
                yield self._forgotten(
                    acquisition, span, self._member(cls, name), acquisition.confidence
                )
            elif teardowns or FieldTag(name) in self.releases.anywhere:
                continue
            elif cls not in without:
                without.add(cls)
                confidence = min(acquisition.confidence, Confidence.LIKELY)
                yield self._forgotten(
                    acquisition, acquisition.site, self._member(cls, name), confidence
                )

    def _member(self, cls: ClassId, name: str) -> str:
        """`this.tree`, or `self.tree` where the methods say `self`."""
        for function in self.program.functions:
            if function.cls == cls and function.this is not None:
                return f"{self.program.variables[function.this].name}.{name}"
        return f"this.{name}"

    def _teardowns(self, cls: ClassId) -> list[Function]:
        methods = self.program.classes[cls].methods
        named = [m for name, m in methods.items() if words.TEARDOWN.match(name)]
        return [self.program.functions[method] for method in named]

    def _teardowns_after(self, acquisition: Acquisition, cls: ClassId) -> list[Function]:
        """The teardowns of an object; `stop` is none for what is made before each `start`."""
        teardowns = self._teardowns(cls)
        if self.program.functions[acquisition.function].kind not in (
            FunctionKind.CONSTRUCTOR,
            FunctionKind.INITIALIZER,
        ):
            return teardowns
        names = [name.lower() for name in self.program.classes[cls].methods]
        again = {
            end
            for end, start in words.OPPOSITES.items()
            if any(name.startswith(start) for name in names)
        }
        return [one for one in teardowns if one.name.lower() not in again]

    def _forgetful_teardown(
        self, cls: ClassId, tag: FieldTag, teardowns: list[Function]
    ) -> Function | None:
        """The teardown that should release the field, if none does.

        Where another method of the class releases it, only a teardown that ends the object's
        life is to blame; where code outside the class does, none is.
        """
        if not teardowns or any(tag in self.releases.reached_from(t.id) for t in teardowns):
            return None
        if tag not in self.releases.anywhere:
            return teardowns[0]
        functions = self.program.functions
        outside = any(f.cls != cls and tag in self.releases.of(f.id) for f in functions)
        last = [t for t in teardowns if words.ENDS_LIFE.match(t.name) and not t.parameters]
        return last[0] if last and not outside else None

    # ── module variables ────────────────────────────────────────────────────────────────────────

    def _variables(self) -> Iterator[Outcome]:
        for function in self.program.functions:
            for acquisition, trace in self.acquired.of(function.id):
                for variable in self._kept_in(function, acquisition, trace.variables):
                    teardown = self._teardown_of_module(variable)
                    if teardown is not None and VariableTag(variable) not in self.releases.anywhere:
                        name = self.program.variables[variable].name
                        yield self._forgotten(
                            acquisition, teardown.name_span, name, acquisition.confidence
                        )

    def _kept_in(
        self,
        function: Function,
        acquisition: Acquisition,
        stored: set[tuple[graph.VariableId, Span]],
    ) -> Iterator[graph.VariableId]:
        for variable, _ in sorted(stored):
            if self.program.variables[variable].owner == self.program.module:
                yield variable
        if function.kind is not FunctionKind.MODULE:
            return
        values = {acquisition.call.out}
        for block in function.blocks:
            for operation in block.operations:
                match operation:
                    case graph.Suspend(out=out, value=value) if value in values:
                        values.add(out)
                    case graph.StoreVariable(variable=variable, value=value) if value in values:
                        kind = self.program.variables[variable].kind
                        if kind is graph.VariableKind.LOCAL:
                            yield variable

    def _teardown_of_module(self, variable: graph.VariableId) -> Function | None:
        """The function that ends the life of what the module holds."""
        named = [f for f in self.program.functions if self._is_teardown(f)]
        strong = [f for f in named if f.name.lower() in words.ENDS_SERVICE]
        using = [
            f for f in named if f.cls is None or (f in strong and self._mentions(f.cls, variable))
        ]
        if using:
            return using[0]
        owners = {f.cls for f in named}
        return strong[0] if strong and len(owners) == 1 else None

    def _is_teardown(self, function: Function) -> bool:
        if function.parent != self.program.module:
            return False
        if function.kind not in (FunctionKind.FUNCTION, FunctionKind.ARROW, FunctionKind.METHOD):
            return False
        return bool(words.TEARDOWN.match(function.name)) and not function.parameters

    def _mentions(self, cls: ClassId, variable: graph.VariableId) -> bool:
        return any(
            f.cls == cls and variable in f.captured
            for f in self.program.functions
            if f.parent == self.program.module
        )

    def _forgotten(
        self, acquisition: Acquisition, span: Span, place: str, confidence: Confidence
    ) -> Outcome:
        return Outcome(
            fate=Fate.NO_TEARDOWN,
            span=span,
            cls=acquisition.cls,
            confidence=confidence,
            origin=acquisition.call.span,
            place=place,
            many=acquisition.many,
        )

    # ── fields that a method overwrites ─────────────────────────────────────────────────────────

    def _overwritten(self) -> Iterator[Outcome]:
        for acquisition, cls, name in self._stores():
            function = self.program.functions[acquisition.function]
            if self._runs_once(function) or FieldTag(name) not in self.releases.anywhere:
                continue
            if self._old_value_is_lost(function, cls, name, acquisition.cls):
                yield Outcome(
                    fate=Fate.OVERWRITTEN,
                    span=acquisition.call.span,
                    cls=acquisition.cls,
                    confidence=min(acquisition.confidence, Confidence.LIKELY),
                    origin=acquisition.call.span,
                    place=self._member(cls, name),
                    other=acquisition.call.span,
                )

    def _runs_once(self, function: Function) -> bool:
        """It starts the object's life, or is part of what does."""
        kinds = (FunctionKind.CONSTRUCTOR, FunctionKind.INITIALIZER, FunctionKind.MODULE)
        if function.kind in kinds or words.INITIALISES.match(function.name):
            return True
        outer = function.parent
        if outer is not None and outer != self.program.module:
            return self._runs_once(self.program.functions[outer])
        return function.is_private and self._is_part_of_construction(function)

    def _is_part_of_construction(self, function: Function) -> bool:
        """Constructors alone call it."""
        callers = self.scope.callers.get(function.id, frozenset())
        kinds = (FunctionKind.CONSTRUCTOR, FunctionKind.INITIALIZER)
        return bool(callers) and all(self.program.functions[c].kind in kinds for c in callers)

    def _old_value_is_lost(
        self, function: Function, cls: ClassId, name: str, resource: ResourceClass
    ) -> bool:
        state = State(Phase.OPEN, frozenset({(*place_of_this(cls), name)}))
        trace = self.solver.enter(function.id, Subject(resource, Duty.RELEASE), state, depth=0)
        if trace is None or trace.gave_up:
            return False
        return bool(trace.overwritten) or any(self._is_forgotten(one) for one in trace.exits)

    def _is_forgotten(self, one: Exit) -> bool:
        """At the end only local variables hold the old value, and nobody released it."""
        if one.kind is not graph.ExitKind.NORMAL or not one.is_open or not one.state.aliases:
            return False
        return not any(isinstance(place[0], str) for place in one.state.aliases)
