"""All the ways through a lowered function, as the calls made on each: `a b! c throw`."""

from collections.abc import Iterator

from cleanuplint.flow import graph
from cleanuplint.flow.graph import BlockId, Function, Program, Route

VISITS = 2
"""How often one block is entered on one path: a loop is left out, run once, and run again."""

Pending = tuple[Route, ...]
Trail = tuple[str, ...]


class Walk:
    """Follows every route of one function; a call named `quiet` never raises."""

    def __init__(self, program: Program, item: Function) -> None:
        self._program = program
        self._item = item
        self._names: dict[int, str] = {}

    def paths(self) -> set[str]:
        return {" ".join(trail) for trail in self._block(self._item.entry, (), (), ())}

    def _block(
        self, number: BlockId, pending: Pending, trail: Trail, seen: tuple[BlockId, ...]
    ) -> Iterator[Trail]:
        block = self._item.blocks[number]
        if isinstance(block.terminator, graph.End):
            yield (*trail, "return" if number == self._item.normal_exit else "throw")
            return
        if seen.count(number) >= VISITS:
            return
        seen = (*seen, number)
        pending = pending[: block.depth]
        for operation in block.operations:
            name = self._event(operation)
            if name is None:
                continue
            if not name.startswith("quiet"):
                yield from self._route(block.handler, pending, (*trail, f"{name}!"), seen)
            trail = (*trail, name)
        resumes = isinstance(block.terminator, graph.Resume)
        for route in self._onward(block.terminator, pending):
            yield from self._route(route, pending[:-1] if resumes else pending, trail, seen)

    def _route(
        self, route: Route, pending: Pending, trail: Trail, seen: tuple[BlockId, ...]
    ) -> Iterator[Trail]:
        if not route.through:
            yield from self._block(route.target, pending, trail, seen)
            return
        first, *rest = route.through
        later = (*pending, Route(route.target, tuple(rest)))
        yield from self._block(first, later, trail, seen)

    def _onward(self, terminator: graph.Terminator, pending: Pending) -> Iterator[Route]:
        match terminator:
            case graph.Branch(then=then, otherwise=otherwise):
                yield from (then, otherwise)
            case graph.Choose(routes=routes):
                yield from routes
            case graph.Resume():
                yield pending[-1]
            case graph.Jump(route=route) | graph.Return(route=route) | graph.Throw(route=route):
                yield route

    def _event(self, operation: graph.Operation) -> str | None:
        match operation:
            case graph.LoadVariable(out=out, variable=variable):
                self._names[out] = self._program.variables[variable].name
            case graph.MakeFunction(out=out):
                self._names[out] = "closure"
            case graph.Call(callee=callee, method=method):
                return method or self._names.get(-1 if callee is None else callee, "?")
            case graph.Dispose(variable=variable):
                return f"dispose:{self._program.variables[variable].name}"
        return None


def paths(program: Program, name: str = "f") -> set[str]:
    """The paths of the function of that name."""
    (item,) = (each for each in program.functions if each.name == name)
    return Walk(program, item).paths()
