"""`binding-out-of-date`, where bindings are imported."""

from collections.abc import Iterator

from cleanuplint.contracts.registry import Registry
from cleanuplint.findings import Confidence, Finding, Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import Program

RULE = "binding-out-of-date"
REMEDY = "build the package again"


def out_of_date(program: Program, registry: Registry) -> Iterator[Finding]:
    """One finding for each import of bindings whose files contradict each other."""
    seen: set[str] = set()
    for module, span in _imports(program):
        for contract in registry.by_module(module):
            if contract.mismatch and module not in seen:
                seen.add(module)
                yield Finding(
                    rule=RULE,
                    span=span,
                    message=f"`{module}` is out of date: {contract.mismatch}",
                    because="its files were built from different states of the crate, so that what "
                    "one of them promises fails when it is called",
                    help=REMEDY,
                    confidence=Confidence.SURE,
                )


def _imports(program: Program) -> Iterator[tuple[str, Span]]:
    for binding in program.imports:
        yield binding.module, program.variables[binding.variable].span
    for function in program.functions:
        for block in function.blocks:
            for operation in block.operations:
                if isinstance(operation, graph.Import) and operation.module is not None:
                    yield operation.module, operation.span
