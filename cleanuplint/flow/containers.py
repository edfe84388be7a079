"""A resource in a collection or record: what loops, keys and methods of it come to."""

from dataclasses import replace

from cleanuplint.findings import Span
from cleanuplint.flow import graph, words
from cleanuplint.flow.graph import Temp
from cleanuplint.flow.ownership import Ownership
from cleanuplint.flow.places import CURRENT, SOME, Place, place_of_temp, rebase
from cleanuplint.flow.state import State


class Containers:
    """The effects of reading a collection within one exploration.

    An element is reached once by a loop over its collection. Who gets at it in a way that is not
    followed is a doubt, and proves nothing.
    """

    def __init__(self, ownership: Ownership) -> None:
        self._ownership = ownership
        self._scope = ownership.scope
        self._function = ownership.task.function
        self._trace = ownership.trace
        self._places = ownership.places

    def member(self, read: graph.LoadMember, state: State) -> State:
        """`items.length`: whoever asks for it may reach each by its number; `items[0]`."""
        base = self._places.of(read.base)
        if read.name == "length" or state.within((*base, SOME)):
            return self._doubted(base, state, read.span)
        return state

    def element(self, read: graph.LoadElement, state: State) -> State:
        """`items[key]`: the resource, where a loop over the keys is at it."""
        base = self._places.of(read.base)
        current = (*base, CURRENT)
        found = state.within(current)
        if found:
            out = place_of_temp(read.out)
            return state.with_aliases(rebase(alias, current, out) for alias in found)
        return state if self._is_passed(base, state) else self._doubted(base, state, read.span)

    def next(self, step: graph.Next, state: State) -> State:
        """The first element that a loop comes to is the resource, the others are not."""
        base = self._places.of(step.iterable)
        found = state.elements(base)
        if not found:
            return state
        if step.iterable in state.visited:
            return state.without_aliases(state.within((*base, CURRENT)))
        state = replace(state, visited=state.visited | {step.iterable})
        return state.with_aliases(self._reached(step, base, alias) for alias in found)

    def _reached(self, step: graph.Next, base: Place, alias: Place) -> Place:
        """What then holds the resource: the element itself, or what is under the key."""
        key, rest = str(alias[len(base)]), alias[len(base) + 1 :]
        if step.keys or not (key == SOME or key.isdecimal()):
            return (*base, CURRENT, *rest)
        return (*place_of_temp(step.out), *rest)

    def method(self, call: graph.Call, state: State) -> State:
        """`items.values()`, `items.filter(…)`: another collection of the same elements."""
        source = self.listed(call)
        if source is None:
            return state
        base, out = self._places.of(source), place_of_temp(call.out)
        found = state.elements(base)
        if call.method in words.PAIRING_METHODS:
            return state.with_aliases((*out, SOME, "1", *a[len(base) + 1 :]) for a in found)
        if call.method in words.PASS_THROUGH_METHODS:
            return state.with_aliases(self._as_element(a, base, out) for a in found)
        if call.method in words.LEAVES_ELEMENTS or isinstance(base[0], str):
            return state
        return self._doubted(base, state, call.span)

    def spread(self, source: Temp, out: Temp, state: State) -> State:
        """`[...items]`: the elements are in the new array, too."""
        base = self._places.of(source)
        found = state.elements(base)
        return state.with_aliases(
            (*place_of_temp(out), SOME, *alias[len(base) + 1 :]) for alias in found
        )

    def listed(self, call: graph.Call) -> Temp | None:
        """What a call makes a collection of: its receiver, or `x` in `Object.values(x)`."""
        if self._scope.naming.dotted(self._function, call) in words.LISTING and call.arguments:
            return call.arguments[0].value
        return call.receiver

    def has_own(self, value: Temp, state: State) -> bool:
        """`r.hasOwnProperty(key)`, `Object.hasOwn(r, key)`, with the key of what `r` holds."""
        question = self._places.definition(value)
        if not isinstance(question, graph.Call):
            return False
        dotted = self._scope.naming.dotted(self._function, question)
        if dotted == "Object.hasOwn" or dotted.endswith("hasOwnProperty.call"):
            asked = question.arguments[0].value if question.arguments else None
        else:
            asked = question.receiver if question.method == "hasOwnProperty" else None
        return asked is not None and bool(state.within((*self._places.of(asked), CURRENT)))

    def _as_element(self, alias: Place, base: Place, out: Place) -> Place:
        key = str(alias[len(base)])
        return (*out, key if key.isdecimal() else SOME, *alias[len(base) + 1 :])

    def _is_passed(self, base: Place, state: State) -> bool:
        """A loop has come to the resource, and is at another element now."""
        return any(self._places.of(iterable) == base for iterable in state.visited)

    def _doubted(self, base: Place, state: State, span: Span) -> State:
        """How often the way there is gone, no path tells: so the doubt is about all of them."""
        if not state.elements(base):
            return state
        after = self._ownership.unknown(state, span)
        self._trace.doubted |= after is not state
        return after
