"""What is known when a closure begins: conditions that held wherever it was made.

    if (!own) return;
    items.forEach((item) => { … if (own) … });     // `own` is true here

Only of variables that keep their value, so that it does not matter when the closure runs.
"""

from collections.abc import Iterator

from cleanuplint.flow import graph
from cleanuplint.flow.graph import BlockId, Function, FunctionId, Program
from cleanuplint.flow.ways import routes_of

Facts = frozenset[tuple[str, bool]]


class EntryFacts:
    """Looks up the conditions by closure."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[FunctionId, Facts] = {}

    def of(self, function: FunctionId) -> Facts:
        if function not in self._known:
            self._known[function] = frozenset()  # a function that makes itself knows nothing
            self._known[function] = self._find(function)
        return self._known[function]

    def _find(self, function: FunctionId) -> Facts:
        parent = self._program.functions[function].parent
        if parent is None:
            return frozenset()
        outer = self._program.functions[parent]
        held = self._held(outer)
        made = [held[n] for n, block in enumerate(outer.blocks) if _makes(block, function)]
        reached = [facts for facts in made if facts is not None]
        return frozenset.intersection(*reached) if reached else frozenset()

    def _held(self, function: Function) -> list[Facts | None]:
        """For each block the conditions that hold on every way to it; None if there is no way."""
        held: list[Facts | None] = [None for _ in function.blocks]
        open_blocks: list[tuple[BlockId, Facts]] = [(function.entry, self.of(function.id))]
        while open_blocks:
            number, facts = open_blocks.pop()
            before = held[number]
            after = facts if before is None else before & facts
            if after == before:
                continue
            held[number] = after
            block = function.blocks[number]
            for route, learnt in self._edges(block):
                for stop in (*route.through, route.target):
                    open_blocks.append((stop, after | learnt))
        return held

    def _edges(self, block: graph.Block) -> Iterator[tuple[graph.Route, Facts]]:
        yield block.handler, frozenset()
        match block.terminator:
            case graph.Branch(test=test, then=then, otherwise=otherwise):
                yield then, self._learnt(test, True)
                yield otherwise, self._learnt(test, False)
            case terminator:
                for route in routes_of(terminator):
                    yield route, frozenset()

    def _learnt(self, test: graph.Test, outcome: bool) -> Facts:
        is_plain = len(test.variables) == 1 and test.key == f"#{test.variables[0]}"
        if not is_plain or not self._is_steady(test.variables[0]):
            return frozenset()
        return frozenset({(f"{test.kind.value}:{test.key}:{test.name}", outcome)})

    def _is_steady(self, variable: graph.VariableId) -> bool:
        item = self._program.variables[variable]
        return item.assigned_once and item.kind is not graph.VariableKind.GLOBAL


def _makes(block: graph.Block, function: FunctionId) -> bool:
    return any(
        isinstance(operation, graph.MakeFunction) and operation.function == function
        for operation in block.operations
    )
