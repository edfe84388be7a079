"""The whole of a verification: load, choose, experiment on each target, report."""

import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic

from wasm_verify.errors import InputError
from wasm_verify.experiment import Outcome, Progress, experiment
from wasm_verify.judge import Judgement, results
from wasm_verify.model import NO_GUARD, NotVerified, Report
from wasm_verify.options import NODE, WASMTIME, Options
from wasm_verify.session import Session
from wasm_verify.target import Target
from wasm_verify.trials import Repro


@dataclass(frozen=True, slots=True)
class Tried:
    """Every fault by itself."""

    judgements: tuple[Judgement, ...]
    not_verified: tuple[NotVerified, ...]


def verify(
    module: str | Path, options: Options | None = None, progress: Progress | None = None
) -> Report:
    """Verifies a package directory, a `.wasm` file, or the TOML of a plain module.

    Raises ModuleError if the module can't be loaded, InputError if the options don't fit it.
    """
    options = _reproducing(options or Options())
    began = monotonic()
    tried = try_all(module, options, progress)
    return Report(
        module=str(module),
        engine=engine_name(options.engine),
        seed=options.seed,
        results=results(tried.judgements),
        not_verified=tried.not_verified,
        gate=options.gate,
        guard=options.guards[-1],
        seconds=monotonic() - began,
    )


def try_all(module: str | Path, options: Options, progress: Progress | None = None) -> Tried:
    """What `verify` sums up. Raises what it raises."""
    with Session(module, options) as session:
        outcomes = _all(session, chosen(session.targets, options), progress or _silent)
        unable = (*_without_glue(session), *session.not_offered, *_not_injected(options))
    return Tried(
        tuple(judged for one in outcomes for judged in one.judgements),
        (*unable, *(said for one in outcomes for said in one.not_verified)),
    )


def _without_glue(session: Session) -> Iterator[NotVerified]:
    if session.module.bare:
        said = "no JavaScript glue was found: methods are called without arguments, imports trap"
        yield NotVerified(session.module.wasm.name, said)


def _not_injected(options: Options) -> Iterator[NotVerified]:
    for fault in options.not_injected:
        yield NotVerified(fault, f"{options.engine} gives no way to inject it")


def engine_name(engine: str = WASMTIME) -> str:
    """What runs modules, with versions."""
    from importlib.metadata import version

    if engine == NODE:
        said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
        return f"node {said.stdout.strip().removeprefix('v')}"
    return f"wasmtime {version('wasmtime')}, quickjs-ng {version('quickjs-ng')}"


def _silent(target: str, done: int, count: int) -> None:
    pass


def _reproducing(options: Options) -> Options:
    """A repro brings its own seed and says whether there is a guard; one fault needs one child."""
    if not options.repro:
        return options
    wanted = Repro.parse(options.repro)
    if wanted.guard not in options.guards:
        raise InputError(
            f"`{options.repro}` is of the guard `{wanted.guard}`; it must be given as the guard"
        )
    if wanted.fault in options.not_injected:
        raise InputError(f"`{options.repro}` can't be done in {options.engine}")
    guard = NO_GUARD if wanted.guard == NO_GUARD else options.guard
    return replace(options, seed=wanted.seed, guard=guard, jobs=1)


def chosen(targets: tuple[Target, ...], options: Options) -> list[Target]:
    wanted = Repro.parse(options.repro).target if options.repro else ""
    found = [one for one in targets if _wanted(one, options) and wanted in ("", one.name)]
    if not found:
        named = wanted or ".".join(filter(None, (options.class_name, options.method)))
        offered = ", ".join(one.name for one in targets[:12]) or "nothing"
        raise InputError(f"the module offers no `{named}`; it offers {offered}")
    return found


def _wanted(target: Target, options: Options) -> bool:
    owner = target.owner.name if target.owner else ""
    return options.class_name in ("", owner) and options.method in ("", target.signature.name)


# Several children at a time. The threads only wait for them; the engine is in the children.


def _all(session: Session, targets: list[Target], progress: Progress) -> list[Outcome]:
    """The outcome of each target, in their order, whoever was done first."""
    waiting: SimpleQueue[int] = SimpleQueue()
    for number in range(len(targets)):
        waiting.put(number)
    outcomes: dict[int, Outcome] = {}

    def work(with_session: Session) -> None:
        for number in _taken(waiting):
            outcomes[number] = experiment(with_session, targets[number], progress)

    jobs = min(session.options.jobs, len(targets))
    with ExitStack() as stack:
        more = [stack.enter_context(_another(session)) for _ in range(jobs - 1)]
        if not more:
            work(session)
        else:
            _together(work, [session, *more])
    return [outcomes[number] for number in range(len(targets))]


def _another(session: Session) -> Session:
    return Session(session.module.path, session.options)


def _taken(waiting: "SimpleQueue[int]") -> Iterator[int]:
    while True:
        try:
            yield waiting.get_nowait()
        except Empty:
            return


def _together(work: Callable[[Session], None], sessions: list[Session]) -> None:
    with ThreadPoolExecutor(len(sessions)) as pool:
        try:
            for done in [pool.submit(work, session) for session in sessions]:
                done.result()
        except BaseException:
            # The threads end when their children have.
            for session in sessions:
                session.close()
            raise
