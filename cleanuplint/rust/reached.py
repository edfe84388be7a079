"""The buffers that a function can reach: through its parameters, and those of statics."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from cleanuplint.flow import graph
from cleanuplint.flow.graph import VariableId, VariableKind
from cleanuplint.rust.crates import Crate, Path
from cleanuplint.rust.model import Routine, Static
from cleanuplint.rust.places import Globals, Place
from cleanuplint.rust.touches import Touches


@dataclass(frozen=True)
class Reached:
    """Of one crate; no statics but these are of interest."""

    crate: Crate
    statics: frozenset[Static]

    def touches(self, routine: Routine) -> Touches:
        if not self.statics:
            return Touches(self.crate, routine)
        named = self._named_in(routine.file)
        return Touches(self.crate, routine, Globals(named, lambda path: self._lent(path, routine)))

    def buffers(self, routine: Routine) -> tuple[Place, ...]:
        used = sorted(self._statics(routine), key=lambda it: (it.file, it.span, it.name))
        held = (Place(it, path) for it in used for path in self.inside(it))
        return (*self._given(routine), *held)

    def inside(self, static: Static) -> Iterator[Path]:
        """The paths of the buffers in a static: the empty one if it is a buffer itself."""
        struct = self.crate.struct_of(static.type, static.file)
        if self.crate.is_buffer(static.type, static.file):
            yield ()
        elif struct is not None:
            yield from self.crate.buffers_of(struct)

    def _given(self, routine: Routine) -> Iterator[Place]:
        for variable, type_ in routine.parameters:
            struct = self.crate.parameter_struct(routine, type_)
            if struct is not None:
                paths = self.crate.buffers_of(struct, borrowed=True)
                yield from (Place(variable, path) for path in paths)
            elif self.crate.is_buffer(self.crate.bare(type_, routine.file), routine.file):
                yield Place(variable)

    # ── functions that return a static ──────────────────────────────────────────────────────────

    def _lent(self, path: str, caller: Routine) -> Place | None:
        routine = self.crate.function(path, caller) if path else None
        if routine is None or routine.parameters or id(routine) in self._lending:
            return self._lending.get(id(routine))
        self._lending[id(routine)] = None  # what it is to itself, in a recursion
        places = self.touches(routine).places
        ends = (block.terminator for block in routine.body.blocks)
        values = (it.value for it in ends if isinstance(it, graph.Return) and it.value is not None)
        found = {places.of(value) for value in values}
        lent = found.pop() if len(found) == 1 else None
        self._lending[id(routine)] = lent if lent and isinstance(lent.root, Static) else None
        return self._lending[id(routine)]

    @cached_property
    def _lending(self) -> dict[int, Place | None]:
        return {}

    # ── statics ─────────────────────────────────────────────────────────────────────────────────

    def _statics(self, routine: Routine) -> frozenset[Static]:
        """Those that a function, or one that it calls, names."""
        found: set[Static] = set()
        seen: set[int] = set()
        waiting = [routine] if self.statics else []
        while waiting:
            one = waiting.pop()
            if id(one) not in seen:
                seen.add(id(one))
                named, called = self._directly(one)
                found |= named
                waiting.extend(called)
        return frozenset(found)

    def _directly(self, routine: Routine) -> tuple[frozenset[Static], list[Routine]]:
        """The statics that a function names itself, and the functions that it calls."""
        touches, statics = self.touches(routine), self._named_in(routine.file)
        operations = [it for block in routine.body.blocks for it in block.operations]
        mentions = (
            it for it in operations if isinstance(it, graph.LoadVariable | graph.StoreVariable)
        )
        calls = filter(None, map(touches.invocation, operations))
        named = frozenset(statics[it.variable] for it in mentions if it.variable in statics)
        return named, [call.routine for call in calls]

    def _named_in(self, file: str) -> Mapping[VariableId, Static]:
        return self._by_file.get(file, {})

    @cached_property
    def _by_file(self) -> Mapping[str, Mapping[VariableId, Static]]:
        """The global variables of each file that are statics of interest."""
        return {file: dict(self._named(file)) for file in self.crate.files if self.statics}

    def _named(self, file: str) -> Iterator[tuple[VariableId, Static]]:
        for number, variable in enumerate(self.crate.files[file].program.variables):
            if variable.kind is VariableKind.GLOBAL:
                static = self.crate.static(variable.name, file)
                if static in self.statics:
                    yield number, static
