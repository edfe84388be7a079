"""Which calls fill a buffer: by contract, by name, and through functions of the file."""

from collections.abc import Iterator
from dataclasses import dataclass

from cleanuplint.contracts.model import ResourceClass
from cleanuplint.findings import Confidence, Span
from cleanuplint.flow import graph, words
from cleanuplint.flow.binding import bound
from cleanuplint.flow.graph import FunctionId, FunctionKind
from cleanuplint.flow.guests import Guests
from cleanuplint.flow.namesakes import Namesakes
from cleanuplint.flow.outcome import Acquisition
from cleanuplint.flow.places import Place, place_of_module, rebase
from cleanuplint.flow.recursion import Recursion
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.solver import Solver
from cleanuplint.flow.trace import Duty, Origin, Subject, Trace
from cleanuplint.flow.values import LocalInstance, Values


@dataclass(frozen=True, slots=True)
class Filled:
    """A buffer that a function leaves filled for its caller to clear."""

    cls: ResourceClass
    confidence: Confidence
    place: Place
    """As the function itself names it."""
    site: Span

    @property
    def key(self) -> object:
        return self.cls.contract, self.cls.name, self.place, self.site


class Fills:
    """The calls of one program after which a clear is owed, each followed to its end."""

    def __init__(self, scope: Scope, solver: Solver, name_heuristics: bool) -> None:
        self.scope = scope
        self._solver = solver
        self._name_heuristics = name_heuristics
        self._left_filled = Recursion[FunctionId, tuple[Filled, ...]]((), _are_alike)
        self._guests = Guests(scope)
        self._namesakes = Namesakes(scope)

    def of(self, function: FunctionId) -> Iterator[tuple[Acquisition, Trace]]:
        """Calls after which a buffer must be cleared."""
        item = self.scope.program.functions[function]
        reached = self.scope.reachable(function)
        for number, block in enumerate(item.blocks):
            if number not in reached:
                continue
            for index, operation in enumerate(block.operations):
                if isinstance(operation, graph.Call):
                    for filling in self._filled(function, number, index, operation):
                        subject = Subject(filling.cls, Duty.CLEAR)
                        yield filling, self._solver.follow(function, subject, filling.origin)

    def _filled(
        self, function: FunctionId, block: int, index: int, call: graph.Call
    ) -> Iterator[Acquisition]:
        places = self.scope.places(function)
        if call.receiver is not None and call.method is not None:
            known = self._filling_class(function, call)
            if known is not None:
                cls, confidence = known
                place = places.of(call.receiver)
                names = self._namesakes.of(function, place)
                origin = Origin(block, index, call.span, names, True, True)
                yield Acquisition(function, call, cls, confidence, origin, call.span)
                return
        for cls, confidence in self._kept_fills(function, call):
            where = frozenset({place_of_module(cls.contract)})
            origin = Origin(block, index, call.span, where, True, True)
            yield Acquisition(function, call, cls, confidence, origin, call.span)
        yield from self._filled_elsewhere(function, block, index, call)
        callees = self.scope.evidence.callees(function, call)
        closures = () if callees else self.scope.closures_run_by(function, call)
        for callee in (*callees, *closures):
            for filled in self.left_filled(callee):
                outside = self._outside(function, call, callee, filled.place)
                if outside is None or self._clears_for_another(function, outside, filled.cls):
                    continue
                names = self._namesakes.of(function, outside)
                origin = Origin(block, index, call.span, names, True, True)
                site = filled.site if callee in closures else call.span
                yield Acquisition(function, call, filled.cls, filled.confidence, origin, site)

    def _filled_elsewhere(
        self, function: FunctionId, block: int, index: int, call: graph.Call
    ) -> Iterator[Acquisition]:
        """A function of another file leaves the buffer of its argument filled."""
        places = self.scope.places(function)
        for treatment in self.scope.evidence.treatments(function, call):
            for position, methods in treatment.fills.items():
                if position < len(call.arguments):
                    temp = call.arguments[position].value
                    values = self.scope.evidence.of(function, temp)
                    for cls, confidence in self.scope.evidence.instances(values):
                        if cls.fills & methods:
                            where = frozenset({places.of(temp)})
                            origin = Origin(block, index, call.span, where, True, True)
                            yield Acquisition(function, call, cls, confidence, origin, call.span)

    def _kept_fills(
        self, function: FunctionId, call: graph.Call
    ) -> Iterator[tuple[ResourceClass, Confidence]]:
        """The class of a filling export that was kept: `encode = exports["encode"]`."""
        kept = self.scope.kept_method(function, call)
        if kept is not None:
            cls = self.scope.registry.cls(kept.contract, kept.cls)
            if kept.name in cls.fills:
                yield cls, kept.confidence

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
        known.extend(self._of_project(function, values))
        if known:
            filling = [pair for pair in known if call.method in pair[0].fills]
            return max(filling, key=lambda pair: pair[1]) if filling else None
        if not self._name_heuristics or self.scope.evidence.is_known_local(values):
            return None
        name = self.scope.places(function).dotted(call.receiver).rpartition(".")[2]
        if not words.SUGGESTS_WASM.search(name) or (
            not name[:1].islower() and name[:1] not in "_#$"
        ):
            return None
        classes = self.scope.registry.filling.get(call.method, ())
        return (classes[0], Confidence.ASSUMED) if classes else None

    def _of_project(
        self, function: FunctionId, values: Values
    ) -> Iterator[tuple[ResourceClass, Confidence]]:
        """Classes of the file that fill a buffer by the exports of a module; seen from outside."""
        own = self.scope.program.functions[function].cls
        for value in values:
            if isinstance(value, LocalInstance) and value.cls != own:
                cls = self._guests.buffered(value.cls)
                if cls is not None:
                    yield cls, Confidence.LIKELY

    def may_go_by_name(self) -> bool:
        """Some call fills a buffer, as its names tell."""
        if not self._name_heuristics:
            return False
        filling = self.scope.registry.filling
        named = ((where, call) for where, call in self.scope.calls() if call.method in filling)
        return any(self._filling_class(where, call) is not None for where, call in named)

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

    def left_filled(self, function: FunctionId) -> tuple[Filled, ...]:
        """Buffers that a private helper or a closure leaves for its callers to clear."""
        if not self.passes_duty(function):
            return ()
        return self._left_filled.ask(function, lambda: self._find_left_filled(function)) or ()

    def _find_left_filled(self, function: FunctionId) -> tuple[Filled, ...]:
        found: dict[object, Filled] = {}
        for filling, trace in self.of(function):
            if any(one.is_open for one in trace.exits):
                for place in filling.origin.places:
                    if self.comes_from_outside(function, place):
                        item = Filled(filling.cls, filling.confidence, place, filling.site)
                        found.setdefault(item.key, item)
        return tuple(found.values())

    def fills_of(self, cls: graph.ClassId) -> frozenset[str]:
        """Methods of a class of the file that leave a buffer filled for its users to clear."""
        methods = self.scope.program.classes[cls].methods
        return frozenset(
            name
            for name, method in methods.items()
            if not self.scope.program.functions[method].is_private
            and any(isinstance(filled.place[0], str) for filled in self.left_filled(method))
        )

    def clears_of(self, cls: graph.ClassId) -> frozenset[str]:
        """The methods by which such a class offers to clear it."""
        if not self.fills_of(cls):
            return frozenset()
        methods = self.scope.program.classes[cls].methods
        return frozenset(
            n for n in self._clear_names & methods.keys() if self._may_clear(methods[n])
        )

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
        methods = self.scope.program.classes[cls].methods
        return any(self._may_clear(methods[name]) for name in self._clear_names & methods.keys())

    @property
    def _clear_names(self) -> frozenset[str]:
        return self.scope.registry.clear_names | {"clear", "clearBuffers", "reset"}

    def _may_clear(self, function: FunctionId) -> bool:
        """The function does anything at all: calls, or replaces what it holds."""
        return any(
            isinstance(operation, graph.Call | graph.StoreMember)
            for block in self.scope.program.functions[function].blocks
            for operation in block.operations
        )

    def comes_from_outside(self, function: FunctionId, place: Place) -> bool:
        item = self.scope.program.functions[function]
        root = place[0]
        return isinstance(root, str) or root in item.parameters or self._is_foreign(function, root)

    def _is_foreign(self, function: FunctionId, root: int) -> bool:
        """The variable belongs to another function: an outer one, or one that lent a closure."""
        return root >= 0 and self.scope.program.variables[root].owner != function

    def _clears_for_another(self, function: FunctionId, place: Place, cls: ResourceClass) -> bool:
        """`with(s, () => s.fill())`: runs a closure over a variable that it knows as `s` itself."""
        item = self.scope.program.functions[function]
        root = place[0]
        if isinstance(root, str) or not self._is_foreign(function, root) or root in item.captured:
            return False
        return any(
            isinstance(operation, graph.Call) and operation.method in cls.clears
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
            for parameter, argument in bound(self.scope.program, callee, call):
                if parameter == root:
                    return rebase(inside, (root,), places.of(argument.value))
            return None
        return inside


def _are_alike(one: tuple[Filled, ...], other: tuple[Filled, ...]) -> bool:
    return {(it.key, it.confidence) for it in one} == {(it.key, it.confidence) for it in other}
