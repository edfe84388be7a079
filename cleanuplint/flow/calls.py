"""What a call does to a resource."""

from collections.abc import Iterable
from dataclasses import replace

from cleanuplint.flow import graph, words
from cleanuplint.flow.containers import Containers
from cleanuplint.flow.graph import Temp
from cleanuplint.flow.inlining import Inlining
from cleanuplint.flow.ownership import Ownership
from cleanuplint.flow.places import Place, place_of_module, place_of_temp, rebase, starts_with
from cleanuplint.flow.registrations import Registrations
from cleanuplint.flow.stacks import Stacks
from cleanuplint.flow.state import Owner, Phase, State
from cleanuplint.flow.trace import After, Duty, Event, Trail, may_raise


class Calls:
    """The effects of calls within one exploration."""

    def __init__(self, ownership: Ownership, containers: Containers) -> None:
        self.ownership = ownership
        self.containers = containers
        self.inlining = Inlining(ownership)
        self.stacks = Stacks(ownership.scope, ownership.task.function)
        self.registrations = Registrations(ownership.scope)
        self.scope = ownership.scope
        self.task = ownership.task
        self.subject = ownership.task.subject
        self.trace = ownership.trace
        self.places = ownership.places
        self.function = self.scope.program.functions[self.task.function]

    def effects(self, call: graph.Call, state: State, trail: Trail | None) -> Iterable[After]:
        if self._ends_program(call):
            return ()
        raises = self.scope.raising.raises(self.task.function, call)
        if state.phase is Phase.BEFORE:
            return (After(state), After(state, raises=True)) if raises else (After(state),)
        if self._ends_duty(call, state):
            return (After(self.ownership.release(state, call.span, trail)),)
        if call.method == "bind" and call.receiver is not None:
            if self.ownership.is_release(call.receiver, state):
                return (After(self.ownership.unknown(state, call.span)),)
        self._notice_late_use(call, state, trail)
        callees = self.scope.evidence.callees(self.task.function, call)
        inlined = self.inlining.run(call, callees, state, trail)
        if inlined is not None:
            return inlined
        state = self.containers.method(call, state)
        state = self._pass_arguments(call, state, bool(callees))
        state = self._chain(call, state)
        return may_raise(call, state) if raises else (After(state),)

    def _ends_program(self, call: graph.Call) -> bool:
        """`sys.exit()`, `exit()`, unless the file itself declares what is so called."""
        if self.scope.naming.dotted(self.task.function, call) not in words.NEVER_RETURNS:
            return False
        called = call.callee if call.receiver is None else call.receiver
        root = self.places.of(called)[0] if called is not None else None
        if not isinstance(root, int) or root < 0:
            return True
        kind = self.scope.program.variables[root].kind
        return kind in (graph.VariableKind.GLOBAL, graph.VariableKind.IMPORT)

    def _ends_duty(self, call: graph.Call, state: State) -> bool:
        function = self.task.function
        if call.receiver is not None and call.method is not None:
            if self._releases(call.method, self.places.of(call.receiver), state):
                return True
        taken = self.scope.evidence.consumed(function, call)
        for index in taken:
            temp = call.receiver if index == -1 else _argument(call, index)
            if temp is not None and self._holds_in(temp, state):
                return True
        if self._is_ended_elsewhere(call, state) or self._clears_module(call, state):
            return True
        if self.scope.evidence.callees(function, call):
            return False
        name = self.scope.naming.of_call(function, call)
        if not words.RELEASING.fullmatch(name) or self.scope.is_library_call(function, call):
            return False
        if call.receiver is not None and name in words.REMOVING:
            return False
        return any(state.holds(self.places.of(argument.value)) for argument in call.arguments)

    def _holds_in(self, temp: Temp, state: State) -> bool:
        """The value is the resource, or an array literal that has it among its elements."""
        if state.holds(self.places.of(temp)):
            return True
        made = self.places.definition(temp)
        if not isinstance(made, graph.Compose) or made.form is not graph.ComposeForm.ARRAY:
            return False
        return any(state.holds(self.places.of(entry.value)) for entry in made.entries)

    def _chain(self, call: graph.Call, state: State) -> State:
        """`builder.step()` gives the builder itself."""
        if call.receiver is None or not state.holds(self.places.of(call.receiver)):
            return state
        if not self.scope.evidence.gives_itself(self.task.function, call):
            return state
        return state.with_aliases([place_of_temp(call.out)])

    def _is_ended_elsewhere(self, call: graph.Call, state: State) -> bool:
        """A function of another file releases its argument, or clears its buffer."""
        for treatment in self.scope.evidence.treatments(self.task.function, call):
            ended = {
                index
                for index, methods in treatment.calls.items()
                if any(map(self.subject.ends_duty, methods))
            }
            if self.subject.duty is Duty.CLEAR:
                ended |= treatment.clears
            temps = (_argument(call, index) for index in ended)
            if any(temp is not None and state.holds(self.places.of(temp)) for temp in temps):
                return True
        return False

    def _clears_module(self, call: graph.Call, state: State) -> bool:
        """A clear of the module whose buffer is full, where one or the other export was kept."""
        if self.subject.duty is not Duty.CLEAR:
            return False
        cls, evidence = self.subject.cls, self.scope.evidence
        kept = self.scope.kept_method(self.task.function, call)
        if kept is not None and (kept.contract, kept.cls) == cls.key:
            return kept.name in cls.clears
        if call.receiver is None or call.method not in cls.clears:
            return False
        known = evidence.instances(evidence.of(self.task.function, call.receiver))
        return state.holds(place_of_module(cls.contract)) and any(
            it.key == cls.key for it, _ in known
        )

    def _releases(self, method: str, receiver: Place, state: State) -> bool:
        """The method is a release of what holds the resource, or of a part named in it.

        `decoder.delete` is the method `delete` of the member `decoder` of the resource.
        """
        if state.holds(receiver):
            return self.subject.ends_duty(method)
        if receiver == self.subject.parent and method in self.subject.parent_releases:
            return state.phase is Phase.OPEN
        return any(
            starts_with(receiver, alias)
            and self.subject.ends_duty(".".join((*map(str, receiver[len(alias) :]), method)))
            for alias in state.aliases
        )

    def _notice_late_use(self, call: graph.Call, state: State, trail: Trail | None) -> None:
        if state.phase is not Phase.DONE or self.subject.duty is not Duty.RELEASE:
            return
        name = call.method or ""
        if call.receiver is not None and state.holds(self.places.of(call.receiver)):
            if not words.ASKS.match(name):
                self.trace.used_late.append(Event(call.span, trail))
        elif self.scope.is_library_call(self.task.function, call) or self._runs_export(call):
            if any(state.holds(self.places.of(a.value)) for a in call.arguments):
                self.trace.used_late.append(Event(call.span, trail))

    def _pass_arguments(self, call: graph.Call, state: State, resolved: bool) -> State:
        """Arguments of a call that nobody could look into."""
        function = self.task.function
        if call.method in words.DISPOSABLE_STACK and call.receiver is not None:
            if self.stacks.is_forgotten(call.receiver):
                return state
        borrows = resolved or self.scope.is_library_call(function, call)
        adopted = self.scope.evidence.adopted(function, call)
        treatments = list(self.scope.evidence.treatments(function, call))
        borrowed = {index for one in treatments for index in one.borrows}
        doubted = {index for one in treatments for index in one.doubts}
        state = self._passed_on(call, {i for one in treatments for i in one.passes}, state)
        for temp in self.registrations.of(function, call):
            if state.holds(self.places.of(temp)) and state.phase is Phase.OPEN:
                if call.receiver is not None and self.stacks.is_forgotten(call.receiver):
                    return state
                self.ownership.prove_borrow(state)
                return replace(state, owner=Owner.GIVEN)
        listed = self.containers.listed(call)
        for index, argument in enumerate(call.arguments):
            place = self.places.of(argument.value)
            held = state.within(place)
            if held and argument.value == listed:
                continue
            if not held:
                state = self.ownership.closure_escapes(argument.value, state, call.span)
            elif index in adopted and state.phase is Phase.OPEN:
                state = replace(state, owner=Owner.GIVEN)
            elif index in borrowed and state.holds(place):
                continue
            elif index in doubted and state.holds(place):
                state = self.ownership.unknown(state, call.span)
            elif argument.spread or (
                not borrows and self._looks_like_hand_over(call, state, place)
            ):
                if call.method in words.INSERTING_METHODS and call.receiver is not None:
                    self.trace.inserted.add((function, call.receiver))
                if call.method in words.DISPOSABLE_STACK:
                    state = replace(state, owner=Owner.GIVEN)
                else:
                    state = self.ownership.unknown(state, call.span)
            if held and self.scope.naming.of_call(function, call) in ("freeze", "seal"):
                state = state.copied(place, place_of_temp(call.out))
        return state

    def _passed_on(self, call: graph.Call, passed: set[int], state: State) -> State:
        """A function of another file returns what it was given: the result is the same object."""
        for index in passed:
            temp = call.receiver if index == -1 else _argument(call, index)
            if temp is not None:
                ours, out = self.places.of(temp), place_of_temp(call.out)
                state = state.with_aliases(rebase(a, ours, out) for a in state.within(ours))
        return state

    def _looks_like_hand_over(self, call: graph.Call, state: State, place: Place) -> bool:
        function = self.task.function
        if self.scope.evidence.makes_object(function, call) or not state.holds(place):
            return True
        name = self.scope.naming.of_call(function, call)
        if call.form is graph.CallForm.CALL_OR_NEW and words.NAMES_CLASS.match(name):
            return True
        if words.RELEASING.match(name) and name not in words.REMOVING:
            return True  # `freeAll(x)` may release it, and `clearSelection(x)` something of it
        if words.HAND_OVER.match(name) or self.scope.calls_parameter(function, call):
            return True
        only_temps = all(isinstance(a[0], int) and a[0] < 0 for a in state.aliases)
        if self._runs_export(call) and not words.MAKES_HANDLE.search(name):
            return only_temps  # what it gives is a number, and holds nothing
        return only_temps or self.scope.is_returned(function, call.out)

    def _runs_export(self, call: graph.Call) -> bool:
        """The call goes into a module that was instantiated by hand."""
        return any(
            True for _ in self.scope.evidence.shapes.exports_called(self.task.function, call)
        )


def _argument(call: graph.Call, index: int) -> Temp | None:
    return call.arguments[index].value if index < len(call.arguments) else None
