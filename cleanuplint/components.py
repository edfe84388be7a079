"""Values that depend on each other along a graph, cycles included.

The strongly connected components of the graph are settled one after the other, the ones depended
on first (Tarjan, SIAM J. Comput. 1972). Within a cycle, all values are found again and again, in an
order that the cycle alone determines, until they no longer change: so the result does not depend
on where one starts.
"""

from collections.abc import Callable, Collection, Hashable, Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)
Value = TypeVar("Value")

MAX_ROUNDS = 8
"""Rounds within a cycle; a chain of facts around it that is longer is given up."""


@dataclass(slots=True)
class Settling(Generic[Node, Value]):
    """Finds the value of each node from the values of those that it leads to."""

    successors: Callable[[Node], Collection[Node]]
    evaluate: Callable[[Node], Value | None]
    """The value of a node from those in `known`; within a cycle some may not be found yet."""
    known: MutableMapping[Node, Value | None] = field(default_factory=dict)
    largest: int | None = None
    """Of a cycle of more nodes nothing is found, if this says how many."""
    unsettled: frozenset[Node] = frozenset()
    """The cycle that is being settled."""
    rounds: int = 0
    """How often values within cycles were found anew."""

    def settle(self, start: Node) -> None:
        """Enter in `known` the value of a node and of all that it leads to."""
        for component in self._components(start):
            if len(component) == 1 and component[0] not in self.successors(component[0]):
                self.known[component[0]] = self.evaluate(component[0])
            elif self.largest is not None and len(component) > self.largest:
                self.known.update(dict.fromkeys(component))
            else:
                self._iterate(component)

    def _iterate(self, component: list[Node]) -> None:
        self.known.update(dict.fromkeys(component))
        self.unsettled = frozenset(component)
        order = self._inside_out(self.unsettled)
        users: dict[Node, list[Node]] = {node: [] for node in order}
        for node in order:
            for below in self.unsettled.intersection(self.successors(node)):
                users[below].append(node)
        waiting = set(order)
        for _ in range(MAX_ROUNDS):
            if not waiting:
                break
            self.rounds += 1
            for node in filter(waiting.__contains__, order):
                waiting.discard(node)
                if self._is_changed(node):
                    waiting.update(users[node])
        self.unsettled = frozenset()

    def _is_changed(self, node: Node) -> bool:
        """Find the value of a node anew; whether it is another one now."""
        before, self.known[node] = self.known[node], self.evaluate(node)
        return self.known[node] != before

    def _inside_out(self, cycle: frozenset[Node]) -> list[Node]:
        """The nodes of a cycle, as far as possible each after those that it leads to."""
        first = min(cycle, key=str)
        order: list[Node] = []
        seen = {first}
        path = [(first, iter(self.successors(first)))]
        while path:
            node, left = path[-1]
            following = next((one for one in left if one in cycle and one not in seen), None)
            if following is None:
                order.append(node)
                path.pop()
            else:
                seen.add(following)
                path.append((following, iter(self.successors(following))))
        return order

    def _components(self, start: Node) -> Iterator[list[Node]]:
        """Strongly connected components of what is not known, each after those it leads to."""
        if start in self.known:
            return
        numbers: dict[Node, int] = {start: 0}
        open_nodes: list[Node] = [start]
        path = [self._visit(start, 0)]
        finished: set[Node] = set()
        while path:
            visit = path[-1]
            following = next(visit.left, None)
            if following is None:
                path.pop()
                if path:
                    path[-1].lowest = min(path[-1].lowest, visit.lowest)
                if visit.lowest == numbers[visit.node]:
                    component = [open_nodes.pop()]
                    while component[-1] != visit.node:
                        component.append(open_nodes.pop())
                    finished.update(component)
                    yield component
            elif following in numbers and following not in finished:
                visit.lowest = min(visit.lowest, numbers[following])
            elif following not in finished and following not in self.known:
                numbers[following] = len(numbers)
                open_nodes.append(following)
                path.append(self._visit(following, numbers[following]))

    def _visit(self, node: Node, number: int) -> "_Visit[Node]":
        return _Visit(node, number, iter(self.successors(node)))


@dataclass(slots=True)
class _Visit(Generic[Node]):
    """One node on the way: the lowest number that it reaches, and what is left to look at."""

    node: Node
    lowest: int
    left: Iterator[Node]
