"""What becomes of the duties of single functions.

One obligation gives one `Outcome`.
"""

from collections.abc import Iterator

from cleanuplint.findings import Confidence, Span
from cleanuplint.flow import graph
from cleanuplint.flow.acquisitions import Acquisitions
from cleanuplint.flow.fills import Fills
from cleanuplint.flow.graph import FunctionId, FunctionKind
from cleanuplint.flow.lifetimes import Lifetimes
from cleanuplint.flow.outcome import Acquisition, Fate, Outcome
from cleanuplint.flow.places import MODULE
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.state import Owner, Phase
from cleanuplint.flow.trace import MAY_THROW, Event, Trace


class Obligations:
    """The outcomes of all acquisitions and fills of one program."""

    def __init__(self, scope: Scope, acquired: Acquisitions, filled: Fills) -> None:
        self.scope = scope
        self.acquired = acquired
        self.filled = filled
        self.lifetimes = Lifetimes(scope)

    # ── outcomes ────────────────────────────────────────────────────────────────────────────────

    def outcomes(self) -> Iterator[Outcome]:
        for function in self.scope.program.functions:
            yield from self._releases(function)
            yield from self._clears(function)

    def _releases(self, function: graph.Function) -> Iterator[Outcome]:
        at_module = function.kind is FunctionKind.MODULE
        for acquisition, trace in self.acquired.of(function.id):
            yield from self._misuses(acquisition, trace)
            if at_module or trace.gave_up:
                continue
            leak = self._leak(acquisition, trace)
            if leak is not None and not self._is_kept(leak, acquisition):
                yield leak

    def _is_kept(self, leak: Outcome, acquisition: Acquisition) -> bool:
        """Nobody ever releases it, and it is made once for the whole run of the program."""
        where = acquisition.function, acquisition.origin.block
        return leak.fate is Fate.NEVER and self.lifetimes.ends_with_process(*where)

    def _misuses(self, acquisition: Acquisition, trace: Trace) -> Iterator[Outcome]:
        returned = [it for it in trace.returned_late if it.span not in trace.returned_alive]
        late = [*trace.used_late, *returned]
        for fate, events in ((Fate.TWICE, trace.released_again), (Fate.LATE, late)):
            for span in dict.fromkeys(event.span for event in events):
                event = next(e for e in events if e.span == span)
                steps = _steps(event)
                yield self._outcome(fate, acquisition, trace, span, steps, other=event.other)

    def _leak(self, acquisition: Acquisition, trace: Trace) -> Outcome | None:
        bad = [one for one in trace.exits if one.is_open]
        normal = [one for one in bad if one.kind is graph.ExitKind.NORMAL]
        if trace.overwritten:
            event = trace.overwritten[0]
            return self._outcome(
                Fate.OVERWRITTEN,
                acquisition,
                trace,
                acquisition.site,
                _steps(event),
                other=event.span,
            )
        released = bool(trace.released)
        lost = normal or any(not event.raised for event in trace.dropped)
        if trace.doubted or (not lost and not released and self._handed_over(trace)):
            return self._unresolved(acquisition, trace)
        if bad or trace.dropped:
            fate = Fate.NOT_EVERYWHERE if released or self._given(trace) else Fate.NEVER
            if not released and not self._is_bound(acquisition):
                fate = Fate.DISCARDED if lost else Fate.NOT_EVERYWHERE
            worst = next(iter(normal or bad), None)
            steps = worst.trail.steps() if worst and worst.trail else _steps_of(trace.dropped)
            raised = worst.raised if worst is not None and not normal else _raiser(steps)
            return self._outcome(fate, acquisition, trace, acquisition.site, steps, raised=raised)
        return self._unresolved(acquisition, trace)

    def _handed_over(self, trace: Trace) -> bool:
        """Where nothing throws, somebody unknown has it."""
        owners = {one.state.owner for one in trace.exits if one.kind is graph.ExitKind.NORMAL}
        return Owner.UNKNOWN in owners

    def _given(self, trace: Trace) -> bool:
        return any(one.state.owner is Owner.GIVEN for one in trace.exits)

    def _unresolved(self, acquisition: Acquisition, trace: Trace) -> Outcome | None:
        """The second law: an unresolved hand-over with no later release proves nothing."""
        for one in trace.exits:
            if one.state.owner is Owner.UNKNOWN and one.state.phase is Phase.OPEN:
                steps = one.trail.steps() if one.trail else ()
                return self._outcome(
                    Fate.NEVER,
                    acquisition,
                    trace,
                    acquisition.site,
                    steps,
                    confidence=Confidence.ASSUMED,
                    unresolved=True,
                )
        return None

    def _is_bound(self, acquisition: Acquisition) -> bool:
        """Some variable or field ever held the resource."""
        return bool(self.scope.naming.of_value(acquisition.function, acquisition.call.out))

    def _clears(self, function: graph.Function) -> Iterator[Outcome]:
        if function.kind is FunctionKind.MODULE:
            return
        for filling, trace in self.filled.of(function.id):
            bad = [one for one in trace.exits if one.is_open]
            lost = trace.overwritten + trace.dropped if self._is_named(filling) else []
            if not (bad or lost) or trace.gave_up:
                continue
            if self._callers_clear(function.id, filling):
                continue
            normal = [one for one in bad if one.kind is graph.ExitKind.NORMAL]
            worst = next(iter(normal or bad), None)
            steps = worst.trail.steps() if worst and worst.trail else _steps_of(lost)
            wrong = self._cleared_elsewhere(function, filling)
            if trace.released:
                fate, other = Fate.NOT_IN_FINALLY, trace.released[0].span
            elif wrong is not None:
                fate, other = Fate.WRONG_RECEIVER, wrong
            else:
                fate, other = Fate.UNGUARDED, None
            yield self._outcome(
                fate,
                filling,
                trace,
                filling.site,
                steps,
                raised=worst.raised if worst is not None else None,
                other=other,
            )

    def _is_named(self, filling: Acquisition) -> bool:
        """The receiver is no mere value of an expression, whose other names nobody knows."""
        roots = (place[0] for place in filling.origin.places)
        return any(isinstance(root, str) or root >= 0 for root in roots)

    def _cleared_elsewhere(self, function: graph.Function, filling: Acquisition) -> Span | None:
        """A clear in a `finally` of the function, of another object than the filled one."""
        places = self.scope.places(function.id)
        for block in function.blocks:
            for operation in block.operations if block.depth else ():
                if isinstance(operation, graph.Call) and operation.receiver is not None:
                    elsewhere = places.of(operation.receiver) not in filling.origin.places
                    if operation.method in filling.cls.clears and elsewhere:
                        return operation.span
        return None

    def _callers_clear(self, function: FunctionId, filling: Acquisition) -> bool:
        if not self.filled.passes_duty(function):
            return False
        return any(self.filled.comes_from_outside(function, p) for p in filling.origin.places)

    def _name(self, acquisition: Acquisition) -> str:
        call = acquisition.call
        if acquisition.origin.exceptionally:
            places = self.scope.places(acquisition.function)
            if call.receiver is not None and places.of(call.receiver) in acquisition.origin.places:
                return places.dotted(call.receiver)
            return self._spelled(acquisition)
        return self.scope.naming.of_value(acquisition.function, call.out)

    def _spelled(self, acquisition: Acquisition) -> str:
        """The name of what a function filled that was called, as its caller writes it."""
        program = self.scope.program
        this = program.functions[acquisition.function].this
        for root, *rest in acquisition.origin.places:
            if isinstance(root, str) and root.startswith(MODULE):
                continue
            variable = this if isinstance(root, str) else root
            if variable is not None and variable >= 0:
                return ".".join((program.variables[variable].name, *map(str, rest)))
        return ""

    def _outcome(
        self,
        fate: Fate,
        acquisition: Acquisition,
        trace: Trace,
        span: Span,
        trail: tuple[tuple[Span, str], ...] | None,
        *,
        raised: Span | None = None,
        other: Span | None = None,
        confidence: Confidence | None = None,
        unresolved: bool = False,
    ) -> Outcome:
        return Outcome(
            fate=fate,
            span=span,
            cls=acquisition.cls,
            confidence=confidence or acquisition.confidence,
            origin=acquisition.origin.span,
            trail=trail or (),
            raised=raised,
            unresolved=unresolved,
            place=self._name(acquisition),
            many=acquisition.many,
            method=acquisition.call.method or "",
            other=other,
            released=tuple(sorted({e.span for e in trace.released + trace.released_again})),
            given=self._given(trace),
        )


def _steps(event: Event) -> tuple[tuple[Span, str], ...]:
    return event.trail.steps() if event.trail is not None else ()


def _raiser(steps: tuple[tuple[Span, str], ...]) -> Span | None:
    """The last operation on a path that threw and was caught."""
    return next((span for span, said in reversed(steps) if said == MAY_THROW), None)


def _steps_of(events: list[Event]) -> tuple[tuple[Span, str], ...]:
    return _steps(events[0]) if events else ()
