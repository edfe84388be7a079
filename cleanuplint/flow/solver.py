"""The solver: follows one obligation through one function, along every path.

An accumulation analysis after the Resource Leak Checker (Kellogg et al., ESEC/FSE 2021): the state
is the set of places that must hold the resource, whether the duty is open, and who has it. States
at a block are explored once each, breadth first, so that the first bad exit found has the
shortest path. Where a block has many states, those that differ in remembered conditions alone
are joined to one that remembers what they have in common (property simulation: Das, Lerner and
Seigle, ESP, PLDI 2002). An exploration that still has too many gives up and proves nothing.

    entry ──BEFORE──▶ origin ──OPEN──▶ … ──release──DONE──▶ exit
                         └──BEFORE──▶ …   (a later execution of the same origin)
"""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from cleanuplint.findings import Span
from cleanuplint.flow import graph, words
from cleanuplint.flow.conditions import refine
from cleanuplint.flow.effects import Effects
from cleanuplint.flow.entry import EntryFacts
from cleanuplint.flow.flags import Flags
from cleanuplint.flow.graph import BlockId, FunctionId, Operation, Route, Temp
from cleanuplint.flow.ownership import Ownership
from cleanuplint.flow.places import place_of_temp
from cleanuplint.flow.recursion import Recursion
from cleanuplint.flow.releases import Releases
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.state import Fact, Owner, Phase, State
from cleanuplint.flow.trace import (
    RETURNS,
    After,
    Duty,
    Event,
    Exit,
    Origin,
    Subject,
    Task,
    Trace,
    Trail,
)

MAX_STATES_PER_BLOCK = 120
STATES_BEFORE_JOINING = 4
"""States at one block after which those that differ in remembered conditions alone are joined."""


class Solver:
    """Explores functions of one program; remembers the summaries of those it was asked for."""

    def __init__(self, scope: Scope, releases: Releases, budget: int) -> None:
        self.scope = scope
        self.releases = releases
        self._entry = EntryFacts(scope.program)
        self._gave_up: set[object] = set()
        self._traces = Recursion[object, Trace](Trace(), _are_alike)
        self.budget = budget
        """Block visits left for this file."""

    def follow(self, function: FunctionId, subject: Subject, origin: Origin) -> Trace:
        """The obligation that arises at `origin`, with the first law applied."""
        key = (function, subject.key, origin)
        state = State(Phase.BEFORE, facts=self._entry.of(function))
        walk = partial(self._walk, function, subject, origin, state, 0)
        trace = self._traces.ask(key, walk) or Trace(gave_up=True)
        if trace.gave_up:
            self._gave_up.add(key)
        return trace

    @property
    def gave_up(self) -> int:
        """How many obligations had too many states to follow."""
        return len(self._gave_up)

    def enter(
        self, function: FunctionId, subject: Subject, state: State, depth: int
    ) -> Trace | None:
        """What a function does to a resource it is entered with; None where it can't be told."""
        walk = partial(self._walk, function, subject, None, state, depth)
        trace = self._traces.ask((function, subject.key, state), walk)
        return None if trace is None or trace.gave_up else trace

    def _walk(
        self,
        function: FunctionId,
        subject: Subject,
        origin: Origin | None,
        state: State,
        depth: int,
    ) -> Trace:
        """One exploration, again with each hand-over that it proves to be a borrow."""
        borrows: frozenset[Span] = frozenset()
        while True:
            trace = _Walk(self, Task(function, subject, borrows, depth), origin).run(state)
            if trace.borrows <= borrows:
                return trace
            borrows |= trace.borrows


def _are_alike(one: Trace, other: Trace) -> bool:
    """A caller can't tell them apart."""
    return one.seen_by_caller == other.seen_by_caller


class _Walk:
    """One exploration of one function."""

    def __init__(self, solver: Solver, task: Task, origin: Origin | None) -> None:
        self.solver = solver
        self.scope = solver.scope
        self.task = task
        self.origin = origin
        self.function = self.scope.program.functions[task.function]
        self.places = self.scope.places(task.function)
        self.trace = Trace()
        self._effects = Effects(
            Ownership(self.scope, task, self.trace, solver.enter, solver.follow, solver.releases)
        )
        program = self.scope.program
        self._flags = Flags(program, self.function, self.places, origin)
        self._live = self.scope.live_conditions(task.function)
        self._loops = self.scope.loops(task.function)
        self._tracked = self.scope.conditions(task.function).tracked
        self._seen: set[tuple[BlockId, State]] = set()
        self._visits: Counter[BlockId] = Counter()
        self._common: dict[tuple[BlockId, State], frozenset[Fact]] = {}
        self._queue: deque[tuple[BlockId, State, Trail | None, Span | None]] = deque()

    def run(self, state: State) -> Trace:
        self._queue.append((self.function.entry, state, None, None))
        while self._queue:
            self._visit(*self._queue.popleft())
        return self.trace

    def _visit(
        self, block_id: BlockId, state: State, trail: Trail | None, raised: Span | None
    ) -> None:
        state = self._joined(block_id, state)
        if (block_id, state) in self._seen:
            return
        if self._visits[block_id] > MAX_STATES_PER_BLOCK or self.solver.budget <= 0:
            self.trace.gave_up = True
            return
        self._seen.add((block_id, state))
        self._visits[block_id] += 1
        self.solver.budget -= 1
        block = self.function.blocks[block_id]
        current = [(state, trail)]
        for index, operation in enumerate(block.operations):
            current = list(self._operate(block_id, index, operation, current, raised))
        for after, behind in current:
            self._leave(block_id, block, after, behind, raised)

    def _joined(self, block: BlockId, state: State) -> State:
        key = (block, replace(state, facts=frozenset()))
        common = self._common[key] = self._common.get(key, state.facts) & state.facts
        if self._visits[block] < STATES_BEFORE_JOINING:
            return state
        return replace(state, facts=common)

    def _operate(
        self,
        block_id: BlockId,
        index: int,
        operation: Operation,
        current: Sequence[tuple[State, Trail | None]],
        raised: Span | None,
    ) -> Iterator[tuple[State, Trail | None]]:
        handler = self.function.blocks[block_id].handler
        seen: set[State] = set()
        for state, trail in current:
            known = _without_old_value(operation, state)
            for after in self._step(block_id, index, operation, known, trail):
                behind = trail
                if after.note is not None and after.state.phase is not Phase.BEFORE:
                    behind = Trail(after.note[0], after.note[1], trail)
                if after.raises:
                    thrown = after.state.exceptionally()
                    first = raised if self._is_unwinding(block_id, state) else None
                    self._go(block_id, handler, thrown, behind, first or operation.span)
                elif not self._is_lost(after.state, state, operation, behind):
                    if after.state not in seen:
                        seen.add(after.state)
                        yield after.state, behind

    def _is_unwinding(self, block: BlockId, state: State) -> bool:
        """A `finally` runs on the way of an exception out of the function."""
        depth = self.function.blocks[block].depth
        if not depth or len(state.pending) < depth:
            return False
        return state.pending[depth - 1].target == self.function.exceptional_exit

    def _is_lost(
        self, after: State, before: State, operation: Operation, trail: Trail | None
    ) -> bool:
        """Nothing can reach the resource any more although its duty is open.

        A function that was entered with it may forget it: its caller still has a name for it.
        """
        if after.phase is not Phase.OPEN or after.aliases or after.owner is not Owner.MINE:
            return False
        if (isinstance(operation, graph.StoreVariable) and not operation.declares) or (
            isinstance(operation, graph.StoreMember) and before.aliases
        ):
            self.trace.overwritten.append(Event(operation.span, trail))
        else:
            self.trace.dropped.append(Event(operation.span, trail))
        return self.origin is not None

    def _go(
        self,
        source: BlockId,
        route: Route,
        state: State,
        trail: Trail | None,
        raised: Span | None,
        is_return: bool = False,
    ) -> None:
        """Follow a route: into its first `finally`, or to its target."""
        blocks = self.function.blocks
        if route.through:
            entry = route.through[0]
            rest = Route(route.target, route.through[1:])
            outer, target = state.pending[: blocks[entry].depth - 1], entry
            pending = (*outer, rest)
        else:
            target = route.target
            outer = pending = state.pending[: blocks[target].depth]
        if len(outer) < len(state.pending) and not is_return:
            state = _abandon_return(state)
        state = replace(state, pending=pending)
        state = self._forget(source, target, state)
        unreachable = not state.aliases and self.origin is not None
        if state.phase is Phase.OPEN and unreachable and state.owner is Owner.MINE:
            span = trail.span if trail is not None else self.function.name_span
            self.trace.dropped.append(Event(raised or span, trail, raised=raised is not None))
            return
        self._queue.append((target, state, trail, raised))

    def _forget(self, block: BlockId, target: BlockId, state: State) -> State:
        """What nobody asks for behind an edge: conditions, and values of expressions."""
        live = self._live[target]
        stale = [
            fact for fact in state.facts if fact[0].split(":", 1)[1].rpartition(":")[0] not in live
        ]
        if stale and not state.pending:
            state = replace(state, facts=state.facts.difference(stale))
        dead = [
            place
            for place in state.aliases
            if isinstance(place[0], int)
            and place[0] < 0
            and not self.scope.outlives(self.task.function, block, -place[0] - 1)
        ]
        if not dead:
            return state
        return replace(state, aliases=state.aliases.difference(dead))

    def _leave(
        self,
        block_id: BlockId,
        block: graph.Block,
        state: State,
        trail: Trail | None,
        raised: Span | None,
    ) -> None:
        match block.terminator:
            case graph.Jump(route):
                self._go(block_id, route, state, trail, raised)
            case graph.Branch(test=test, then=then, otherwise=otherwise):
                for outcome, route in ((True, then), (False, otherwise)):
                    refined = self._refined(test, outcome, state)
                    if refined is not None:
                        if refined.phase is Phase.OPEN and self._flags.decide(test):
                            refined = replace(refined, owner=Owner.UNKNOWN)
                        self._go(block_id, route, refined, trail, raised)
            case graph.Choose(routes=routes):
                for route in routes[:1] if self._must_visit(block_id, state) else routes:
                    self._go(block_id, route, state, trail, raised)
            case graph.Return(span=span, value=value, route=route):
                if state.phase is not Phase.BEFORE:
                    trail = Trail(span, RETURNS, trail)
                if block.depth:
                    state = _abandon_return(state)
                returned = self._returned(value, state, span)
                self._go(block_id, route, returned, trail, None, is_return=True)
            case graph.Throw(span=span, value=value, route=route):
                if value is not None and state.within(self.places.of(value)):
                    state = replace(state, owner=Owner.GIVEN)
                self._go(block_id, route, state.exceptionally(), trail, span)
            case graph.Resume():
                pending = state.pending[block.depth - 1]
                state = replace(state, pending=state.pending[: block.depth - 1])
                self._go(block_id, pending, state, trail, raised)
            case graph.End(kind):
                self._exit(kind, state, trail, raised)

    def _must_visit(self, header: BlockId, state: State) -> bool:
        """A loop over a collection that holds the resource does not end before it came to it."""
        iterable = self._loops.get(header)
        if iterable is None or iterable in state.visited or state.phase is not Phase.OPEN:
            return False
        return bool(state.elements(self.places.of(iterable)))

    def _refined(self, test: graph.Test, outcome: bool, state: State) -> State | None:
        if test.value is None:
            return refine(test, outcome, state, None, self.task.subject, self._tracked)
        asked = self._asks_whether_released(test.value, state)
        if self._effects.containers.has_own(test.value, state):
            asked = True
        if asked is not None and asked != outcome:
            return None
        place = self.places.of(test.value)
        return refine(test, outcome, state, place, self.task.subject, self._tracked)

    def _asks_whether_released(self, value: Temp, state: State) -> bool | None:
        """The answer to `x.isDeleted()` or `x.alive`, where `value` is that question."""
        question = self.places.definition(value)
        match question:
            case graph.Call(receiver=int(base), method=str(name)):
                pass
            case graph.LoadMember(base=base, name=name):
                pass
            case _:
                return None
        if state.phase is Phase.BEFORE or not state.holds(self.places.of(base)):
            return None
        if words.ASKS_RELEASED.match(name):
            return state.phase is Phase.DONE
        return state.phase is Phase.OPEN if name == "alive" else None

    def _exit(
        self, kind: graph.ExitKind, state: State, trail: Trail | None, raised: Span | None
    ) -> None:
        if state.phase is Phase.BEFORE and self.origin is not None:
            return
        at = raised if kind is graph.ExitKind.EXCEPTIONAL else None
        if state.returned and state.phase is Phase.OPEN and trail and trail.last_return:
            self.trace.returned_alive.add(trail.last_return)
        self.trace.exits.append(Exit(kind, state, trail, at))

    def _returned(self, value: Temp | None, state: State, span: Span) -> State:
        if value is None or state.phase is Phase.BEFORE:
            return state
        place = self.places.of(value)
        found = {alias[len(place) :] for alias in state.within(place)}
        if found and state.phase is Phase.OPEN and state.owner is Owner.MINE:
            return replace(state, owner=Owner.GIVEN, returned=frozenset(found))
        call = self.places.definition(value)
        if isinstance(call, graph.Call) and self._is_async(call) and self._mentions(call, state):
            return replace(state, promised=True)
        return self._effects.ownership.closure_escapes(value, state, span)

    def _is_async(self, call: graph.Call) -> bool:
        callees = self.scope.evidence.callees(self.task.function, call)
        return any(self.scope.program.functions[callee].is_async for callee in callees)

    def _mentions(self, call: graph.Call, state: State) -> bool:
        temps = [argument.value for argument in call.arguments]
        if call.receiver is not None:
            temps.append(call.receiver)
        return any(state.holds(self.places.of(temp)) for temp in temps)

    def _step(
        self,
        block: BlockId,
        index: int,
        operation: Operation,
        state: State,
        trail: Trail | None,
    ) -> Iterator[After]:
        origin = self.origin
        is_origin = (
            origin is not None
            and origin.block == block
            and origin.index == index
            and state.phase is Phase.BEFORE
        )
        if is_origin and origin is not None:
            yield from self._arise(origin, operation, state)
        yield from self._effects.of(operation, state, trail)

    def _arise(self, origin: Origin, operation: Operation, state: State) -> Iterator[After]:
        open_state = replace(state, phase=Phase.OPEN, aliases=origin.places)
        verb = "acquires it" if self.task.subject.duty is Duty.RELEASE else "fills the buffer"
        note = (origin.span, verb)
        if origin.normally:
            yield After(open_state, note=note)
        if origin.exceptionally:
            yield After(open_state, raises=True, note=note)


def _without_old_value(operation: Operation, state: State) -> State:
    """In a loop, an operation gives a new value: what it gave in the round before has no name."""
    out = getattr(operation, "out", None)
    if out is None or not state.aliases:
        return state
    root = place_of_temp(out)[0]
    if all(alias[0] != root for alias in state.aliases):
        return state
    return replace(state, aliases=frozenset(a for a in state.aliases if a[0] != root))


def _abandon_return(state: State) -> State:
    """A `finally` goes its own way: what was about to be returned is not."""
    if not state.returned or state.phase is not Phase.OPEN:
        return state
    return replace(state, owner=Owner.MINE, returned=frozenset())
