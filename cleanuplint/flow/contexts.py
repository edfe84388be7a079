"""What the end of a `using` or `with` block does to a resource.

with X() as x: …            X() is released
with guard(x): …            a generator: what follows its `yield` is run
with Guard(x): …            a class of the file: its `__exit__` is run
with ExitStack() as s: …    what `s` was given is released
"""

from collections.abc import Iterator

from cleanuplint.flow import graph
from cleanuplint.flow.binding import bound
from cleanuplint.flow.graph import ClassId, FunctionId, Temp
from cleanuplint.flow.inlining import Inlining
from cleanuplint.flow.ownership import Ownership
from cleanuplint.flow.places import (
    Place,
    place_of_this,
    place_of_variable,
    rebase,
    returned_field,
)
from cleanuplint.flow.registrations import Registrations
from cleanuplint.flow.state import Owner, Phase, State
from cleanuplint.flow.trace import Duty, Origin, Trace
from cleanuplint.flow.values import LocalInstance

Names = list[tuple[Place, Place]]
"""Places of the function with the block, each with the place that it is for the manager."""


class Contexts:
    """Answers whether the end of a block releases what is followed."""

    def __init__(self, ownership: Ownership, inlining: Inlining) -> None:
        self.ownership = ownership
        self.inlining = inlining
        self.scope = ownership.scope
        self.task = ownership.task
        self.places = ownership.places
        self.registrations = Registrations(self.scope)

    def releases(self, operation: graph.Dispose, state: State) -> bool:
        """The end of the block ends the duty."""
        manager = self.places.of_variable(operation.variable)
        classes = self._classes(operation)
        if classes:
            return any(self._exit_releases(cls, operation, state) for cls in classes)
        if state.holds(manager):
            return True
        if operation.bound is not None and state.holds(self.places.of_variable(operation.bound)):
            if not self._generators(operation):
                return True
        return self._generator_releases(operation, state) or self._stack_releases(operation, state)

    def _made_by(self, operation: graph.Dispose) -> graph.Call | None:
        """The call that makes the manager."""
        if operation.value is None:
            return None
        made = self.places.definition(operation.value)
        return made if isinstance(made, graph.Call) else None

    # ── generators ──────────────────────────────────────────────────────────────────────────────

    def _generators(self, operation: graph.Dispose) -> list[FunctionId]:
        call = self._made_by(operation)
        if call is None:
            return []
        callees = self.scope.evidence.callees(self.task.function, call)
        return [c for c in callees if self.scope.program.functions[c].is_generator]

    def _generator_releases(self, operation: graph.Dispose, state: State) -> bool:
        call = self._made_by(operation)
        return call is not None and any(
            self._released_after_yield(call, callee, operation, state)
            for callee in self._generators(operation)
        )

    def _released_after_yield(
        self, call: graph.Call, callee: FunctionId, operation: graph.Dispose, state: State
    ) -> bool:
        entering = frozenset(self.inlining.entering(call, callee, state).values())
        traces = [
            self._after_yield(callee, number, index, entering, operation, state)
            for number, block in enumerate(self.scope.program.functions[callee].blocks)
            for index, one in enumerate(block.operations)
            if isinstance(one, graph.Suspend) and one.form in graph.YIELDING
        ]
        return bool(traces) and all(trace is not None and _ends(trace) for trace in traces)

    def _after_yield(
        self,
        callee: FunctionId,
        block: int,
        index: int,
        entering: frozenset[Place],
        operation: graph.Dispose,
        state: State,
    ) -> Trace | None:
        """What the generator does once the block has ended; the resource may be what it yields."""
        suspended = self.scope.program.functions[callee].blocks[block].operations[index]
        assert isinstance(suspended, graph.Suspend)
        places = set(entering)
        if operation.bound is not None and state.holds(self.places.of_variable(operation.bound)):
            places.add(self.scope.places(callee).of(suspended.value))
        if not places:
            return None
        origin = Origin(
            block,
            index,
            suspended.span,
            frozenset(places),
            normally=not operation.by_exception,
            exceptionally=operation.by_exception,
        )
        return self.ownership.follow(callee, self.task.subject, origin)

    # ── classes of the file ─────────────────────────────────────────────────────────────────────

    def _classes(self, operation: graph.Dispose) -> list[ClassId]:
        """Classes of the file that the manager may be of, as far as they say how to leave it."""
        if operation.value is None:
            return []
        values = self.scope.evidence.of(self.task.function, operation.value)
        found = [value.cls for value in values if isinstance(value, LocalInstance)]
        return [cls for cls in found if self._exit_of(cls) is not None]

    def _exit_of(self, cls: ClassId) -> FunctionId | None:
        methods = (self.scope.evidence.names.method(cls, name) for name in sorted(graph.LEAVING))
        return next((method for method in methods if method is not None), None)

    def _exit_releases(self, cls: ClassId, operation: graph.Dispose, state: State) -> bool:
        leave = self._exit_of(cls)
        if leave is None:
            return False
        theirs = place_of_this(self.scope.program.functions[leave].cls or cls)
        entering = {
            rebase(alias, ours, (*theirs, *inside))
            for ours, inside in self._names(cls, operation)
            for alias in state.within(ours)
        }
        if state.holds(self.places.of_variable(operation.variable)):
            return self._is_left_by_release(cls)
        if not entering:
            return False
        start = State(Phase.OPEN, frozenset(entering))
        trace = self.ownership.enter(leave, self.task.subject, start, self.task.depth + 1)
        return trace is not None and _ends(trace)

    def _is_left_by_release(self, cls: ClassId) -> bool:
        """The object itself is what must be released: its `__exit__` does, unless it is empty."""
        subject = self.task.subject.cls
        is_own = subject.name == self.scope.program.classes[cls].name
        return not is_own or bool(subject.releases & graph.LEAVING)

    def _names(self, cls: ClassId, operation: graph.Dispose) -> Names:
        """What the function calls the parts of the manager."""
        found: Names = [(self.places.of_variable(operation.variable), ())]
        if operation.bound is not None:
            entered = self._entered(cls)
            found.append((self.places.of_variable(operation.bound), entered))
        call = self._made_by(operation)
        constructor = self.scope.evidence.names.method(cls, "constructor")
        if call is not None and constructor is not None:
            kept = dict(self._kept(constructor))
            for parameter, argument in bound(self.scope.program, constructor, call):
                if parameter in kept:
                    found.append((self.places.of(argument.value), (kept[parameter],)))
        return found

    def _entered(self, cls: ClassId) -> Place:
        """The member that `__enter__` gives; of no name, the object itself."""
        for name in sorted(graph.ENTERING):
            method = self.scope.evidence.names.method(cls, name)
            if method is not None:
                field = returned_field(self.scope.program, self.scope.program.functions[method])
                return (field,) if field is not None else ()
        return ()

    def _kept(self, constructor: FunctionId) -> Iterator[tuple[graph.VariableId, str]]:
        """The parameters that a constructor stores, and the fields."""
        places = self.scope.places(constructor)
        parameters = self.scope.program.functions[constructor].parameters
        by_place = {place_of_variable(parameter): parameter for parameter in parameters}
        for block in self.scope.program.functions[constructor].blocks:
            for operation in block.operations:
                if isinstance(operation, graph.StoreMember):
                    source = places.of(operation.value)
                    if source in by_place and len(places.of(operation.base)) == 1:
                        yield by_place[source], operation.name

    # ── stacks ──────────────────────────────────────────────────────────────────────────────────

    def _stack_releases(self, operation: graph.Dispose, state: State) -> bool:
        """The manager was told to release it: on this path, or to clear it, beforehand."""
        if self.task.subject.duty is Duty.RELEASE and state.owner is not Owner.GIVEN:
            return False
        stacks = {self.places.of_variable(operation.variable)}
        if operation.bound is not None:
            stacks.add(self.places.of_variable(operation.bound))
        return any(
            state.holds(self.places.of(temp)) or self._is_given_back(temp, call, state)
            for call in self._calls()
            if call.receiver is not None and self.places.of(call.receiver) in stacks
            for temp in self.registrations.of(self.task.function, call)
        )

    def _is_given_back(self, temp: Temp, call: graph.Call, state: State) -> bool:
        """`x = stack.enter_context(X())`: the variable holds what the stack will leave."""
        if not self.registrations.keeps(call):
            return False
        results = {call.out, temp}
        return any(
            isinstance(operation, graph.StoreVariable)
            and operation.value in results
            and state.holds(self.places.of_variable(operation.variable))
            for operation in self._operations()
        )

    def _calls(self) -> Iterator[graph.Call]:
        return (one for one in self._operations() if isinstance(one, graph.Call))

    def _operations(self) -> Iterator[graph.Operation]:
        for block in self.scope.program.functions[self.task.function].blocks:
            yield from block.operations


def _ends(trace: Trace) -> bool:
    """All ways out come after a release; where there are too many ways, nothing is proven."""
    return trace.gave_up or all(one.state.phase is Phase.DONE for one in trace.exits)
