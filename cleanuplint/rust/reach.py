"""Which functions JavaScript can make run again and again.

Those are the exported ones, the loops that call themselves from a callback, and what these call.
Calls are followed by name, to the only function of that name. What nobody can be seen to call
(a method of a trait, a callback) is not reached: errs towards "runs once".
"""

import re
from collections.abc import Iterator
from functools import cached_property

from cleanuplint.flow import graph
from cleanuplint.rust.crates import Crate
from cleanuplint.rust.model import Routine

ONCE = re.compile(r"(main|init|set_?up|install|boot)[a-z0-9_]*|start|run|launch|hydrate", re.I)
"""Names of functions that a page calls once, when it starts."""


class Reach:
    def __init__(self, crate: Crate) -> None:
        self._crate = crate

    def runs_often(self, routine: Routine) -> bool:
        return id(routine) in self._often

    @cached_property
    def _often(self) -> frozenset[int]:
        waiting = [it for it in self._crate.routines if self._comes_again(it)]
        found = {id(routine) for routine in waiting}
        while waiting:
            for called in self._called_by(waiting.pop()):
                if id(called) not in found and not _runs_once(called):
                    found.add(id(called))
                    waiting.append(called)
        return frozenset(found)

    def _comes_again(self, routine: Routine) -> bool:
        """JavaScript calls it, or it calls itself, frame by frame, from its own callback."""
        exported = routine.is_exported and not _runs_once(routine)
        return exported or any(called is routine for called in self._called_by(routine))

    def _called_by(self, routine: Routine) -> Iterator[Routine]:
        variables = self._crate.files[routine.file].program.variables
        for block in routine.body.blocks:
            for operation in block.operations:
                name = ""
                if isinstance(operation, graph.Call):
                    name = operation.method or ""
                elif isinstance(operation, graph.LoadVariable):
                    name = variables[operation.variable].name.rsplit("::", 1)[-1]
                found = self._by_name.get(name, [])
                if len(found) == 1:
                    yield found[0]

    @cached_property
    def _by_name(self) -> dict[str, list[Routine]]:
        found: dict[str, list[Routine]] = {}
        for routine in self._crate.routines:
            found.setdefault(routine.name, []).append(routine)
        return found


def _runs_once(routine: Routine) -> bool:
    shown = routine.export.name if routine.export is not None else routine.name
    return routine.is_start or any(map(ONCE.fullmatch, (routine.name, shown)))
