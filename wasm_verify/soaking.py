"""What a soak found out, as plain data, and the file that keeps it from one run to the next."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from wasm_verify.errors import InputError
from wasm_verify.model import NotVerified
from wasm_verify.module import Module

MOST_SNAPSHOTS = 2000
"""Then every other one is dropped, so that a soak of days stays small."""
STATE_VERSION = 1

Writer = Callable[[Path, str], object]
"""What writes a text into a file. An OSError that it raises is told as an InputError."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The memory at one moment. All sizes are bytes."""

    operations: int
    seconds: float
    memory: int
    """Of the module: its linear memory, which never shrinks."""
    live: int | None
    """In use, by the allocator's own count. None where the allocator is unknown."""
    buffer: int
    """What the size methods of the objects that live on say."""
    rss: int
    """Of the process that runs the module. 0 where the system doesn't say."""
    life: int
    """Counts the instances, from 0."""


@dataclass(frozen=True, slots=True)
class Endurance:
    """The report of a soak."""

    module: str
    engine: str
    fingerprint: str
    """Of the binary and its glue."""
    seed: int
    guard: str
    max_growth: int
    operations: int = 0
    seconds: float = 0.0
    faults: int = 0
    """Operations with a fault."""
    failed: int = 0
    """Calls that threw."""
    poisoned: int = 0
    """Objects that had to be left behind."""
    residues: int = 0
    """Operations after which an object held more than a fresh one."""
    residue_bytes: int = 0
    """The most that one did."""
    lives: int = 0
    """Instances: one more for each death, and for each time that the soak went on."""
    deaths: tuple[str, ...] = ()
    """When and of what an instance died."""
    fatal: tuple[str, ...] = ()
    """Verdict and repro of the faults that kill the module at once. They are not in the mix."""
    snapshots: tuple[Snapshot, ...] = ()
    methods: tuple[str, ...] = ()
    not_verified: tuple[NotVerified, ...] = ()
    interrupted: bool = False

    @property
    def growth(self) -> int:
        """Bytes that the linear memory grew by, summed over the lives."""
        return self._grown(lambda one: one.memory)

    @property
    def live_growth(self) -> int | None:
        """Bytes that the allocations grew by, summed over the lives. None if nobody can count."""
        if any(one.live is None for one in self.snapshots):
            return None
        return self._grown(lambda one: one.live or 0)

    @property
    def rss_growth(self) -> int:
        """Bytes that the process grew by, summed over the lives."""
        return self._grown(lambda one: one.rss)

    def _grown(self, size: Callable[[Snapshot], int]) -> int:
        ends: dict[int, list[int]] = {}
        for one in self.snapshots:
            ends.setdefault(one.life, []).append(size(one))
        return sum(max(0, found[-1] - found[0]) for found in ends.values())

    @property
    def rate(self) -> float:
        """Operations a second."""
        return self.operations / self.seconds if self.seconds else 0.0

    @property
    def complaints(self) -> tuple[str, ...]:
        """Why it fails, worst first. Empty if it passes."""
        return tuple(text for wrong, text in self._checks() if wrong)

    @property
    def passed(self) -> bool:
        return not self.complaints

    def _checks(self) -> list[tuple[bool, str]]:
        grown, most = mebibytes(self.growth), mebibytes(self.max_growth)
        return [
            (bool(self.deaths), f"the module died {_times(len(self.deaths))}"),
            (bool(self.fatal), f"{_faults(len(self.fatal))} the module at once"),
            (self.growth > self.max_growth, f"its memory grew by {grown}, more than {most}"),
            (self.poisoned > 0, f"{self.poisoned:,} objects were poisoned and left behind"),
            (
                self.residues > 0,
                f"a buffer was not empty after its guard {_times(self.residues)} "
                f"(up to {self.residue_bytes:,} bytes)",
            ),
        ]

    def with_snapshot(self, reading: Snapshot) -> "Endurance":
        kept = self.snapshots
        if len(kept) >= MOST_SNAPSHOTS:
            kept = tuple(one for n, one in enumerate(kept) if n % 2 == 0 or _is_end(kept, n))
        return replace(self, snapshots=(*kept, reading))

    def to_json(self, version: str) -> dict[str, Any]:
        """One object. `version` is that of the program that writes it."""
        said = {name: value for name, value in asdict(self).items() if name != "fingerprint"}
        figures = {
            "growth": self.growth,
            "live_growth": self.live_growth,
            "rss_growth": self.rss_growth,
            "passed": self.passed,
            "complaints": list(self.complaints),
        }
        return {"version": version, **said, **figures}


def _is_end(snapshots: tuple[Snapshot, ...], at: int) -> bool:
    """The first or last of its life."""
    around = snapshots[at - 1 : at + 2] if at else snapshots[:1]
    return len(around) < 3 or len({one.life for one in around}) > 1


def mebibytes(size: int) -> str:
    return f"{size / (1 << 20):.2f} MB"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _faults(count: int) -> str:
    return "1 kind of fault kills" if count == 1 else f"{count} faults kill"


# ---- the state file ----


def fingerprint(module: Module) -> str:
    digest = sha256(module.wasm.read_bytes())
    digest.update(module.glue.source.encode())
    return digest.hexdigest()


def write_state(path: Path, report: Endurance, write: Writer = Path.write_text) -> None:
    """Whole, if `write` writes files whole or not at all."""
    try:
        write(path, json.dumps({"state": STATE_VERSION, **asdict(report)}))
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror}") from error


def read_state(path: Path) -> Endurance:
    try:
        said = json.loads(path.read_text("utf-8"))
        if said.pop("state") != STATE_VERSION:
            raise ValueError
        return _restored(said)
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: is no state of a soak; remove it, or name another") from error


def _restored(said: dict[str, Any]) -> Endurance:
    lists = {name: tuple(value) for name, value in said.items() if isinstance(value, list)}
    known = {one.name for one in fields(Endurance)}
    if said.keys() != known:
        raise ValueError
    return Endurance(
        **{
            **said,
            **lists,
            "snapshots": tuple(Snapshot(**one) for one in said["snapshots"]),
            "not_verified": tuple(NotVerified(**one) for one in said["not_verified"]),
        }
    )
