"""One file: from its bytes to what is said about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cleanuplint.contracts.loading import Knowledge
from cleanuplint.contracts.model import ANYWHERE, Contract
from cleanuplint.contracts.registry import Registry
from cleanuplint.derive import Derivations
from cleanuplint.derive.hosted import Hosted
from cleanuplint.errors import UserError
from cleanuplint.files.generated import is_glue
from cleanuplint.files.naming import shown
from cleanuplint.files.prefilter import Prefilter, releasing
from cleanuplint.files.source import (
    NOTEBOOK,
    PYTHON,
    RUST,
    Source,
    form_of,
    is_binary,
    read_text,
)
from cleanuplint.findings import Finding, Fix, Span
from cleanuplint.linking import File, Linker, Reading, concern
from cleanuplint.report import (
    FileFacts,
    FileResult,
    Fixable,
    Fixed,
    Mended,
    Note,
    Placed,
    PlacedEdit,
    PlacedStep,
)
from cleanuplint.rulebook import rules
from cleanuplint.selection import fixable, selection
from cleanuplint.settings import Fixing, Settings

if TYPE_CHECKING:  # what only some files need is imported for them
    from cleanuplint.cargo import Cargo
    from cleanuplint.files.notebooks import Notebook
    from cleanuplint.fixes.repair import Repair
    from cleanuplint.rust.raw import RawExports

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Project:
    """What files under the same contracts are to each other."""

    knowledge: Knowledge
    name_heuristics: bool = True

    @cached_property
    def _known(self) -> dict[str, tuple[Knowledge, Prefilter]]:
        return {}

    def _of_language(self, suffix: str) -> tuple[Knowledge, Prefilter]:
        language = "python" if suffix in PYTHON else "javascript"
        if language not in self._known:
            knowledge = self.knowledge.of(language)
            prefilter = Prefilter(knowledge.words, self.name_heuristics)
            self._known[language] = knowledge, prefilter
        return self._known[language]

    def knowledge_for(self, suffix: str) -> Knowledge:
        """What is known of the libraries that programs of a language can use."""
        return self._of_language(suffix)[0]

    def is_relevant(self, path: Path, data: bytes) -> bool:
        """The file has a word of a contract that programs of its language can use."""
        return self._of_language(path.suffix)[1].passes(data)

    @cached_property
    def linker(self) -> Linker:
        """Remembers what the files of the project say to each other."""
        registry = Registry(self.knowledge.contracts)
        names = registry.release_names | registry.clear_names
        bound = Registry(c for c in self.knowledge.contracts if ANYWHERE not in c.modules)
        return Linker(
            Reading(
                is_relevant=lambda file: self.is_relevant(file.path, file.data),
                may_release=releasing(names),
                knows_resource=self._knows_resource,
                may_be_source=self._may_be_source,
                modules_called=self._modules_called,
                summarise=self._summarise,
                derive=self.derivations.contract_at,
                hosted=Hosted(self._raw_exports),
                exports_called=self._exports_called,
                is_library=cache(lambda specifier: bool(bound.by_module(specifier))),
            )
        )

    @cached_property
    def cargo(self) -> "Cargo":
        from cleanuplint.cargo import Cargo

        return Cargo()

    @cached_property
    def derivations(self) -> Derivations:
        return Derivations(self._contract_of_crate)

    def _raw_exports(self, folder: Path, by_bindings: bool) -> "RawExports | None":
        return self.cargo.raw_exports_of(folder, by_bindings)

    def _exports_called(self, file: File) -> frozenset[str]:
        """Where in doubt: none."""

        def ask(text: bytes, suffix: str) -> frozenset[str]:
            from cleanuplint.analysis import exports_called

            return exports_called(text, suffix)

        nothing = frozenset[str]()
        return _told(file, ask, of_others=nothing, in_doubt=nothing)

    def _contract_of_crate(self, folder: Path) -> Contract | None:
        return self.cargo.contract_of(folder)

    def _knows_resource(self, file: File, linked: tuple[Contract, ...]) -> bool:
        """Where in doubt: yes."""

        def ask(text: bytes, suffix: str) -> bool:
            from cleanuplint.analysis import knows_resource

            return knows_resource(text, suffix, self.knowledge_for(suffix), linked)

        return _told(file, ask, of_others=False, in_doubt=True)

    def _may_be_source(self, file: File, linked: tuple[Contract, ...]) -> bool:
        """Where in doubt: yes."""

        def ask(text: bytes, suffix: str) -> bool:
            from cleanuplint.analysis import may_be_source

            return may_be_source(text, suffix, self.knowledge_for(suffix), linked)

        return _told(file, ask, of_others=False, in_doubt=True)

    def _modules_called(self, file: File) -> frozenset[str]:
        """Where in doubt: none."""

        def ask(text: bytes, suffix: str) -> frozenset[str]:
            from cleanuplint.analysis import modules_called

            return modules_called(text, suffix)

        nothing = frozenset[str]()
        return _told(file, ask, of_others=nothing, in_doubt=nothing)

    def _summarise(self, file: File, linked: tuple[Contract, ...]) -> Contract | None:
        """What a file exports; where in doubt, nothing."""

        def ask(text: bytes, suffix: str) -> Contract | None:
            from cleanuplint.analysis import summarise_source

            knowledge = self.knowledge_for(suffix)
            return summarise_source(shown(file.path), text, suffix, knowledge, linked)

        return _told(file, ask, of_others=None, in_doubt=None)


def _told(
    file: File, ask: Callable[[bytes, str], Answer], of_others: Answer, in_doubt: Answer
) -> Answer:
    """What is asked of a file that another one imports; `of_others` of one that nobody wrote.

    What is wrong with the file is told when it is checked itself.
    """
    if is_binary(file.data) or is_glue(file.path, file.data):
        return of_others
    try:
        return ask(read_text(file.data).text, file.path.suffix)
    except Exception:
        return in_doubt


@dataclass(frozen=True, slots=True)
class Plan:
    """How to look at the files of one configuration."""

    settings: Settings
    project: Project
    fixing: Fixing = Fixing.NOTHING


@dataclass(frozen=True, slots=True)
class Job:
    """A file that may have findings."""

    path: Path
    data: bytes
    linked: tuple[Contract, ...] = ()
    """What the project's files that it imports say."""
    notebook: "Notebook | None" = None


def screen(path: Path, data: bytes, plan: Plan, named: bool) -> Job | FileResult:
    """A job if the file may have findings, else why there is nothing to do.

    Whatever breaks here is told of this file, and ends here.
    """
    try:
        return _screen_notebook(path, data, plan, named)
    except Exception as error:
        return _broken(path, error)


def _screen_notebook(path: Path, data: bytes, plan: Plan, named: bool) -> Job | FileResult:
    if path.suffix != NOTEBOOK:
        return _screen(path, data, plan, named)
    from cleanuplint.files.notebooks import read_notebook

    notebook = read_notebook(data)
    job = _screen(path, notebook.text, plan, named)
    return replace(job, data=data, notebook=notebook) if isinstance(job, Job) else job


def _screen(path: Path, data: bytes, plan: Plan, named: bool) -> Job | FileResult:
    if is_binary(data):
        note = Note(shown(path), "this is a binary file, not source text")
        return FileResult(error=note) if named else FileResult(skipped=note)
    if path.suffix == RUST:
        if not plan.project.cargo.concerns(path, data):
            return FileResult(
                skipped=Note(
                    shown(path), "its crate exports nothing to WebAssembly, as far as it says"
                )
            )
        return Job(path, data)
    linked = plan.project.linker.contracts_for(path, data)
    if not concern(data, linked) and not plan.project.is_relevant(path, data):
        return FileResult(skipped=Note(shown(path), "it names nothing of any contract"))
    if not named and is_glue(path, data):
        return FileResult(
            skipped=Note(shown(path), "it is generated code; name it to have it checked")
        )
    return Job(path, data, linked)


def inspect(job: Job, plan: Plan) -> FileResult:
    """The result of one file. Whatever breaks here is told of this file, and ends here."""
    try:
        return _inspect(job, plan)
    except Exception as error:
        return _broken(job.path, error)


def _broken(path: Path, error: Exception) -> FileResult:
    message = str(error) if isinstance(error, UserError) else _crash(error)
    return FileResult(error=Note(shown(path), message))


def _crash(error: Exception) -> str:
    import traceback

    frame = traceback.extract_tb(error.__traceback__)[-1]
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return f"internal error, please report it: {what} ({Path(frame.filename).name}:{frame.lineno})"


def _inspect(job: Job, plan: Plan) -> FileResult:
    form = form_of(job.data)
    source = job.notebook or (form.read(job.data) if plan.fixing.cures else read_text(job.data))
    checked = _checked(job, source, plan)
    if isinstance(checked, Note):
        return FileResult(skipped=checked)
    findings, facts = checked
    result = FileResult(opaque=facts.opaque, gave_up=facts.gave_up, in_part=facts.in_part)
    if not findings or plan.fixing is Fixing.NOTHING:
        return replace(result, findings=_all_placed(findings, source, job.path, {}))
    try:
        repair, possible = _repaired(job, source, findings, plan)
    except Exception as error:  # the findings are told all the same
        note = Note(shown(job.path), f"nothing in it was fixed: {_crash(error)}")
        return replace(result, findings=_all_placed(findings, source, job.path, {}), error=note)
    left = _all_placed(repair.findings, repair.source, job.path, possible)
    return replace(result, findings=left, mended=_mended(job, repair))


def _repaired(
    job: Job, source: Source, findings: list[Finding], plan: Plan
) -> tuple["Repair", Mapping[Finding, Fix]]:
    """The text with the wanted fixes, and what else could be fixed in it."""
    from cleanuplint.fixes.repair import Aim

    repair = _repair(job, source, findings, plan)
    rules_to_fix = fixable(plan.settings)
    if plan.fixing.cures:
        repair.run(Aim(rules_to_fix, unsafe=plan.fixing is Fixing.ALL))
    return repair, repair.possible(Aim(rules_to_fix, unsafe=True))


def _repair(job: Job, source: Source, findings: list[Finding], plan: Plan) -> "Repair":
    from cleanuplint.fixes.repair import Repair

    def check(text: bytes) -> list[Finding]:
        return _recheck(job, plan, Source(text))

    given = source.text, job.path.suffix, findings, check, str(job.path)
    if job.notebook is None:
        return Repair(*given)
    from cleanuplint.fixes.cells import NotebookRepair

    check_cells = partial(_recheck, job, plan)
    return NotebookRepair(*given, notebook=job.notebook, check_cells=check_cells)


_Checked = tuple[list[Finding], FileFacts]


def _checked(job: Job, source: Source, plan: Plan) -> _Checked | Note:
    """The findings to be shown."""
    checked = (_check_rust if job.path.suffix == RUST else _check)(job, source, plan)
    if isinstance(checked, Note):
        return checked
    findings, facts = checked
    return _shown(findings, source, facts.comments, plan.settings, job.path), facts


def _recheck(job: Job, plan: Plan, source: Source) -> list[Finding]:
    checked = _checked(replace(job, data=source.text), source, plan)
    return [] if isinstance(checked, Note) else checked[0]


def _mended(job: Job, repair: "Repair") -> Mended | None:
    if not repair.cured:
        return None
    fixed = tuple(
        Fixed(cured.at, cured.finding.rule, cured.finding.message, cured.fix.unsafe)
        for cured in repair.cured
    )
    return Mended(job.path, job.data, repair.written(job.data), fixed)


def _all_placed(
    findings: Sequence[Finding], source: Source, path: Path, fixes: Mapping[Finding, Fix]
) -> tuple[Placed, ...]:
    return tuple(_placed(found, source, shown(path), fixes.get(found)) for found in findings)


def _check(job: Job, source: Source, plan: Plan) -> _Checked:
    from cleanuplint.analysis import check_source  # parsers are loaded for files that need one

    suffix, name_heuristics = job.path.suffix, plan.settings.name_heuristics
    given = source.text, suffix, plan.project.knowledge_for(suffix), name_heuristics, job.linked
    if job.notebook is None:
        return check_source(*given)
    return check_source(*given, line_of=lambda offset: source.position(offset).line)


def _check_rust(job: Job, source: Source, plan: Plan) -> _Checked | Note:
    crate = plan.project.cargo.crate(job.path, job.data)
    name = shown(job.path)
    if crate is None:
        return Note(name, "no build for WebAssembly contains it")
    program = crate.crate.files[name].program
    return crate.findings[name], FileFacts(
        program.comments, program.opaque, in_part=bool(program.broken)
    )


def _shown(
    findings: list[Finding],
    source: Source,
    comments: Sequence[Span],
    settings: Settings,
    path: Path,
) -> list[Finding]:
    """Comments are settled before the rest: one that covers a hidden finding is in use."""
    from cleanuplint.suppression import suppress

    chosen = selection(settings, settings.tests.matches(path))
    left = suppress(findings, source, comments, chosen.rules)
    return [found for found in left if chosen.shows(found)]


def _placed(found: Finding, source: Source, path: str, fix: Fix | None) -> Placed:
    rule = rules()[found.rule]
    start = source.position(found.span.start)
    return Placed(
        path=path,
        start=start,
        end=source.position(found.span.end),
        rule=found.rule,
        category=rule.category,
        severity=rule.severity,
        confidence=found.confidence,
        message=found.message,
        because=found.because,
        help=found.help,
        steps=tuple(
            PlacedStep(
                source.position(step.span.start), source.position(step.span.end), step.message
            )
            for step in found.steps
        ),
        contract=found.contract,
        code=source.line_at(start),
        fix=None if fix is None else _fixable(fix, source),
        exercise=found.exercise,
    )


def _fixable(fix: Fix, source: Source) -> Fixable:
    """Without edits in a notebook, whose places are no places of the file."""
    edits = tuple(
        PlacedEdit(
            source.position(edit.span.start), source.position(edit.span.end), edit.text.decode()
        )
        for edit in fix.edits
    )
    return Fixable(() if any(edit.start.cell for edit in edits) else edits, fix.unsafe)
