"""What the graph of one function tells by itself: its ways, and what its operations read."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from cleanuplint.flow import graph
from cleanuplint.flow.graph import BlockId, Temp


def loops(item: graph.Function) -> Mapping[BlockId, Temp]:
    """Where a `for … of` asks whether there is more -> the collection it runs through."""
    found: dict[BlockId, Temp] = {}
    blocks = item.blocks
    for number, block in enumerate(blocks):
        if isinstance(block.terminator, graph.Choose) and block.terminator.routes:
            for operation in blocks[block.terminator.routes[0].target].operations:
                if isinstance(operation, graph.Next):
                    found[number] = operation.iterable
    return found


def live_conditions(item: graph.Function) -> tuple[frozenset[str], ...]:
    """For each block: the conditions that it or a block behind it tests."""
    blocks = item.blocks
    live = [_tested(block.terminator) for block in blocks]
    resumed = _after_finally(blocks)
    changed = True
    while changed:
        changed = False
        for number in reversed(range(len(blocks))):
            block = blocks[number]
            ahead = {t for r in leaving(block) for t in stops(r)}
            if isinstance(block.terminator, graph.Resume):
                ahead |= resumed
            found = live[number].union(*(live[target] for target in ahead))
            if len(found) > len(live[number]):
                live[number], changed = found, True
    return tuple(live)


def _tested(terminator: graph.Terminator) -> frozenset[str]:
    if isinstance(terminator, graph.Branch) and terminator.test.key is not None:
        return frozenset({terminator.test.key})
    return frozenset()


def stops(route: graph.Route) -> tuple[BlockId, ...]:
    return (*route.through, route.target)


def _after_finally(blocks: tuple[graph.Block, ...]) -> frozenset[BlockId]:
    """Where the end of some `finally` may lead."""
    routes = (r for b in blocks for r in leaving(b))
    return frozenset(stop for route in routes if route.through for stop in stops(route)[1:])


def reachable(item: graph.Function) -> frozenset[BlockId]:
    """Blocks that some path from the entry reaches, exceptional edges included."""
    return frozenset({item.entry, *behind(item, item.entry, leaving)})


def behind(
    item: graph.Function,
    start: BlockId,
    taken: Callable[[graph.Block], Iterable[graph.Route]],
) -> Iterator[BlockId]:
    """Each block that the routes taken lead to from a block; that one itself if it is in a loop."""
    seen: set[BlockId] = set()
    ahead = [start]
    while ahead:
        for route in taken(item.blocks[ahead.pop()]):
            for target in stops(route):
                if target not in seen:
                    seen.add(target)
                    ahead.append(target)
                    yield target


def leaving(block: graph.Block) -> tuple[graph.Route, ...]:
    """All ways out of a block, by an exception too."""
    return (*routes_of(block.terminator), block.handler)


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
