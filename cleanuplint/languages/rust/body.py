"""What the lowering of one function keeps track of: names, blocks, scopes and ways out of them."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field

from tree_sitter import Node

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import (
    BlockId,
    FunctionId,
    LiteralKind,
    Route,
    Temp,
    Test,
    TestKind,
    TypeName,
    VariableId,
    VariableKind,
)
from cleanuplint.languages.rust.blocks import Blocks
from cleanuplint.languages.syntax import text_of


@dataclass(slots=True)
class Declared:
    """A variable while its file is being lowered."""

    name: str
    kind: VariableKind
    owner: FunctionId
    span: Span
    types: tuple[TypeName, ...]
    stores: int = 0


class File:
    """What the functions of one file share while they are lowered."""

    def __init__(self) -> None:
        self.variables: list[Declared] = []
        self.functions: list[graph.Function | None] = []
        self.globals: dict[str, VariableId] = {}
        self.opaque = 0

    def reserve_function(self) -> FunctionId:
        self.functions.append(None)
        return len(self.functions) - 1

    def declare(
        self,
        name: str,
        kind: VariableKind,
        owner: FunctionId,
        span: Span,
        types: tuple[TypeName, ...] = (),
    ) -> VariableId:
        self.variables.append(Declared(name, kind, owner, span, types))
        return len(self.variables) - 1

    def path(self, name: str, span: Span) -> VariableId:
        """The global variable that stands for a path or a macro."""
        if name not in self.globals:
            self.globals[name] = self.declare(name, VariableKind.GLOBAL, 0, span)
        return self.globals[name]


@dataclass(frozen=True, slots=True)
class Either:
    """Where a value goes that is `Ok` or `Err`, `Some` or `None`, and what holds its content."""

    ok: BlockId
    err: BlockId
    content: VariableId
    depth: int
    """How many scopes are open there."""


@dataclass(frozen=True, slots=True)
class Loop:
    label: str | None
    after: BlockId
    again: BlockId | None
    """None for a labelled block."""


@dataclass(slots=True)
class Scope:
    """A lexical scope, what ends with it, and what leads to its end."""

    names: dict[str, VariableId] = field(default_factory=dict)
    endings: list[Callable[[], None]] = field(default_factory=list)
    loop: Loop | None = None
    closure: Either | None = None
    """Where `return` and `?` lead inside a closure or an async block."""


class Body(ABC):
    """One function under construction."""

    def __init__(self, file: File, fallible: bool) -> None:
        self.file = file
        self.id = file.reserve_function()
        self.blocks = Blocks()
        self.scopes = [Scope()]
        self.this: VariableId | None = None
        self.fallible = fallible
        """The function returns a `Result`."""
        self.offset = 0
        """Where the text begins that is being lowered: not 0 inside a macro."""

    @abstractmethod
    def value(self, node: Node) -> Temp:
        """Lower an expression."""

    # ── places and names ────────────────────────────────────────────────────────────────────────

    def span(self, node: Node) -> Span:
        return Span(node.start_byte + self.offset, node.end_byte + self.offset)

    def declare(self, node: Node, types: tuple[TypeName, ...] = ()) -> VariableId:
        name = text_of(node)
        variable = self.file.declare(name, VariableKind.LOCAL, self.id, self.span(node), types)
        self.scopes[-1].names[name] = variable
        return variable

    def synthetic(self, span: Span) -> VariableId:
        return self.file.declare("", VariableKind.SYNTHETIC, self.id, span)

    def find(self, name: str) -> VariableId | None:
        found = (scope.names[name] for scope in reversed(self.scopes) if name in scope.names)
        return next(found, None)

    def store(self, variable: VariableId, value: Temp, span: Span, declares: bool) -> None:
        self.file.variables[variable].stores += 1
        self.blocks.emit(graph.StoreVariable(span, variable, value, declares))

    def load(self, variable: VariableId, span: Span) -> Temp:
        out = self.blocks.temp()
        self.blocks.emit(graph.LoadVariable(span, out, variable))
        return out

    def variable(self, name: str, span: Span) -> VariableId:
        """The local of a name, or else the global that stands for the path."""
        found = self.find(name)
        return self.file.path(name, span) if found is None else found

    def named(self, name: str, span: Span) -> Temp:
        """What a name or path stands for."""
        return self.load(self.variable(name, span), span)

    # ── plain operations ────────────────────────────────────────────────────────────────────────

    def literal(self, span: Span, kind: LiteralKind = LiteralKind.OTHER, text: str = "") -> Temp:
        out = self.blocks.temp()
        self.blocks.emit(graph.Literal(span, out, kind, text))
        return out

    def compute(self, span: Span, *inputs: Temp) -> Temp:
        out = self.blocks.temp()
        self.blocks.emit(graph.Compute(span, out, inputs))
        return out

    def opaque(self, span: Span, *inputs: Temp) -> Temp:
        self.file.opaque += 1
        out = self.blocks.temp()
        self.blocks.emit(graph.Opaque(span, out, inputs))
        return out

    def member(self, span: Span, base: Temp, name: str) -> Temp:
        out = self.blocks.temp()
        self.blocks.emit(graph.LoadMember(span, out, base, name))
        return out

    def method(self, span: Span, receiver: Temp, name: str, *arguments: Temp) -> Temp:
        out = self.blocks.temp()
        passed = tuple(map(graph.Argument, arguments))
        form = graph.CallForm.CALL
        self.blocks.emit(graph.Call(span, out, form, passed, receiver=receiver, method=name))
        return out

    def call(self, span: Span, callee: Temp, *arguments: Temp) -> Temp:
        out = self.blocks.temp()
        passed = tuple(map(graph.Argument, arguments))
        self.blocks.emit(graph.Call(span, out, graph.CallForm.CALL, passed, callee=callee))
        return out

    # ── ways ────────────────────────────────────────────────────────────────────────────────────

    def either(self, span: Span) -> Either:
        """Two new blocks for the two outcomes of a value."""
        blocks = self.blocks
        return Either(blocks.reserve(), blocks.reserve(), self.synthetic(span), len(self.scopes))

    def branch(self, span: Span, value: Temp, key: str, yes: BlockId, no: BlockId) -> None:
        test = Test(TestKind.OTHER, value, key=key)
        self.blocks.end(graph.Branch(span, test, Route(yes), Route(no)))

    def go(self, depth: int, block: BlockId) -> None:
        """Jump to a block outside of the innermost scopes."""
        self.end_scopes(depth)
        self.blocks.jump(block)

    def end_scopes(self, depth: int) -> None:
        """Do what the end of every scope beyond a depth does; they stay open for other ways."""
        scopes = self.scopes
        for count in range(len(scopes), depth, -1):
            for ending in reversed(scopes[count - 1].endings):
                self.scopes = scopes[:count]
                ending()
        self.scopes = scopes

    def _innermost_closure(self) -> tuple[int, Either | None]:
        """The innermost closure, and how many scopes are around it."""
        for at in range(len(self.scopes) - 1, -1, -1):
            if self.scopes[at].closure is not None:
                return at, self.scopes[at].closure
        return 0, None

    def leave(self, span: Span, value: Temp | None) -> None:
        """Return a value that is no error."""
        depth, closure = self._innermost_closure()
        if closure is not None and value is not None:
            self.store(closure.content, value, span, declares=False)
        self.end_scopes(depth)
        if closure is not None:
            self.blocks.jump(closure.ok)
        else:
            self.blocks.end(graph.Return(span, value, Route(self.blocks.normal_exit)))

    def fail(self, span: Span) -> None:
        """Return an error, or `None` where the function has no errors."""
        depth, closure = self._innermost_closure()
        if closure is None and not self.fallible:
            self.leave(span, None)
            return
        self.end_scopes(depth)
        if closure is not None:
            self.blocks.jump(closure.err)
        else:
            self.blocks.end(graph.Throw(span, None, Route(self.blocks.exceptional_exit)))

    def loop_of(self, label: str | None, again: bool) -> tuple[int, BlockId] | None:
        """How many scopes stay open at, and which block is, the target of `break`, `continue`."""
        for at in range(len(self.scopes) - 1, -1, -1):
            scope = self.scopes[at]
            if scope.closure is not None:
                return None
            if scope.loop is None or label not in (None, scope.loop.label):
                continue
            if label is None and scope.loop.again is None:
                continue
            target = scope.loop.again if again else scope.loop.after
            return None if target is None else (at, target)
        return None
