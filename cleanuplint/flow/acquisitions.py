"""Which calls acquire: what contracts say, and what the functions of the file return."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from cleanuplint.contracts.model import ResourceClass
from cleanuplint.findings import Confidence
from cleanuplint.flow import graph
from cleanuplint.flow.graph import FunctionId
from cleanuplint.flow.outcome import Acquisition
from cleanuplint.flow.places import SOME, Place, place_of_temp
from cleanuplint.flow.recursion import Recursion
from cleanuplint.flow.releases import Releases
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.solver import Solver
from cleanuplint.flow.trace import Duty, Origin, Subject, Trace
from cleanuplint.flow.values import LocalInstance, Record
from cleanuplint.flow.wrappers import Wrappers

NO_OBJECT = frozenset(
    {graph.LiteralKind.NULL, graph.LiteralKind.UNDEFINED, graph.LiteralKind.FALSE}
)

Given: TypeAlias = tuple[ResourceClass, Confidence, Place]
"""What a caller is given, how sure that is, and where in the result it is."""


class Acquisitions:
    """The calls of one program after which a release is owed, each followed to its end."""

    def __init__(self, scope: Scope, solver: Solver, releases: Releases) -> None:
        self.scope = scope
        self._solver = solver
        self.wrappers = Wrappers(scope, releases, self.of)
        self._returned = Recursion[FunctionId, tuple[Given, ...]]((), _are_alike)
        self._known: dict[FunctionId, Sequence[tuple[Acquisition, Trace]]] = {}

    def of(self, function: FunctionId) -> Sequence[tuple[Acquisition, Trace]]:
        """The acquisitions of one function, each followed to its end."""
        if function in self._known:
            return self._known[function]
        found = [
            (acquisition, self._solver.follow(function, subject, acquisition.origin))
            for acquisition in self._in(function)
            for subject in [self._subject(acquisition)]
        ]
        if self._returned.is_idle:  # else some factories are not known yet for what they are
            self._known[function] = found
        return found

    def _in(self, function: FunctionId) -> Iterator[Acquisition]:
        item = self.scope.program.functions[function]
        reached = self.scope.reachable(function)
        for number, block in enumerate(item.blocks):
            if number not in reached:
                continue
            for index, operation in enumerate(block.operations):
                if isinstance(operation, graph.Call):
                    yield from self._acquired(function, number, index, operation)

    def _subject(self, acquisition: Acquisition) -> Subject:
        """The duty, with the object that made the resource if that one frees it."""
        cls, call, function = acquisition.cls, acquisition.call, acquisition.function
        if call.receiver is not None:
            makers = self.scope.evidence.of(function, call.receiver)
            for maker, _ in self.scope.evidence.instances(makers):
                if cls.name in maker.frees:
                    parent = self.scope.places(function).of(call.receiver)
                    return Subject(cls, Duty.RELEASE, parent, maker.releases)
        return Subject(cls, Duty.RELEASE)

    def _acquired(
        self, function: FunctionId, block: int, index: int, call: graph.Call
    ) -> Iterator[Acquisition]:
        found: list[Given] = []
        out = place_of_temp(call.out)
        for result, contract, confidence in self.scope.evidence.returned(function, call):
            if result.owned and result.name != "module":
                cls = self.scope.registry.cls(contract, result.name)
                where = (*out, SOME) if result.many else out
                if cls.is_owned:
                    found.append((cls, confidence, where))
                found.extend((part, confidence, at) for part, at in self._parts(cls, where))
        if not found:
            for where, callee in self._factories(function, call):
                for cls, confidence, suffix in self.returned(callee):
                    found.append((cls, confidence, (*where, *suffix)))
        found.extend((cls, sure, out) for cls, sure in self._constructed(function, call))
        best: dict[Place, tuple[ResourceClass, Confidence]] = {}
        for cls, confidence, place in found:
            if place not in best or confidence > best[place][1]:
                best[place] = cls, confidence
        for place, (cls, confidence) in best.items():
            hidden = cls.finalized or self._is_reset(cls)
            sure = Confidence.ASSUMED if hidden else confidence
            origin = Origin(block, index, call.span, frozenset({place}))
            yield Acquisition(function, call, cls, sure, origin, call.span)

    def _factories(
        self, function: FunctionId, call: graph.Call
    ) -> Iterator[tuple[Place, FunctionId]]:
        """The functions of the file whose results the call gives, and where in its own."""
        if call.form is graph.CallForm.NEW:
            return
        out = place_of_temp(call.out)
        for callee in self.scope.evidence.callees(function, call):
            yield out, callee
        for callee in self.scope.collected(function, call):
            yield (*out, SOME), callee

    def _parts(self, cls: ResourceClass, place: Place) -> Iterator[tuple[ResourceClass, Place]]:
        """The resources in a record that a function of another file returns."""
        for key, part in cls.parts.items():
            yield self.scope.registry.cls(part.contract or cls.contract, part.name), (*place, key)

    def _is_reset(self, cls: ResourceClass) -> bool:
        """The file calls what gives back all objects of the class."""
        return bool(cls.reset_by) and any(
            call.method in cls.reset_by for _, call in self.scope.calls()
        )

    def returned(self, function: FunctionId) -> tuple[Given, ...]:
        """The resources a function acquires and gives to its caller."""
        if self.scope.program.functions[function].is_generator:
            return ()
        return self._returned.ask(function, lambda: self._find_returned(function)) or ()

    def _find_returned(self, function: FunctionId) -> tuple[Given, ...]:
        found: dict[object, Given] = {}
        for acquisition, trace in self.of(function):
            for one in trace.exits:
                for suffix in one.state.returned:
                    given = acquisition.cls, acquisition.confidence, suffix
                    found[_key(given)] = given
        if found and self._may_give_another(function):
            return tuple((cls, Confidence.ASSUMED, suffix) for cls, _, suffix in found.values())
        return tuple(found.values())

    def _may_give_another(self, function: FunctionId) -> bool:
        """Some `return` gives a value that is no such resource, and not nothing either.

        Which of the two a caller gets depends on what it gave, so it may well owe nothing.
        """
        blocks, reached = (
            self.scope.program.functions[function].blocks,
            self.scope.reachable(function),
        )
        ends = (blocks[number].terminator for number in reached)
        return any(
            isinstance(end, graph.Return)
            and end.value is not None
            and self._is_other(function, end.value)
            for end in ends
        )

    def _is_other(self, function: FunctionId, temp: graph.Temp) -> bool:
        made = self.scope.places(function).definition(temp)
        if isinstance(made, graph.Literal) and made.kind in NO_OBJECT:
            return False
        evidence = self.scope.evidence
        values = evidence.of(function, temp) | evidence.elements(function, temp)
        if any(isinstance(value, LocalInstance | Record) for value in values):
            return False
        return not any(cls.is_owned or cls.parts for cls, _ in evidence.instances(values))

    # ── wrappers ────────────────────────────────────────────────────────────────────────────────

    def _constructed(
        self, function: FunctionId, call: graph.Call
    ) -> Iterator[tuple[ResourceClass, Confidence]]:
        """The classes of the file that a call constructs, as far as they own resources."""
        for cls in self.scope.evidence.constructed(function, call):
            wrapper = self.wrappers.of(cls)
            if wrapper is not None:
                yield wrapper, Confidence.LIKELY


def _key(given: Given) -> object:
    cls, _, suffix = given
    return cls.contract, cls.name, suffix


def _are_alike(one: Sequence[Given], other: Sequence[Given]) -> bool:
    return {(_key(it), it[1]) for it in one} == {(_key(it), it[1]) for it in other}
