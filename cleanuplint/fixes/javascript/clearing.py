"""Buffers that a call fills: the statement of the call comes under a guard that clears them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from cleanuplint.findings import Edit, Finding, Fix, Remedy, Span
from cleanuplint.fixes.javascript import guard
from cleanuplint.fixes.javascript.cleanup import Cleanup, Lines
from cleanuplint.fixes.javascript.doubts import GUESS
from cleanuplint.fixes.javascript.extent import (
    Extent,
    after,
    covering,
    until,
    without_comments,
)
from cleanuplint.fixes.javascript.file import File, fix
from cleanuplint.fixes.javascript.hoisting import heads, unhoisted
from cleanuplint.fixes.javascript.releases import Releases
from cleanuplint.fixes.javascript.tests import asks
from cleanuplint.fixes.javascript.tree import (
    Held,
    arrow_of,
    assigns,
    declared,
    mentions_path,
    statement_of,
)
from cleanuplint.languages.syntax import text_of, within


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    """Guards for one call that fills the buffer of a variable or field."""
    remedy = finding.remedy
    call = file.at(remedy.origin) if remedy is not None else None
    if remedy is None or call is None or not remedy.place or not remedy.release:
        return
    clearing = Clearing(file, remedy, call)
    yield from clearing.of_another()
    statement = statement_of(call)
    arrow = arrow_of(call)
    if arrow is not None:
        yield from clearing.in_arrow(arrow)
    elif statement is not None:
        yield from clearing.in_statement(statement)


@dataclass(frozen=True, slots=True)
class Clearing:
    """One call that fills, and ways to clear after it."""

    file: File
    remedy: Remedy
    call: Node

    @property
    def place(self) -> str:
        return self.remedy.place

    @property
    def unsafe(self) -> str:
        return GUESS if self.remedy.assumed else ""

    def of_another(self) -> Iterator[Fix]:
        """The guard clears an object that nothing fills: the wrong one was named."""
        for span in self.remedy.existing:
            cleared = self.file.at(span)
            receiver = _receiver(cleared) if cleared is not None else None
            if receiver is None or text_of(receiver) == self.place:
                continue
            guarded = statement_of(self.call)
            block = guarded.parent if guarded is not None else None
            if block is not None and not mentions_path(block, text_of(receiver)):
                wrong = Span(receiver.start_byte, receiver.end_byte)
                yield fix([Edit(wrong, self.place.encode())], self.unsafe)

    def in_arrow(self, arrow: Node) -> Iterator[Fix]:
        """`(m) => s.encode(m)` gets a body."""
        body = arrow.child_by_field_name("body")
        if body is not None:
            indent = self.file.style.indentation(arrow.start_byte) + 2 * self.file.style.unit
            edits = guard.with_body(self.file.style, body, self._lines(indent, body))
            yield fix(edits, self.unsafe)

    def in_statement(self, statement: Node) -> Iterator[Fix]:
        following = after(statement)
        existing = (Releases.of(self.file, self.remedy) or Releases(())).removable()
        near = Releases(tuple(one for one in existing.statements if one in following))
        around = _try_around(statement)
        for gone in dict.fromkeys((existing, near)):
            taken = gone.taken(self.file.style)
            if around is not None and self._is_visible_outside(around):
                yield fix([*self._joined(around, gone), *taken], self.unsafe)
            covered = self._extent(
                without_comments([statement, *following], gone.gone), near.statements
            )
            if covered is not None:
                yield fix([*self._wrapped(covered, gone), *taken], self.unsafe)

    def _extent(self, nodes: Sequence[Node], released: Sequence[Node]) -> Extent | None:
        nothing = Held(frozenset())
        if released:
            return until(nodes, released[0], nothing)
        return covering(nodes, nodes[0], nothing)

    def _is_visible_outside(self, around: Node) -> bool:
        """The body of the `try` does not declare it."""
        body = around.child_by_field_name("body")
        root = self.place.partition(".")[0]
        return body is not None and not any(root in declared(node) for node in body.named_children)

    def _joined(self, around: Node, gone: Releases) -> list[Edit]:
        style = self.file.style
        indent = style.indentation(around.start_byte) + style.unit
        lines = gone.told(self._lines(indent, around), style)
        return guard.with_finally(style, around, lines, gone.gone)

    def _wrapped(self, covered: Extent, gone: Releases) -> Iterator[Edit]:
        style = self.file.style
        indent = guard.base_indentation(style, covered.nodes[0]) + style.unit
        before = tuple(head for node in covered.hoisted for head in heads(self.file, node))
        lines = gone.told(self._lines(indent, *covered.nodes), style)
        yield from guard.wrapped(style, covered.nodes, lines, before)
        for node in covered.hoisted:
            yield from unhoisted(self.file, node)

    def _lines(self, indent: str, *nodes: Node) -> Lines:
        return Cleanup(self.file.style, self.remedy).safe(
            self.place, self.call, indent, optional=self._may_be_absent(nodes)
        )

    def _may_be_absent(self, nodes: Sequence[Node]) -> bool:
        """What the guard covers asks whether it is there, or gives it its value."""
        return any(
            assigns(each, self.place) or asks(each, self.place)
            for node in nodes
            for each in within(node)
        )


def _receiver(call: Node) -> Node | None:
    callee = call.child_by_field_name("function")
    return callee.child_by_field_name("object") if callee is not None else None


def _try_around(statement: Node) -> Node | None:
    """The `try` whose body the statement stands in."""
    body = statement.parent
    around = body.parent if body is not None else None
    if body is None or around is None or around.type != "try_statement":
        return None
    return around if around.child_by_field_name("body") == body else None
