"""Which calls may throw, and which are taken not to."""

from collections.abc import Callable, Iterable

from cleanuplint.contracts.registry import Registry
from cleanuplint.flow import graph, ways, words
from cleanuplint.flow.evidence import Evidence
from cleanuplint.flow.graph import FunctionId, Program
from cleanuplint.flow.naming import Naming
from cleanuplint.flow.places import Places
from cleanuplint.flow.recursion import Recursion


class NonRaising:
    """The shipped and configured list of calls that can't practically throw.

    Patterns: `console.*` (any method of that path), `.push` (that method of anything),
    `*.memory.write` (that method of anything's memory), `String` (that function), `new Map` (that
    constructor).
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        items = frozenset(patterns)
        self._methods = frozenset(p[1:] for p in items if p.startswith("."))
        self._owners = frozenset(p[:-2] for p in items if p.endswith(".*"))
        self._constructors = frozenset(p[4:] for p in items if p.startswith("new "))
        self._endings = tuple(p[1:] for p in items if p.startswith("*."))
        self._names = items

    def covers(self, is_new: bool, name: str, dotted: str) -> bool:
        if is_new:
            return dotted in self._constructors
        if dotted in self._names or dotted.rpartition(".")[0] in self._owners:
            return True
        if dotted.endswith(self._endings):
            return True
        return ("." in dotted and name in self._methods) or (not dotted and name in self._methods)


class Raising:
    """Whether the calls and functions of one program may throw."""

    def __init__(
        self,
        program: Program,
        registry: Registry,
        evidence: Evidence,
        places: Callable[[FunctionId], Places],
        naming: Naming,
        quiet: NonRaising,
    ) -> None:
        self._program = program
        self._registry = registry
        self._evidence = evidence
        self._places = places
        self._naming = naming
        self._list = quiet
        self._answers = Recursion[FunctionId, bool](False, bool.__eq__)

    def raises(self, function: FunctionId, call: graph.Call) -> bool:
        """The call may throw, as far as other resources are concerned."""
        if call.form is graph.CallForm.SUPER:
            return False
        if call.method in graph.ENTERING and not self._evidence.callees(function, call):
            return False
        callees = self._evidence.callees(function, call) or self._run_by(function, call)
        if callees:
            return any(self.can_raise(callee) for callee in callees)
        if self._is_quiet_elsewhere(function, call):
            return False
        if call.method in words.CALLBACK_METHODS and self._is_quiet_callback(function, call):
            return False
        name, dotted = self._naming.of_call(function, call), self._naming.dotted(function, call)
        if self._is_on_resource(function, call):
            if self.releases_argument(function, call):
                return False
            asks = words.ASKS_RELEASED.match(name) is not None
            known = asks or self._evidence.is_quiet(function, call)
            return not (known or self.is_cleanup(function, call))
        if call.form is not graph.CallForm.CALL and self._list.covers(True, name, dotted):
            return False
        if call.form is not graph.CallForm.NEW and self._list.covers(False, name, dotted):
            return False
        if self.releases_argument(function, call) or self._evidence.is_quiet(function, call):
            return False
        return not self.is_cleanup(function, call)

    def _is_quiet_elsewhere(self, function: FunctionId, call: graph.Call) -> bool:
        """All functions of other files that the call may run throw nothing."""
        quiet = [treatment.quiet for treatment in self._evidence.treatments(function, call)]
        return bool(quiet) and all(quiet)

    def _run_by(self, function: FunctionId, call: graph.Call) -> tuple[FunctionId, ...]:
        """What `items.forEach(…)` and the like run, which throw nothing of their own."""
        if call.method not in words.CALLBACK_METHODS or len(call.arguments) != 1:
            return ()
        return self._evidence.functions_of(function, call.arguments[0].value)

    def _is_quiet_callback(self, function: FunctionId, call: graph.Call) -> bool:
        """`items.filter(Boolean)`."""
        given = [self._places(function).dotted(argument.value) for argument in call.arguments]
        return len(given) == 1 and self._list.covers(False, given[0], given[0])

    def _is_on_resource(self, function: FunctionId, call: graph.Call) -> bool:
        """The receiver is an object of a library: general names like `get` say nothing of it."""
        if call.receiver is None:
            return False
        return any(self._evidence.instances(self._evidence.of(function, call.receiver)))

    def releases_argument(self, function: FunctionId, call: graph.Call) -> bool:
        """The call is the release of a pointer: `free(p)`."""
        if not self._evidence.consumed(function, call):
            return False
        return words.RELEASING.match(self._naming.of_call(function, call).strip("_")) is not None

    def is_cleanup(self, function: FunctionId, call: graph.Call) -> bool:
        """A release or clear of some resource, which by contract does not throw."""
        if call.receiver is None or call.method is None:
            return False
        names = self._registry.release_names | self._registry.clear_names
        if call.method in names and not call.arguments:
            return True
        owners = self._evidence.instances(self._evidence.of(function, call.receiver))
        return any(call.method in cls.releases | cls.clears for cls, _ in owners)

    def awaits_cleanup(self, function: FunctionId, operation: graph.Suspend) -> bool:
        """`await x.free()`: the release of something of its own."""
        awaited = self._places(function).definition(operation.value)
        return isinstance(awaited, graph.Call) and self.is_cleanup(function, awaited)

    def can_raise(self, function: FunctionId) -> bool:
        """Calling the function may throw; what an async one throws is a rejection."""
        item = self._program.functions[function]
        if item.is_generator or item.is_async:
            return False
        return (
            self._answers.ask(function, lambda: self._reaches_exceptional_exit(item)) is not False
        )

    def _reaches_exceptional_exit(self, item: graph.Function) -> bool:
        def taken(block: graph.Block) -> tuple[graph.Route, ...]:
            raises = any(self._operation_raises(item.id, one) for one in block.operations)
            return ways.leaving(block) if raises else ways.routes_of(block.terminator)

        return item.exceptional_exit in ways.behind(item, item.entry, taken)

    def _operation_raises(self, function: FunctionId, operation: graph.Operation) -> bool:
        match operation:
            case graph.Call():
                return self.raises(function, operation)
            case graph.Suspend() if self.awaits_cleanup(function, operation):
                return False
            case graph.Suspend() | graph.Import() | graph.Opaque():
                return True
        return False
