"""What a function does with its arguments, found by entering it with each of them.

Errs towards *not told*: an argument of which no more can be said than that it is handed on is
listed as a doubt, and proves nothing where the function is called.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from cleanuplint.contracts.model import ResourceClass, Returned, Treatment
from cleanuplint.flow import graph, words
from cleanuplint.flow.acquisitions import Acquisitions
from cleanuplint.flow.fills import Fills
from cleanuplint.flow.graph import ExitKind, Function, FunctionId, VariableId
from cleanuplint.flow.places import place_of_this, place_of_variable
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.solver import Solver
from cleanuplint.flow.state import Owner, Phase, State
from cleanuplint.flow.trace import Duty, Origin, Subject, Trace
from cleanuplint.flow.values import Instance
from cleanuplint.summary.reading import Reading

MOST_GATHERED = 9
"""Arguments for `...rest` of which something is said."""


@dataclass(frozen=True, slots=True)
class Analysed:
    """One file, analysed: what a summary is drawn from."""

    scope: Scope
    solver: Solver
    acquired: Acquisitions
    filled: Fills


class Arguments:
    """The treatment of arguments by the functions of one program."""

    def __init__(self, analysed: Analysed) -> None:
        self._scope = analysed.scope
        self._program = analysed.scope.program
        self._solver = analysed.solver
        self._reading = Reading(self._scope)
        self._open: set[FunctionId] = set()
        registry = analysed.scope.registry
        self._any = ResourceClass(
            "resource", "", releases=registry.release_names, clears=registry.clear_names
        )
        """A resource of which nothing is known."""
        self._filling = frozenset(registry.filling)

    def of(self, function: FunctionId) -> tuple[tuple[int, ...], Treatment]:
        """The arguments that it releases, and how it treats the others."""
        item = self._program.functions[function]
        parameters = item.parameters
        plain = self._reading.only_read(item)
        places = {i: one for i, one in enumerate(parameters) if one not in plain}
        traces = {
            index: self._entered(item, place, Duty.RELEASE) for index, place in places.items()
        }
        traces.update(self._gathered(item))
        consumed = tuple(i for i, trace in traces.items() if _is_done(trace))
        left = {index: places[index] for index in places if index not in consumed}
        told = {i: _owner(trace) for i, trace in traces.items() if i not in consumed}
        passed = {index for index in left if _is_passed(traces[index])}
        return consumed, Treatment(
            takes=frozenset(i for i, owner in told.items() if owner is Owner.GIVEN) - passed,
            borrows=frozenset(i for i, owner in told.items() if owner is Owner.MINE).union(
                i for i, one in enumerate(parameters) if one in plain
            ),
            passes=frozenset(passed) | self._returns_receiver(item),
            doubts=frozenset(i for i, owner in told.items() if owner is Owner.UNKNOWN) - passed,
            calls={i: names for i in left if (names := self._always_called(item, left[i]))},
            clears=frozenset(i for i in left if self._clears(item, left[i])),
            fills={i: names for i in left if (names := self._fills(item, left[i]))},
            lends=self._lends(item),
            quiet=not self._scope.raising.can_raise(function),
        )

    def _gathered(self, item: Function) -> dict[int, Trace | None]:
        """What becomes of the arguments that `...rest` takes: of each the same."""
        if item.rest is None:
            return {}
        state = State(Phase.OPEN, frozenset({(*place_of_variable(item.rest), "0")}))
        trace = self._solver.enter(item.id, Subject(self._any, Duty.RELEASE), state, depth=1)
        first = len(item.parameters) if item.positional is None else item.positional
        return dict.fromkeys(range(first, first + MOST_GATHERED), trace)

    def _entered(self, item: Function, parameter: VariableId, duty: Duty) -> Trace | None:
        return self._enter(item, parameter, Subject(self._any, duty))

    def _enter(self, item: Function, parameter: VariableId, subject: Subject) -> Trace | None:
        state = State(Phase.OPEN, frozenset({place_of_variable(parameter)}))
        return self._solver.enter(item.id, subject, state, depth=1)

    def _always_called(self, item: Function, parameter: VariableId) -> frozenset[str]:
        """Methods of the parameter that may be how a class of the caller is released."""
        place, places = place_of_variable(parameter), self._scope.places(item.id)
        names: set[str] = set()
        for call in self._scope.calls_in(item.id):
            if call.receiver is not None and places.of(call.receiver) == place:
                names.update(self._endings.intersection([call.method or ""]))
            elif any(places.of(argument.value) == place for argument in call.arguments):
                names |= self._endings
        return frozenset(name for name in names if self._is_ended_by(item, parameter, name))

    @cached_property
    def _endings(self) -> frozenset[str]:
        """Methods that the file calls, and that are called like the end of an object."""
        return frozenset(
            call.method
            for _, call in self._scope.calls()
            if call.method is not None and not call.arguments and words.TEARDOWN.match(call.method)
        )

    @cached_property
    def _may_clear(self) -> bool:
        """The file calls a method that clears, or a function of another file that does."""
        return any(
            call.method in self._any.clears
            or any(one.clears for one in self._scope.evidence.treatments(where, call))
            for where, call in self._scope.calls()
        )

    def _is_ended_by(self, item: Function, parameter: VariableId, method: str) -> bool:
        ending = ResourceClass(f".{method}()", "", releases=frozenset({method}))
        return _is_done(self._enter(item, parameter, Subject(ending, Duty.RELEASE)))

    def _clears(self, item: Function, parameter: VariableId) -> bool:
        return self._may_clear and _is_done(self._entered(item, parameter, Duty.CLEAR))

    def _returns_receiver(self, item: Function) -> frozenset[int]:
        """`return this`, on every way out: calls can be chained."""
        if item.cls is None or item.kind is graph.FunctionKind.CONSTRUCTOR:
            return frozenset()
        places, this = self._scope.places(item.id), place_of_this(item.cls)
        ends = [b.terminator for b in item.blocks if isinstance(b.terminator, graph.Return)]
        is_this = [end.value is not None and places.of(end.value) == this for end in ends]
        return frozenset({-1}) if is_this and all(is_this) else frozenset()

    # ── buffers ─────────────────────────────────────────────────────────────────────────────────

    def _fills(self, item: Function, parameter: VariableId) -> frozenset[str]:
        """Methods called on the parameter after which some way out passes every clear by.

        Not of parameters whose class is known: what they are left with is told in this file.
        """
        known = self._scope.evidence.of_variable(parameter)
        if any(isinstance(value, Instance) for value in known) or item.id in self._open:
            return frozenset()
        self._open.add(item.id)
        found = frozenset(
            name
            for origin, names in self._uses(item, parameter)
            if self._stays_filled(item, origin)
            for name in names
        )
        self._open.discard(item.id)
        return found

    def _uses(
        self, item: Function, parameter: VariableId
    ) -> Iterator[tuple[Origin, frozenset[str]]]:
        """The calls that may fill the buffer of the parameter, and by which methods."""
        places, place = self._scope.places(item.id), place_of_variable(parameter)
        for number, block in enumerate(item.blocks):
            for index, one in enumerate(block.operations):
                if isinstance(one, graph.Call):
                    names: set[str] = set()
                    if one.receiver is not None and places.of(one.receiver) == place:
                        names.update(self._filling.intersection([one.method or ""]))
                    for position, argument in enumerate(one.arguments):
                        if places.of(argument.value) == place:
                            names |= self._filled_by(item.id, one, position)
                    if names:
                        origin = Origin(number, index, one.span, frozenset({place}), True, True)
                        yield origin, frozenset(names)

    def _filled_by(self, function: FunctionId, call: graph.Call, position: int) -> set[str]:
        """The methods by which a call may leave the buffer of an argument filled."""
        found: set[str] = set()
        for treatment in self._scope.evidence.treatments(function, call):
            found |= treatment.fills.get(position, frozenset())
        for callee in self._scope.evidence.callees(function, call):
            parameters = self._program.functions[callee].parameters
            if position < len(parameters):
                found |= self._fills(self._program.functions[callee], parameters[position])
        return found

    def _stays_filled(self, item: Function, origin: Origin) -> bool:
        trace = self._solver.follow(item.id, Subject(self._any, Duty.CLEAR), origin)
        return not trace.gave_up and any(one.is_open for one in trace.exits)

    # ── functions among the arguments ───────────────────────────────────────────────────────────

    def _lends(self, item: Function) -> tuple[Returned | None, ...]:
        """The resources that a parameter is called with, by position."""
        calls = [(where, call) for where, call in self._scope.calls() if call.callee is not None]
        found: list[Returned | None] = []
        for where, call in calls:
            if self._scope.places(where).of(call.callee or 0)[0] not in item.parameters:
                continue
            for position, argument in enumerate(call.arguments):
                lent = self._lent(where, argument.value)
                found.extend([None] * (position + 1 - len(found)))
                found[position] = found[position] or lent
        return tuple(found) if any(found) else ()

    def _lent(self, where: FunctionId, value: graph.Temp) -> Returned | None:
        for one in self._scope.evidence.of(where, value):
            if isinstance(one, Instance):
                cls = self._scope.registry.cls(one.contract, one.name)
                return Returned(cls.name, owned=False, contract=cls.contract)
        return None


def _normal(trace: Trace | None) -> list[State]:
    if trace is None or trace.gave_up:
        return []
    return [one.state for one in trace.exits if one.kind is ExitKind.NORMAL]


def _is_done(trace: Trace | None) -> bool:
    ends = _normal(trace)
    return bool(ends) and all(state.phase is Phase.DONE for state in ends)


def _is_passed(trace: Trace | None) -> bool:
    return any(() in state.returned for state in _normal(trace))


def _owner(trace: Trace | None) -> Owner:
    """Who has the argument after the call; unknown where the ways out disagree."""
    owners = {state.owner for state in _normal(trace)}
    done = any(state.phase is Phase.DONE for state in _normal(trace))
    return owners.pop() if len(owners) == 1 and not done else Owner.UNKNOWN
