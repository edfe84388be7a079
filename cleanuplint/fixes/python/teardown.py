"""Resources of objects and modules: released by the teardown that forgets them, or by a new one."""

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from cleanuplint.findings import Finding, Fix, Remedy
from cleanuplint.fixes.python import guard
from cleanuplint.fixes.python.cleanup import Cleanup, Lines
from cleanuplint.fixes.python.doubts import GUESS, handed_out
from cleanuplint.fixes.python.file import File, Statement
from cleanuplint.fixes.python.imports import with_logging
from cleanuplint.fixes.python.releases import Releases, has_comment
from cleanuplint.fixes.python.walking import called, is_ever_none, within
from cleanuplint.fixes.words import CLEANING
from cleanuplint.flow.words import BEGINS_AGAIN, TEARDOWN

LEAVING = (cst.Return, cst.Raise, cst.Await, cst.Yield, cst.With)
HARMLESS = frozenset(
    {"print", "globals", "hasattr", "getattr", "isinstance", "len", "debug", "info", "warning"}
)
"""Calls that can't practically raise."""
DEFAULT_NAME = "close"


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    """The release added to a teardown, or a teardown made for it."""
    remedy = finding.remedy
    if remedy is None or remedy.owner is None or not (remedy.place and remedy.by_method):
        return
    if finding.span == remedy.origin:
        yield from Making(file, remedy).fixes()
        return
    named = file.at(remedy.owner)
    function = file.parents.get(named) if named is not None else None
    if isinstance(function, cst.FunctionDef) and isinstance(function.body, cst.IndentedBlock):
        yield from Forgetting(file, remedy, function, function.body).fixes()


@dataclass(frozen=True, slots=True)
class Forgetting:
    """A teardown that does not release one place."""

    file: File
    remedy: Remedy
    function: cst.FunctionDef
    body: cst.IndentedBlock

    def fixes(self) -> Iterator[Fix]:
        statements: list[Statement] = list(self.body.body)  # type: ignore[arg-type]
        ahead, rest = statements[: _docstrings(self.body)], statements[_docstrings(self.body) :]
        for changed in (self._appended(rest), self._guarded(rest)):
            body = [*ahead, *changed]
            module = self.file.with_body(self.body, body, Releases(()).remover)
            yield from self.file.fix(with_logging(module), self._doubt())

    def _appended(self, rest: list[Statement]) -> list[cst.CSTNode]:
        """All that is there only cleans up: the release stands after it."""
        if not all(_only_cleans(each) for node in rest for each in within(node)):
            return list(rest)
        cleanup = Cleanup(self.file, self.remedy)
        lines = cleanup.plain(self.remedy.place, self._is_optional)
        kept = [node for node in rest if not _is_pass(node)]
        return [*kept, *self.file.parsed(*self._emptied(lines))]

    def _guarded(self, rest: list[Statement]) -> list[cst.CSTNode]:
        """What is there may leave early or fail: it comes under a guard."""
        cleanup = Cleanup(self.file, self.remedy)
        lines = cleanup.safe(self.remedy.place, self.function, optional=self._is_optional)
        release = self.file.parsed(*self._emptied(lines))
        if not rest:
            return list(release)
        if isinstance(rest[-1], cst.Try):
            return [*rest[:-1], guard.with_finally(rest[-1], release)]
        return [guard.wrapped(rest, release)]

    @property
    def _is_optional(self) -> bool:
        return may_be_absent(self.file, self.function, self.remedy.place)

    def _emptied(self, lines: Lines) -> Lines:
        """The place is emptied where others ask whether it is there."""
        field = "." in self.remedy.place and self._is_optional
        return (*lines, f"{self.remedy.place} = None") if field else lines

    def _doubt(self) -> str:
        if self.remedy.assumed:
            return GUESS
        if "." not in self.remedy.place:
            return f"all of the module shares `{self.remedy.place}`"
        name = self.function.name.value
        if BEGINS_AGAIN.match(name) and not self._is_optional:
            return f"the object may be used again after `{name}`"
        around = self.file.class_of(self.function)
        return handed_out(self.file, around, self.remedy.place) if around is not None else ""


@dataclass(frozen=True, slots=True)
class Making:
    """A class that has no teardown gets one."""

    file: File
    remedy: Remedy

    def fixes(self) -> Iterator[Fix]:
        statement = self.file.statement_at(self.remedy.origin)
        around = self.file.class_of(statement) if statement is not None else None
        if around is None or not isinstance(around.body, cst.IndentedBlock):
            return
        if not self.remedy.place.startswith("self."):
            return
        name = self._name(around)
        optional = may_be_absent(self.file, around, self.remedy.place)
        lines = Cleanup(self.file, self.remedy).plain(self.remedy.place, optional)
        inner = (*lines, f"{self.remedy.place} = None") if optional else lines
        method = self.file.parsed(f"def {name}(self):", *(f"    {line}" for line in inner))[0]
        blank = cst.EmptyLine(indent=False)
        body = [*around.body.body, method.with_changes(leading_lines=[blank])]
        module = self.file.with_body(around.body, body, Releases(()).remover)
        yield from self.file.fix(module, f"whoever makes one has to call `{name}()`")

    def _name(self, around: cst.ClassDef) -> str:
        """As another class of the file calls it."""
        others = (
            node.name.value
            for node in within(self.file.module)
            if isinstance(node, cst.FunctionDef) and not node.name.value.startswith("_")
        )
        own = {node.name.value for node in within(around) if isinstance(node, cst.FunctionDef)}
        names = (name for name in others if TEARDOWN.match(name) and name not in own)
        return next(names, DEFAULT_NAME)


def may_be_absent(file: File, node: cst.CSTNode, place: str) -> bool:
    """Something gives the place no value."""
    around = node if isinstance(node, cst.ClassDef) else file.class_of(node)
    scope = file.module if around is None or "." not in place else around
    return is_ever_none(scope, place)


def _only_cleans(node: cst.CSTNode) -> bool:
    """It neither leaves early nor calls what does more than clean up."""
    if isinstance(node, cst.Call):
        name = called(node.func)[0]
        return CLEANING.match(name) is not None or name in HARMLESS
    return not isinstance(node, LEAVING)


def _docstrings(body: cst.IndentedBlock) -> int:
    """How many statements at the start are a docstring: one or none."""
    match body.body[0]:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.SimpleString())]):
            return 1
    return 0


def _is_pass(node: cst.CSTNode) -> bool:
    if not isinstance(node, cst.SimpleStatementLine) or has_comment(node):
        return False
    return isinstance(node.body[0], cst.Pass)
