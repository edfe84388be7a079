"""By which names a file calls libraries of WebAssembly: `cv`, `ctx`, `this.parser`, `resize`."""

from collections.abc import Iterator

from cleanuplint.flow import graph
from cleanuplint.flow.graph import Function
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.values import ClassOf, FunctionOf, Instance, Namespace

OF_LIBRARY = (Namespace, Instance, ClassOf, FunctionOf)


def library_names(scope: Scope) -> frozenset[str]:
    """The dotted names that hold a namespace, class, function or object of some library."""
    return frozenset(name for function in scope.program.functions for name in _in(scope, function))


def _in(scope: Scope, function: Function) -> Iterator[str]:
    places = scope.places(function.id)
    for block in function.blocks:
        for operation in block.operations:
            if isinstance(operation, graph.LoadVariable | graph.LoadMember):
                values = scope.evidence.of(function.id, operation.out)
                if any(isinstance(value, OF_LIBRARY) for value in values):
                    yield places.dotted(operation.out)
