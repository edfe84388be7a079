"""The run over many files: which to read, which to parse, and all that came of them."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cleanuplint.config import Configuration
from cleanuplint.contracts.loading import Knowledge, load
from cleanuplint.files.naming import shown
from cleanuplint.files.source import RUST
from cleanuplint.files.targets import Target, Unreached
from cleanuplint.inspection import Job, Plan, Project, inspect, screen
from cleanuplint.report import FileResult, Note, Report
from cleanuplint.settings import Fixing, Settings

POOL_FROM = 48
"""Files to parse from which starting processes is worth its time."""

Progress = Callable[[int, int], None]
"""Told how many of how many files are parsed."""


@dataclass(slots=True)
class Plans:
    """The plan of each configuration, made once.

    Files without one have a plan a folder, as patterns are relative to it, but one project.
    """

    configuration: Configuration
    fixing: Fixing = Fixing.NOTHING
    _made: dict[Path, Plan] = field(default_factory=dict)
    _projects: dict[Path | None, Project] = field(default_factory=dict)

    def of(self, path: Path) -> Plan:
        settings = self.configuration.of_file(path)
        key = settings.origin or settings.root
        if key not in self._made:
            self._made[key] = Plan(settings, self._project(settings), self.fixing)
        return self._made[key]

    def _project(self, settings: Settings) -> Project:
        if settings.origin not in self._projects:
            project = Project(knowledge(settings), settings.name_heuristics)
            self._projects[settings.origin] = project
        return self._projects[settings.origin]


def knowledge(settings: Settings) -> Knowledge:
    """The contracts in force: those that ship, and those of the settings."""
    origin = "" if settings.origin is None else shown(settings.origin)
    return load(settings.contracts, settings.classes, settings.non_raising, origin)


def run(
    targets: Sequence[Target],
    unreached: Sequence[Unreached],
    configuration: Configuration,
    progress: Progress = lambda done, total: None,
    fixing: Fixing = Fixing.NOTHING,
) -> Report:
    """The report on files found. What fixes change is in it; no file is written."""
    plans = Plans(configuration, fixing)
    screened = [_read(target, plans) for target in targets]
    jobs = [item for item in screened if not isinstance(item, FileResult)]
    done = iter(_inspected(jobs, progress))
    results = [item if isinstance(item, FileResult) else next(done) for item in screened]
    return Report(
        results=tuple(results),
        errors=tuple(Note(shown(it.path), it.message) for it in unreached if it.wrong),
        warnings=tuple(Note(shown(it.path), it.message) for it in unreached if not it.wrong),
    )


def run_text(
    path: Path, data: bytes, configuration: Configuration, fixing: Fixing = Fixing.NOTHING
) -> Report:
    """The report on one text that is not, or not yet, in the file of that name."""
    plan = Plans(configuration, fixing).of(path)
    screened = screen(path, data, plan, named=True)
    return Report((inspect(screened, plan) if isinstance(screened, Job) else screened,))


_Planned = tuple[Job, Plan]


def _read(target: Target, plans: Plans) -> _Planned | FileResult:
    plan = plans.of(target.path)
    try:
        data = target.path.read_bytes()
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        return FileResult(error=Note(shown(target.path), message))
    screened = screen(target.path, data, plan, target.named)
    return screened if isinstance(screened, FileResult) else (screened, plan)


def _inspected(planned: list[_Planned], progress: Progress) -> Iterator[FileResult]:
    workers = min(os.cpu_count() or 1, len(planned) // (POOL_FROM // 2))
    results = _in_pool(planned, workers) if len(planned) >= POOL_FROM else _here(planned)
    for count, result in enumerate(results, 1):
        progress(count, len(planned))
        yield result


def _here(planned: Iterable[_Planned]) -> Iterator[FileResult]:
    return (inspect(job, plan) for job, plan in planned)


def _in_pool(planned: list[_Planned], workers: int) -> Iterator[FileResult]:
    """In several processes, in the same order."""
    from concurrent.futures import ProcessPoolExecutor

    plans = list({id(plan): plan for _, plan in planned}.values())
    numbers = {id(plan): number for number, plan in enumerate(plans)}
    fresh = list(_forgetting(plans))
    with ProcessPoolExecutor(workers, initializer=_install, initargs=(fresh,)) as pool:
        # the files of a crate are checked as one: in one process, while the others work
        waiting = [
            (job, plan, None)
            if job.path.suffix == RUST
            else (job, plan, pool.submit(_inspect_there, job, numbers[id(plan)]))
            for job, plan in planned
        ]
        for job, plan, future in waiting:
            try:
                yield inspect(job, plan) if future is None else future.result()
            except Exception as error:  # the process itself died
                message = f"internal error, please report it: {type(error).__name__}: {error}"
                yield FileResult(error=Note(shown(job.path), message))


def _forgetting(plans: Iterable[Plan]) -> Iterator[Plan]:
    """The plans without all that their projects remember of files."""
    projects: dict[int, Project] = {}
    for plan in plans:
        project = projects.setdefault(id(plan.project), replace(plan.project))
        yield replace(plan, project=project)


_installed: list[Plan] = []
"""The plans, in a worker process."""


def _install(plans: list[Plan]) -> None:
    _installed[:] = plans


def _inspect_there(job: Job, number: int) -> FileResult:
    return inspect(job, _installed[number])
