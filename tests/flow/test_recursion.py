"""Answers in circles: the least ones, whoever asks first."""

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from cleanuplint.flow.recursion import Recursion

NODES = 7
Graph = Mapping[int, Sequence[int]]
GRAPHS = st.dictionaries(
    st.integers(0, NODES - 1), st.lists(st.integers(0, NODES - 1), max_size=3), max_size=NODES
)


def reached(graph: Graph, start: int) -> frozenset[int]:
    """By its definition: what a walk comes to."""
    found: set[int] = set()
    ahead = [start]
    while ahead:
        for below in graph.get(ahead.pop(), ()):
            if below not in found:
                found.add(below)
                ahead.append(below)
    return frozenset(found)


class Asked:
    """The same by asking each node for what its neighbours reach."""

    def __init__(self, graph: Graph, deepest: int = 24) -> None:
        self.graph = graph
        self.recursion = Recursion[int, frozenset[int]](
            frozenset(), frozenset.__eq__, deepest=deepest
        )
        self.answered = 0

    def reached(self, start: int) -> frozenset[int] | None:
        return self.recursion.ask(start, lambda: self._found(start))

    def _found(self, start: int) -> frozenset[int]:
        self.answered += 1
        found: set[int] = set()
        for below in self.graph.get(start, ()):
            found |= {below} | (self.reached(below) or frozenset())
        return frozenset(found)


@given(GRAPHS, st.permutations(range(NODES)))
def test_the_answer_is_the_least_one_whoever_asks_first(graph: Graph, order: list[int]) -> None:
    asked = Asked(graph)
    assert [asked.reached(node) for node in order] == [reached(graph, node) for node in order]
    assert asked.recursion.is_idle


def test_each_answer_is_found_once() -> None:
    asked = Asked({0: [1, 2], 1: [3], 2: [3], 3: []})
    asked.reached(0)
    asked.reached(2)
    assert asked.answered == 4


@given(GRAPHS, st.integers(1, 3), st.permutations(range(NODES)))
def test_what_is_too_far_away_spoils_no_other_answer(
    graph: Graph, deepest: int, order: list[int]
) -> None:
    asked = Asked(graph, deepest)
    for node in order:
        answer, alone = asked.reached(node), Asked(graph, deepest).reached(node)
        assert answer is not None and answer <= reached(graph, node)
        assert answer == reached(graph, node) or alone != reached(graph, node)


def test_a_circle_that_does_not_settle_is_not_known() -> None:
    recursion = Recursion[str, int](0, int.__eq__)

    def more() -> int:
        return 1 + (recursion.ask("a", more) or 0)

    assert recursion.ask("a", more) is None
    assert recursion.ask("a", more) is None
    assert recursion.is_idle
