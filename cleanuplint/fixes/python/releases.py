"""The releases that are already there: statements of their own, to be moved into the guard."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import libcst as cst

from cleanuplint.findings import Remedy
from cleanuplint.fixes.python.file import Block, File, Statement
from cleanuplint.fixes.python.walking import Held, called, names_in, path_of, within
from cleanuplint.fixes.words import CLEARING, RELEASING

Node = TypeVar("Node", bound=cst.CSTNode)


@dataclass(frozen=True, slots=True)
class Releases:
    """Statements that do nothing but release, in the order of the text."""

    statements: tuple[Statement, ...]

    @classmethod
    def of(cls, file: File, remedy: Remedy) -> "Releases | None":
        """None if one of them can't be taken away: it is part of something larger."""
        found: list[Statement] = []
        for span in remedy.existing:
            statement = file.statement_at(span)
            if statement is not None and _only_releases(statement, remedy):
                found.append(_with_its_test(file, statement, remedy.place))
            elif not remedy.clears:  # what releases the object clears it, too, and has to stay
                return None
        return cls(tuple(dict.fromkeys(found)))

    def call(self, file: File) -> str:
        """How the code itself releases."""
        return _call(file, self.statements[0]) if self.statements else ""

    def names(self, place: str) -> frozenset[str]:
        """What the release needs besides the resource."""
        root = place.partition(".")[0]
        return names_in(self.statements[0]) - {root} if self.statements else frozenset()

    def are_caught(self, file: File) -> bool:
        """An error of theirs goes no further than a `try` of their own."""
        return all(
            isinstance(file.parents[file.parents[each]], cst.Try) for each in self.statements
        )

    def end(self, statement: Statement) -> bool:
        """The statement is one of them, or a `try` that ends with one whatever happens."""
        final = statement.finalbody if isinstance(statement, cst.Try | cst.TryStar) else None
        return statement in self.statements or (final is not None and self.are_in(final))

    def are_in(self, node: cst.CSTNode) -> bool:
        """One of them stands there or below."""
        return any(each in self.statements for each in within(node))

    @property
    def are_remarked(self) -> bool:
        """A comment says something of one of them."""
        return any(map(has_comment, self.statements))

    @property
    def _last(self) -> Statement | None:
        return self.statements[-1] if self.statements else None

    def told(self, cleanup: Sequence[Statement], block: Block) -> tuple[Statement, ...]:
        """The cleanup in their place, with the comments of the last, and of others in the block.

        What is said of a release in a branch may be about the branch, and stays there.
        """
        moved = [each for each in self.statements if each is self._last or each in block.body]
        above = [line for each in moved for line in comments_of(each)]
        behind = _behind(moved[-1]) if moved else None
        if behind is None:
            return (cleanup[0].with_changes(leading_lines=above), *cleanup[1:])
        led = cleanup[0].with_changes(leading_lines=above[:-1])
        call = next(node for node in within(led) if isinstance(node, cst.SimpleStatementLine))
        first = led.deep_replace(call, call.with_changes(trailing_whitespace=behind))
        assert isinstance(first, Statement)
        return (first, *cleanup[1:])

    @property
    def remover(self) -> cst.CSTTransformer:
        """Takes them away; the comments of the last go into the cleanup (`told`)."""
        return Remover(self.statements, self._last)

    def without(self, node: Node) -> Node:
        """The node without the releases that stand below it."""
        result = node.visit(self.remover)
        assert isinstance(result, type(node))
        return result


def _only_releases(statement: Statement, remedy: Remedy) -> bool:
    """`x.free()`, `await x.close()`, `free(x)`, and nothing else on the line."""
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    only = statement.body[0]
    value = only.value if isinstance(only, cst.Expr) else None
    call = value.expression if isinstance(value, cst.Await) else value
    if not isinstance(call, cst.Call):
        return False
    name, owner = called(call.func)
    if name == remedy.release and (remedy.by_function or owner == remedy.place):
        return True
    if owner == remedy.place and remedy.clears:
        return False
    is_helper = (CLEARING if remedy.clears else RELEASING).match(name) is not None
    given = [path_of(argument.value) for argument in call.args]
    return is_helper and (owner == remedy.place or not given or remedy.place in given)


def _with_its_test(file: File, statement: Statement, place: str) -> Statement:
    """`if x is not None: x.free()`, where that is all."""
    block = file.block_of(statement)
    around = file.parents.get(block) if block is not None else None
    if not isinstance(around, cst.If) or around.orelse is not None or block is None:
        return statement
    asks = len(block.body) == 1 and Held(frozenset({place})).is_in(around.test)
    return around if asks and file.block_of(around) is not None else statement


def _call(file: File, statement: Statement) -> str:
    while isinstance(statement, cst.If):
        (statement,) = statement.body.body  # type: ignore[assignment]
    return file.code(statement.body[0])  # type: ignore[index]  # without its comments


def has_comment(node: cst.CSTNode) -> bool:
    return any(isinstance(each, cst.Comment) for each in within(node))


def comments_of(statement: Statement) -> list[cst.EmptyLine]:
    """All comments in and around a statement, as lines; one behind it is the last."""
    found = (each for each in within(statement) if isinstance(each, cst.Comment))
    return [cst.EmptyLine(comment=comment) for comment in found]


def _behind(statement: Statement) -> cst.TrailingWhitespace | None:
    """The comment behind the release itself."""
    lines = [each for each in within(statement) if isinstance(each, cst.SimpleStatementLine)]
    behind = lines[-1].trailing_whitespace
    return behind if behind.comment is not None else None


class Remover(cst.CSTTransformer):
    """Takes statements away, and what is empty without them.

    Their comments stay where they are, but for those of the one that moves.
    """

    def __init__(self, statements: Sequence[Statement], moved: Statement | None = None) -> None:
        super().__init__()
        self._gone = frozenset(map(id, statements))
        self._moved = moved

    def _left(self, original: Block, updated: Block) -> Block:
        left: list[cst.CSTNode] = []
        lines: list[cst.EmptyLine] = []
        for old, new in zip(original.body, updated.body, strict=True):
            if id(old) in self._gone:
                assert isinstance(old, Statement)
                lines += comments_of(old) if old is not self._moved else ()
                continue
            assert isinstance(new, Statement)
            ahead: Sequence[cst.EmptyLine] = new.leading_lines
            left.append(new.with_changes(leading_lines=(*lines, *ahead)))
            lines = []
        if len(left) == len(updated.body):
            return updated
        return updated.with_changes(body=left, footer=(*lines, *updated.footer))

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:
        left = self._left(original_node, updated_node)
        assert isinstance(left, cst.Module)
        return left

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.BaseSuite:
        left = self._left(original_node, updated_node)
        assert isinstance(left, cst.IndentedBlock)
        if left.body:
            return left
        return left.with_changes(body=[cst.SimpleStatementLine([cst.Pass()])])

    def leave_Try(self, original_node: cst.Try, updated_node: cst.Try) -> cst.BaseStatement:
        """A handler that now only raises on, and an `else` with nothing in it, go too."""
        emptied = updated_node
        if emptied.orelse is not None and _is_empty(emptied.orelse.body):
            emptied = emptied.with_changes(orelse=None)
        final = emptied.finalbody
        if final is not None and emptied.handlers and self._emptied(original_node.finalbody):
            emptied = emptied.with_changes(finalbody=None if _is_empty(final.body) else final)
        handlers = list(emptied.handlers)
        for old in reversed(original_node.handlers):
            # one before others keeps its errors from them
            if not (self._emptied(old) and _raises_on(handlers[-1])):
                break
            handlers.pop()
        if handlers or emptied.finalbody:
            emptied = emptied.with_changes(handlers=handlers)
        return emptied

    def _emptied(self, node: cst.CSTNode | None) -> bool:
        return node is not None and any(id(each) in self._gone for each in within(node))


def _is_empty(suite: cst.BaseSuite) -> bool:
    return not has_comment(suite) and len(suite.body) == 1 and isinstance(_only(suite), cst.Pass)


def _raises_on(handler: cst.ExceptHandler) -> bool:
    only = _only(handler.body)
    if not isinstance(only, cst.Raise) or has_comment(handler):
        return False
    if only.exc is None:
        return True
    return handler.name is not None and path_of(only.exc) == path_of(handler.name.name)


def _only(suite: cst.BaseSuite) -> cst.CSTNode | None:
    line = suite.body[0] if len(suite.body) == 1 else None
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        return None
    return line.body[0]
