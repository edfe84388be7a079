"""What the checks of a crate look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from cleanuplint.checks.quoting import SourceText
from cleanuplint.contracts.model import Contract
from cleanuplint.findings import Exercise, Finding, Span
from cleanuplint.rust.crates import Crate
from cleanuplint.rust.leaks import Leaks
from cleanuplint.rust.model import Field, Routine, Struct
from cleanuplint.rust.protocol import Protocol, protocols
from cleanuplint.rust.scratch import Buffers


@dataclass(frozen=True, slots=True)
class Located:
    """A finding, and the file it is in."""

    file: str
    finding: Finding


@dataclass(frozen=True)
class Subject:
    """A crate with the text of its files."""

    crate: Crate
    sources: Mapping[str, bytes]
    built: Contract | None = None
    """What the package exports that was last built of the crate, if it is there."""

    @cached_property
    def buffers(self) -> Buffers:
        return Buffers(self.crate)

    @cached_property
    def protocols(self) -> tuple[Protocol, ...]:
        return tuple(protocols(self.buffers))

    @cached_property
    def leaks(self) -> Leaks:
        return Leaks(self.crate)

    @cached_property
    def raw_holders(self) -> tuple[tuple[Struct, tuple[Field, ...]], ...]:
        """Exported structs that hold memory by raw pointers."""
        every = (it for it in self.crate.structs if it.export is not None and not it.is_test)
        pairs = ((struct, self.leaks.raw_fields(struct)) for struct in every)
        return tuple((struct, fields) for struct, fields in pairs if fields)

    def text(self, file: str) -> SourceText:
        return SourceText(self.sources[file])

    def exercise(self, routine: Routine) -> Exercise | None:
        """How JavaScript calls a function. None if it can't."""
        owner = self.crate.named(routine.owner, routine.file) if routine.owner else None
        if routine.export is None or (routine.owner and (owner is None or owner.export is None)):
            return None
        return Exercise(owner.export.name if owner and owner.export else "", routine.export.name)

    def routine_at(self, file: str, span: Span) -> Routine:
        """The innermost function around a span inside of one."""
        around = [
            routine
            for routine in self.crate.routines
            if routine.file == file
            and routine.span.start <= span.start
            and span.end <= routine.span.end
        ]
        return min(around, key=lambda routine: routine.span.end - routine.span.start)
