"""Settling values along a graph: the order in which one asks makes no difference."""

from hypothesis import given
from hypothesis import strategies as st

from cleanuplint.components import Settling

Graph = dict[int, list[int]]
NODES = st.integers(0, 7)
GRAPHS = st.dictionaries(NODES, st.lists(NODES, max_size=4, unique=True), min_size=1)


def reached(graph: Graph, node: int) -> frozenset[int]:
    found: set[int] = set()
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting.extend(graph.get(current, []))
    return frozenset(found)


def settling(graph: Graph) -> Settling[int, frozenset[int]]:
    def evaluate(node: int) -> frozenset[int]:
        below = (made.known.get(one) or frozenset() for one in graph.get(node, []))
        return frozenset({node}).union(*below)

    made = Settling(lambda node: graph.get(node, []), evaluate)
    return made


@given(GRAPHS, st.permutations(range(8)))
def test_the_value_is_that_of_the_closure_in_whatever_order(graph: Graph, order: list[int]) -> None:
    found = settling(graph)
    for node in order:
        found.settle(node)
    assert found.known == {node: reached(graph, node) for node in order}


@given(GRAPHS, NODES)
def test_nothing_beyond_the_closure_is_looked_at(graph: Graph, node: int) -> None:
    found = settling(graph)
    found.settle(node)
    assert found.known.keys() == reached(graph, node)


def test_a_long_chain_needs_no_deep_stack() -> None:
    chain = {node: [node + 1] for node in range(5_000)}
    found: Settling[int, int] = Settling(lambda node: chain.get(node, []), lambda node: node)
    found.settle(0)
    assert len(found.known) == 5_001
