"""Releases that are arranged now and run later.

stack.callback(p.free)      atexit.register(store.close)      # a bound method
stack.callback(free, p)     weakref.finalize(self, free, p)   # a function and what it is given
stack.enter_context(x)      stack.use(x)                      # the object itself
registry.register(this, x)                                    # what a FinalizationRegistry is given
"""

from collections.abc import Iterator

from cleanuplint.flow import graph, words
from cleanuplint.flow.graph import FunctionId, Temp
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.values import FunctionOf, LocalFunction, MethodOf


class Registrations:
    """Finds what a call arranges to be released."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def of(self, function: FunctionId, call: graph.Call) -> Iterator[Temp]:
        """The values that will be released, or cleared."""
        releasing = False
        for argument in call.arguments:
            if releasing:
                yield argument.value
            base = self._bound_release(function, argument.value)
            if base is not None:
                yield base
            releasing = releasing or self._is_release(function, argument.value)
        yield from self.left_to_collector(call)
        if self.keeps(call):
            yield from (argument.value for argument in call.arguments[:1])

    def left_to_collector(self, call: graph.Call) -> list[Temp]:
        """`x` in `registry.register(owner, x)`, in a file that has a `FinalizationRegistry`."""
        if call.method != "register" or len(call.arguments) < 2:
            return []
        known = any(v.name == words.FINALIZATION for v in self._scope.program.variables)
        return [call.arguments[1].value] if known else []

    def keeps(self, call: graph.Call) -> bool:
        """The call gives an object to a stack that leaves it, and gives it back."""
        return call.receiver is not None and call.method in words.DISPOSABLE_STACK

    def _bound_release(self, function: FunctionId, value: Temp) -> Temp | None:
        """`x` where the value is the method `x.free`."""
        read = self._scope.places(function).definition(value)
        if not isinstance(read, graph.LoadMember):
            return None
        registry = self._scope.registry
        known = read.name in registry.release_names | registry.clear_names
        return read.base if known or read.name in graph.LEAVING else None

    def _is_release(self, function: FunctionId, value: Temp) -> bool:
        """The value is a function that releases what it is given."""
        for one in self._scope.evidence.of(function, value):
            match one:
                case LocalFunction(target):
                    return (
                        words.RELEASING.match(self._scope.program.functions[target].name)
                        is not None
                    )
                case FunctionOf(contract, name):
                    return name in self._scope.registry.contract(contract).consumes
                case MethodOf(contract, cls, name):
                    return name in self._scope.registry.cls(contract, cls).consumes
        name = self._scope.places(function).dotted(value).rpartition(".")[2]
        return bool(name) and words.RELEASING.match(name) is not None
