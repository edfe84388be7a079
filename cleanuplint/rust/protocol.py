"""What the exported methods of a class do to its working buffers: fill, clear, give back, measure.

A class *follows the buffer protocol* if it exports, under a name that says so, a method that
empties a working buffer or tells how large it is.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from cleanuplint.rust.model import Receiver, Routine, Struct
from cleanuplint.rust.scratch import Access, Buffer, Buffers
from cleanuplint.rust.summaries import is_full

ABOUT_BUFFERS = re.compile(r"buf|clean_?up|memory|capacity|scratch", re.IGNORECASE)


def protocols(buffers: Buffers) -> Iterator["Protocol"]:
    """One for each exported class."""
    for struct in buffers.crate.structs:
        if struct.export is not None and not struct.is_test:
            working = tuple(one for one in buffers.working if one.struct is struct)
            every = buffers.crate.routines
            methods = (it for it in every if it.owner == struct.name and it.export is not None)
            yield Protocol(struct, working, tuple(methods))


@dataclass(frozen=True)
class Protocol:
    """A class with its working buffers, and the functions of it that JavaScript can call."""

    struct: Struct
    buffers: tuple[Buffer, ...]
    methods: tuple[Routine, ...]

    @cached_property
    def fills(self) -> tuple[Routine, ...]:
        """Some way out leaves in a working buffer what the method wrote there."""
        accesses = ((it, _accesses(it, self.buffers)) for it in self.methods)
        return tuple(it for it, own in accesses if any(map(_leaves_full, own)))

    @cached_property
    def clears(self) -> tuple[Routine, ...]:
        """They always leave empty whatever other methods leave full."""
        leaving = [one for one in self.buffers if any(map(_leaves_full, one.accesses))]
        return self._doing(_only_empties, leaving)

    @cached_property
    def gives_back(self) -> tuple[Routine, ...]:
        """They empty, and give back what is allocated, too."""
        return self._doing(_gives_back, self.buffers)

    @cached_property
    def measures(self) -> tuple[Routine, ...]:
        """They tell how much a buffer holds, or how much it has allocated."""
        return tuple(it for it in self.methods if self.tells(it, "len", "capacity"))

    @property
    def is_followed(self) -> bool:
        told = (*self.clears, *self.gives_back, *self.measures)
        return any(ABOUT_BUFFERS.search(it.export.name) for it in told if it.export is not None)

    @property
    def keeps_memory(self) -> bool:
        """After some call a buffer holds memory, used or not."""
        accesses = (access for buffer in self.buffers for access in buffer.accesses)
        return any(access.fills and not access.frees for access in accesses)

    def tells(self, method: Routine, *what: str) -> bool:
        """It needs nothing and asks for the `len` or the `capacity` of a buffer."""
        simple = method.receiver is Receiver.SHARED and len(method.parameters) == 1
        asked = (access.asks(it) for access in _accesses(method, self.buffers) for it in what)
        return simple and any(asked)

    def _doing(
        self, does: Callable[[Access], bool], buffers: Sequence[Buffer]
    ) -> tuple[Routine, ...]:
        """The methods that need nothing and do something to each of these buffers."""
        return tuple(
            method
            for method in self.methods
            if buffers
            and len(method.parameters) == 1
            and sum(map(does, _accesses(method, buffers))) == len(buffers)
        )


def _accesses(method: Routine, buffers: Sequence[Buffer]) -> Iterator[Access]:
    """How a method reaches buffers of its own object."""
    for buffer in buffers if method.receiver else ():
        for access in buffer.accesses:
            if access.routine is method and access.place.root == method.parameters[0][0]:
                yield access


def _leaves_full(access: Access) -> bool:
    return any(is_full(access.content(failed) or frozenset()) for failed in (False, True))


def _only_empties(access: Access) -> bool:
    return access.empties and not access.fills and access.content(failed=True) is None


def _gives_back(access: Access) -> bool:
    return access.frees and not access.fills
