"""One text of Python as fixes see it: the tree of LibCST, and where everything is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import (
    ByteSpanPositionProvider,
    CodeSpan,
    MetadataWrapper,
    ParentNodeProvider,
)

from cleanuplint.findings import Fix, Span
from cleanuplint.fixes.python.rendering import edits_between

UNIT = "    "
Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement
Block = cst.Module | cst.IndentedBlock
Scope = cst.FunctionDef | cst.ClassDef | cst.Module


@dataclass(frozen=True)
class File:
    """The tree of one text, as a whole; nodes are told apart by identity."""

    text: bytes
    module: cst.Module
    spans: Mapping[cst.CSTNode, CodeSpan]
    parents: Mapping[cst.CSTNode, cst.CSTNode]

    @classmethod
    def of(cls, text: bytes) -> "File":
        """Raises `libcst.ParserSyntaxError` where the text is not all Python."""
        parsed = cst.parse_module(text.decode("utf-8"))
        wrapper = MetadataWrapper(parsed, unsafe_skip_copy=True)
        spans = wrapper.resolve(ByteSpanPositionProvider)
        parents = wrapper.resolve(ParentNodeProvider)
        return cls(
            text,
            wrapper.module,
            spans,
            parents,
        )

    def span(self, node: cst.CSTNode) -> Span:
        found = self.spans[node]
        return Span(found.start, found.start + found.length)

    def covers(self, node: cst.CSTNode, span: Span) -> bool:
        own = self.span(node)
        return own.start <= span.start and span.end <= own.end

    def at(self, span: Span) -> cst.BaseExpression | None:
        """The expression that stands exactly there."""
        for node in self.spans:
            if isinstance(node, cst.BaseExpression) and self.span(node) == span:
                return node
        return None

    def statement_at(self, span: Span) -> Statement | None:
        """The innermost statement of a block around a place."""
        around = [
            node
            for node in self.spans
            if isinstance(node, Statement) and self.covers(node, span) and self.block_of(node)
        ]
        return min(around, key=lambda node: self.spans[node].length, default=None)

    def block_of(self, statement: cst.CSTNode) -> Block | None:
        """The indented block, or the module, that the statement is one of."""
        parent = self.parents.get(statement)
        return parent if isinstance(parent, Block) else None

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        while (parent := self.parents.get(node)) is not None:
            yield parent
            node = parent

    def scope_of(self, node: cst.CSTNode) -> Scope:
        """The function, class or module whose names a statement sees first."""
        return next(each for each in self.ancestors(node) if isinstance(each, Scope))

    def class_of(self, node: cst.CSTNode) -> cst.ClassDef | None:
        return next((each for each in self.ancestors(node) if isinstance(each, cst.ClassDef)), None)

    def code(self, node: cst.CSTNode) -> str:
        return self.module.code_for_node(node).strip()

    def parsed(self, *lines: str) -> tuple[Statement, ...]:
        """Statements written as text, four spaces a step, in the style of the file."""
        text = "".join(f"{self._indented(line)}\n" for line in lines)
        read = cst.parse_module(text, config=self.module.config_for_parsing)
        return tuple(read.body)

    def _indented(self, line: str) -> str:
        code = line.lstrip(" ")
        return self.module.default_indent * ((len(line) - len(code)) // len(UNIT)) + code

    def depth(self, node: cst.CSTNode) -> int:
        """How many steps it is indented."""
        return sum(isinstance(each, cst.IndentedBlock) for each in self.ancestors(node))

    def with_body(
        self, block: Block, body: Sequence[cst.CSTNode], elsewhere: cst.CSTTransformer
    ) -> cst.Module:
        """The module with other statements in one of its blocks, and a change to the rest."""
        changed = block.with_changes(body=body)
        if isinstance(changed, cst.Module):
            return changed
        return self.module.visit(_Swap(block, changed, elsewhere))

    def without(self, change: cst.CSTTransformer) -> cst.Module:
        """The module after a change of all of it."""
        return self.module.visit(change)

    def fix(self, changed: cst.Module, unsafe: str = "") -> Iterator[Fix]:
        """The change as a fix; nothing where nothing changed."""
        edits = edits_between(self.text, changed.code.encode())
        if edits:
            yield Fix(edits, unsafe)


class _Swap(cst.CSTTransformer):
    """Puts another node in the place of one; what is not in it goes through another transformer."""

    def __init__(self, old: cst.CSTNode, new: cst.CSTNode, elsewhere: cst.CSTTransformer) -> None:
        super().__init__()
        self._old, self._new, self._elsewhere = old, new, elsewhere

    def on_visit(self, node: cst.CSTNode) -> bool:
        return node is not self._old

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]:
        if original_node is self._old:
            return self._new
        return self._elsewhere.on_leave(original_node, updated_node)
