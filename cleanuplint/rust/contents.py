"""What buffers may hold at each exit of a function: a forward analysis over its flow graph.

This is not the general solver: that one opens a duty at an acquisition and looks for its release,
while here the interesting content is there on entry already (what the previous call left), an
error is a value and not an exception, and callees clear and fill on behalf of their callers.

States of different outcomes of a call in the crate (`Ok` or `Err`) are kept apart until the
outcome is tested, at most `MAX_WAYS` of them; beyond, they are joined, which only adds tokens.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import BlockId
from cleanuplint.rust.crates import Crate
from cleanuplint.rust.model import Routine, Static
from cleanuplint.rust.places import Key, Place
from cleanuplint.rust.reached import Reached
from cleanuplint.rust.summaries import (
    ALLOCATED,
    FREED,
    UNKNOWN,
    Content,
    Event,
    Exit,
    Filled,
    Kept,
    Mark,
    Summary,
    is_full,
    is_old,
)
from cleanuplint.rust.touches import FORMATTING, Invocation, Kind, Touch

MAX_WAYS = 16

Facts = frozenset[tuple[Key, bool]]
State = Mapping[Facts, tuple[Content, ...]]


class Contents:
    """The summaries of all functions of a crate, each computed once.

    Besides what functions reach through their parameters, `statics` are followed.
    """

    def __init__(self, crate: Crate, statics: Collection[Static] = ()) -> None:
        self.crate = crate
        self.reached = Reached(crate, frozenset(statics))
        self._done: dict[int, Summary] = {}
        self._running: set[int] = set()

    def of(self, routine: Routine) -> Summary | None:
        """None while a recursive function is being looked at."""
        key = id(routine)
        if key in self._done:
            return self._done[key]
        if key in self._running:
            return None
        self._running.add(key)
        try:
            summary = _Walk(self, routine).run()
        finally:
            self._running.discard(key)
        self._done[key] = summary
        return summary


class _Walk:
    """One function: from block to block until nothing changes."""

    def __init__(self, contents: Contents, routine: Routine) -> None:
        self._contents = contents
        self._routine = routine
        self._buffers = contents.reached.buffers(routine)
        self._touches = contents.reached.touches(routine)
        self._summary = Summary(self._buffers)
        self._before: dict[BlockId, State] = {}
        self._joined: set[BlockId] = set()

    def run(self) -> Summary:
        if not self._buffers:
            return self._summary
        body = self._routine.body
        self._before[body.entry] = {frozenset(): (UNKNOWN,) * len(self._buffers)}
        waiting = [body.entry]
        while waiting:
            block = waiting.pop()
            for target, state in self._step(block):
                if self._join(target, state):
                    waiting.append(target)
        for block in sorted(self._before):
            self._record_exits(block)
        return self._summary

    def _join(self, block: BlockId, state: State) -> bool:
        """Whether a block learns anything new."""
        old = self._before.get(block, {})
        new = dict(old)
        for facts, contents in state.items():
            new[facts] = _union(new[facts], contents) if facts in new else contents
        if block in self._joined or len(new) > MAX_WAYS:
            self._joined.add(block)  # for good, or a loop would part and join them for ever
            new = {frozenset(): _union(*new.values())}
        self._before[block] = new
        return new != old

    def _step(self, block: BlockId) -> Iterator[tuple[BlockId, State]]:
        state = self._after(block)
        match self._routine.body.blocks[block].terminator:
            case graph.Jump(route):
                yield route.target, state
            case graph.Choose(_, routes):
                for route in routes:
                    yield route.target, state
            case graph.Branch(_, test, then, otherwise):
                for route, value in ((then, True), (otherwise, False)):
                    held = self._assuming(state, test, value)
                    if held:
                        yield route.target, held

    def _after(self, block: BlockId) -> State:
        state = self._before[block]
        for operation in self._routine.body.blocks[block].operations:
            state = self._apply(operation, state)
        terminator = self._routine.body.blocks[block].terminator
        return self._touching(self._touches.at_end(terminator), state)

    def _record_exits(self, block: BlockId) -> None:
        terminator = self._routine.body.blocks[block].terminator
        if isinstance(terminator, graph.Return | graph.Throw):
            state = self._after(block)
            failed = isinstance(terminator, graph.Throw)
            if state:
                joined = _union(*state.values())
                self._summary.exits.append(Exit(terminator.span, failed, joined))

    # ── tests ───────────────────────────────────────────────────────────────────────────────────

    def _assuming(self, state: State, test: graph.Test, value: bool) -> State:
        """The states in which a test may come out so."""
        if test.value is None or not (test.key or "").startswith("ok("):
            return state
        if not value and self._never_fails(test.value):
            return {}
        key = self._touches.places.key(test.value)
        found: dict[Facts, tuple[Content, ...]] = {}
        absent = None if value else self._static(test.value)
        for facts, held in state.items():
            if (key, not value) in facts:
                continue
            contents = self._without(absent, held) if absent else held
            # what no variable holds is not tested again
            fact = (key, value)
            known = facts - {fact} if key == ("temp", test.value) else facts | {fact}
            found[known] = _union(found[known], contents) if known in found else contents
        return found

    def _static(self, temp: graph.Temp) -> Place | None:
        """A static, or part of one, that is asked whether it is there, or for its lock."""
        place = self._touches.places.of(temp)
        return place if place is not None and isinstance(place.root, Static) else None

    def _without(self, absent: Place, contents: tuple[Content, ...]) -> tuple[Content, ...]:
        return tuple(
            FREED if absent.holds(buffer) else content
            for buffer, content in zip(self._buffers, contents, strict=True)
        )

    def _never_fails(self, temp: graph.Temp) -> bool:
        """Writing to a `Vec` or `String` returns a `Result` that is always `Ok`."""
        call = self._touches.places.defined.get(self._touches.places.key(temp)[1])
        if not isinstance(call, graph.Call) or self._touches.places.key(temp)[0] != "temp":
            return False
        target = call.receiver
        if call.method is None and self._touches.places.path_called(call) in FORMATTING:
            target = call.arguments[0].value if call.arguments else None
        elif call.method is None or not call.method.startswith(("write", "flush")):
            return False
        place = self._touches.places.of(target) if target is not None else None
        return place in self._buffers

    # ── operations ──────────────────────────────────────────────────────────────────────────────

    def _apply(self, operation: graph.Operation, state: State) -> State:
        if isinstance(operation, graph.StoreVariable):
            state = _forget(state, ("variable", operation.variable))
        out = getattr(operation, "out", None)
        if out is not None:  # made anew in each turn of a loop
            state = _forget(state, ("temp", out))
        invocation = self._touches.invocation(operation)
        if invocation is None:
            return self._touching(self._touches.of(operation), state)
        summary = self._contents.of(invocation.routine)
        if summary is None:  # recursion: what the other turns do is what this one does
            return state
        state = self._touching(self._beside(invocation, summary, operation), state)
        return self._invoked(operation, invocation, summary, state)

    def _touching(self, touches: Iterable[Touch], state: State) -> State:
        for touch in touches:
            state = {facts: self._touched(touch, held) for facts, held in state.items()}
        return state

    def _beside(
        self, call: Invocation, summary: Summary, operation: graph.Operation
    ) -> Iterator[Touch]:
        """What is handed over for parameters that are not followed into the callee."""
        followed = {buffer.root for buffer in summary.buffers}
        for variable, temp in call.given if not call.is_disposal else ():
            if variable not in followed:
                yield from self._touches.handed(temp, operation.span)

    def _touched(self, touch: Touch, contents: tuple[Content, ...]) -> tuple[Content, ...]:
        return tuple(
            self._effect(touch, buffer, content) if _meets(touch.place, buffer) else content
            for buffer, content in zip(self._buffers, contents, strict=True)
        )

    def _effect(self, touch: Touch, buffer: Place, content: Content) -> Content:
        kind = touch.kind
        if buffer != touch.place and buffer.holds(touch.place):
            # an element of the buffer: what empties it does not empty the buffer
            kind = Kind.FILL if kind is Kind.FILL else Kind.READ
        elif buffer != touch.place:
            kind = _of_whole(touch)
        self._note(kind, touch, buffer, content)
        match kind:
            case Kind.CLEAR:
                return content & ALLOCATED
            case Kind.FREE:
                return FREED
            case Kind.RENEW:
                return ALLOCATED
            case Kind.SHRINK:
                return content if content - ALLOCATED else FREED
            case Kind.FILL:
                filled = Filled(self._routine.file, touch.span, self._routine.name)
                kept = FREED if touch.name in ("=", "replace", "*=") else content
                return kept | {filled, Mark.HELD}
            case _:
                return content

    def _note(self, kind: Kind, touch: Touch, buffer: Place, content: Content) -> None:
        self._summary.touched.setdefault(buffer, set()).add(kind)
        replaces = kind is Kind.FILL and touch.name in ("=", "replace", "*=")
        if any(map(is_old, content)) and not replaces:
            event = Event(kind, touch.span, is_full(content), touch.name)
            self._summary.events.setdefault(buffer, set()).add(event)

    # ── calls of the crate's own functions ──────────────────────────────────────────────────────

    def _invoked(
        self, operation: graph.Operation, call: Invocation, summary: Summary, state: State
    ) -> State:
        targets = self._targets(call, summary)
        passed = {number for number in targets.values() if number is not None}
        found: dict[Facts, tuple[Content, ...]] = {}
        out = getattr(operation, "out", None)
        succeeded, failure = summary.joined(False), summary.joined(True)
        ours = None if succeeded is None else self._as_ours(succeeded, operation.span)
        outcomes = ((False, ours), (True, failure))
        # of an `Option` the two are not told apart
        decided = call.routine.result.is_result or None not in (ours, failure)
        for facts, held in state.items():
            self._pass_events(summary, targets, held)
            for failed, joined in outcomes:
                if joined is None:
                    continue
                after = self._returned(call.routine, summary, joined, targets, held, failed)
                key = ("temp", out) if out is not None else ("temp", -1)
                told = facts | {(key, not failed)} if decided and passed else facts
                found[told] = _union(found[told], after) if told in found else after
        if not summary.exits:
            return state if not summary.buffers else found
        return _limited(found)

    def _as_ours(self, joined: tuple[Content, ...], span: Span) -> tuple[Content, ...]:
        """What a callee wrote before it succeeded, the call has written."""
        ours = Filled(self._routine.file, span, self._routine.name)
        return tuple(
            frozenset(ours if isinstance(token, Filled) else token for token in content)
            for content in joined
        )

    def _targets(self, call: Invocation, summary: Summary) -> dict[Place, int | None]:
        """For each buffer of the callee, which of ours it is."""
        given = dict(call.given)
        found: dict[Place, int | None] = {}
        for buffer in summary.buffers:
            if isinstance(buffer.root, Static):
                place: Place | None = buffer
            elif buffer.root in given:
                lookup = self._touches.places
                inside = lookup.inside_variable if call.is_disposal else lookup.inside
                place = inside(given[buffer.root], buffer.path)
            else:
                continue
            found[buffer] = self._buffers.index(place) if place in self._buffers else None
        return found

    def _pass_events(
        self, summary: Summary, targets: dict[Place, int | None], held: tuple[Content, ...]
    ) -> None:
        for buffer, number in targets.items():
            if number is None:
                continue
            ours = self._buffers[number]
            self._summary.touched.setdefault(ours, set()).update(summary.kinds(buffer))
            content = held[number]
            if any(map(is_old, content)):
                events = {
                    replace(event, mixed=event.mixed or is_full(content))
                    for event in summary.events.get(buffer, ())
                }
                self._summary.events.setdefault(ours, set()).update(events)

    def _returned(
        self,
        routine: Routine,
        summary: Summary,
        joined: tuple[Content, ...],
        targets: dict[Place, int | None],
        held: tuple[Content, ...],
        failed: bool,
    ) -> tuple[Content, ...]:
        after = list(held)
        for buffer, content in zip(summary.buffers, joined, strict=True):
            number = targets.get(buffer)
            if number is not None:
                kept = _kept(routine, summary, buffer) if failed else frozenset({Mark.ENTRY})
                after[number] = self._composed(content, held[number], kept)
        return tuple(after)

    def _composed(self, content: Content, before: Content, kept: Content) -> Content:
        """The callee's content, with what it found on entry put in for `ENTRY`."""
        earlier = frozenset(token for token in content if isinstance(token, Kept))
        after = content - UNKNOWN - earlier
        if Mark.HELD in content:
            # on entry the callee did not know whether memory was held
            after |= ALLOCATED if is_full(content) or before & ALLOCATED else FREED
        if Mark.ENTRY in content or earlier:
            after |= before - {Mark.ENTRY}
        if Mark.ENTRY in before:
            after |= earlier | (kept if Mark.ENTRY in content else frozenset())
        return frozenset(after)


def _kept(routine: Routine, summary: Summary, buffer: Place) -> Content:
    """Where exactly a callee failed and left what was there."""
    at = summary.buffers.index(buffer)
    spans = (e.span for e in summary.exits if e.failed and Mark.ENTRY in e.contents[at])
    kept = frozenset(Kept(routine.file, span, routine.name) for span in spans)
    touched = summary.kinds(buffer) & {Kind.FILL, Kind.CLEAR}
    return kept if touched and kept else frozenset({Mark.ENTRY})


def _of_whole(touch: Touch) -> Kind:
    """What happens to a buffer when something happens to the struct around it."""
    if touch.kind in (Kind.FREE, Kind.RENEW) and touch.name != "drop":
        return Kind.FREE
    return Kind.FILL if touch.kind is Kind.FILL else Kind.READ


def _meets(place: Place, buffer: Place) -> bool:
    return place.holds(buffer) or buffer.holds(place)


def _limited(state: State) -> State:
    """Where there are too many ways, all of them as one."""
    return state if len(state) <= MAX_WAYS else {frozenset(): _union(*state.values())}


def _union(*every: tuple[Content, ...]) -> tuple[Content, ...]:
    return tuple(frozenset().union(*each) for each in zip(*every, strict=True))


def _forget(state: State, key: Key) -> State:
    if not any(fact[0] == key for facts in state for fact in facts):
        return state
    found: dict[Facts, tuple[Content, ...]] = {}
    for facts, contents in state.items():
        left = frozenset(fact for fact in facts if fact[0] != key)
        found[left] = _union(found[left], contents) if left in found else contents
    return found
