"""Questions about the functions of one program that the solver asks again and again."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from cleanuplint.contracts.registry import Registry
from cleanuplint.flow import graph, ways, words
from cleanuplint.flow.getters import with_getters_called
from cleanuplint.flow.graph import BlockId, ClassId, FunctionId, Program, Temp
from cleanuplint.flow.inference import infer
from cleanuplint.flow.naming import Naming
from cleanuplint.flow.places import Place, Places, tracked_keys
from cleanuplint.flow.raising import NonRaising, Raising
from cleanuplint.flow.values import LocalInstance, MethodOf

TAKEN = "taken"
"""In place of a method: the value is an argument that the call takes."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of one function that are worth remembering along a path."""

    tracked: frozenset[str]
    flags: frozenset[int]
    """Variables that some condition tests."""

    def facts_of(self, variable: int, facts: Iterable[tuple[str, bool]]) -> list[str]:
        """Remembered conditions that a store to the variable makes stale."""
        return [key for key, _ in facts if _reads(key, variable)]


def _reads(key: str, variable: int) -> bool:
    mark = f"#{variable}"
    start = key.find(mark)
    while start != -1:
        end = start + len(mark)
        if end >= len(key) or not key[end].isdigit():
            return True
        start = key.find(mark, end)
    return False


class Scope:
    """One program with its evidence, and what can be looked up in it."""

    def __init__(
        self,
        program: Program,
        registry: Registry,
        quiet: NonRaising,
        for_others: bool = False,
    ) -> None:
        self.registry = registry
        self.evidence = infer(program, registry, for_others)
        self.program = with_getters_called(program, self.evidence)
        if self.program is not program:
            self.evidence = infer(self.program, registry, for_others)
        self.places = cache(self._places)
        self.naming = Naming(self.program, self.evidence, self.places)
        self.raising = Raising(
            self.program, registry, self.evidence, self.places, self.naming, quiet
        )
        self.conditions = cache(self._find_conditions)
        self._uses = cache(self._find_uses)
        self._returned = cache(self._find_returned)
        self._awaited = cache(self._find_awaited)
        self._constructed = cache(self._find_constructed)
        functions = self.program.functions
        self.reachable = cache(lambda function: ways.reachable(functions[function]))
        self.live_conditions = cache(lambda function: ways.live_conditions(functions[function]))
        self.loops = cache(lambda function: ways.loops(functions[function]))
        self.unreachable_calls = cache(self._find_unreachable_calls)

    def _places(self, function: FunctionId) -> Places:
        return Places(self.program, self.program.functions[function], self.captured)

    @cached_property
    def captured(self) -> frozenset[int]:
        """Variables that a function mentions which does not own them."""
        return frozenset(v for function in self.program.functions for v in function.captured)

    def _find_conditions(self, function: FunctionId) -> Conditions:
        item = self.program.functions[function]
        tracked = tracked_keys(item)
        flags = {
            variable
            for block in item.blocks
            if isinstance(block.terminator, graph.Branch)
            for variable in block.terminator.test.variables
        }
        return Conditions(frozenset(tracked), frozenset(flags))

    def _find_unreachable_calls(self, function: FunctionId) -> frozenset[tuple[Place, str]]:
        """What is called that no path reaches: receiver and method, or an argument and `TAKEN`."""
        reached = self.reachable(function)
        return frozenset(
            found
            for number, block in enumerate(self.program.functions[function].blocks)
            if number not in reached
            for operation in block.operations
            if isinstance(operation, graph.Call)
            for found in self._ended_by(function, operation)
        )

    def _ended_by(self, function: FunctionId, call: graph.Call) -> Iterator[tuple[Place, str]]:
        places = self.places(function)
        if call.receiver is not None and call.method is not None:
            yield places.of(call.receiver), call.method
        for index in self.evidence.consumed(function, call):
            if 0 <= index < len(call.arguments):
                yield places.of(call.arguments[index].value), TAKEN

    @cached_property
    def called(self) -> frozenset[FunctionId]:
        """Functions that some call of the file runs."""
        return frozenset(
            callee
            for function, call in self.calls()
            for callee in (
                *self.evidence.callees(function, call),
                *self.closures_run_by(function, call),
            )
        )

    @cached_property
    def callers(self) -> Mapping[FunctionId, frozenset[FunctionId]]:
        """The functions of the file that call a function of it."""
        found: dict[FunctionId, set[FunctionId]] = {}
        for function, call in self.calls():
            for callee in self.evidence.callees(function, call):
                found.setdefault(callee, set()).add(function)
        return {callee: frozenset(callers) for callee, callers in found.items()}

    def calls(self) -> Iterator[tuple[FunctionId, graph.Call]]:
        for function in self.program.functions:
            for block in function.blocks:
                for operation in block.operations:
                    if isinstance(operation, graph.Call):
                        yield function.id, operation

    @cached_property
    def makes_stacks(self) -> bool:
        """The file makes a disposable stack somewhere."""
        return any(self.naming.of_call(where, call) in words.STACKS for where, call in self.calls())

    def calls_in(self, function: FunctionId) -> tuple[graph.Call, ...]:
        """The calls of one function, without those of functions inside it."""
        return self._calls_by_function.get(function, ())

    @cached_property
    def _calls_by_function(self) -> dict[FunctionId, tuple[graph.Call, ...]]:
        found: dict[FunctionId, list[graph.Call]] = {}
        for function, call in self.calls():
            found.setdefault(function, []).append(call)
        return {function: tuple(calls) for function, calls in found.items()}

    # ── temps ───────────────────────────────────────────────────────────────────────────────────

    def outlives(self, function: FunctionId, block: BlockId, temp: Temp) -> bool:
        """Another block than this one reads the temp."""
        readers = self._uses(function).get(temp, frozenset())
        return bool(readers - {block})

    def _find_uses(self, function: FunctionId) -> dict[Temp, frozenset[BlockId]]:
        found: dict[Temp, set[BlockId]] = {}
        for number, block in enumerate(self.program.functions[function].blocks):
            for operation in block.operations:
                for temp in ways.inputs_of(operation):
                    found.setdefault(temp, set()).add(number)
            for temp in ways.read_by(block.terminator):
                found.setdefault(temp, set()).add(number)
        return {temp: frozenset(blocks) for temp, blocks in found.items()}

    def is_returned(self, function: FunctionId, temp: Temp) -> bool:
        return temp in self._returned(function)

    def _find_returned(self, function: FunctionId) -> frozenset[Temp]:
        found: set[Temp] = set()
        for block in self.program.functions[function].blocks:
            if isinstance(block.terminator, graph.Return) and block.terminator.value is not None:
                found.add(block.terminator.value)
            for operation in block.operations:
                if isinstance(operation, graph.Suspend) and operation.out in found:
                    found.add(operation.value)
        places = self.places(function)
        for temp in tuple(found):
            awaited = places.definition(temp)
            if isinstance(awaited, graph.Suspend):
                found.add(awaited.value)
        return frozenset(found)

    def is_awaited(self, function: FunctionId, temp: Temp) -> bool:
        return temp in self._awaited(function) or self.is_returned(function, temp)

    def _find_awaited(self, function: FunctionId) -> frozenset[Temp]:
        return frozenset(
            operation.value
            for block in self.program.functions[function].blocks
            for operation in block.operations
            if isinstance(operation, graph.Suspend)
        )

    def is_made_here(self, function: FunctionId, base: Temp) -> bool:
        """The value is an object or array that this function made and keeps locally."""
        place = self.places(function).of(base)
        root = place[0]
        if isinstance(root, str) or len(place) > 1:
            return False
        if root >= 0 and self.program.variables[root].owner != function:
            return False
        return self.evidence.is_made_in(function, base) or self._is_constructed(function, base)

    def _is_constructed(self, function: FunctionId, base: Temp) -> bool:
        """The value is an object of a class of the file, made by the one `new` of the function."""
        values = self.evidence.of(function, base)
        made = {LocalInstance(cls) for cls in self._constructed(function)}
        return not made.isdisjoint(values)

    def _find_constructed(self, function: FunctionId) -> frozenset[ClassId]:
        return frozenset(
            cls
            for call in self.calls_in(function)
            for cls in self.evidence.constructed(function, call)
        )

    # ── calls ───────────────────────────────────────────────────────────────────────────────────

    def kept_method(self, function: FunctionId, call: graph.Call) -> MethodOf | None:
        """The method of a library's object that was kept and is called: `encode = x.encode`.

        Of several that were kept together, the one that is called as it was.
        """
        called = self.evidence.called(function, call)
        found = [value for value in called if isinstance(value, MethodOf)]
        if len(found) > 1:
            name = self.naming.of_call(function, call).lstrip("_")
            found = [value for value in found if value.name.lstrip("_") == name]
        return found[0] if len(found) == 1 else None

    def closures_run_by(self, function: FunctionId, call: graph.Call) -> tuple[FunctionId, ...]:
        """Functions among the arguments that a call outside the file runs before it returns."""
        if self.naming.of_call(function, call) not in words.RUNS_NOW:
            return ()
        return tuple(
            found
            for argument in call.arguments
            for found in self.evidence.functions_of(function, argument.value)
        )

    def collected(self, function: FunctionId, call: graph.Call) -> tuple[FunctionId, ...]:
        """Functions whose results the call gives as a collection: `texts.map(parse)`."""
        callback = words.COLLECTING.get(call.method or "")
        if callback is None or callback >= len(call.arguments):
            return ()
        return self.evidence.functions_of(function, call.arguments[callback].value)

    def is_handed_on(self, function: FunctionId, operation: graph.Operation, place: Place) -> bool:
        """The operation gives what is at the place to somebody else, or the caller gets it."""
        places = self.places(function)
        match operation:
            case graph.Call(arguments=arguments):
                return any(places.of(argument.value) == place for argument in arguments)
            case graph.StoreMember(value=value) | graph.StoreElement(value=value):
                return places.of(value) == place
            case graph.LoadVariable(out=out):
                return places.of(out) == place and self.is_returned(function, out)
        return False

    def calls_parameter(self, function: FunctionId, call: graph.Call) -> bool:
        """The callee is a function that the caller handed in."""
        if call.callee is None:
            return False
        definition = self.places(function).definition(call.callee)
        if not isinstance(definition, graph.LoadVariable):
            return False
        kind = self.program.variables[definition.variable].kind
        return kind is graph.VariableKind.PARAMETER

    def is_library_call(self, function: FunctionId, call: graph.Call) -> bool:
        return self.evidence.is_library_call(function, call)
