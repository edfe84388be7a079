"""Releases and clears that the module does not export, so that they never run.

    finally {
      if (typeof serializer.clearBuffer === 'function') {   // false for ever
        serializer.clearBuffer();
      }
    }

Only of objects whose members are all known, and quiet where the function also tries a release
that exists on the same object.
"""

from collections.abc import Iterator

from cleanuplint.contracts.model import ResourceClass
from cleanuplint.findings import Confidence
from cleanuplint.flow import graph
from cleanuplint.flow.graph import Function
from cleanuplint.flow.outcome import Fate, Outcome
from cleanuplint.flow.places import Place
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.values import FieldTag, Instance, VariableTag

USUAL = frozenset({"clear", "clearBuffer", "cleanup", "close", "destroy", "dispose", "free"})
"""Names by which people clear and release, whatever contracts are in force."""


class Absences:
    """Finds calls of releases that don't exist."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        registry = scope.registry
        self._names = USUAL | registry.clear_names | registry.release_names

    def outcomes(self) -> Iterator[Outcome]:
        for function in self.scope.program.functions:
            absent = [(call, cls, sure) for call, cls, sure in self._absent(function)]
            tried = self._tried(function) if absent else frozenset()
            for call, cls, sure in absent:
                if self._place(function, call) not in tried:
                    yield self._outcome(function, call, cls, sure)

    def _absent(self, function: Function) -> Iterator[tuple[graph.Call, ResourceClass, Confidence]]:
        for call in _method_calls(function):
            if call.method in self._names:
                for cls, sure in self._known(function, call):
                    if cls.is_without(call.method):
                        yield call, cls, sure

    def _known(
        self, function: Function, call: graph.Call
    ) -> tuple[tuple[ResourceClass, Confidence], ...]:
        """The class of the receiver, if it can be no other and all its members are known."""
        assert call.receiver is not None
        values = self.scope.evidence.of(function.id, call.receiver)
        if any(not isinstance(value, Instance | FieldTag | VariableTag) for value in values):
            return ()
        found = tuple(self.scope.evidence.instances(values))
        return found if len(found) == 1 and found[0][0].members else ()

    def _tried(self, function: Function) -> frozenset[Place]:
        """The objects of which the function calls a release or clear that exists."""
        return frozenset(
            self._place(function, call)
            for call in _method_calls(function)
            for cls, _ in self._known(function, call)
            if call.method in cls.members & self._names
        )

    def _place(self, function: Function, call: graph.Call) -> Place:
        assert call.receiver is not None
        return self.scope.places(function.id).of(call.receiver)

    def _outcome(
        self, function: Function, call: graph.Call, cls: ResourceClass, confidence: Confidence
    ) -> Outcome:
        assert call.receiver is not None
        return Outcome(
            fate=Fate.NO_SUCH,
            span=call.span,
            cls=cls,
            confidence=confidence,
            origin=call.span,
            place=self.scope.places(function.id).dotted(call.receiver),
            method=call.method or "",
        )


def _method_calls(function: Function) -> Iterator[graph.Call]:
    for block in function.blocks:
        for operation in block.operations:
            if isinstance(operation, graph.Call) and operation.method is not None:
                if operation.receiver is not None:
                    yield operation
