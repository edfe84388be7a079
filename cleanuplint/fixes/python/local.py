"""Resources in local variables: the statements that need one come under a guard that releases it.

    tree = parse(text)               tree = parse(text)
    visit(tree)                      try:
    tree.delete()           →            visit(tree)
    return 1                         finally:
                                         tree.delete()
                                     return 1

Where the class is a context manager, or has a `close()`, it is `with parse(text) as tree:` instead.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from cleanuplint.findings import Finding, Fix, Remedy
from cleanuplint.fixes.python import guard
from cleanuplint.fixes.python.afterwards import afterwards
from cleanuplint.fixes.python.cleanup import Cleanup, freeing
from cleanuplint.fixes.python.doubts import doubt, hands_over
from cleanuplint.fixes.python.file import Block, File, Statement
from cleanuplint.fixes.python.imports import with_import, with_logging
from cleanuplint.fixes.python.releases import Releases
from cleanuplint.fixes.python.walking import (
    Held,
    asks,
    assigned,
    names_in,
    path_of,
    targets_of,
    within,
)


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    """Guards for what an assignment acquires."""
    remedy = finding.remedy
    if remedy is None or not remedy.place:
        return
    statement = file.statement_at(remedy.origin)
    block = file.block_of(statement) if statement is not None else None
    releases = Releases.of(file, remedy)
    if block is None or releases is None or not isinstance(statement, cst.SimpleStatementLine):
        return
    if remedy.place not in assigned([statement]):
        return
    value = _whole_value(statement, remedy.place)
    guarding: Guarding | None = Guarding(file, remedy, statement, block, value, releases)
    while guarding is not None and guarding.is_used_afterwards:
        guarding = guarding.around()
    if guarding is not None:
        yield from guarding.fixes()


def _whole_value(line: cst.SimpleStatementLine, place: str) -> cst.BaseExpression | None:
    """The value, if the line does nothing but put it into the place, all of it."""
    if len(line.body) != 1:
        return None
    match line.body[0]:
        case cst.Assign(targets=[cst.AssignTarget(target=target)], value=value):
            return value if path_of(target) == place else None
        case cst.AnnAssign(target=target, value=value) if path_of(target) == place:
            return value
    return None


@dataclass(frozen=True, slots=True)
class Guarding:
    """One duty that arises in one statement, and is met by a guard after it."""

    file: File
    remedy: Remedy
    statement: Statement
    block: Block
    value: cst.BaseExpression | None
    """None where the place gets only a part of it."""
    releases: Releases

    def fixes(self) -> Iterator[Fix]:
        if self.remedy.by_function and not self._call:
            return
        if self.remedy.given:
            yield from self._until_given()
            return
        covered = self._covered()
        if not covered:
            yield from self._at_once()
            return
        if self.releases.names(self.remedy.place) & assigned(covered):
            return
        unsafe = doubt(self.remedy, covered, self._held(covered))
        if not isinstance(self.block, cst.Module):
            for item in self._context_manager():
                yield from self._changed(self._under(covered, item), unsafe)
        if not self.remedy.release:
            return
        if (earlier := self._moved_up()) is not None:
            yield from self._changed(earlier, unsafe)
        only = covered[0] if len(covered) == 1 else None
        if isinstance(only, cst.Try | cst.TryStar):
            joined = self.releases.without(guard.with_finally(only, self._cleanup(covered)))
            yield from self._changed(self._replaced(covered, joined), unsafe)
        around = guard.wrapped(self._clean(covered), self._cleanup(covered))
        yield from self._changed(self._replaced(covered, around), unsafe)

    @property
    def is_used_afterwards(self) -> bool:
        """After the block, so that a guard in the block would end too early."""
        following = self._following()
        if any(each in self.releases.statements for each in following):
            return False
        held = Held(frozenset({self.remedy.place}))
        known = {
            id(node)
            for each in (self.statement, *following, *self.releases.statements)
            for node in within(each)
        }
        return any(
            held.is_it(node) and id(node) not in known
            for each in afterwards(self.file, self.statement, self.remedy.place)
            for node in within(each)
        )

    def around(self) -> "Guarding | None":
        """The same after a `try … finally` of which the acquisition is the last thing done."""
        guard = self.file.parents.get(self.block)
        block = self.file.block_of(guard) if guard is not None else None
        if not isinstance(guard, cst.Try) or guard.body is not self.block or guard.handlers:
            return None
        is_last = self.block.body[-1] is self.statement and guard.orelse is None
        return (
            replace(self, statement=guard, block=block, value=None) if is_last and block else None
        )

    @property
    def _call(self) -> str:
        """The release in the code's own words; empty where the contract says enough."""
        if self.releases.statements:
            return self.releases.call(self.file)
        if self.value is None or not self.remedy.by_function:
            return ""
        return freeing(self.value, self.remedy, self.file)

    def _following(self) -> list[Statement]:
        body = list(self.block.body)
        index = next(i for i, each in enumerate(body) if each is self.statement)
        return body[index + 1 :]  # type: ignore[return-value]

    def _covered(self) -> list[Statement]:
        """All up to the last release of the block, or the last use of what is held."""
        following = self._following()
        ends = [i for i, each in enumerate(following) if self.releases.end(each)]
        held = Held(frozenset({self.remedy.place})) if ends else self._held(following)
        uses = [i for i, each in enumerate(following) if held.is_in(each)]
        last = max((*ends, *uses), default=-1)
        nodes = following[: last + 1]
        while nodes and nodes[-1] in self.releases.statements:
            nodes.pop()
        return [node for node in nodes if node not in self.releases.statements]

    def _held(self, nodes: Sequence[Statement]) -> Held:
        """The place, and all variables that are given a value made of it."""
        held = Held(frozenset({self.remedy.place}))
        while True:
            more = {
                name
                for node in nodes
                for target, value in targets_of(node)
                if held.keeps(value) and not isinstance(target, cst.Attribute | cst.Subscript)
                for name in names_in(target)
            }
            if more <= held.places:
                return held
            held = replace(held, places=held.places | more)

    def _moved_up(self) -> list[cst.CSTNode] | None:
        """The release is in the `finally` of a `try` that begins too late."""
        following = self._following()
        late = next((each for each in following if self.releases.end(each)), None)
        if not isinstance(late, cst.Try) or late.finalbody is None or late.handlers:
            return None
        before = following[: next(i for i, each in enumerate(following) if each is late)]
        made = assigned(before)
        if not before or any(path_of(node) in made for node in within(late.finalbody)):
            return None
        earlier: cst.CSTNode = guard.begun_with(before, late)
        if not self.releases.are_caught(self.file):  # what moved in must not be masked, either
            joined = guard.with_finally(guard.begun_with(before, late), self._cleanup(before))
            earlier = self.releases.without(joined)
        return [earlier if each is late else each for each in self.block.body if each not in before]

    def _until_given(self) -> Iterator[Fix]:
        """Somebody else owns it where nothing raises: only an error on the way releases it."""
        if self.remedy.raised is None or not self.remedy.release:
            return
        staying = replace(self, releases=Releases(()))
        covered = staying._covered()
        held = self._held(covered)
        giving = (i for i, each in enumerate(covered) if hands_over(each, held, self.remedy))
        kept = covered[: next(giving, len(covered))]
        if kept and not any(self.releases.are_in(each) for each in kept):
            around = guard.raising_on(kept, self._cleanup(kept))
            yield from staying._changed(staying._replaced(kept, around), "")

    def _at_once(self) -> Iterator[Fix]:
        """Nothing uses it: no guard is needed."""
        if self.releases.statements or not self.remedy.release:
            return
        cleanup = Cleanup(self.file, self.remedy)
        release = self.file.parsed(self._call or cleanup.plain(self.remedy.place)[0])
        yield from self._changed(
            self._replaced([], *release), doubt(self.remedy, [], Held(frozenset()))
        )

    def _cleanup(self, covered: Sequence[Statement]) -> tuple[Statement, ...]:
        place = self.remedy.place
        optional = any(asks(each, place) for node in covered for each in within(node))
        cleanup = Cleanup(self.file, self.remedy)
        lines = cleanup.safe(place, self.statement, self._call, optional)
        return self.releases.told(self.file.parsed(*lines), self.block)

    def _clean(self, nodes: Sequence[Statement]) -> list[Statement]:
        return [self.releases.without(node) for node in nodes]

    def _replaced(self, covered: Sequence[Statement], *by: cst.CSTNode) -> list[cst.CSTNode]:
        """The statements of the block, those covered replaced."""
        body: list[cst.CSTNode] = []
        for each in self.block.body:
            if covered and each is covered[0]:
                body += by
            elif each not in (*covered, *self.releases.statements):
                body.append(self.releases.without(each))
            if not covered and each is self.statement:
                body += by
        return body

    def _under(self, covered: Sequence[Statement], item: cst.WithItem) -> list[cst.CSTNode]:
        managed = guard.under(self._clean(covered), item, self.statement)
        position = next(i for i, each in enumerate(self.block.body) if each is self.statement)
        body = self._replaced(covered)
        return [*body[:position], managed, *body[position + 1 :]]

    def _context_manager(self) -> Iterator[cst.WithItem]:
        """`with value as name`, where its end is the release that a contract or the code names."""
        name = (
            cst.AsName(name=cst.Name(self.remedy.place))
            if self.remedy.place.isidentifier()
            else None
        )
        if name is None or self.value is None or self.remedy.by_function or self.remedy.assumed:
            return
        if self.releases.are_remarked:  # what is said of a release needs one
            return
        if self.remedy.disposable:
            yield cst.WithItem(item=self.value, asname=name)
        elif self.remedy.release == "close" and self._call in ("", f"{self.remedy.place}.close()"):
            closing = cst.Call(cst.Name("closing"), [cst.Arg(self.value)])
            yield cst.WithItem(item=closing, asname=name)

    def _changed(self, body: Sequence[cst.CSTNode], unsafe: str) -> Iterator[Fix]:
        module = self.file.with_body(self.block, body, self.releases.remover)
        if any(isinstance(each, cst.With) and _closes(each) for each in body):
            module = with_import(module, "from contextlib import closing")
        yield from self.file.fix(with_logging(module), unsafe)


def _closes(statement: cst.With) -> bool:
    item = statement.items[0].item
    return isinstance(item, cst.Call) and path_of(item.func) == "closing"
