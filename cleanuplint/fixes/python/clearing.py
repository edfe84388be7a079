"""Buffers that a call fills: the statement of the call comes under a guard that clears them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from cleanuplint.findings import Finding, Fix, Remedy
from cleanuplint.fixes.python import guard
from cleanuplint.fixes.python.cleanup import Cleanup
from cleanuplint.fixes.python.doubts import GUESS
from cleanuplint.fixes.python.file import Block, File, Statement
from cleanuplint.fixes.python.imports import with_logging
from cleanuplint.fixes.python.releases import Releases
from cleanuplint.fixes.python.walking import Held, asks, assigned, within


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    """Guards for one call that fills the buffer of a variable or field."""
    remedy = finding.remedy
    if remedy is None or not remedy.place or not remedy.release:
        return
    statement = file.statement_at(remedy.origin)
    block = file.block_of(statement) if statement is not None else None
    if statement is None or block is None or _is_in_closure(file, remedy, statement):
        return
    if not remedy.existing and _is_raw_export(file, remedy):
        return  # how the clear is called, only one that is there could tell
    yield from Clearing(file, remedy, statement, block).fixes()


def _is_raw_export(file: File, remedy: Remedy) -> bool:
    """`exports["encode"](store, data)`: the clear wants the store, too."""
    call = file.at(remedy.origin)
    return isinstance(call, cst.Call) and isinstance(call.func, cst.Subscript)


def _is_in_closure(file: File, remedy: Remedy, statement: Statement) -> bool:
    """A lambda, or a definition of which the call is a default: it runs at another time."""
    if isinstance(statement, cst.FunctionDef | cst.ClassDef):
        return True
    lambdas = (each for each in within(statement) if isinstance(each, cst.Lambda))
    return any(file.covers(each, remedy.origin) for each in lambdas)


@dataclass(frozen=True, slots=True)
class Clearing:
    """One call that fills, and ways to clear after it."""

    file: File
    remedy: Remedy
    statement: Statement
    block: Block

    def fixes(self) -> Iterator[Fix]:
        yield from self._of_another()
        existing = Releases.of(self.file, self.remedy) or Releases(())
        for gone in dict.fromkeys((existing, Releases(()))):
            around = self._try_around()
            if around is not None:
                joined = gone.without(guard.with_finally(around, self._cleanup((around,), gone)))
                outer = self.file.block_of(around)
                if outer is not None:
                    yield from self._changed(outer, [around], joined, gone)
            covered = self._covered(gone)
            wrapped = guard.wrapped(
                [gone.without(each) for each in covered], self._cleanup(covered, gone)
            )
            yield from self._changed(self.block, covered, wrapped, gone)

    def _of_another(self) -> Iterator[Fix]:
        """The guard clears an object that nothing here fills: the wrong one was named."""
        for span in self.remedy.existing:
            cleared = self.file.at(span)
            if not isinstance(cleared, cst.Call) or not isinstance(cleared.func, cst.Attribute):
                continue
            receiver = cleared.func.value
            body = self.block if isinstance(self.block, cst.IndentedBlock) else self.statement
            if not Held(frozenset({self.file.code(receiver)})).is_in(body):
                right = cst.parse_expression(self.remedy.place)
                module = self.file.module.deep_replace(receiver, right)
                assert isinstance(module, cst.Module)
                yield from self.file.fix(module, self._unsafe)

    @property
    def _unsafe(self) -> str:
        return GUESS if self.remedy.assumed else ""

    def _try_around(self) -> cst.Try | None:
        """The `try` whose body the statement stands in, if what is cleared was there before."""
        around = self.file.parents.get(self.block)
        if not isinstance(around, cst.Try) or around.body is not self.block:
            return None
        root = self.remedy.place.partition(".")[0]
        return None if root in assigned(self.block.body) else around

    def _covered(self, gone: Releases) -> list[Statement]:
        """The statement, and all up to the clear that stands after it."""
        body: list[Statement] = list(self.block.body)  # type: ignore[arg-type]
        first = next(i for i, each in enumerate(body) if each is self.statement)
        ends = [i for i, each in enumerate(body) if each in gone.statements and i > first]
        last = ends[0] if ends else first + 1
        return body[first:last]

    def _cleanup(self, covered: Sequence[cst.CSTNode], gone: Releases) -> tuple[Statement, ...]:
        cleanup = Cleanup(self.file, self.remedy)
        optional = any(asks(each, self.remedy.place) for node in covered for each in within(node))
        lines = cleanup.safe(self.remedy.place, self.statement, optional=optional)
        return gone.told(self.file.parsed(*lines), self.block)

    def _changed(
        self, block: Block, covered: Sequence[cst.CSTNode], by: cst.CSTNode, gone: Releases
    ) -> Iterator[Fix]:
        left = (*covered[1:], *gone.statements)
        body = [
            by if each is covered[0] else gone.without(each)
            for each in block.body
            if each not in left
        ]
        module = self.file.with_body(block, body, gone.remover)
        yield from self.file.fix(with_logging(module), self._unsafe)
