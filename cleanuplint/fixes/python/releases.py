"""The releases that are already there: statements of their own, to be moved into the guard."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import libcst as cst

from cleanuplint.findings import Remedy
from cleanuplint.fixes.python.file import Block, File, Statement
from cleanuplint.fixes.python.walking import Held, names_in, path_of

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
            if statement is None or not _is_alone(statement):
                return None
            found.append(_with_its_test(file, statement, remedy.place))
        return cls(tuple(dict.fromkeys(found)))

    def call(self, file: File) -> str:
        """How the code itself releases."""
        return _call(file, self.statements[0]) if self.statements else ""

    def names(self, place: str) -> frozenset[str]:
        """What the release needs besides the resource."""
        root = place.partition(".")[0]
        return names_in(self.statements[0]) - {root} if self.statements else frozenset()

    @property
    def remover(self) -> cst.CSTTransformer:
        return _Remover(self.statements)

    def without(self, node: Node) -> Node:
        """The node without the releases that stand below it."""
        result = node.visit(self.remover)
        assert isinstance(result, type(node))
        return result


def _is_alone(statement: Statement) -> bool:
    """`x.free()`, `await x.close()` and nothing else on the line."""
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    return isinstance(statement.body[0], cst.Expr)


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
    return file.code(statement).split("#")[0].strip()


class _Remover(cst.CSTTransformer):
    """Takes statements away, and what is empty without them."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        super().__init__()
        self._gone = frozenset(map(id, statements))

    def _left(self, original: Block, updated: Block) -> Block:
        pairs = zip(original.body, updated.body, strict=True)
        body = [new for old, new in pairs if id(old) not in self._gone]
        return updated if len(body) == len(updated.body) else updated.with_changes(body=body)

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
        """A handler that only raises on, or an `else` or `finally` with nothing in it, goes too."""
        emptied = updated_node
        if emptied.orelse is not None and _is_empty(emptied.orelse.body):
            emptied = emptied.with_changes(orelse=None)
        handlers = [
            new
            for old, new in zip(original_node.handlers, emptied.handlers, strict=True)
            if old is new or not _raises_on(new)
        ]
        if len(handlers) < len(emptied.handlers) and (handlers or emptied.finalbody):
            emptied = emptied.with_changes(handlers=handlers)
        return emptied


def _is_empty(suite: cst.BaseSuite) -> bool:
    return len(suite.body) == 1 and isinstance(_only(suite), cst.Pass)


def _raises_on(handler: cst.ExceptHandler) -> bool:
    only = _only(handler.body)
    if not isinstance(only, cst.Raise):
        return False
    if only.exc is None:
        return True
    return handler.name is not None and path_of(only.exc) == path_of(handler.name.name)


def _only(suite: cst.BaseSuite) -> cst.CSTNode | None:
    line = suite.body[0] if len(suite.body) == 1 else None
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        return None
    return line.body[0]
