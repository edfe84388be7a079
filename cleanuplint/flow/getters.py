"""Properties that make a new object each time they are read are calls in all but syntax.

    const schema = table.schema;    →    const schema = table.schema();

Which they are, only the class of the object tells, so that no front end can lower them as calls.
"""

from dataclasses import replace

from cleanuplint.flow import graph
from cleanuplint.flow.evidence import Evidence
from cleanuplint.flow.graph import Block, Function, FunctionId, Operation, Program


def with_getters_called(program: Program, evidence: Evidence) -> Program:
    """The program with a call for each read of such a property; itself if there is none."""
    functions = tuple(_rewritten(function, evidence) for function in program.functions)
    return program if functions == program.functions else replace(program, functions=functions)


def _rewritten(function: Function, evidence: Evidence) -> Function:
    blocks = tuple(_with_calls(block, function.id, evidence) for block in function.blocks)
    return function if blocks == function.blocks else replace(function, blocks=blocks)


def _with_calls(block: Block, function: FunctionId, evidence: Evidence) -> Block:
    if not any(_gives_anew(one, function, evidence) for one in block.operations):
        return block
    operations = tuple(
        _called(one) if _gives_anew(one, function, evidence) else one for one in block.operations
    )
    return replace(block, operations=operations)


def _gives_anew(operation: Operation, function: FunctionId, evidence: Evidence) -> bool:
    if not isinstance(operation, graph.LoadMember):
        return False
    if operation.name not in evidence.registry.getters:
        return False
    owners = evidence.instances(evidence.of(function, operation.base))
    return any(cls.gives_anew(operation.name) for cls, _ in owners)


def _called(read: Operation) -> graph.Call:
    assert isinstance(read, graph.LoadMember)
    form = graph.CallForm.CALL
    return graph.Call(read.span, read.out, form, (), receiver=read.base, method=read.name)
