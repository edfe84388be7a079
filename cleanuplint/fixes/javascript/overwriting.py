"""Assignments that drop the last reference: what was there before is released.

    const previous = this.tree;
    this.tree = this.parser.parse(text);
    previous?.delete();

After the assignment, so that a new one that can't be made leaves the old one as it was; before it
only where the place can't be reached any more if that fails.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from cleanuplint.findings import Edit, Finding, Fix, Remedy
from cleanuplint.fixes.javascript import guard
from cleanuplint.fixes.javascript.cleanup import Cleanup
from cleanuplint.fixes.javascript.doubts import GUESS, handed_out
from cleanuplint.fixes.javascript.file import File, fix
from cleanuplint.fixes.javascript.outer import Outer
from cleanuplint.fixes.javascript.tree import (
    DECLARATIONS,
    assigns,
    function_of,
    statement_of,
)


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    """Releases around the assignment that overwrites a variable or field."""
    remedy = finding.remedy
    if remedy is None or remedy.overwrites is None or not remedy.place or not remedy.release:
        return
    node = file.at(remedy.overwrites)
    statement = None if node is None else statement_of(node)
    if statement is None or not _is_assignment(statement, remedy.place):
        return
    yield from Overwriting(file, remedy, statement).fixes()


def _is_assignment(statement: Node, place: str) -> bool:
    return statement.type == "expression_statement" and any(
        assigns(each, place) for each in statement.named_children
    )


@dataclass(frozen=True, slots=True)
class Overwriting:
    """One assignment to a place that still holds something."""

    file: File
    remedy: Remedy
    statement: Node

    @property
    def place(self) -> str:
        return self.remedy.place

    def fixes(self) -> Iterator[Fix]:
        around = function_of(self.statement)
        scope = around if around is not None and "." not in self.place else self.file.root
        unsafe = GUESS if self.remedy.assumed else handed_out(scope, self.place, self.statement)
        is_field = "." in self.place
        ways = (self._after, self._before) if is_field else (self._before, self._after)
        for way in ways:
            yield fix(way(), unsafe)
        outer = Outer.of(self.file, self.remedy)
        for way in ways:
            for guarded in outer.edits() if outer is not None else ():
                yield fix([*way(self.file.style.unit), *guarded], unsafe)

    def _before(self, extra: str = "") -> list[Edit]:
        lines = self._cleanup.plain(self.place, optional=self._may_be_absent())
        return guard.ahead(self.file.style, self.statement, lines, extra)

    def _after(self, extra: str = "") -> list[Edit]:
        style, old = self.file.style, self.file.fresh(self.statement, "previous")
        kept = (f"const {old} = {self.place}{style.semicolon}",)
        lines = self._cleanup.plain(old, optional=self._may_be_absent())
        return [
            *guard.ahead(style, self.statement, kept, extra),
            *guard.after(style, self.statement, lines, extra),
        ]

    @property
    def _cleanup(self) -> Cleanup:
        return Cleanup(self.file.style, self.remedy)

    def _may_be_absent(self) -> bool:
        """Not where the variable was declared with the very thing that is dropped."""
        node = self.file.at(self.remedy.origin)
        made_at = None if node is None else statement_of(node)
        return made_at is None or made_at.type not in DECLARATIONS
