"""Names in scope, and the variables that they stand for."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from cleanuplint.findings import Span
from cleanuplint.flow.graph import FunctionId, TypeName, Variable, VariableId, VariableKind
from cleanuplint.languages.syntax import span_of, text_of


@dataclass(slots=True)
class Scope:
    """One lexical scope."""

    names: dict[str, VariableId] = field(default_factory=dict)
    outer: "Scope | None" = None

    def find(self, name: str) -> VariableId | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None


@dataclass(slots=True)
class Declared:
    """A variable while its file is being lowered."""

    name: str
    kind: VariableKind
    owner: FunctionId
    span: Span
    types: tuple[TypeName, ...] = ()
    stores: int = 0


class Variables:
    """All variables of a file."""

    def __init__(self) -> None:
        self._items: list[Declared] = []
        self.globals: dict[str, VariableId] = {}

    def __getitem__(self, variable: VariableId) -> Declared:
        return self._items[variable]

    def declare(
        self,
        name: str,
        kind: VariableKind,
        owner: FunctionId,
        span: Span,
        types: tuple[TypeName, ...] = (),
    ) -> VariableId:
        self._items.append(Declared(name, kind, owner, span, types))
        return len(self._items) - 1

    def undeclared(self, name: str, span: Span) -> VariableId:
        if name not in self.globals:
            self.globals[name] = self.declare(name, VariableKind.GLOBAL, 0, span)
        return self.globals[name]

    def freeze(self) -> tuple[Variable, ...]:
        return tuple(
            Variable(number, v.name, v.kind, v.owner, v.span, _is_assigned_once(v), v.types)
            for number, v in enumerate(self._items)
        )


def _is_assigned_once(item: Declared) -> bool:
    limit = 0 if item.kind is VariableKind.PARAMETER else 1
    return item.stores <= limit and item.kind is not VariableKind.GLOBAL


def declare_all(
    variables: Variables,
    scope: Scope,
    owner: FunctionId,
    found: Iterator[tuple[Node, VariableKind, tuple[TypeName, ...]]],
) -> list[VariableId]:
    """Enter declarations into a scope; a name already there keeps its first declaration."""
    new: list[VariableId] = []
    for name, kind, types in found:
        text = text_of(name)
        if text not in scope.names:
            scope.names[text] = variables.declare(text, kind, owner, span_of(name), types)
            new.append(scope.names[text])
    return new
