"""Variables that begin empty, outside of where they are given a resource.

tree = None                       tree = None
for text in texts:                try:
    tree = parser.parse(text)  →      for text in texts:
    …                                     …
                                  finally:
                                      if tree is not None:
                                          tree.delete()
"""

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from cleanuplint.findings import Finding, Fix, Remedy
from cleanuplint.fixes.python import guard
from cleanuplint.fixes.python.cleanup import Cleanup
from cleanuplint.fixes.python.doubts import doubt
from cleanuplint.fixes.python.file import Block, File, Scope, Statement
from cleanuplint.fixes.python.imports import with_logging
from cleanuplint.fixes.python.releases import Releases
from cleanuplint.fixes.python.walking import Held, is_emptied


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    """A guard around all that may give the variable its resource."""
    remedy = finding.remedy
    if remedy is None or not remedy.place.isidentifier() or not remedy.release or remedy.given:
        return
    releases = Releases.of(file, remedy)
    outer = Outer.of(file, remedy, releases) if releases is not None else None
    if outer is not None and not remedy.by_function:
        yield from outer.fixes()


@dataclass(frozen=True, slots=True)
class Outer:
    """The block in which the variable begins empty, and what stands there after that."""

    file: File
    remedy: Remedy
    releases: Releases
    block: Block
    rest: tuple[Statement, ...]
    """From the statement on in which the variable is given its resource."""

    @classmethod
    def of(cls, file: File, remedy: Remedy, releases: Releases) -> "Outer | None":
        """None where the variable does not begin empty further out in the function."""
        given = file.statement_at(remedy.origin)
        for inside in (given, *file.ancestors(given)) if given is not None else ():
            if isinstance(inside, Scope):
                return None
            block = file.block_of(inside)
            if block is None or inside is given:
                continue
            body: tuple[Statement, ...] = tuple(block.body)  # type: ignore[arg-type]
            index = next(i for i, each in enumerate(body) if each is inside)
            if any(is_emptied(each, remedy.place) for each in body[:index]):
                return cls(file, remedy, releases, block, body[index:])
        return None

    def fixes(self) -> Iterator[Fix]:
        covered = self._covered()
        unsafe = doubt(self.remedy, covered, self._held)
        if len(covered) == 1 and isinstance(covered[0], cst.Try | cst.TryStar):
            joined = self.releases.without(guard.with_finally(covered[0], self._cleanup()))
            yield from self._changed(covered, joined, unsafe)
        clean = [self.releases.without(each) for each in covered]
        yield from self._changed(covered, guard.wrapped(clean, self._cleanup()), unsafe)

    @property
    def _held(self) -> Held:
        return Held(frozenset({self.remedy.place}))

    def _covered(self) -> list[Statement]:
        """All up to the last use; a release that stands there gives way to the guard."""
        kept = [each for each in self.rest if each not in self.releases.statements]
        uses = [i for i, each in enumerate(kept) if self._held.is_in(each)]
        return kept[: max(uses, default=0) + 1]

    def _cleanup(self) -> tuple[Statement, ...]:
        cleanup = Cleanup(self.file, self.remedy)
        lines = cleanup.safe(self.remedy.place, self.rest[0], optional=True)
        return self.releases.told(self.file.parsed(*lines), self.block)

    def _changed(self, covered: list[Statement], by: cst.CSTNode, unsafe: str) -> Iterator[Fix]:
        gone = (*covered[1:], *self.releases.statements)
        body = [
            by if each is covered[0] else self.releases.without(each)
            for each in self.block.body
            if each not in gone
        ]
        module = self.file.with_body(self.block, body, self.releases.remover)
        yield from self.file.fix(with_logging(module), unsafe)
