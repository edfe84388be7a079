"""Releases that are already there, and give way to the one in the guard."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tree_sitter import Node

from cleanuplint.findings import Edit, Remedy, Span
from cleanuplint.fixes.javascript import guard
from cleanuplint.fixes.javascript.cleanup import Cleanup, Lines
from cleanuplint.fixes.javascript.file import File
from cleanuplint.fixes.javascript.statements import code, remark, remarks_above
from cleanuplint.fixes.javascript.style import Style
from cleanuplint.fixes.javascript.tree import LISTS, function_of, value_of
from cleanuplint.fixes.words import CLEARING, RELEASING
from cleanuplint.languages.syntax import ancestors, text_of, within


@dataclass(frozen=True, slots=True)
class Releases:
    """Statements that are nothing but a release of one resource."""

    statements: tuple[Node, ...]
    helper: str = ""
    """The call of a helper by which the code releases it."""

    @classmethod
    def of(cls, file: File, remedy: Remedy) -> "Releases | None":
        """None where some release is part of more, and can't be taken away."""
        spelled = _spelled(file.style, remedy)
        found: list[Node] = []
        helper = ""
        for span in remedy.existing:
            statement = statement_at(file, span)
            if statement is None:
                return None
            text = code(statement)
            if text in spelled:
                found.append(statement)
            elif _is_helper(statement, remedy):
                found.append(statement)
                helper = text
            elif not remedy.clears:  # what releases the object clears it, too, and has to stay
                return None
        return cls((*found, *_unreached(file, remedy, spelled, found)), helper)

    def taken(self, style: Style) -> list[Edit]:
        last = self._last
        return [
            edit
            for each in self.statements
            for edit in (
                guard.removed(style, each, self.above, self.behind)
                if each == last
                else guard.removed(style, each)
            )
        ]

    @property
    def gone(self) -> tuple[Node, ...]:
        """All that is taken away: the statements, and the comments that go into the guard."""
        behind = () if self.behind is None else (self.behind,)
        return (*self.above, *self.statements, *behind)

    @property
    def _last(self) -> Node | None:
        """The one whose comments go along: those of others may speak of the branch they are in."""
        return max(self.statements, key=lambda each: each.start_byte, default=None)

    @property
    def above(self) -> tuple[Node, ...]:
        return () if self._last is None else tuple(remarks_above(self._last))

    @property
    def behind(self) -> Node | None:
        return None if self._last is None else remark(self._last)

    def told(self, lines: Lines, style: Style) -> Lines:
        """The lines of the release in the guard, with the comments."""
        above = (line for comment in self.above for line in _dedented(comment, style))
        if self.behind is not None:
            call = next(n for n, line in enumerate(lines) if not line.endswith("{"))
            said = f"{lines[call]} {text_of(self.behind)}"
            lines = (*lines[:call], said, *lines[call + 1 :])
        return (*above, *lines)

    def end(self, following: Sequence[Node]) -> bool:
        """Whatever these statements return, a release comes after it already."""
        guarded = any(
            parent.type == "finally_clause" for one in self.statements for parent in ancestors(one)
        )
        return guarded or self.at_the_end(following) is not None

    @property
    def leave_nothing(self) -> bool:
        """Some block would be empty without them."""
        return any(_empties(statement, self.gone) for statement in self.statements)

    def removable(self) -> "Releases":
        """Those that leave something in their blocks."""
        left = (one for one in self.statements if not _empties(one, self.gone))
        return replace(self, statements=tuple(left))

    def at_the_end(self, following: Sequence[Node]) -> Node | None:
        """The one that stands among these statements itself."""
        return next((one for one in self.statements if one in following), None)


def _dedented(comment: Node, style: Style) -> Lines:
    indent = style.indentation(comment.start_byte)
    return tuple(line.removeprefix(indent) for line in text_of(comment).splitlines())


def _empties(statement: Node, gone: Sequence[Node]) -> bool:
    block = statement.parent
    return block is not None and all(node in gone for node in block.named_children)


def _spelled(style: Style, remedy: Remedy) -> frozenset[str]:
    cleanup = Cleanup(style, remedy)
    calls = {cleanup.call(remedy.place), cleanup.call(remedy.place, optional=True)}
    return frozenset(
        calls | {f"await {call}" for call in calls} | {f"void {call}" for call in calls}
    )


def _statement(node: Node) -> Node | None:
    """The statement in a block that is nothing but this call."""
    whole = value_of(node).parent
    if whole is None or whole.type != "expression_statement":
        return None
    return whole if whole.parent is not None and whole.parent.type in LISTS else None


def _is_helper(statement: Node, remedy: Remedy) -> bool:
    """A call of a function whose name says that it releases, or clears if that is the duty."""
    callee = statement.named_children[0].child_by_field_name("function")
    if callee is None:
        return False
    name = callee.child_by_field_name("property") or callee
    if not remedy.clears:
        return RELEASING.match(text_of(name)) is not None
    owner = callee.child_by_field_name("object")
    is_its_own = owner is not None and text_of(owner) == remedy.place
    return not is_its_own and CLEARING.match(text_of(name)) is not None


def _unreached(
    file: File, remedy: Remedy, spelled: frozenset[str], found: list[Node]
) -> tuple[Node, ...]:
    """Releases that no path comes to, such as one after a `return`."""
    origin = file.at(remedy.origin)
    around = None if origin is None else function_of(origin)
    if origin is None or around is None or remedy.existing:
        return ()
    return tuple(
        each
        for each in within(around)
        if each.type == "expression_statement"
        and each.parent is not None
        and each.parent.type in LISTS
        and each.start_byte > origin.end_byte
        and code(each) in spelled
        and each not in found
    )


def statement_at(file: File, span: Span) -> Node | None:
    """The statement in a block that is nothing but the call at a span."""
    node = file.at(span)
    return None if node is None else _statement(node)
