"""Questions about the functions of one program that the solver asks again and again."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from cleanuplint.contracts.registry import Registry
from cleanuplint.flow import graph, words
from cleanuplint.flow.getters import with_getters_called
from cleanuplint.flow.graph import BlockId, ClassId, FunctionId, Program, Temp
from cleanuplint.flow.inference import infer
from cleanuplint.flow.places import Place, Places, tracked_keys
from cleanuplint.flow.raising import NonRaising
from cleanuplint.flow.recursion import Recursion
from cleanuplint.flow.values import LocalFunction, LocalInstance, MethodOf, ordered

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
        self._quiet = quiet
        self._raising = Recursion[FunctionId, bool](False, bool.__eq__)
        self.places = cache(self._places)
        self.conditions = cache(self._find_conditions)
        self._uses = cache(self._find_uses)
        self._returned = cache(self._find_returned)
        self._awaited = cache(self._find_awaited)
        self._constructed = cache(self._find_constructed)
        self.reachable = cache(self._reachable)
        self.live_conditions = cache(self._find_live_conditions)
        self.loops = cache(self._find_loops)
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

    def _find_loops(self, function: FunctionId) -> Mapping[BlockId, Temp]:
        """Where a `for … of` asks whether there is more -> the collection it runs through."""
        found: dict[BlockId, Temp] = {}
        blocks = self.program.functions[function].blocks
        for number, block in enumerate(blocks):
            if isinstance(block.terminator, graph.Choose) and block.terminator.routes:
                for operation in blocks[block.terminator.routes[0].target].operations:
                    if isinstance(operation, graph.Next):
                        found[number] = operation.iterable
        return found

    def _find_live_conditions(self, function: FunctionId) -> tuple[frozenset[str], ...]:
        """For each block: the conditions that it or a block behind it tests."""
        blocks = self.program.functions[function].blocks
        live = [_tested(block.terminator) for block in blocks]
        resumed = _after_finally(blocks)
        changed = True
        while changed:
            changed = False
            for number in reversed(range(len(blocks))):
                block = blocks[number]
                ahead = {
                    t for r in (*routes_of(block.terminator), block.handler) for t in _stops(r)
                }
                if isinstance(block.terminator, graph.Resume):
                    ahead |= resumed
                found = live[number].union(*(live[target] for target in ahead))
                if len(found) > len(live[number]):
                    live[number], changed = found, True
        return tuple(live)

    def _reachable(self, function: FunctionId) -> frozenset[BlockId]:
        return reachable(self.program.functions[function])

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
        return any(self.name_of(where, call) in words.STACKS for where, call in self.calls())

    def calls_in(self, function: FunctionId) -> tuple[graph.Call, ...]:
        """The calls of one function, without those of functions inside it."""
        return self._calls_by_function.get(function, ())

    @cached_property
    def _calls_by_function(self) -> dict[FunctionId, tuple[graph.Call, ...]]:
        found: dict[FunctionId, list[graph.Call]] = {}
        for function, call in self.calls():
            found.setdefault(function, []).append(call)
        return {function: tuple(calls) for function, calls in found.items()}

    # ── names ───────────────────────────────────────────────────────────────────────────────────

    def is_bound(self, function: FunctionId, temp: Temp) -> bool:
        """Some variable of the user, field or element is given the value."""
        return bool(self._holder(function, temp))

    def user_name(self, function: FunctionId, temp: Temp) -> str:
        """The user's name for what holds the value: `tree`, `this.tree`; empty for a temporary."""
        return self._holder(function, temp)

    def _holder(self, function: FunctionId, temp: Temp) -> str:
        """Blocks are in no order: what is read in one may be stored in a later one."""
        values, synthetic = {temp: ""}, dict[int, str]()
        known, name = 0, ""
        while not name and known < len(values) + len(synthetic):
            known = len(values) + len(synthetic)
            name = self._held(function, temp, values, synthetic)
        return name

    def _held(
        self, function: FunctionId, temp: Temp, values: dict[Temp, str], synthetic: dict[int, str]
    ) -> str:
        """The name that one of the values is stored under; notes what else has it, and where."""
        for block in self.program.functions[function].blocks:
            for operation in block.operations:
                match operation:
                    case graph.Suspend(out=out, value=value) if value in values:
                        values[out] = values[value]
                    case graph.Compose(out=out, entries=entries):
                        inside = [e for e in entries if e.value in values and e.key is not None]
                        values.update((out, _member(e.key) + values[e.value]) for e in inside)
                    case graph.Call(out=out, receiver=int(base), method=str(method)):
                        if base in values and method in graph.ENTERING:
                            values[out] = values[base]
                    case graph.LoadMember(out=out, base=base) if base in values:
                        if self._is_taken_apart(function, temp):
                            values[out] = ""
                    case graph.LoadVariable(out=out, variable=variable) if variable in synthetic:
                        values[out] = synthetic[variable]
                    case graph.StoreVariable(variable=variable, value=value) if value in values:
                        item = self.program.variables[variable]
                        if item.kind is not graph.VariableKind.SYNTHETIC:
                            return item.name + values[value]
                        synthetic[variable] = values[value]
                    case graph.StoreMember(base=base, name=name, value=value) if value in values:
                        prefix = self.places(function).dotted(base)
                        named = name + values[value]
                        return f"{prefix}.{named}" if prefix else named
        return ""

    def _is_taken_apart(self, function: FunctionId, temp: Temp) -> bool:
        """The value is an object of the file's own making, not a resource itself."""
        return self.evidence.is_record(function, temp)

    # ── temps ───────────────────────────────────────────────────────────────────────────────────

    def outlives(self, function: FunctionId, block: BlockId, temp: Temp) -> bool:
        """Another block than this one reads the temp."""
        readers = self._uses(function).get(temp, frozenset())
        return bool(readers - {block})

    def _find_uses(self, function: FunctionId) -> dict[Temp, frozenset[BlockId]]:
        found: dict[Temp, set[BlockId]] = {}
        for number, block in enumerate(self.program.functions[function].blocks):
            for operation in block.operations:
                for temp in inputs_of(operation):
                    found.setdefault(temp, set()).add(number)
            for temp in read_by(block.terminator):
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
            name = self.name_of(function, call).lstrip("_")
            found = [value for value in found if value.name.lstrip("_") == name]
        return found[0] if len(found) == 1 else None

    def name_of(self, function: FunctionId, call: graph.Call) -> str:
        """The last name of what is called: the method, or the function's variable."""
        if call.method is not None:
            return call.method
        if call.callee is None:
            return ""
        return self.places(function).dotted(call.callee).rpartition(".")[2]

    def dotted_call(self, function: FunctionId, call: graph.Call) -> str:
        """`console.log` for the call of it; empty where the receiver is no plain path."""
        places = self.places(function)
        if call.receiver is not None and call.method is not None:
            prefix = places.dotted(call.receiver)
            return f"{prefix}.{call.method}" if prefix else ""
        return places.dotted(call.callee) if call.callee is not None else ""

    def closures_run_by(self, function: FunctionId, call: graph.Call) -> tuple[FunctionId, ...]:
        """Functions among the arguments that a call outside the file runs before it returns."""
        if self.name_of(function, call) not in words.RUNS_NOW:
            return ()
        return tuple(
            found
            for argument in call.arguments
            for found in self.functions_of(function, argument.value)
        )

    def collected(self, function: FunctionId, call: graph.Call) -> tuple[FunctionId, ...]:
        """Functions whose results the call gives as a collection: `texts.map(parse)`."""
        callback = words.COLLECTING.get(call.method or "")
        if callback is None or callback >= len(call.arguments):
            return ()
        return self.functions_of(function, call.arguments[callback].value)

    def functions_of(self, function: FunctionId, temp: Temp) -> tuple[FunctionId, ...]:
        """The functions of the file that a value may be."""
        values = self.evidence.of(function, temp)
        return tuple(
            value.function for value in ordered(values) if isinstance(value, LocalFunction)
        )

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

    def raises(self, function: FunctionId, call: graph.Call) -> bool:
        """The call may throw, as far as other resources are concerned."""
        if call.form is graph.CallForm.SUPER:
            return False
        if call.method in graph.ENTERING and not self.evidence.callees(function, call):
            return False
        callees = self.evidence.callees(function, call) or self._run_by(function, call)
        if callees:
            return any(self.can_raise(callee) for callee in callees)
        if self._is_quiet_elsewhere(function, call):
            return False
        if call.method in words.CALLBACK_METHODS and self._is_quiet_callback(function, call):
            return False
        name, dotted = self.name_of(function, call), self.dotted_call(function, call)
        if self._is_on_resource(function, call):
            if self.releases_argument(function, call):
                return False
            asks = words.ASKS_RELEASED.match(name) is not None
            known = asks or self.evidence.is_quiet(function, call)
            return not (known or self.is_cleanup(function, call))
        if call.form is not graph.CallForm.CALL and self._quiet.covers(True, name, dotted):
            return False
        if call.form is not graph.CallForm.NEW and self._quiet.covers(False, name, dotted):
            return False
        if self.releases_argument(function, call) or self.evidence.is_quiet(function, call):
            return False
        return not self.is_cleanup(function, call)

    def _is_quiet_elsewhere(self, function: FunctionId, call: graph.Call) -> bool:
        """All functions of other files that the call may run throw nothing."""
        quiet = [treatment.quiet for treatment in self.evidence.treatments(function, call)]
        return bool(quiet) and all(quiet)

    def _run_by(self, function: FunctionId, call: graph.Call) -> list[FunctionId]:
        """What `items.forEach(…)` and the like run, which throw nothing of their own."""
        if call.method not in words.CALLBACK_METHODS or len(call.arguments) != 1:
            return []
        values = self.evidence.of(function, call.arguments[0].value)
        return [value.function for value in ordered(values) if isinstance(value, LocalFunction)]

    def _is_quiet_callback(self, function: FunctionId, call: graph.Call) -> bool:
        """`items.filter(Boolean)`."""
        given = [self.places(function).dotted(argument.value) for argument in call.arguments]
        return len(given) == 1 and self._quiet.covers(False, given[0], given[0])

    def _is_on_resource(self, function: FunctionId, call: graph.Call) -> bool:
        """The receiver is an object of a library: general names like `get` say nothing of it."""
        if call.receiver is None:
            return False
        return any(self.evidence.instances(self.evidence.of(function, call.receiver)))

    def releases_argument(self, function: FunctionId, call: graph.Call) -> bool:
        """The call is the release of a pointer: `free(p)`."""
        if not self.evidence.consumed(function, call):
            return False
        return words.RELEASING.match(self.name_of(function, call).strip("_")) is not None

    def is_cleanup(self, function: FunctionId, call: graph.Call) -> bool:
        """A release or clear of some resource, which by contract does not throw."""
        if call.receiver is None or call.method is None:
            return False
        names = self.registry.release_names | self.registry.clear_names
        if call.method in names and not call.arguments:
            return True
        owners = self.evidence.instances(self.evidence.of(function, call.receiver))
        return any(call.method in cls.releases | cls.clears for cls, _ in owners)

    def awaits_cleanup(self, function: FunctionId, operation: graph.Suspend) -> bool:
        """`await x.free()`: the release of something of its own."""
        awaited = self.places(function).definition(operation.value)
        return isinstance(awaited, graph.Call) and self.is_cleanup(function, awaited)

    def can_raise(self, function: FunctionId) -> bool:
        """Calling the function may throw; what an async one throws is a rejection."""
        item = self.program.functions[function]
        if item.is_generator or item.is_async:
            return False
        return (
            self._raising.ask(function, lambda: self._reaches_exceptional_exit(item)) is not False
        )

    def _reaches_exceptional_exit(self, item: graph.Function) -> bool:
        seen: set[BlockId] = set()
        open_blocks = [item.entry]
        while open_blocks:
            number = open_blocks.pop()
            if number in seen:
                continue
            seen.add(number)
            block = item.blocks[number]
            routes = list(routes_of(block.terminator))
            if any(self._operation_raises(item.id, one) for one in block.operations):
                routes.append(block.handler)
            if any(route.target == item.exceptional_exit for route in routes):
                return True
            open_blocks.extend(stop for route in routes for stop in _stops(route))
        return False

    def _operation_raises(self, function: FunctionId, operation: graph.Operation) -> bool:
        match operation:
            case graph.Call():
                return self.raises(function, operation)
            case graph.Suspend() if self.awaits_cleanup(function, operation):
                return False
            case graph.Suspend() | graph.Import() | graph.Opaque():
                return True
        return False


def _member(key: str | None) -> str:
    """How what is under a key of a literal is written."""
    return f"[{key}]" if key is None or key.isdecimal() else f".{key}"


def _tested(terminator: graph.Terminator) -> frozenset[str]:
    if isinstance(terminator, graph.Branch) and terminator.test.key is not None:
        return frozenset({terminator.test.key})
    return frozenset()


def _stops(route: graph.Route) -> tuple[BlockId, ...]:
    return (*route.through, route.target)


def _after_finally(blocks: tuple[graph.Block, ...]) -> frozenset[BlockId]:
    """Where the end of some `finally` may lead."""
    routes = (r for b in blocks for r in (*routes_of(b.terminator), b.handler))
    return frozenset(stop for route in routes if route.through for stop in _stops(route)[1:])


def reachable(item: graph.Function) -> frozenset[BlockId]:
    """Blocks that some path from the entry reaches, exceptional edges included."""
    found: set[BlockId] = set()
    open_blocks = [item.entry]
    while open_blocks:
        number = open_blocks.pop()
        if number in found:
            continue
        found.add(number)
        block = item.blocks[number]
        for route in (*routes_of(block.terminator), block.handler):
            open_blocks.extend((*route.through, route.target))
    return frozenset(found)


def routes_of(terminator: graph.Terminator) -> tuple[graph.Route, ...]:
    match terminator:
        case graph.Jump(route) | graph.Return(route=route) | graph.Throw(route=route):
            return (route,)
        case graph.Branch(then=then, otherwise=otherwise):
            return then, otherwise
        case graph.Choose(routes=routes):
            return routes
    return ()


def read_by(terminator: graph.Terminator) -> tuple[Temp, ...]:
    match terminator:
        case graph.Return(value=value) | graph.Throw(value=value) if value is not None:
            return (value,)
        case graph.Branch(test=test) if test.value is not None:
            return (test.value,)
    return ()


def inputs_of(operation: graph.Operation) -> tuple[Temp, ...]:
    """The temps an operation reads."""
    match operation:
        case graph.LoadMember(base=base):
            return (base,)
        case graph.LoadElement(base=base, index=index):
            return base, index
        case graph.StoreVariable(value=value) | graph.Suspend(value=value):
            return (value,)
        case graph.StoreMember(base=base, value=value):
            return base, value
        case graph.StoreElement(base=base, index=index, value=value):
            return base, index, value
        case graph.Call(arguments=arguments, callee=callee, receiver=receiver):
            given = tuple(argument.value for argument in arguments)
            return (*given, *(temp for temp in (callee, receiver) if temp is not None))
        case graph.Compose(entries=entries):
            return tuple(entry.value for entry in entries)
        case graph.Compute(inputs=inputs) | graph.Opaque(inputs=inputs):
            return inputs
        case graph.Next(iterable=iterable):
            return (iterable,)
    return ()
