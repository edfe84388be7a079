"""What the lowering of one function keeps track of: names, blocks, enclosing constructs."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from tree_sitter import Node

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import (
    BlockId,
    ClassId,
    FunctionId,
    LiteralKind,
    Temp,
    VariableId,
    VariableKind,
)
from cleanuplint.languages.blocks import Blocks, Catch, Finally, FinallyBody
from cleanuplint.languages.names import Scope, Variables
from cleanuplint.languages.syntax import span_of, text_of


class File:
    """What the functions of one file share while they are lowered."""

    def __init__(self, exported: frozenset[str]) -> None:
        self.exported = exported
        self.variables = Variables()
        self.functions: list[graph.Function | None] = []
        self.classes: list[graph.Class | None] = []
        self.imports: list[graph.ImportBinding] = []
        self.opaque = 0

    def reserve_function(self) -> FunctionId:
        self.functions.append(None)
        return len(self.functions) - 1

    def reserve_class(self) -> ClassId:
        self.classes.append(None)
        return len(self.classes) - 1


class Body(ABC):
    """One function under construction; `outer` is the one around it."""

    def __init__(
        self, file: File, outer: "Body | None", cls: ClassId | None, binds_this: bool
    ) -> None:
        self.file = file
        self.id = file.reserve_function()
        self.outer = outer
        self.cls = cls
        self.blocks = Blocks()
        self.scope: Scope = Scope(outer=outer.scope if outer is not None else None)
        self.captured: set[VariableId] = set()
        self.this: VariableId | None = None
        self._binds_this = binds_this or outer is None

    @abstractmethod
    def expression(self, node: Node | None) -> Temp:
        """Lower an expression; the temp is its value."""

    @abstractmethod
    def make_function(self, node: Node, name: str = "") -> Temp:
        """Lower a function inside this one; the temp is the function value."""

    @abstractmethod
    def make_class(self, node: Node, name: str = "") -> Temp:
        """Lower a class inside this function; the temp is the class value."""

    @abstractmethod
    def assign(self, pattern: Node, value: Temp, span: Span, declares: bool = False) -> None:
        """Store a value to what stands left of `=`."""

    # ── names ───────────────────────────────────────────────────────────────────────────────────

    def variable(self, node: Node) -> VariableId:
        """The variable an identifier refers to."""
        name = text_of(node)
        found = self.scope.find(name)
        if found is None:
            return self.file.variables.undeclared(name, span_of(node))
        self.capture(found)
        return found

    def capture(self, variable: VariableId) -> None:
        owner = self.file.variables[variable].owner
        body: Body | None = self
        while body is not None and body.id != owner:
            body.captured.add(variable)
            body = body.outer

    def this_variable(self) -> VariableId:
        body: Body = self
        while not body._binds_this and body.outer is not None:
            body = body.outer
        if body.this is None:
            declare = self.file.variables.declare
            body.this = declare("this", VariableKind.THIS, body.id, Span(0, 0))
        self.capture(body.this)
        return body.this

    def synthetic(self, span: Span) -> VariableId:
        return self.file.variables.declare("", VariableKind.SYNTHETIC, self.id, span)

    def store(self, variable: VariableId, value: Temp, span: Span, declares: bool) -> None:
        self.file.variables[variable].stores += 1
        self.blocks.emit(graph.StoreVariable(span, variable, value, declares))

    # ── enclosing constructs ────────────────────────────────────────────────────────────────────

    def push_catch(self, handler: BlockId) -> None:
        self.blocks.frames.append(Catch(handler))
        self.blocks.go_on(self.blocks.reserve())

    def push_finally(self, entry: BlockId) -> None:
        self.blocks.frames.append(Finally(entry))
        self.blocks.go_on(self.blocks.reserve())

    def pop(self) -> None:
        """Leave the innermost construct; the caller starts another block."""
        self.blocks.frames.pop()

    def enter_finally(self, entry: BlockId) -> None:
        self.blocks.frames.append(FinallyBody())
        self.blocks.start(entry)

    def leave_finally(self) -> None:
        self.blocks.end(graph.Resume())
        self.blocks.frames.pop()

    # ── small operations ────────────────────────────────────────────────────────────────────────

    def literal(self, span: Span, kind: LiteralKind, text: str = "") -> Temp:
        out = self.blocks.temp()
        self.blocks.emit(graph.Literal(span, out, kind, text))
        return out

    def load(self, variable: graph.VariableId, span: Span) -> Temp:
        out = self.blocks.temp()
        self.blocks.emit(graph.LoadVariable(span, out, variable))
        return out

    def compute(self, node: Node, inputs: Sequence[Temp]) -> Temp:
        out = self.blocks.temp()
        self.blocks.emit(graph.Compute(span_of(node), out, tuple(inputs)))
        return out

    def unknown(self, node: Node) -> Temp:
        """A construct that nobody understands: it takes its parts and proves nothing."""
        inputs = tuple(self.expression(child) for child in node.named_children)
        out = self.blocks.temp()
        self.file.opaque += 1
        self.blocks.emit(graph.Opaque(span_of(node), out, inputs))
        return out

    def keep(self, variable: graph.VariableId, value: Temp, span: Span) -> None:
        """Store to a synthetic variable."""
        self.store(variable, value, span, declares=True)
