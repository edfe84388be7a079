"""Which duties arise in a program, and how each of them ends.

One obligation gives one `Outcome`. Functions are asked for what they return and what they leave
filled before their callers are, so that a factory's caller owes the release, and the caller of a
private helper owes the clear.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from cleanuplint.contracts.model import ResourceClass
from cleanuplint.findings import Confidence, Span
from cleanuplint.flow import graph, words
from cleanuplint.flow.graph import FunctionId, FunctionKind
from cleanuplint.flow.places import Place, place_of_temp, rebase
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.solver import Solver
from cleanuplint.flow.state import Owner, Phase
from cleanuplint.flow.trace import Duty, Event, Exit, Origin, Subject, Trace

MAX_FACTORY_DEPTH = 8


class Fate(StrEnum):
    """How an obligation ends; each is the business of one rule."""

    NEVER = "missing-release"
    NOT_EVERYWHERE = "release-not-on-every-path"
    DISCARDED = "discarded-resource"
    OVERWRITTEN = "overwritten-resource"
    LATE = "use-after-release"
    TWICE = "double-release"
    UNGUARDED = "unguarded-call"
    NOT_IN_FINALLY = "clear-not-in-finally"
    WRONG_RECEIVER = "wrong-receiver-cleared"
    NO_TEARDOWN = "missing-teardown-release"
    COLLECTION = "collection-drops-resource"
    MASKS = "cleanup-masks-error"
    SWALLOWED = "swallowed-wasm-error"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one obligation."""

    fate: Fate
    span: Span
    """Where the finding starts."""
    cls: ResourceClass
    confidence: Confidence
    origin: Span
    trail: tuple[tuple[Span, str], ...] = ()
    raised: Span | None = None
    """The raiser, where only an exceptional path is bad."""
    unresolved: bool = False
    """The resource was handed to something that nobody could look into."""
    place: str = ""
    """The user's name for what holds the resource."""
    other: Span | None = None
    """The second place a message wants to quote."""


@dataclass(frozen=True, slots=True)
class Acquisition:
    """A call after which a function owes a release."""

    function: FunctionId
    call: graph.Call
    cls: ResourceClass
    confidence: Confidence
    origin: Origin


class Obligations:
    """Finds and follows every duty of one program."""

    def __init__(self, scope: Scope, name_heuristics: bool = True) -> None:
        self.scope = scope
        self.solver = Solver(scope)
        self._name_heuristics = name_heuristics
        self._traces: dict[tuple[FunctionId, graph.BlockId, int, str, Duty], Trace] = {}
        self._returned: dict[FunctionId, tuple[tuple[ResourceClass, Confidence, Place], ...]] = {}
        self._left_filled: dict[FunctionId, tuple[tuple[Subject, Confidence, Place], ...]] = {}
        self._open: set[tuple[str, FunctionId]] = set()
        self.gave_up = 0

    # ── acquisitions ────────────────────────────────────────────────────────────────────────────

    def acquisitions(self, function: FunctionId) -> Iterator[tuple[Acquisition, Trace]]:
        item = self.scope.program.functions[function]
        reached = self.scope.reachable(function)
        for number, block in enumerate(item.blocks):
            if number not in reached:
                continue
            for index, operation in enumerate(block.operations):
                if isinstance(operation, graph.Call):
                    for acquisition in self._acquired(function, number, index, operation):
                        yield acquisition, self._follow(acquisition, Duty.RELEASE)

    def _acquired(
        self, function: FunctionId, block: int, index: int, call: graph.Call
    ) -> Iterator[Acquisition]:
        found: dict[tuple[str, str, Place], tuple[ResourceClass, Confidence]] = {}
        out = place_of_temp(call.out)
        for result, contract, confidence in self.scope.evidence.returned(function, call):
            if result.owned and not result.many and result.name != "module":
                cls = self.scope.registry.cls(contract, result.name)
                if cls.releases:
                    found[(contract, cls.name, out)] = cls, confidence
        if not found:
            for callee in self.scope.evidence.callees(function, call):
                if call.form is not graph.CallForm.NEW:
                    for cls, confidence, suffix in self.returned(callee):
                        place = (*out, *suffix)
                        found[(cls.contract, cls.name, place)] = cls, confidence
        best: dict[Place, tuple[ResourceClass, Confidence]] = {}
        for (_, _, place), (cls, confidence) in found.items():
            if place not in best or confidence > best[place][1]:
                best[place] = cls, confidence
        for place, (cls, confidence) in best.items():
            origin = Origin(block, index, call.span, frozenset({place}))
            yield Acquisition(function, call, cls, confidence, origin)

    def returned(self, function: FunctionId) -> tuple[tuple[ResourceClass, Confidence, Place], ...]:
        """The resources a function acquires and gives to its caller, and where in the result."""
        if function in self._returned:
            return self._returned[function]
        key = ("returned", function)
        if key in self._open or len(self._open) > MAX_FACTORY_DEPTH:
            return ()
        self._open.add(key)
        found: dict[tuple[str, str, Place], tuple[ResourceClass, Confidence, Place]] = {}
        if not self.scope.program.functions[function].is_generator:
            for acquisition, trace in self.acquisitions(function):
                for one in trace.exits:
                    for suffix in one.state.returned:
                        cls = acquisition.cls
                        known = (cls, acquisition.confidence, suffix)
                        found[(cls.contract, cls.name, suffix)] = known
        self._open.discard(key)
        self._returned[function] = tuple(found.values())
        return self._returned[function]

    def _follow(self, acquisition: Acquisition, duty: Duty) -> Trace:
        origin = acquisition.origin
        name = f"{acquisition.cls.contract}.{acquisition.cls.name}{sorted(map(str, origin.places))}"
        key = (acquisition.function, origin.block, origin.index, name, duty)
        if key not in self._traces:
            subject = Subject(acquisition.cls, duty)
            trace = self.solver.follow(acquisition.function, subject, origin)
            self.gave_up += trace.gave_up
            self._traces[key] = trace
        return self._traces[key]

    # ── fills ───────────────────────────────────────────────────────────────────────────────────

    def fills(self, function: FunctionId) -> Iterator[tuple[Acquisition, Trace]]:
        """Calls after which a buffer must be cleared."""
        item = self.scope.program.functions[function]
        reached = self.scope.reachable(function)
        for number, block in enumerate(item.blocks):
            if number not in reached:
                continue
            for index, operation in enumerate(block.operations):
                if isinstance(operation, graph.Call):
                    for filling in self._filled(function, number, index, operation):
                        yield filling, self._follow(filling, Duty.CLEAR)

    def _filled(
        self, function: FunctionId, block: int, index: int, call: graph.Call
    ) -> Iterator[Acquisition]:
        places = self.scope.places(function)
        if call.receiver is not None and call.method is not None:
            known = self._filling_class(function, call)
            if known is not None:
                cls, confidence = known
                place = places.of(call.receiver)
                origin = Origin(block, index, call.span, frozenset({place}), True, True)
                yield Acquisition(function, call, cls, confidence, origin)
                return
        for callee in self.scope.evidence.callees(function, call):
            for subject, confidence, inside in self.left_filled(callee):
                outside = self._outside(function, call, callee, inside)
                if outside is not None and not self._clears_for_another(function, outside, subject):
                    origin = Origin(block, index, call.span, frozenset({outside}), True, True)
                    yield Acquisition(function, call, subject.cls, confidence, origin)

    def _filling_class(
        self, function: FunctionId, call: graph.Call
    ) -> tuple[ResourceClass, Confidence] | None:
        if call.receiver is None or call.method is None:
            return None
        values = self.scope.evidence.of(function, call.receiver)
        known = [
            (cls, confidence)
            for cls, confidence in self.scope.evidence.instances(values)
            if cls.clears or cls.releases
        ]
        if known:
            filling = [pair for pair in known if call.method in pair[0].fills]
            return max(filling, key=lambda pair: pair[1]) if filling else None
        if not self._name_heuristics or self.scope.evidence.is_known_local(values):
            return None
        name = self.scope.places(function).dotted(call.receiver).rpartition(".")[2]
        if not words.SUGGESTS_WASM.search(name) or not name[:1].islower() and name[:1] not in "_#$":
            return None
        classes = self.scope.registry.filling.get(call.method, ())
        return (classes[0], Confidence.ASSUMED) if classes else None

    def used_class(
        self, function: FunctionId, call: graph.Call
    ) -> tuple[ResourceClass, Confidence] | None:
        """The class of the resource that a call is made on."""
        filling = self._filling_class(function, call)
        if filling is not None or call.receiver is None:
            return filling
        values = self.scope.evidence.of(function, call.receiver)
        known = [pair for pair in self.scope.evidence.instances(values) if pair[0].releases]
        if not known or call.method in known[0][0].releases | known[0][0].clears:
            return None
        return max(known, key=lambda pair: pair[1])

    def left_filled(self, function: FunctionId) -> tuple[tuple[Subject, Confidence, Place], ...]:
        """Buffers that a private helper leaves for its callers to clear, as places it was given."""
        if function in self._left_filled:
            return self._left_filled[function]
        key = ("filled", function)
        if key in self._open or not self.passes_duty(function):
            return ()
        self._open.add(key)
        found: dict[tuple[str, str, Place], tuple[Subject, Confidence, Place]] = {}
        for filling, trace in self.fills(function):
            if any(_is_open(one) for one in trace.exits):
                subject = Subject(filling.cls, Duty.CLEAR)
                for place in filling.origin.places:
                    if self._comes_from_outside(function, place):
                        name = (filling.cls.contract, filling.cls.name, place)
                        found[name] = subject, filling.confidence, place
        self._open.discard(key)
        self._left_filled[function] = tuple(found.values())
        return self._left_filled[function]

    def passes_duty(self, function: FunctionId) -> bool:
        """Callers in the file clear for this function: a private helper, or a buffered class."""
        item = self.scope.program.functions[function]
        if item.kind is FunctionKind.MODULE:
            return False
        if item.cls is not None and self._offers_clear(item.cls):
            return not words.RELEASING.match(item.name)
        private = item.is_private or (item.cls is None and not item.is_exported)
        return private and function in self.scope.called

    def _offers_clear(self, cls: graph.ClassId) -> bool:
        names = self.scope.registry.clear_names | {"clear", "clearBuffers", "reset"}
        return bool(names & self.scope.program.classes[cls].methods.keys())

    def _comes_from_outside(self, function: FunctionId, place: Place) -> bool:
        item = self.scope.program.functions[function]
        root = place[0]
        return isinstance(root, str) or root in item.parameters or self._is_foreign(function, root)

    def _is_foreign(self, function: FunctionId, root: int) -> bool:
        """The variable belongs to another function: an outer one, or one that lent a closure."""
        return root >= 0 and self.scope.program.variables[root].owner != function

    def _clears_for_another(self, function: FunctionId, place: Place, subject: Subject) -> bool:
        """`with(s, () => s.fill())`: runs a closure over a variable that it knows as `s` itself."""
        item = self.scope.program.functions[function]
        root = place[0]
        if isinstance(root, str) or not self._is_foreign(function, root) or root in item.captured:
            return False
        return any(
            isinstance(operation, graph.Call) and operation.method in subject.cls.clears
            for block in item.blocks
            for operation in block.operations
        )

    def _outside(
        self, function: FunctionId, call: graph.Call, callee: FunctionId, inside: Place
    ) -> Place | None:
        """The caller's name for a place of the callee."""
        item = self.scope.program.functions[callee]
        places = self.scope.places(function)
        root = inside[0]
        if isinstance(root, str):
            if call.receiver is None:
                return inside
            return rebase(inside, (root,), places.of(call.receiver))
        if root in item.parameters:
            index = item.parameters.index(root)
            if index >= len(call.arguments):
                return None
            return rebase(inside, (root,), places.of(call.arguments[index].value))
        return inside

    # ── outcomes ────────────────────────────────────────────────────────────────────────────────

    def outcomes(self) -> Iterator[Outcome]:
        for function in self.scope.program.functions:
            yield from self._releases(function)
            yield from self._clears(function)

    def _releases(self, function: graph.Function) -> Iterator[Outcome]:
        at_module = function.kind is FunctionKind.MODULE
        for acquisition, trace in self.acquisitions(function.id):
            yield from self._misuses(acquisition, trace)
            if at_module or trace.gave_up:
                continue
            leak = self._leak(acquisition, trace)
            if leak is not None:
                yield leak

    def _misuses(self, acquisition: Acquisition, trace: Trace) -> Iterator[Outcome]:
        for fate, events in ((Fate.TWICE, trace.released_again), (Fate.LATE, trace.used_late)):
            for span in dict.fromkeys(event.span for event in events):
                event = next(e for e in events if e.span == span)
                yield self._outcome(fate, acquisition, span, _steps(event))

    def _leak(self, acquisition: Acquisition, trace: Trace) -> Outcome | None:
        bad = [one for one in trace.exits if _is_open(one)]
        normal = [one for one in bad if one.kind is graph.ExitKind.NORMAL]
        if trace.overwritten:
            event = trace.overwritten[0]
            return self._outcome(
                Fate.OVERWRITTEN,
                acquisition,
                acquisition.origin.span,
                _steps(event),
                other=event.span,
            )
        released = bool(trace.released)
        if normal or trace.dropped or bad:
            fate = Fate.NOT_EVERYWHERE if released or self._given(trace) else Fate.NEVER
            if not released and not self._is_bound(acquisition):
                fate = Fate.DISCARDED
            worst = next(iter(normal or bad), None)
            steps = worst.trail.steps() if worst and worst.trail else _steps_of(trace.dropped)
            raised = worst.raised if worst is not None and not normal else None
            return self._outcome(fate, acquisition, acquisition.origin.span, steps, raised=raised)
        return self._unresolved(acquisition, trace)

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
                    acquisition.origin.span,
                    steps,
                    confidence=Confidence.ASSUMED,
                    unresolved=True,
                )
        return None

    def _is_bound(self, acquisition: Acquisition) -> bool:
        """Some variable or field ever held the resource."""
        return self.scope.is_bound(acquisition.function, acquisition.call.out)

    def _clears(self, function: graph.Function) -> Iterator[Outcome]:
        if function.kind is FunctionKind.MODULE:
            return
        for filling, trace in self.fills(function.id):
            bad = [one for one in trace.exits if _is_open(one)]
            if not bad or trace.gave_up:
                continue
            if self._callers_clear(function.id, filling):
                continue
            normal = [one for one in bad if one.kind is graph.ExitKind.NORMAL]
            worst = (normal or bad)[0]
            steps = worst.trail.steps() if worst.trail else ()
            wrong = self._cleared_elsewhere(function, filling)
            if trace.released:
                fate, other = Fate.NOT_IN_FINALLY, trace.released[0].span
            elif wrong is not None:
                fate, other = Fate.WRONG_RECEIVER, wrong
            else:
                fate, other = Fate.UNGUARDED, None
            yield self._outcome(
                fate, filling, filling.call.span, steps, raised=worst.raised, other=other
            )

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
        if not self.passes_duty(function):
            return False
        return any(self._comes_from_outside(function, p) for p in filling.origin.places)

    def _name(self, acquisition: Acquisition) -> str:
        call = acquisition.call
        if call.receiver is not None and acquisition.origin.exceptionally:
            return self.scope.places(acquisition.function).dotted(call.receiver)
        return self.scope.user_name(acquisition.function, call.out)

    def _outcome(
        self,
        fate: Fate,
        acquisition: Acquisition,
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
            other=other,
        )


def _is_open(one: Exit) -> bool:
    return one.state.phase is Phase.OPEN and one.state.owner is Owner.MINE


def _steps(event: Event) -> tuple[tuple[Span, str], ...]:
    return event.trail.steps() if event.trail is not None else ()


def _steps_of(events: list[Event]) -> tuple[tuple[Span, str], ...]:
    return _steps(events[0]) if events else ()
