"""How the duty of a resource ends or moves: released, given away, handed to nobody knows whom."""

from dataclasses import replace
from typing import Protocol

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import FunctionId, Temp
from cleanuplint.flow.releases import Releases
from cleanuplint.flow.scope import TAKEN, Scope
from cleanuplint.flow.state import Owner, Phase, State
from cleanuplint.flow.trace import Duty, Event, Origin, Subject, Task, Trace, Trail


class Enter(Protocol):
    """Asks what a function does to a resource that it is entered with; None: can't be told."""

    def __call__(
        self, function: FunctionId, subject: Subject, state: State, depth: int
    ) -> Trace | None: ...


class Follow(Protocol):
    """Follows a duty that arises in a function to its end."""

    def __call__(self, function: FunctionId, subject: Subject, origin: Origin) -> Trace: ...


class Ownership:
    """Changes of duty within one exploration, which it notes in the trace."""

    def __init__(
        self,
        scope: Scope,
        task: Task,
        trace: Trace,
        enter: Enter,
        follow: Follow,
        releases: Releases,
    ) -> None:
        self.scope = scope
        self.task = task
        self.trace = trace
        self.enter = enter
        self.follow = follow
        self.releases = releases
        self.places = scope.places(task.function)

    def release(self, state: State, span: Span, trail: Trail | None) -> State:
        if state.phase is Phase.DONE:
            if self.task.subject.duty is Duty.RELEASE:
                self.trace.released_again.append(Event(span, trail))
            return state
        self.prove_borrow(state)
        self.notice_promise(state, span, trail)
        self._notice_return(state, span, trail)
        self.trace.released.append(Event(span, trail))
        return replace(state, phase=Phase.DONE)

    def notice_promise(self, state: State, span: Span, trail: Trail | None) -> None:
        """What is being returned is a promise that still uses what is released now."""
        if state.promised:
            self.trace.used_late.append(Event(trail.span if trail else span, trail))

    def _notice_return(self, state: State, span: Span, trail: Trail | None) -> None:
        """What is being returned is released now, in a `finally`."""
        returned = trail.last_return if trail is not None and state.returned else None
        if returned is not None:
            self.trace.returned_late.append(Event(returned, trail, other=span))

    def prove_borrow(self, state: State) -> None:
        """The first law: a release proves that an earlier hand-over was a borrow."""
        if state.owner is Owner.UNKNOWN and state.handed is not None:
            self.trace.borrows.add(state.handed)

    def hand_over(self, state: State, value: Temp, span: Span) -> State:
        if state.within(self.places.of(value)):
            return self.unknown(state, span)
        return self.closure_escapes(value, state, span)

    def unknown(self, state: State, span: Span) -> State:
        """An unresolved hand-over, unless a later release has proven it a borrow."""
        if span in self.task.borrows or state.phase is not Phase.OPEN:
            return state
        if state.owner is not Owner.MINE or self._released_in_vain(state):
            return state
        return replace(state, owner=Owner.UNKNOWN, handed=span)

    def _released_in_vain(self, state: State) -> bool:
        """A release that no path reaches still tells whose the resource is."""
        cls = self.task.subject.cls
        return any(
            place in state.aliases
            and (method in cls.releases or (method == TAKEN and bool(cls.released_by)))
            for place, method in self.scope.unreachable_calls(self.task.function)
        )

    def closure_escapes(self, value: Temp, state: State, span: Span) -> State:
        """A function value leaves our sight: it may release what it captured, or keep it."""
        if state.phase is not Phase.OPEN:
            return state
        if self.is_release(value, state):
            return self.unknown(state, span)
        for function in self.scope.evidence.functions_of(self.task.function, value):
            if not self.captures(function, state):
                continue
            trace = self.enter(
                function,
                self.task.subject,
                self._captured_state(function, state),
                self.task.depth + 1,
            )
            if trace is not None and any(e.state.phase is Phase.DONE for e in trace.exits):
                state = replace(state, owner=Owner.GIVEN)
            elif any(not isinstance(place[0], str) for place in state.aliases):
                state = self.unknown(state, span)
        return state

    def is_release(self, value: Temp, state: State) -> bool:
        """The value is `x.free`: whoever gets that may release the resource."""
        made = self.places.definition(value)
        if not isinstance(made, graph.LoadMember) or not self.task.subject.ends_duty(made.name):
            return False
        return state.holds(self.places.of(made.base))

    def captures(self, function: FunctionId, state: State) -> bool:
        item = self.scope.program.functions[function]
        roots = set(item.captured)
        return any(
            place[0] in roots or (isinstance(place[0], str) and place[0] == f"this:{item.cls}")
            for place in state.aliases
        )

    def _captured_state(self, function: FunctionId, state: State) -> State:
        item = self.scope.program.functions[function]
        kept = frozenset(
            place
            for place in state.aliases
            if place[0] in item.captured or place[0] == f"this:{item.cls}"
        )
        return State(state.phase, kept)
