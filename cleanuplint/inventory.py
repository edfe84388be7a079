"""Which contracts the files of a project bring into force, and which files those are."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cleanuplint.config import Configuration
from cleanuplint.contracts.model import Contract
from cleanuplint.contracts.registry import Registry
from cleanuplint.errors import UserError
from cleanuplint.files.naming import shown
from cleanuplint.files.source import RUST, read_text
from cleanuplint.files.targets import Target
from cleanuplint.flow.graph import Program
from cleanuplint.flow.shapes import imported
from cleanuplint.inspection import Job, Plan, screen
from cleanuplint.run import Plans


@dataclass(slots=True)
class Entry:
    """A contract in force."""

    contract: Contract
    users: list[str] = field(default_factory=list)
    """The files that it concerns, as the user knows them."""


@dataclass(slots=True)
class Inventory:
    """All contracts that are known to a configuration."""

    used: dict[str, Entry] = field(default_factory=dict)
    """By name, in the order in which files use them."""
    known: dict[str, Contract] = field(default_factory=dict)
    """What ships and what the configurations name."""

    @property
    def contracts(self) -> Iterator[Contract]:
        """Those in use first."""
        yield from (entry.contract for entry in self.used.values())
        yield from (one for name, one in self.known.items() if name not in self.used)


def take_inventory(targets: Sequence[Target], configuration: Configuration) -> Inventory:
    """Look at the imports of the files; files that cannot be read or parsed are passed over."""
    plans, found = Plans(configuration), Inventory()
    for target in targets:
        plan = plans.of(target.path)
        found.known.update((one.name, one) for one in plan.project.knowledge.contracts)
        for contract in _in_force(target.path, plan):
            entry = found.used.setdefault(contract.name, Entry(contract))
            entry.users.append(shown(target.path))
    if not targets:
        plan = plans.of(Path.cwd() / "nothing.js")
        found.known.update((one.name, one) for one in plan.project.knowledge.contracts)
    return found


def _in_force(path: Path, plan: Plan) -> Iterable[Contract]:
    """The contracts that a file's imports and globals bring into force."""
    if path.suffix == RUST:
        return ()
    try:
        job = screen(path, path.read_bytes(), plan, named=False)
        text = read_text(job.data).text if isinstance(job, Job) else b""
    except (OSError, UserError):
        return ()
    if not isinstance(job, Job):
        return ()
    from cleanuplint.languages import lower  # parsers are loaded for files that need one

    program = lower(text, path.suffix)
    registry = Registry((*plan.project.knowledge_for(path.suffix).contracts, *job.linked))
    driven = (contract for contract in registry.contracts if contract.exports)
    named = {contract.name: contract for contract in (*_named(program, registry), *driven)}
    return named.values()


def _named(program: Program, registry: Registry) -> Iterator[Contract]:
    for module in sorted(imported(program)):
        yield from registry.by_module(module)
    for name in program.globals:
        yield from (one for one in registry.by_name(name) if name in one.globals)
