"""What a run is asked to do."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from wasm_verify.engine.limits import Limits
from wasm_verify.errors import InputError
from wasm_verify.model import GATING, NO_GUARD, Fault
from wasm_verify.trials import CLEAR_GUARD

DEFAULT_POINTS = 24
WASMTIME, NODE = "wasmtime", "node"
ENGINES = (WASMTIME, NODE)
NOT_IN_NODE = (Fault.REFUSED_GROWTH, Fault.OUT_OF_FUEL)
"""Kinds that V8 gives no way to inject."""


@dataclass(frozen=True, slots=True)
class Options:
    class_name: str = ""
    """Only this class. Empty for all, and the functions."""
    method: str = ""
    """Only this method or function."""
    faults: tuple[Fault, ...] = tuple(Fault)
    points: int = DEFAULT_POINTS
    """The most faults of one kind for one method and guard."""
    seed: int = 0
    guard: str = CLEAR_GUARD
    """`none`, `clear`, or the path of a file that exports `async function guarded(object, method,
    args)`. Each fault is tried without a guard too."""
    jobs: int = field(default_factory=lambda: min(4, os.cpu_count() or 1))
    """Child processes at a time."""
    limits: Limits = field(default_factory=Limits)
    inputs: Path | None = None
    """The user's own arguments: a `.json` file, or JavaScript that exports the same as its default.

        { "Encoder": [["fast"]], "Encoder.encode": [[{ "id": 1 }], [null]], "parse": [["text"]] }

    For each class, method or function a list of argument lists, to be tried in order. In JavaScript
    a list may also be a function that takes the module's namespace and makes one.
    """
    gate: frozenset[Fault] = frozenset(GATING)
    engine: str = WASMTIME
    """`wasmtime`, or `node`: the real glue in V8, with all the rights of this process."""
    repro: str = ""
    """Run exactly this one fault."""

    def __post_init__(self) -> None:
        if self.points < 1:
            raise InputError(f"points must be at least 1, not {self.points}")
        if self.jobs < 1:
            raise InputError(f"jobs must be at least 1, not {self.jobs}")
        if self.engine not in ENGINES:
            raise InputError(f"`{self.engine}` is no engine; there are {' and '.join(ENGINES)}")
        if self.inputs and not self.inputs.is_file():
            raise InputError(f"{self.inputs}: there is no such file of inputs")
        if self.guard_file and not self.guard_file.is_file():
            raise InputError(f"{self.guard}: there is no such guard file")

    @property
    def injected(self) -> tuple[Fault, ...]:
        """The kinds that the engine can inject."""
        return tuple(one for one in self.faults if one not in self.not_injected)

    @property
    def not_injected(self) -> tuple[Fault, ...]:
        unable = NOT_IN_NODE if self.engine == NODE else ()
        return tuple(one for one in self.faults if one in unable)

    @property
    def guard_file(self) -> Path | None:
        return None if self.guard in (NO_GUARD, CLEAR_GUARD) else Path(self.guard)

    @property
    def guards(self) -> tuple[str, ...]:
        """As results name them: a file by its name."""
        file = self.guard_file
        own = file.name if file else self.guard
        return (NO_GUARD,) if own == NO_GUARD else (NO_GUARD, own)
