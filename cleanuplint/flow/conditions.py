"""What a branch says about a resource and about the conditions remembered along a path."""

from cleanuplint.flow import graph
from cleanuplint.flow.places import Place
from cleanuplint.flow.state import Phase, State
from cleanuplint.flow.trace import Subject

_ABSENT = (graph.LiteralKind.NULL, graph.LiteralKind.UNDEFINED)
_FALSY = (*_ABSENT, graph.LiteralKind.FALSE)


def refine(
    test: graph.Test,
    outcome: bool,
    state: State,
    place: Place | None,
    subject: Subject,
    tracked: frozenset[str],
) -> State | None:
    """The state on one side of a branch; None where that side can't be taken.

    `place` is what the condition tests; `tracked` are the conditions worth remembering.
    """
    if place is not None and state.phase is not Phase.BEFORE and state.within(place):
        expected = _for_present(test, subject)
        if expected is not None and expected != outcome:
            return None
    if not outcome and place is not None and test.kind is graph.TestKind.HAS_METHOD:
        if state.phase is not Phase.BEFORE and state.holds((*place, test.name)):
            return None  # `hasattr(self, "tree")` where it is there
    if test.key is None:
        return state
    key = f"{test.kind.value}:{test.key}:{test.name}"
    known = state.fact(key)
    if known is None:
        known = _implied(test, state)
    if known is not None:
        return state if known == outcome else None
    if test.key in tracked:
        return state.with_fact(key, outcome)
    return state


def _for_present(test: graph.Test, subject: Subject) -> bool | None:
    """The outcome of a test on a value that is the resource, or an object that holds it."""
    match test.kind:
        case graph.TestKind.TRUTHY | graph.TestKind.INSTANCE:
            return True
        case graph.TestKind.ABSENT | graph.TestKind.ZERO:
            return False
        case graph.TestKind.HAS_METHOD:
            known = subject.cls.releases | subject.cls.clears
            if test.name in known:
                return True
            return False if test.name and subject.cls.is_without(test.name) else None
    return None


def _implied(test: graph.Test, state: State) -> bool | None:
    truthy = state.fact(f"truthy:{test.key}:")
    absent = state.fact(f"absent:{test.key}:")
    if test.kind in (graph.TestKind.ABSENT, graph.TestKind.ZERO) and truthy:
        return False
    if test.kind is graph.TestKind.TRUTHY and absent:
        return False
    return None


def literal_fact(state: State, variable: int, literal: graph.Literal) -> State:
    """What `variable = literal` says about tests of the variable."""
    if literal.kind is graph.LiteralKind.NUMBER or literal.kind is graph.LiteralKind.STRING:
        state = state.with_fact(f"zero:#{variable}:", literal.text == "0")
        return state.with_fact(f"truthy:#{variable}:", literal.text not in ("0", ""))
    state = state.with_fact(f"truthy:#{variable}:", literal.kind not in _FALSY)
    return state.with_fact(f"absent:#{variable}:", literal.kind in _ABSENT)
