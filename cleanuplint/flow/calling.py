"""Which imports a program gives something to, or hands on: not those it just names types of."""

from collections.abc import Iterable, Iterator

from cleanuplint.flow import graph
from cleanuplint.flow.graph import Function, Program, Temp, VariableId
from cleanuplint.flow.names import member
from cleanuplint.flow.ways import inputs_of


def called_modules(program: Program) -> frozenset[str]:
    """The modules, as the program names them."""
    used = {v for function in program.functions for v in _used(function)}
    imported = (one for one in program.imports if one.variable in used)
    names = (name for one in imported for name in (one.module, member(one.module, one.name)))
    required = (
        operation.module
        for function in program.functions
        for block in function.blocks
        for operation in block.operations
        if isinstance(operation, graph.Import) and operation.module is not None
    )
    passed_on = (export.module for export in program.exports if export.module is not None)
    return frozenset((*names, *required, *passed_on))


def _used(function: Function) -> Iterator[VariableId]:
    """Variables whose value is called, or is given to something."""
    loaded: dict[Temp, VariableId] = {}
    for block in function.blocks:
        for operation in block.operations:
            if isinstance(operation, graph.LoadVariable):
                loaded[operation.out] = operation.variable
            yield from (loaded[temp] for temp in _inputs(operation) if temp in loaded)


def _inputs(operation: graph.Operation) -> Iterable[Temp]:
    """What an operation reads, without a class whose construction is given nothing."""
    match operation:
        case graph.Call(form=graph.CallForm.NEW, arguments=()):
            return ()
    return inputs_of(operation)
