"""Functions that run once, when the program starts, and what they keep until it ends.

async function main() { const world = new World(); … }
main();
"""

import re

from cleanuplint.flow.graph import BlockId, Function, FunctionId
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.ways import behind, routes_of

MAIN = re.compile(r"^_?(?:main|run|cli|bootstrap)$", re.IGNORECASE)


class Lifetimes:
    """Tells what lives as long as the process."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._program = scope.program

    def ends_with_process(self, function: FunctionId, block: BlockId) -> bool:
        """What is made in the block is made once, and stays."""
        item = self._program.functions[function]
        return self._is_main(item) and not _is_in_loop(item, block)

    def _is_main(self, item: Function) -> bool:
        """The module itself runs it: a main function, or one without a name."""
        if item.parent != self._program.module or item.is_exported or item.cls is not None:
            return False
        callers = self._scope.callers.get(item.id, frozenset())
        named = not item.name or MAIN.match(item.name) is not None
        return named and callers == {self._program.module}


def _is_in_loop(item: Function, block: BlockId) -> bool:
    """Some path leads from the block to itself."""
    return block in behind(item, block, lambda one: routes_of(one.terminator))
