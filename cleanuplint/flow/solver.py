"""The solver: follows one obligation through one function, along every path.

An accumulation analysis after the Resource Leak Checker (Kellogg et al., ESEC/FSE 2021): the state
is the set of places that must hold the resource, whether the duty is open, and who has it. States
at a block are explored once each, breadth first, so that the first bad exit found has the
shortest path. The number of states is bounded; an exploration that exceeds it gives up and
proves nothing.

    entry ──BEFORE──▶ origin ──OPEN──▶ … ──release──DONE──▶ exit
                         └──BEFORE──▶ …   (a later execution of the same origin)
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from cleanuplint.contracts.model import ResourceClass
from cleanuplint.findings import Span
from cleanuplint.flow import graph, words
from cleanuplint.flow.evidence import INSERTING_METHODS, LocalFunction
from cleanuplint.flow.graph import BlockId, Function, FunctionId, Operation, Route, Temp
from cleanuplint.flow.places import Place, place_of_temp, place_of_this, rebase, starts_with
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.state import Owner, Phase, State

MAX_STATES_PER_BLOCK = 120
STATES_BEFORE_FORGETTING = 40
"""States at one block after which remembered conditions are forgotten."""
MAX_CALL_DEPTH = 6


class Duty(Enum):
    RELEASE = "release"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Trail:
    """The noteworthy steps of a path, last first."""

    span: Span
    message: str
    before: "Trail | None"

    def steps(self) -> tuple[tuple[Span, str], ...]:
        found: list[tuple[Span, str]] = []
        trail: Trail | None = self
        while trail is not None:
            found.append((trail.span, trail.message))
            trail = trail.before
        return tuple(reversed(found))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a duty arises: the operation, and which places then hold the resource."""

    block: BlockId
    index: int
    span: Span
    places: frozenset[Place]
    normally: bool = True
    exceptionally: bool = False
    """A fill opens its duty on the exceptional edge too; an acquisition that fails does not."""


@dataclass(frozen=True, slots=True)
class Exit:
    kind: graph.ExitKind
    state: State
    trail: Trail | None
    raised: Span | None
    """The operation whose exception leads here, if one does."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the resource on a path."""

    span: Span
    trail: Trail | None


@dataclass(slots=True)
class Trace:
    """All that one exploration saw."""

    exits: list[Exit] = field(default_factory=list)
    overwritten: list[Event] = field(default_factory=list)
    dropped: list[Event] = field(default_factory=list)
    released: list[Event] = field(default_factory=list)
    released_again: list[Event] = field(default_factory=list)
    used_late: list[Event] = field(default_factory=list)
    fields: set[tuple[graph.ClassId, str, Span]] = field(default_factory=set)
    """Fields of `this` that it was stored in."""
    variables: set[tuple[graph.VariableId, Span]] = field(default_factory=set)
    """Variables of enclosing functions that it was stored in."""
    inserted: set[tuple[FunctionId, Temp]] = field(default_factory=set)
    """Receivers of `set`, `add`, `push` with the resource as argument."""
    borrows: set[Span] = field(default_factory=set)
    """Unresolved hand-overs that a later release proves to be borrows (the first law)."""
    gave_up: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose duty of which kind is followed."""

    cls: ResourceClass
    duty: Duty

    def ends_duty(self, method: str) -> bool:
        if method in self.cls.releases or method in (
            "[Symbol.dispose]",
            "[Symbol.asyncDispose]",
        ):
            return True
        return self.duty is Duty.CLEAR and method in self.cls.clears


@dataclass(frozen=True, slots=True)
class _After:
    """One way an operation can end."""

    state: State
    raises: bool = False
    note: tuple[Span, str] | None = None


class Solver:
    """Explores functions of one program; remembers the summaries of those it was asked for."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._summaries: dict[object, Trace] = {}
        self._active: set[object] = set()
        self.budget = 400_000
        """Block visits left for this file."""

    def follow(self, function: FunctionId, subject: Subject, origin: Origin) -> Trace:
        """The obligation that arises at `origin`, with the first law applied."""
        borrows: frozenset[Span] = frozenset()
        while True:
            walk = _Walk(self, function, subject, borrows, origin)
            trace = walk.run(State(Phase.BEFORE))
            if trace.borrows <= borrows:
                return trace
            borrows |= trace.borrows

    def enter(
        self, function: FunctionId, subject: Subject, state: State, depth: int
    ) -> Trace | None:
        """What a function does to a resource it is entered with; None where it can't be told."""
        key = (function, subject.duty, subject.cls.contract, subject.cls.name, state)
        if key in self._summaries:
            return self._summaries[key]
        if key in self._active or depth > MAX_CALL_DEPTH:
            return None
        self._active.add(key)
        borrows: frozenset[Span] = frozenset()
        while True:
            trace = _Walk(self, function, subject, borrows, None, depth).run(state)
            if trace.borrows <= borrows:
                break
            borrows |= trace.borrows
        self._active.discard(key)
        self._summaries[key] = trace
        return trace


class _Walk:
    """One exploration of one function."""

    def __init__(
        self,
        solver: Solver,
        function: FunctionId,
        subject: Subject,
        borrows: frozenset[Span],
        origin: Origin | None,
        depth: int = 0,
    ) -> None:
        self.solver = solver
        self.scope = solver.scope
        self.function: Function = self.scope.program.functions[function]
        self.places = self.scope.places(function)
        self.subject = subject
        self.origin = origin
        self.depth = depth
        self.trace = Trace()
        self._borrows = borrows
        self._seen: set[tuple[BlockId, State]] = set()
        self._visits: Counter[BlockId] = Counter()
        self._queue: deque[tuple[BlockId, State, Trail | None, Span | None]] = deque()
        self._conditions = self.scope.conditions(function)

    def run(self, state: State) -> Trace:
        self._queue.append((self.function.entry, state, None, None))
        while self._queue:
            self._visit(*self._queue.popleft())
        return self.trace

    # ── blocks and edges ────────────────────────────────────────────────────────────────────────

    def _visit(
        self, block_id: BlockId, state: State, trail: Trail | None, raised: Span | None
    ) -> None:
        if self._visits[block_id] > STATES_BEFORE_FORGETTING:
            state = replace(state, facts=frozenset())
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
            for after in self._step(block_id, index, operation, state, trail):
                behind = trail
                if after.note is not None and after.state.phase is not Phase.BEFORE:
                    behind = Trail(after.note[0], after.note[1], trail)
                if after.raises:
                    thrown = after.state.exceptionally()
                    self._go(block_id, handler, thrown, behind, operation.span)
                elif not self._is_lost(after.state, state, operation, behind):
                    if after.state not in seen:
                        seen.add(after.state)
                        yield after.state, behind

    def _is_lost(
        self, after: State, before: State, operation: Operation, trail: Trail | None
    ) -> bool:
        """Nothing can reach the resource any more although its duty is open."""
        if after.phase is not Phase.OPEN or after.aliases or after.owner is not Owner.MINE:
            return False
        if isinstance(operation, graph.StoreVariable) and not operation.declares:
            self.trace.overwritten.append(Event(operation.span, trail))
        elif isinstance(operation, graph.StoreMember) and before.aliases:
            self.trace.overwritten.append(Event(operation.span, trail))
        else:
            self.trace.dropped.append(Event(operation.span, trail))
        return True

    def _go(
        self,
        source: BlockId,
        route: Route,
        state: State,
        trail: Trail | None,
        raised: Span | None,
    ) -> None:
        """Follow a route: into its first `finally`, or to its target."""
        blocks = self.function.blocks
        if route.through:
            entry = route.through[0]
            rest = Route(route.target, route.through[1:])
            outer = state.pending[: blocks[entry].depth - 1]
            state, target = replace(state, pending=(*outer, rest)), entry
        else:
            target = route.target
            state = replace(state, pending=state.pending[: blocks[target].depth])
        state = self._forget_temps(source, state)
        if state.phase is Phase.OPEN and not state.aliases and state.owner is Owner.MINE:
            span = trail.span if trail is not None else self.function.name_span
            self.trace.dropped.append(Event(raised or span, trail))
            return
        self._queue.append((target, state, trail, raised))

    def _forget_temps(self, block: BlockId, state: State) -> State:
        """Values of expressions that no other block reads are gone when the block is left."""
        dead = [
            place
            for place in state.aliases
            if isinstance(place[0], int)
            and place[0] < 0
            and not self.scope.outlives(self.function.id, block, -place[0] - 1)
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
                    refined = self._refine(test, outcome, state)
                    if refined is not None:
                        self._go(block_id, route, refined, trail, raised)
            case graph.Choose(routes=routes):
                for route in routes:
                    self._go(block_id, route, state, trail, raised)
            case graph.Return(span=span, value=value, route=route):
                if state.phase is not Phase.BEFORE:
                    trail = Trail(span, "returns here", trail)
                self._go(block_id, route, self._returned(value, state), trail, None)
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

    def _exit(
        self, kind: graph.ExitKind, state: State, trail: Trail | None, raised: Span | None
    ) -> None:
        if state.phase is Phase.BEFORE and self.origin is not None:
            return
        at = raised if kind is graph.ExitKind.EXCEPTIONAL else None
        self.trace.exits.append(Exit(kind, state, trail, at))

    def _returned(self, value: Temp | None, state: State) -> State:
        if value is None or state.phase is Phase.BEFORE:
            return state
        place = self.places.of(value)
        found = {alias[len(place) :] for alias in state.within(place)}
        if found and state.phase is Phase.OPEN:
            return replace(state, owner=Owner.GIVEN, returned=frozenset(found))
        call = self.places.definition(value)
        if isinstance(call, graph.Call) and self._is_async(call) and self._mentions(call, state):
            return replace(state, promised=True)
        return state

    def _is_async(self, call: graph.Call) -> bool:
        callees = self.scope.evidence.callees(self.function.id, call)
        return any(self.scope.program.functions[callee].is_async for callee in callees)

    def _mentions(self, call: graph.Call, state: State) -> bool:
        temps = [argument.value for argument in call.arguments]
        if call.receiver is not None:
            temps.append(call.receiver)
        return any(state.holds(self.places.of(temp)) for temp in temps)

    # ── conditions ──────────────────────────────────────────────────────────────────────────────

    def _refine(self, test: graph.Test, outcome: bool, state: State) -> State | None:
        """The state on one side of a branch; None where that side can't be taken."""
        if (
            test.value is not None
            and state.phase is not Phase.BEFORE
            and state.holds(self.places.of(test.value))
        ):
            expected = self._for_present(test)
            if expected is not None and expected != outcome:
                return None
        if test.key is None:
            return state
        key = f"{test.kind.value}:{test.key}:{test.name}"
        known = state.fact(key)
        if known is None:
            known = self._implied(test, state)
        if known is not None:
            return state if known == outcome else None
        if test.key in self._conditions.tracked:
            return state.with_fact(key, outcome)
        return state

    def _for_present(self, test: graph.Test) -> bool | None:
        """The outcome of a test on a value that is the resource."""
        match test.kind:
            case graph.TestKind.TRUTHY | graph.TestKind.INSTANCE:
                return True
            case graph.TestKind.ABSENT:
                return False
            case graph.TestKind.HAS_METHOD:
                known = self.subject.cls.releases | self.subject.cls.clears
                return True if test.name in known else None
        return None

    def _implied(self, test: graph.Test, state: State) -> bool | None:
        truthy = state.fact(f"truthy:{test.key}:")
        absent = state.fact(f"absent:{test.key}:")
        if test.kind is graph.TestKind.ABSENT and truthy:
            return False
        if test.kind is graph.TestKind.TRUTHY and absent:
            return False
        return None

    # ── operations ──────────────────────────────────────────────────────────────────────────────

    def _step(
        self,
        block: BlockId,
        index: int,
        operation: Operation,
        state: State,
        trail: Trail | None,
    ) -> Iterator[_After]:
        origin = self.origin
        is_origin = (
            origin is not None
            and origin.block == block
            and origin.index == index
            and state.phase is Phase.BEFORE
        )
        if is_origin and origin is not None:
            yield from self._arise(origin, operation, state)
        yield from self._effects(operation, state, trail)

    def _arise(self, origin: Origin, operation: Operation, state: State) -> Iterator[_After]:
        open_state = replace(state, phase=Phase.OPEN, aliases=origin.places)
        verb = "acquires it" if self.subject.duty is Duty.RELEASE else "fills the buffer"
        note = (origin.span, verb)
        if origin.normally:
            yield _After(open_state, note=note)
        if origin.exceptionally:
            yield _After(open_state, raises=True, note=note)

    def _effects(self, operation: Operation, state: State, trail: Trail | None) -> Iterable[_After]:
        match operation:
            case graph.Literal():
                return (_After(state),)
            case graph.StoreVariable():
                return (_After(self._store_variable(operation, state)),)
            case graph.Call():
                return self._call(operation, state, trail)
            case _ if state.phase is Phase.BEFORE:
                raises = isinstance(operation, graph.Suspend | graph.Import | graph.Opaque)
                return (_After(state), _After(state, raises=True)) if raises else (_After(state),)
            case graph.StoreMember():
                return (_After(self._store_member(operation, state)),)
            case graph.StoreElement(value=value):
                return (_After(self._hand_over(state, value, operation.span)),)
            case graph.Compose():
                return (_After(self._compose(operation, state)),)
            case graph.Suspend(out=out, value=value):
                return self._suspend(operation, state, place_of_temp(out), self.places.of(value))
            case graph.Dispose(variable=variable):
                return (self._dispose(variable, operation.span, state, trail),)
            case graph.Import():
                return self._may_raise(operation, state)
            case graph.Opaque(inputs=inputs):
                for value in inputs:
                    state = self._hand_over(state, value, operation.span)
                return self._may_raise(operation, state)
        return (_After(state),)

    def _may_raise(self, operation: Operation, state: State) -> tuple[_After, ...]:
        return _After(state), self._raised(operation, state)

    def _raised(self, operation: Operation, state: State) -> _After:
        return _After(state, raises=True, note=(operation.span, "may throw"))

    def _suspend(
        self, operation: graph.Suspend, state: State, out: Place, value: Place
    ) -> Iterable[_After]:
        held = state.within(value)
        if held:
            state = state.with_aliases(rebase(alias, value, out) for alias in held)
            if isinstance(value[0], int) and value[0] < 0:
                return (_After(state),)  # a rejected acquisition acquires nothing
        return self._may_raise(operation, state)

    def _store_variable(self, operation: graph.StoreVariable, state: State) -> State:
        variable, value = operation.variable, operation.value
        state = state.without_facts(self._conditions.facts_of(variable, state.facts))
        literal = self.places.definition(value)
        if isinstance(literal, graph.Literal) and variable in self._conditions.flags:
            state = _literal_fact(state, variable, literal)
        if state.phase is Phase.BEFORE:
            return state
        target = self.places.of_variable(variable)
        source = self.places.of(value)
        if source == target:
            return state
        held = bool(state.within(source))
        state = state.copied(source, target)
        owner = self.scope.program.variables[variable].owner
        if held and owner != self.function.id and state.phase is Phase.OPEN:
            self.trace.variables.add((variable, operation.span))
            state = replace(state, owner=Owner.GIVEN)
        return state

    def _store_member(self, operation: graph.StoreMember, state: State) -> State:
        base, source = self.places.of(operation.base), self.places.of(operation.value)
        target = (*base, operation.name)
        held = state.within(source)
        state = state.copied(source, target)
        if not held or state.phase is not Phase.OPEN:
            return state
        if isinstance(base[0], str) and len(base) == 1:
            cls = int(base[0].removeprefix("this:"))
            self.trace.fields.add((cls, operation.name, operation.span))
            return replace(state, owner=Owner.GIVEN)
        if self._is_own_object(operation.base):
            return state
        return self._unknown(state, operation.span)

    def _is_own_object(self, base: Temp) -> bool:
        """An object made in this function: what is stored in it is still ours."""
        return self.scope.is_made_here(self.function.id, base)

    def _compose(self, operation: graph.Compose, state: State) -> State:
        out = place_of_temp(operation.out)
        for entry in operation.entries:
            held = state.within(self.places.of(entry.value))
            if not held:
                state = self._closure_escapes(entry.value, state, operation.span)
                continue
            if operation.form is graph.ComposeForm.ELEMENT or entry.spread or not entry.key:
                state = self._unknown(state, operation.span)
            else:
                source = self.places.of(entry.value)
                state = state.with_aliases(rebase(a, source, (*out, entry.key)) for a in held)
        return state

    def _dispose(self, variable: int, span: Span, state: State, trail: Trail | None) -> _After:
        if state.holds(self.places.of_variable(variable)):
            return _After(self._release(state, span, trail))
        return _After(state)

    def _hand_over(self, state: State, value: Temp, span: Span) -> State:
        if state.within(self.places.of(value)):
            return self._unknown(state, span)
        return self._closure_escapes(value, state, span)

    def _unknown(self, state: State, span: Span) -> State:
        """An unresolved hand-over, unless a later release has proven it a borrow."""
        if span in self._borrows or state.phase is not Phase.OPEN:
            return state
        if state.owner is not Owner.MINE:
            return state
        return replace(state, owner=Owner.UNKNOWN, handed=span)

    def _release(self, state: State, span: Span, trail: Trail | None) -> State:
        if state.phase is Phase.DONE:
            if self.subject.duty is Duty.RELEASE:
                self.trace.released_again.append(Event(span, trail))
            return state
        if state.owner is Owner.UNKNOWN and state.handed is not None:
            self.trace.borrows.add(state.handed)
        if state.promised:
            self.trace.used_late.append(Event(trail.span if trail else span, trail))
        self.trace.released.append(Event(span, trail))
        return replace(state, phase=Phase.DONE)

    # ── calls ───────────────────────────────────────────────────────────────────────────────────

    def _call(self, call: graph.Call, state: State, trail: Trail | None) -> Iterable[_After]:
        if self.scope.dotted_call(self.function.id, call) in words.NEVER_RETURNS:
            return ()
        raises = self.scope.raises(self.function.id, call)
        if state.phase is Phase.BEFORE:
            return (_After(state), _After(state, raises=True)) if raises else (_After(state),)
        if self._ends_duty(call, state):
            return (_After(self._release(state, call.span, trail)),)
        self._notice_late_use(call, state, trail)
        callees = self.scope.evidence.callees(self.function.id, call)
        inlined = self._inline(call, callees, state, trail)
        if inlined is not None:
            return inlined
        state = self._pass_arguments(call, state, bool(callees))
        return self._may_raise(call, state) if raises else (_After(state),)

    def _ends_duty(self, call: graph.Call, state: State) -> bool:
        function = self.function.id
        if call.receiver is not None and call.method is not None:
            if state.holds(self.places.of(call.receiver)) and self.subject.ends_duty(call.method):
                return True
        taken = self.scope.evidence.consumed(function, call)
        for index in taken:
            temp = call.receiver if index == -1 else _argument(call, index)
            if temp is not None and state.holds(self.places.of(temp)):
                return True
        if self.scope.evidence.callees(function, call):
            return False
        name = self.scope.name_of(function, call)
        if not words.RELEASING.match(name) or self.scope.is_library_call(function, call):
            return False
        return any(state.holds(self.places.of(argument.value)) for argument in call.arguments)

    def _notice_late_use(self, call: graph.Call, state: State, trail: Trail | None) -> None:
        if state.phase is not Phase.DONE or self.subject.duty is not Duty.RELEASE:
            return
        name = call.method or ""
        if call.receiver is not None and state.holds(self.places.of(call.receiver)):
            if not name.startswith("is"):
                self.trace.used_late.append(Event(call.span, trail))
        elif self.scope.is_library_call(self.function.id, call):
            if any(state.holds(self.places.of(a.value)) for a in call.arguments):
                self.trace.used_late.append(Event(call.span, trail))

    def _pass_arguments(self, call: graph.Call, state: State, resolved: bool) -> State:
        """Arguments of a call that nobody could look into."""
        function = self.function.id
        borrows = resolved or self.scope.is_library_call(function, call)
        for argument in call.arguments:
            place = self.places.of(argument.value)
            held = state.within(place)
            if not held:
                state = self._closure_escapes(argument.value, state, call.span)
            elif not borrows and self._looks_like_hand_over(call, state, place):
                if call.method in INSERTING_METHODS and call.receiver is not None:
                    self.trace.inserted.add((function, call.receiver))
                if call.method in words.DISPOSABLE_STACK:
                    state = replace(state, owner=Owner.GIVEN)
                else:
                    state = self._unknown(state, call.span)
            if held and self.scope.name_of(function, call) in ("freeze", "seal"):
                state = state.copied(place, place_of_temp(call.out))
        return state

    def _looks_like_hand_over(self, call: graph.Call, state: State, place: Place) -> bool:
        if call.form is graph.CallForm.NEW or not state.holds(place):
            return True
        name = self.scope.name_of(self.function.id, call)
        if words.HAND_OVER.match(name) or self.scope.calls_parameter(self.function.id, call):
            return True
        only_temps = all(isinstance(a[0], int) and a[0] < 0 for a in state.aliases)
        return only_temps or self.scope.is_returned(self.function.id, call.out)

    # ── functions of the same file ──────────────────────────────────────────────────────────────

    def _inline(
        self,
        call: graph.Call,
        callees: Sequence[FunctionId],
        state: State,
        trail: Trail | None,
    ) -> list[_After] | None:
        """The effects of running local functions; None where none of them touches the resource."""
        touched = [c for c in callees if self._entering(call, c, state)]
        closures = self._closures_run_now(call, state, bool(callees))
        if not touched and not closures:
            return None
        if not touched:
            after: list[_After] = []
            for closure in closures[:1]:
                after.extend(self._run(call, closure, state, trail, as_callback=True))
            if self.scope.raises(self.function.id, call) and not after:
                after.append(self._raised(call, state))
            return after
        after = []
        for callee in callees:
            after.extend(self._run(call, callee, state, trail, as_callback=False))
        for closure in closures:
            after = [
                further
                for one in after
                for further in (
                    [one]
                    if one.raises
                    else self._run(call, closure, one.state, trail, as_callback=True)
                )
            ]
        return after

    def _closures_run_now(self, call: graph.Call, state: State, resolved: bool) -> list[FunctionId]:
        """Functions among the arguments that the call runs before it returns."""
        name = self.scope.name_of(self.function.id, call)
        if not resolved and name not in words.RUNS_NOW:
            return []
        return [
            function
            for argument in call.arguments
            for function in self._functions(argument.value)
            if self._captures(function, state)
        ]

    def _functions(self, temp: Temp) -> list[FunctionId]:
        values = self.scope.evidence.of(self.function.id, temp)
        return [value.function for value in values if isinstance(value, LocalFunction)]

    def _captures(self, function: FunctionId, state: State) -> bool:
        item = self.scope.program.functions[function]
        roots = set(item.captured)
        return any(
            place[0] in roots or (isinstance(place[0], str) and place[0] == f"this:{item.cls}")
            for place in state.aliases
        )

    def _closure_escapes(self, value: Temp, state: State, span: Span) -> State:
        """A function value leaves our sight: it may release what it captured, or keep it."""
        if state.phase is not Phase.OPEN:
            return state
        for function in self._functions(value):
            if not self._captures(function, state):
                continue
            trace = self.solver.enter(
                function, self.subject, self._captured_state(function, state), self.depth + 1
            )
            if trace is not None and any(e.state.phase is Phase.DONE for e in trace.exits):
                state = replace(state, owner=Owner.GIVEN)
            elif any(not isinstance(place[0], str) for place in state.aliases):
                state = self._unknown(state, span)
        return state

    def _captured_state(self, function: FunctionId, state: State) -> State:
        item = self.scope.program.functions[function]
        kept = frozenset(
            place
            for place in state.aliases
            if place[0] in item.captured or place[0] == f"this:{item.cls}"
        )
        return State(state.phase, kept)

    def _entering(
        self, call: graph.Call, callee: FunctionId, state: State, as_callback: bool = False
    ) -> dict[Place, Place]:
        """Alias in the caller -> alias in the callee."""
        found: dict[Place, Place] = {}
        for ours, theirs in self._bindings(call, callee, as_callback):
            for alias in state.within(ours):
                found[alias] = rebase(alias, ours, theirs)
        return found

    def _bindings(
        self, call: graph.Call, callee: FunctionId, as_callback: bool
    ) -> Iterator[tuple[Place, Place]]:
        item = self.scope.program.functions[callee]
        for variable in item.captured:
            yield (variable,), (variable,)
        if item.cls is not None:
            theirs = place_of_this(item.cls)
            if call.form is graph.CallForm.NEW and not as_callback:
                yield place_of_temp(call.out), theirs
            elif call.receiver is not None and not as_callback:
                yield self.places.of(call.receiver), theirs
            else:
                yield theirs, theirs
        if as_callback:
            return
        for parameter, argument in zip(item.parameters, call.arguments, strict=False):
            if argument.spread:
                break
            yield self.places.of(argument.value), (parameter,)

    def _run(
        self,
        call: graph.Call,
        callee: FunctionId,
        state: State,
        trail: Trail | None,
        as_callback: bool,
    ) -> Iterator[_After]:
        item = self.scope.program.functions[callee]
        entering = self._entering(call, callee, state, as_callback)
        if item.is_generator or not entering:
            yield _After(state)
            if not item.is_generator and self.scope.can_raise(callee):
                yield self._raised(call, state)
            return
        start = State(
            state.phase, frozenset(entering.values()), facts=self._facts_of_arguments(call, item)
        )
        trace = self.solver.enter(callee, self.subject, start, self.depth + 1)
        if trace is None:
            yield from self._may_raise(call, state)
            return
        self._adopt(trace, call, trail)
        awaited = not item.is_async or self.scope.is_awaited(self.function.id, call.out)
        seen: set[_After] = set()
        for one in trace.exits:
            after = self._back(call, callee, state, entering, one.state, as_callback)
            raises = one.kind is graph.ExitKind.EXCEPTIONAL and awaited
            note = (call.span, "may throw") if raises else None
            result = _After(after, raises=raises, note=note)
            if result not in seen:
                seen.add(result)
                yield result

    def _adopt(self, trace: Trace, call: graph.Call, trail: Trail | None) -> None:
        """What happened inside the callee happens, for the caller, at the call."""
        event = Event(call.span, trail)
        if trace.released:
            self.trace.released.append(event)
        if trace.released_again:
            self.trace.released_again.append(event)
        if trace.used_late:
            self.trace.used_late.append(event)
        if trace.overwritten or trace.dropped:
            self.trace.dropped.append(event)
        self.trace.fields |= trace.fields
        self.trace.variables |= trace.variables
        self.trace.inserted |= trace.inserted

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
            if call.span not in self._borrows:
                owner, handed = Owner.UNKNOWN, call.span
        return replace(
            state, phase=theirs.phase, aliases=frozenset(aliases), owner=owner, handed=handed
        )

    def _facts_of_arguments(self, call: graph.Call, item: Function) -> frozenset[tuple[str, bool]]:
        """`f(x, true)`: what literal arguments say about the callee's conditions."""
        state = State(Phase.BEFORE)
        for parameter, argument in zip(item.parameters, call.arguments, strict=False):
            literal = self.places.definition(argument.value)
            if isinstance(literal, graph.Literal) and not argument.spread:
                state = _literal_fact(state, parameter, literal)
        return state.facts


def _argument(call: graph.Call, index: int) -> Temp | None:
    return call.arguments[index].value if index < len(call.arguments) else None


_ABSENT = (graph.LiteralKind.NULL, graph.LiteralKind.UNDEFINED)
_FALSY = (*_ABSENT, graph.LiteralKind.FALSE)


def _literal_fact(state: State, variable: int, literal: graph.Literal) -> State:
    """What `variable = literal` says about tests of the variable."""
    if literal.kind is graph.LiteralKind.NUMBER or literal.kind is graph.LiteralKind.STRING:
        return state.with_fact(f"truthy:#{variable}:", literal.text not in ("0", ""))
    state = state.with_fact(f"truthy:#{variable}:", literal.kind not in _FALSY)
    return state.with_fact(f"absent:#{variable}:", literal.kind in _ABSENT)


def is_below(place: Place, prefixes: Iterable[Place]) -> bool:
    return any(starts_with(place, prefix) for prefix in prefixes)
