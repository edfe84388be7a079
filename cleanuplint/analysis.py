"""One file: from its text to its findings."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from cleanuplint.checks.bindings import out_of_date
from cleanuplint.checks.quoting import LineOf, SourceText
from cleanuplint.checks.syntax import syntax_errors
from cleanuplint.checks.terms import terms_of
from cleanuplint.checks.wording import finding
from cleanuplint.contracts.loading import Knowledge
from cleanuplint.contracts.model import Contract
from cleanuplint.contracts.registry import Registry
from cleanuplint.findings import Finding
from cleanuplint.flow.absences import Absences
from cleanuplint.flow.acquisitions import Acquisitions
from cleanuplint.flow.calling import called_modules
from cleanuplint.flow.fills import Fills
from cleanuplint.flow.graph import Program
from cleanuplint.flow.handlers import Handlers
from cleanuplint.flow.holders import Holders
from cleanuplint.flow.libraries import library_names
from cleanuplint.flow.obligations import Obligations
from cleanuplint.flow.outcome import Outcome
from cleanuplint.flow.owners import Owners
from cleanuplint.flow.raising import NonRaising
from cleanuplint.flow.releases import Releases
from cleanuplint.flow.residents import Residents
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.shapes import exports_called as called_exports
from cleanuplint.flow.solver import Solver
from cleanuplint.languages import lower
from cleanuplint.report import FileFacts
from cleanuplint.summary import Analysed, summarise

CHECK_BUDGET, SUMMARY_BUDGET = 400_000, 40_000
"""Block visits for a file that is checked, and for one that is only imported."""


class _Analysis:
    """The parts that look at one lowered file, wired together."""

    def __init__(
        self,
        program: Program,
        knowledge: Knowledge,
        linked: Sequence[Contract],
        for_others: bool = False,
    ) -> None:
        registry = Registry((*knowledge.contracts, *linked))
        quiet = NonRaising(knowledge.non_raising)
        self.scope = Scope(program, registry, quiet, for_others)
        self.releases = Releases(self.scope)
        budget = SUMMARY_BUDGET if for_others else CHECK_BUDGET
        self.solver = Solver(self.scope, self.releases, budget)
        self.acquired = Acquisitions(self.scope, self.solver, self.releases)

    def knows_library(self, filled: Fills) -> bool:
        """Some value comes from a library, or may by its name."""
        return self.scope.evidence.knows_library or filled.may_go_by_name()

    def outcomes(self, name_heuristics: bool) -> Iterator[Outcome]:
        """What became of every obligation; none arises where nothing is known of any library."""
        filled = Fills(self.scope, self.solver, name_heuristics)
        if not self.knows_library(filled):
            return
        yield from Obligations(self.scope, self.acquired, filled).outcomes()
        yield from Owners(self.scope, self.acquired, self.releases, self.solver).outcomes()
        yield from Holders(self.scope, self.acquired).outcomes()
        yield from Handlers(self.scope, filled).outcomes()
        yield from Absences(self.scope).outcomes()
        yield from Residents(self.scope).outcomes()


def check_source(
    source: bytes,
    suffix: str,
    knowledge: Knowledge,
    name_heuristics: bool = True,
    linked: Sequence[Contract] = (),
    line_of: LineOf | None = None,
) -> tuple[list[Finding], FileFacts]:
    """The findings of every rule in one file, in the order of the text.

    `source` is canonical UTF-8 without a byte-order mark; `suffix` names the language; `linked`
    is what the files say that this one imports; `line_of` is given for a text that is put
    together of several, which count their lines for themselves.
    """
    program = lower(source, suffix)
    analysis = _Analysis(program, knowledge, linked)
    text = SourceText(source, terms_of(suffix), line_of)
    outcomes = list(analysis.outcomes(name_heuristics))
    libraries = library_names(analysis.scope) if outcomes else frozenset()
    findings = {finding(outcome, text, libraries) for outcome in outcomes}
    findings.update(syntax_errors(program))
    findings.update(out_of_date(program, analysis.scope.registry))
    facts = FileFacts(
        program.comments, program.opaque, analysis.solver.gave_up, bool(program.broken)
    )
    return sorted(findings, key=lambda found: (found.span, found.rule, found.message)), facts


_lowered = lru_cache(maxsize=64)(lower)
"""Files that import each other are summarised several times in a row."""


def knows_resource(
    source: bytes, suffix: str, knowledge: Knowledge, linked: Sequence[Contract]
) -> bool:
    """Obligations may arise in the file."""
    analysis = _Analysis(_lowered(source, suffix), knowledge, linked)
    filled = Fills(analysis.scope, analysis.solver, name_heuristics=True)
    return filled.may_go_by_name() or analysis.scope.evidence.knows_resource()


def modules_called(source: bytes, suffix: str) -> frozenset[str]:
    """The modules whose functions the file runs or hands on."""
    return called_modules(_lowered(source, suffix))


def exports_called(source: bytes, suffix: str) -> frozenset[str]:
    """The exports of modules that the file calls itself, without any bindings."""
    return called_exports(_lowered(source, suffix))


def may_be_source(
    source: bytes, suffix: str, knowledge: Knowledge, linked: Sequence[Contract]
) -> bool:
    """A resource may come from the file: it names a library, or drives a module itself."""
    analysis = _Analysis(_lowered(source, suffix), knowledge, linked)
    scope = analysis.scope
    modules = {export.module for export in scope.program.exports if export.module is not None}
    return (
        scope.evidence.knows_library
        or any(map(scope.registry.by_module, modules))
        or any(analysis.acquired.wrappers.of(cls.id) for cls in scope.program.classes)
        or analysis.acquired.wrappers.guests.any_buffered()
    )


def summarise_source(
    name: str, source: bytes, suffix: str, knowledge: Knowledge, linked: Sequence[Contract] = ()
) -> Contract | None:
    """What a file says to those that import it; None if that is nothing."""
    analysis = _Analysis(_lowered(source, suffix), knowledge, linked, for_others=True)
    filled = Fills(analysis.scope, analysis.solver, name_heuristics=False)
    analysed = Analysed(analysis.scope, analysis.solver, analysis.acquired, filled)
    contract = summarise(name, analysed)
    return contract if contract.classes or contract.sources or contract.treatments else None
