"""What one operation does to a resource."""

from collections.abc import Iterable
from dataclasses import replace

from cleanuplint.flow import graph
from cleanuplint.flow.calls import Calls
from cleanuplint.flow.conditions import literal_fact
from cleanuplint.flow.containers import Containers
from cleanuplint.flow.contexts import Contexts
from cleanuplint.flow.graph import Operation, Temp
from cleanuplint.flow.ownership import Ownership
from cleanuplint.flow.places import Place, place_of_temp, rebase
from cleanuplint.flow.state import Owner, Phase, State
from cleanuplint.flow.trace import After, Trail, may_raise

AWAITED = frozenset({graph.SuspendForm.AWAIT, graph.SuspendForm.SETTLE})
KEPT = frozenset({graph.SuspendForm.YIELD, graph.SuspendForm.YIELD_FROM})
"""What a generator yields, whoever runs it may keep."""


class Effects:
    """The effects of operations within one exploration."""

    def __init__(self, ownership: Ownership) -> None:
        self.ownership = ownership
        self.containers = Containers(ownership)
        self.calls = Calls(ownership, self.containers)
        self.contexts = Contexts(ownership, self.calls.inlining)
        self.scope = ownership.scope
        self.task = ownership.task
        self.trace = ownership.trace
        self.places = ownership.places
        self._conditions = self.scope.conditions(self.task.function)

    def of(self, operation: Operation, state: State, trail: Trail | None) -> Iterable[After]:
        match operation:
            case graph.Literal():
                return (After(state),)
            case graph.StoreVariable():
                return (After(self._store_variable(operation, state)),)
            case graph.Call():
                return self.calls.effects(operation, state, trail)
            case _ if state.phase is Phase.BEFORE:
                raises = isinstance(operation, graph.Suspend | graph.Import | graph.Opaque)
                return (After(state), After(state, raises=True)) if raises else (After(state),)
            case graph.StoreMember():
                return (After(self._store_member(operation, state)),)
            case graph.StoreElement(base=base, value=value):
                if state.within(self.places.of(value)):
                    self.trace.inserted.add((self.task.function, base))
                return (After(self.ownership.hand_over(state, value, operation.span)),)
            case graph.Compose():
                return (After(self._compose(operation, state)),)
            case graph.LoadMember():
                return (After(self.containers.member(operation, state)),)
            case graph.LoadElement():
                return (After(self.containers.element(operation, state)),)
            case graph.Next():
                return (After(self.containers.next(operation, state)),)
            case graph.Suspend(out=out, value=value):
                return self._suspend(operation, state, place_of_temp(out), self.places.of(value))
            case graph.Dispose():
                if self.contexts.releases(operation, state):
                    return (After(self.ownership.release(state, operation.span, trail)),)
            case graph.Import():
                return may_raise(operation, state)
            case graph.Opaque(inputs=inputs):
                for value in inputs:
                    state = self.ownership.hand_over(state, value, operation.span)
                return may_raise(operation, state)
        return (After(state),)

    def _suspend(
        self, operation: graph.Suspend, state: State, out: Place, value: Place
    ) -> Iterable[After]:
        held = state.within(value)
        if held:
            state = state.with_aliases(rebase(alias, value, out) for alias in held)
            is_await = operation.form in AWAITED
            if operation.form in KEPT:
                state = self.ownership.unknown(state, operation.span)
            elif is_await and (state.holds(value) or self._is_unnamed(value)):
                return (After(state),)  # a rejected acquisition acquires nothing
        if self.scope.raising.awaits_cleanup(self.task.function, operation):
            return (After(state),)
        return may_raise(operation, state)

    def _is_unnamed(self, place: Place) -> bool:
        """What the expression itself gives, or a choice between such values."""
        root = place[0]
        if not isinstance(root, int):
            return False
        variables = self.scope.program.variables
        return root < 0 or variables[root].kind is graph.VariableKind.SYNTHETIC

    def _store_variable(self, operation: graph.StoreVariable, state: State) -> State:
        variable, value = operation.variable, operation.value
        state = state.without_facts(self._conditions.facts_of(variable, state.facts))
        literal = self.places.definition(value)
        if isinstance(literal, graph.Literal) and variable in self._conditions.flags:
            state = literal_fact(state, variable, literal)
        if state.phase is Phase.BEFORE:
            return state
        target = self.places.of_variable(variable)
        source = self.places.of(value)
        if source == target:
            return state
        held = bool(state.within(source))
        state = state.copied(source, target)
        owner = self.scope.program.variables[variable].owner
        if owner == self.task.function:
            return state
        if not held:
            return self.ownership.closure_escapes(value, state, operation.span)
        if state.phase is Phase.OPEN:
            self.trace.variables.add((variable, operation.span))
            state = replace(state, owner=Owner.GIVEN)
        return state

    def _store_member(self, operation: graph.StoreMember, state: State) -> State:
        base, source = self.places.of(operation.base), self.places.of(operation.value)
        target = (*base, operation.name)
        held = state.within(source)
        state = state.copied(source, target)
        if not held:
            return self.ownership.closure_escapes(operation.value, state, operation.span)
        if state.phase is not Phase.OPEN:
            return state
        if isinstance(base[0], str) and len(base) == 1:
            cls = int(base[0].removeprefix("this:"))
            if self._is_lent(cls, operation.name):
                return state
            self.trace.fields.add((cls, operation.name, operation.span))
            return replace(state, owner=Owner.GIVEN)
        if self._is_own_object(operation.base):
            return state
        return self.ownership.unknown(state, operation.span)

    def _is_lent(self, cls: int, field: str) -> bool:
        """A constructor keeps what it was handed, and no method of its class releases it."""
        kind = self.scope.program.functions[self.task.function].kind
        if self.task.depth == 0 or kind is not graph.FunctionKind.CONSTRUCTOR:
            return False
        return not self.ownership.releases.methods_that_release(cls, field)

    def _is_own_object(self, base: Temp) -> bool:
        """An object made in this function: what is stored in it is still ours."""
        return self.scope.is_made_here(self.task.function, base)

    def _compose(self, operation: graph.Compose, state: State) -> State:
        out = place_of_temp(operation.out)
        for entry in operation.entries:
            held = state.within(self.places.of(entry.value))
            if not held:
                state = self.ownership.closure_escapes(entry.value, state, operation.span)
                continue
            if entry.spread and operation.form is graph.ComposeForm.ARRAY:
                state = self.containers.spread(entry.value, operation.out, state)
            elif operation.form is graph.ComposeForm.ELEMENT or entry.spread or not entry.key:
                state = self.ownership.unknown(state, operation.span)
            else:
                source = self.places.of(entry.value)
                state = state.with_aliases(rebase(a, source, (*out, entry.key)) for a in held)
        return state
