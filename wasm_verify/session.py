"""A module in its child process: what it offers, and trials on it, come what may."""

from pathlib import Path
from types import TracebackType
from typing import Any

from wasm_verify.inputs import Inputs
from wasm_verify.isolation.worker import ChildLost, Worker
from wasm_verify.model import NotVerified
from wasm_verify.options import Options
from wasm_verify.package import load
from wasm_verify.target import Target, targets_of
from wasm_verify.trials import Observation, Trial


class Session:
    """Use it as a context manager. A child that is lost is replaced, and the session goes on."""

    def __init__(self, module: str | Path, options: Options | None = None) -> None:
        self.options = options or Options()
        self.module = load(module)
        self._worker = Worker(self.module, self.options)

    def __enter__(self) -> "Session":
        try:
            self._worker.start()
        except BaseException:  # a Ctrl-C while it loads, too
            self._worker.stop()
            raise
        self.inputs = Inputs(self.module, self.options.seed, self._worker.samples)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._worker.stop()

    def close(self) -> None:
        """Ends the child for good: what waits for it is told that it is lost."""
        self._worker.close()

    @property
    def knows_allocator(self) -> bool:
        """Whether the live bytes of the module can be counted."""
        return self._worker.knows_allocator

    @property
    def targets(self) -> tuple[Target, ...]:
        """The methods and functions that are declared and that the glue really has."""
        return tuple(one for one in targets_of(self.module) if self._offers(one))

    @property
    def not_offered(self) -> tuple[NotVerified, ...]:
        return tuple(
            NotVerified(one.name, "it is declared, but the glue doesn't export it")
            for one in targets_of(self.module)
            if not self._offers(one)
        )

    def _offers(self, target: Target) -> bool:
        offers = self._worker.offers
        if target.owner is None:
            return target.signature.name in offers
        own = offers.get(target.owner.name, [])
        name = target.signature.name
        return (f"static {name}" if target.signature.static else name) in own

    def run(self, trial: Trial) -> Observation:
        """Runs one trial. A child that dies of it is what was seen."""
        try:
            return self.observe(trial.spec())
        except ChildLost as lost:
            return Observation(killed=str(lost))

    def observe(self, spec: dict[str, Any]) -> Observation:
        """Runs what driver.js takes. Raises ChildLost, with a new child in its place."""
        return Observation.of(self.ask("trial", spec))

    def ask(self, name: str, given: Any) -> Any:
        """Has the child's driver do something. Raises ChildLost, with a new child in its place."""
        try:
            return self._worker.run(name, given)
        except ChildLost:
            self._worker.start()
            raise
