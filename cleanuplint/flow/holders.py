"""Collections that hold resources: what is dropped from them without a release.

Only collections that the file itself makes (`new Map()`, `[]`) and keeps in a field or module
variable, and only where this file puts an acquired resource in. A function that reads elements
of the collection before it drops them is taken to know what it does.
"""

from collections.abc import Iterator
from functools import cached_property

from cleanuplint.contracts.model import ResourceClass
from cleanuplint.findings import Confidence, Span
from cleanuplint.flow import graph, words
from cleanuplint.flow.acquisitions import Acquisitions
from cleanuplint.flow.evidence import MAKING
from cleanuplint.flow.graph import Function, FunctionId, Temp
from cleanuplint.flow.outcome import Fate, Outcome
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.values import FieldTag, VariableTag

Tag = FieldTag | VariableTag
DROPPING = frozenset({"delete", "clear", "set", "__delitem__"})
HARMLESS = frozenset(
    {
        "has", "set", "add", "push", "unshift", "delete", "clear", "keys", "append", "insert",
        "__delitem__",
    }
)  # fmt: skip
REPLACING = frozenset({"get", "set"})


class Holders:
    """Finds entries that are dropped unreleased."""

    def __init__(self, scope: Scope, acquired: Acquisitions) -> None:
        self.scope = scope
        self.acquired = acquired

    def outcomes(self) -> Iterator[Outcome]:
        owning = self._owning
        if not owning:
            return
        for function in self.scope.program.functions:
            for call, tags in self._drops(function):
                for tag in tags & owning.keys():
                    cls, confidence, origin = owning[tag]
                    if self._forgets(function, call, tag, cls):
                        place = self._place(function, call)
                        yield Outcome(
                            Fate.COLLECTION, call.span, cls, confidence, origin, place=place
                        )

    @cached_property
    def _owning(self) -> dict[Tag, tuple[ResourceClass, Confidence, Span]]:
        """The collections that own what is put into them: tag -> what, how sure, where from."""
        found: dict[Tag, tuple[ResourceClass, Confidence, Span]] = {}
        made = self._made
        for function in self.scope.program.functions:
            for acquisition, trace in self.acquired.of(function.id):
                for where, receiver in sorted(trace.inserted):
                    for tag in self._tags(where, receiver) & made:
                        known = min(acquisition.confidence, Confidence.LIKELY)
                        found[tag] = acquisition.cls, known, acquisition.call.span
        return found

    @cached_property
    def _made(self) -> frozenset[Tag]:
        """Fields and module variables that are given a new built-in collection."""
        found: set[Tag] = set()
        program = self.scope.program
        for function in program.functions:
            for block in function.blocks:
                for operation in block.operations:
                    match operation:
                        case graph.StoreMember(name=name, value=value):
                            if self._is_collection(function.id, value):
                                found.add(FieldTag(name))
                        case graph.StoreVariable(variable=variable, value=value):
                            if self._is_collection(function.id, value):
                                found.add(VariableTag(variable))
        return frozenset(found)

    def _is_collection(self, function: FunctionId, value: Temp) -> bool:
        places = self.scope.places(function)
        made = places.definition(value)
        if isinstance(made, graph.Compose):
            return made.form is graph.ComposeForm.ARRAY or not made.entries
        if not isinstance(made, graph.Call) or made.form not in MAKING:
            return False
        return made.callee is not None and places.dotted(made.callee) in words.COLLECTIONS

    def _tags(self, function: FunctionId, temp: Temp) -> frozenset[Tag]:
        values = self.scope.evidence.of(function, temp)
        return frozenset(v for v in values if isinstance(v, FieldTag | VariableTag))

    def _drops(
        self, function: Function
    ) -> Iterator[tuple[graph.Call | graph.StoreMember, frozenset[Tag]]]:
        for block in function.blocks:
            for operation in block.operations:
                match operation:
                    case graph.Call(receiver=int(base), method=str(name)) if name in DROPPING:
                        if name == "clear" or operation.arguments:
                            yield operation, self._tags(function.id, base)
                    case graph.StoreMember(base=base, name="length"):
                        yield operation, self._tags(function.id, base)

    def _forgets(
        self, function: Function, drop: graph.Call | graph.StoreMember, tag: Tag, cls: ResourceClass
    ) -> bool:
        if isinstance(drop, graph.Call) and drop.method == "set":
            return self._replaces(function, tag, cls)
        return not self._reads_elements(function, tag)

    def _replaces(self, function: Function, tag: Tag, cls: ResourceClass) -> bool:
        """The old entry is read, or the function's name tells that there is one; it is neither
        tested nor released, and then replaced."""
        read = words.UPDATES.match(function.name) is not None
        for block in function.blocks:
            test = block.terminator.test if isinstance(block.terminator, graph.Branch) else None
            if test is not None and test.value is not None:
                if tag in self._tags(function.id, test.value):
                    return False
            for operation in block.operations:
                match operation:
                    case graph.Call(receiver=int(base), method=str(name)):
                        if tag not in self._tags(function.id, base):
                            continue
                        released = name in cls.releases and not operation.arguments
                        if released or name not in REPLACING:
                            return False
                        read = read or name == "get"
        return read

    def _reads_elements(self, function: Function, tag: Tag) -> bool:
        """The function gets at the entries, or asks another one that it calls to."""
        for block in function.blocks:
            for operation in block.operations:
                match operation:
                    case graph.Next(iterable=base) | graph.LoadElement(base=base):
                        if tag in self._tags(function.id, base):
                            return True
                    case graph.Call(receiver=int(base), method=str(name)):
                        if name not in HARMLESS and tag in self._tags(function.id, base):
                            return True
                    case graph.Call() if self._passes(function, operation, tag):
                        return True
        return False

    def _passes(self, function: Function, call: graph.Call, tag: Tag) -> bool:
        return any(tag in self._tags(function.id, a.value) for a in call.arguments)

    def _place(self, function: Function, drop: graph.Call | graph.StoreMember) -> str:
        base = drop.receiver if isinstance(drop, graph.Call) else drop.base
        return self.scope.places(function.id).dotted(base) if base is not None else ""
