"""What may run after a block with a variable as the block left it.

while test:                    ← may come again
    before()                   ← and again
    if condition:
        x = make()
        use(x)                 the block
    after()                    ← follows
else:                          ← follows
    …
x = other()                    from here on it is another
"""

from collections.abc import Iterable, Iterator

import libcst as cst

from cleanuplint.fixes.python.file import Block, File, Statement
from cleanuplint.fixes.python.walking import path_of, targets_of


def afterwards(file: File, statement: Statement, place: str) -> Iterator[cst.CSTNode]:
    """Nodes outside of the statements that follow it in its block, up to the end of the scope."""
    node: cst.CSTNode = statement
    own = file.block_of(statement)
    for parent in file.ancestors(statement):
        match parent:
            case cst.FunctionDef() | cst.ClassDef() | cst.Lambda():
                return
            case cst.IndentedBlock() | cst.Module() if parent is not own:
                yield from _until_bound(_following(parent, node), place)
            case cst.For() | cst.While():
                yield from _again(parent, place)
            case cst.Try() | cst.TryStar():
                yield from _of_try(parent, node)
        node = parent


def _following(block: Block, node: cst.CSTNode) -> Iterable[cst.CSTNode]:
    index = next(i for i, each in enumerate(block.body) if each is node)
    return block.body[index + 1 :]


def _again(loop: cst.For | cst.While, place: str) -> Iterator[cst.CSTNode]:
    yield loop.iter if isinstance(loop, cst.For) else loop.test
    yield from _until_bound(loop.body.body, place)
    if loop.orelse is not None:
        yield loop.orelse


def _of_try(statement: cst.Try | cst.TryStar, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    if node is statement.body:
        yield from statement.handlers
    if node is statement.body and statement.orelse is not None:
        yield statement.orelse
    if node is not statement.finalbody and statement.finalbody is not None:
        yield statement.finalbody


def _until_bound(nodes: Iterable[cst.CSTNode], place: str) -> Iterator[cst.CSTNode]:
    """The nodes up to one that always gives the place another value, and that value."""
    for node in nodes:
        bound = _bound(node, place)
        yield node if bound is None else bound
        if bound is not None:
            return


def _bound(node: cst.CSTNode, place: str) -> cst.BaseExpression | None:
    if not isinstance(node, cst.SimpleStatementLine):
        return None
    given = (value for target, value in targets_of(node) if path_of(target) == place)
    return next(given, None)
