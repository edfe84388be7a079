"""Which functions release what was read from which field or module variable.

By tags that the evidence carries from the place to the release: `for (const t of this.trees)
t.delete()` releases what is in `trees`, of any object. Errs towards a release.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache, cached_property

from cleanuplint.flow import graph, words
from cleanuplint.flow.graph import ClassId, FunctionId
from cleanuplint.flow.guests import Guests
from cleanuplint.flow.registrations import Registrations
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.stacks import Stacks
from cleanuplint.flow.values import FieldTag, LocalInstance, Value, VariableTag


class Releases:
    """The releases of one program, by function."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.reached_from = cache(self._reached_from)
        self.methods_that_release = cache(self._methods_that_release)
        self._registrations = Registrations(scope)
        self._guests = Guests(scope)

    @cached_property
    def anywhere(self) -> frozenset[Value]:
        """Tags of all places whose content is released somewhere in the file."""
        functions = self.scope.program.functions
        return frozenset(tag for item in functions for tag in self.of(item.id))

    def of(self, function: FunctionId) -> frozenset[Value]:
        """Tags of the places whose content a function releases itself."""
        return self._released_by_function.get(function, frozenset())

    @cached_property
    def _released_by_function(self) -> dict[FunctionId, frozenset[Value]]:
        evidence = self.scope.evidence
        found: dict[FunctionId, set[Value]] = defaultdict(set)
        for function, call in self.scope.calls():
            for temp in self.ended_by(function, call):
                found[function].update(evidence.of(function, temp))
            for temp in self._registrations.of(function, call):
                found[function].update(self._fields_that_hold(function, temp))
        for item in self.scope.program.functions:
            for block in item.blocks:
                for operation in block.operations:
                    if isinstance(operation, graph.Dispose):
                        found[item.id].update(evidence.of_variable(operation.variable))
        tags = (FieldTag, VariableTag)
        return {
            function: frozenset(value for value in values if isinstance(value, tags))
            for function, values in found.items()
        }

    def _fields_that_hold(self, function: FunctionId, temp: graph.Temp) -> Iterator[FieldTag]:
        """The fields in which the function stores the same value."""
        places = self.scope.places(function)
        for block in self.scope.program.functions[function].blocks:
            for operation in block.operations:
                if isinstance(operation, graph.StoreMember):
                    if places.of(operation.value) == places.of(temp):
                        yield FieldTag(operation.name)

    def ended_by(self, function: FunctionId, call: graph.Call) -> Iterator[graph.Temp]:
        """The values whose release a call may be."""
        name = self.scope.naming.of_call(function, call)
        known = name in self.scope.registry.release_names
        releasing = known or words.RELEASING.fullmatch(name) is not None
        if call.receiver is not None and (releasing or "ispose]" in name):
            if not self._only_clears(function, call):
                yield call.receiver
        may_release = releasing or (self._is_teardown(function) and words.RELEASING.match(name))
        if may_release and not self.scope.evidence.callees(function, call):
            yield from (argument.value for argument in call.arguments)
        if call.receiver is None or not Stacks(self.scope, function).is_forgotten(call.receiver):
            yield from self._registrations.of(function, call)
        for index in self.scope.evidence.consumed(function, call):
            if 0 <= index < len(call.arguments):
                yield call.arguments[index].value

    def _is_teardown(self, function: FunctionId) -> bool:
        """There `freeAll(this.trees)` releases; elsewhere `deleteNote(this.db, id)` does not."""
        return words.TEARDOWN.match(self.scope.program.functions[function].name) is not None

    def _only_clears(self, function: FunctionId, call: graph.Call) -> bool:
        """The call empties a buffer of an object that lives on."""
        if call.receiver is None:
            return False
        evidence = self.scope.evidence
        values = evidence.of(function, call.receiver)
        known = [cls for cls, _ in evidence.instances(values)]
        local = (self._guests.buffered(v.cls) for v in values if isinstance(v, LocalInstance))
        known.extend(cls for cls in local if cls is not None)
        return bool(known) and all(
            call.method in cls.clears and call.method not in cls.releases for cls in known
        )

    def _reached_from(self, function: FunctionId) -> frozenset[Value]:
        """Tags of what a function releases, itself or through functions of the file."""
        seen: set[FunctionId] = set()
        open_functions = [function]
        while open_functions:
            current = open_functions.pop()
            if current not in seen:
                seen.add(current)
                open_functions.extend(self._runs(current))
        return frozenset(tag for one in seen for tag in self.of(one))

    def _runs(self, function: FunctionId) -> frozenset[FunctionId]:
        """Functions that a function calls, and those written inside it."""
        return self._run_by_function.get(function, frozenset())

    @cached_property
    def _run_by_function(self) -> dict[FunctionId, frozenset[FunctionId]]:
        found: dict[FunctionId, set[FunctionId]] = defaultdict(set)
        for item in self.scope.program.functions:
            if item.parent is not None:
                found[item.parent].add(item.id)
        for where, call in self.scope.calls():
            found[where].update(self.scope.evidence.callees(where, call))
        return {function: frozenset(run) for function, run in found.items()}

    def _methods_that_release(self, cls: ClassId, field: str) -> frozenset[str]:
        """The methods of a class that release what is in a field."""
        return frozenset(
            name
            for name, method in self.scope.program.classes[cls].methods.items()
            if name != "constructor" and FieldTag(field) in self.reached_from(method)
        )
