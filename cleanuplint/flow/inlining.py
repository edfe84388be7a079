"""Calls of functions of the same file: the resource goes in, and what comes out is known."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cleanuplint.flow import graph, words
from cleanuplint.flow.binding import bound, gathered
from cleanuplint.flow.conditions import literal_fact
from cleanuplint.flow.graph import Function, FunctionId
from cleanuplint.flow.ownership import Ownership
from cleanuplint.flow.places import Place, place_of_temp, place_of_this, rebase
from cleanuplint.flow.state import Owner, Phase, State
from cleanuplint.flow.trace import MAY_THROW, After, Event, Trace, Trail, may_raise, raised


class Inlining:
    """The effects of running local functions within one exploration."""

    def __init__(self, ownership: Ownership) -> None:
        self.ownership = ownership
        self.scope = ownership.scope
        self.task = ownership.task
        self.trace = ownership.trace
        self.places = ownership.places
        self.function = self.scope.program.functions[self.task.function]

    def run(
        self,
        call: graph.Call,
        callees: Sequence[FunctionId],
        state: State,
        trail: Trail | None,
    ) -> list[After] | None:
        """The effects of running local functions; None where none of them touches the resource."""
        touched = [c for c in callees if self.entering(call, c, state)]
        closures = self._closures_run_now(call, state, bool(callees))
        visitors = self._visitors(call, state)
        closures = visitors or closures
        if not touched and not closures:
            return None
        if not touched:
            after: list[After] = []
            for closure in closures[:1]:
                after.extend(self._enter(call, closure, state, trail, as_callback=True))
            if self.scope.raising.raises(self.task.function, call) and not after:
                after.append(raised(call, state))
            if (
                not visitors
                and self.scope.naming.of_call(self.task.function, call) not in words.RUNS_ONCE
            ):
                after.append(After(state))  # there may be nothing to run it for
            return after
        after = []
        for callee in callees:
            after.extend(self._enter(call, callee, state, trail, as_callback=False))
        for closure in closures:
            after = [
                further
                for one in after
                for further in (
                    [one]
                    if one.raises
                    else self._enter(call, closure, one.state, trail, as_callback=True)
                )
            ]
        return after

    def _closures_run_now(
        self, call: graph.Call, state: State, resolved: bool
    ) -> Sequence[FunctionId]:
        """Functions among the arguments that the call runs before it returns."""
        name = self.scope.naming.of_call(self.task.function, call)
        if not resolved and name not in words.RUNS_NOW:
            return []
        return [
            function
            for argument in call.arguments
            for function in self._functions(argument.value)
            if self.ownership.captures(function, state)
        ]

    def _visitors(self, call: graph.Call, state: State) -> Sequence[FunctionId]:
        """Functions that `items.forEach(…)` and the like run on a collection with the resource."""
        if call.method not in words.CALLBACK_METHODS or not call.arguments:
            return []
        if not any(self._elements(call, state)):
            return []
        return self._functions(call.arguments[0].value)

    def _functions(self, temp: graph.Temp) -> Sequence[FunctionId]:
        return self.scope.evidence.functions_of(self.task.function, temp)

    def _elements(self, call: graph.Call, state: State) -> Iterator[tuple[Place, Place]]:
        """Aliases in the collection that a method runs through, and what follows the element."""
        if call.receiver is None or call.method not in words.CALLBACK_METHODS:
            return
        base = self.places.of(call.receiver)
        for alias in state.elements(base):
            yield alias, alias[len(base) + 1 :]

    def entering(
        self, call: graph.Call, callee: FunctionId, state: State, as_callback: bool = False
    ) -> dict[Place, Place]:
        """Alias in the caller -> alias in the callee."""
        found: dict[Place, Place] = {}
        for ours, theirs in self._bindings(call, callee, as_callback):
            for alias in state.within(ours):
                found[alias] = rebase(alias, ours, theirs)
        parameters = self.scope.program.functions[callee].parameters
        if as_callback and parameters:
            for alias, rest in self._elements(call, state):
                found[alias] = (parameters[0], *rest)
        return found

    def _bindings(
        self, call: graph.Call, callee: FunctionId, as_callback: bool
    ) -> Iterator[tuple[Place, Place]]:
        item = self.scope.program.functions[callee]
        for variable in item.captured:
            yield (variable,), (variable,)
        if item.cls is not None:
            theirs = place_of_this(item.cls)
            if not as_callback and self._constructs(call, item):
                yield place_of_temp(call.out), theirs
            elif call.receiver is not None and not as_callback:
                yield self.places.of(call.receiver), theirs
            else:
                yield theirs, theirs
        if as_callback:
            return
        for parameter, argument in bound(self.scope.program, callee, call):
            yield self.places.of(argument.value), (parameter,)
        for parameter, key, argument in gathered(self.scope.program, callee, call):
            yield self.places.of(argument.value), (parameter, key)

    def _constructs(self, call: graph.Call, item: Function) -> bool:
        """The call makes the object that the function sees as its own."""
        if call.form is graph.CallForm.CALL_OR_NEW:
            return item.kind is graph.FunctionKind.CONSTRUCTOR
        return call.form is graph.CallForm.NEW

    def _enter(
        self,
        call: graph.Call,
        callee: FunctionId,
        state: State,
        trail: Trail | None,
        as_callback: bool,
    ) -> Iterator[After]:
        item = self.scope.program.functions[callee]
        entering = self.entering(call, callee, state, as_callback)
        if item.is_generator or not entering:
            yield After(state)
            if not item.is_generator and self.scope.raising.can_raise(callee):
                yield raised(call, state)
            return
        start = State(
            state.phase, frozenset(entering.values()), facts=self.facts_of_arguments(call, item)
        )
        trace = self.ownership.enter(callee, self.task.subject, start, self.task.depth + 1)
        if trace is None:
            yield from may_raise(call, self.ownership.unknown(state, call.span))
            return
        self._adopt(trace, call, state, trail)
        awaited = not item.is_async or self.scope.is_awaited(self.task.function, call.out)
        trusted = words.RELEASING.match(item.name) is not None and _releases(trace)
        seen: set[After] = set()
        for one in trace.exits:
            if trusted and one.is_open and one.kind is graph.ExitKind.EXCEPTIONAL:
                continue  # a clean-up is no raiser
            after = self._back(call, callee, state, entering, one.state, as_callback)
            raises = one.kind is graph.ExitKind.EXCEPTIONAL and awaited
            note = (call.span, MAY_THROW) if raises else None
            result = After(after, raises=raises, note=note)
            if result not in seen:
                seen.add(result)
                yield result

    def _adopt(self, trace: Trace, call: graph.Call, state: State, trail: Trail | None) -> None:
        """What happened inside the callee happens, for the caller, at the call."""
        event = Event(call.span, trail)
        if trace.released:
            self.trace.released.append(event)
            self.ownership.prove_borrow(state)
            self.ownership.notice_promise(state, call.span, trail)
        if trace.released_again:
            self.trace.released_again.append(event)
        if trace.used_late:
            self.trace.used_late.append(event)
        self.trace.fields |= trace.fields
        self.trace.variables |= trace.variables
        self.trace.inserted |= trace.inserted
        self.trace.doubted |= trace.doubted

    def _back(
        self,
        call: graph.Call,
        callee: FunctionId,
        state: State,
        entering: dict[Place, Place],
        theirs: State,
        as_callback: bool,
    ) -> State:
        """The caller's state after one exit of the callee."""
        item = self.scope.program.functions[callee]
        aliases = set(state.aliases)
        for ours, inside in entering.items():
            shared = inside[0] in item.captured or isinstance(inside[0], str)
            if shared and inside not in theirs.aliases:
                aliases.discard(ours)
        for ours, inside in self._bindings(call, callee, as_callback):
            if inside[0] in item.captured or isinstance(inside[0], str):
                for alias in theirs.within(inside):
                    aliases.add(rebase(alias, inside, ours))
        out = place_of_temp(call.out)
        aliases.update((*out, *suffix) for suffix in theirs.returned)
        owner, handed = state.owner, state.handed
        if theirs.owner is Owner.GIVEN and not theirs.returned and owner is Owner.MINE:
            owner = Owner.GIVEN
        elif theirs.owner is Owner.UNKNOWN and owner is Owner.MINE:
            if call.span not in self.task.borrows:
                owner, handed = Owner.UNKNOWN, call.span
        return replace(
            state, phase=theirs.phase, aliases=frozenset(aliases), owner=owner, handed=handed
        )

    def facts_of_arguments(self, call: graph.Call, item: Function) -> frozenset[tuple[str, bool]]:
        """`f(x, true)`: what literal arguments say about the callee's conditions."""
        state = State(Phase.BEFORE)
        for parameter, default in item.defaults:
            state = literal_fact(state, parameter, graph.Literal(call.span, -1, default))
        for parameter, argument in bound(self.scope.program, item.id, call):
            state = state.without_facts([f"{kind.value}:#{parameter}:" for kind in graph.TestKind])
            literal = self.places.definition(argument.value)
            if isinstance(literal, graph.Literal):
                state = literal_fact(state, parameter, literal)
        return state.facts


def _releases(trace: Trace) -> bool:
    """Whoever enters the function and comes back normally has released the resource."""
    normal = [one for one in trace.exits if one.kind is graph.ExitKind.NORMAL]
    return bool(normal) and all(one.state.phase is Phase.DONE for one in normal)
