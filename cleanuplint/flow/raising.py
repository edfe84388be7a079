"""Which calls are taken not to throw."""

from collections.abc import Iterable


class NonRaising:
    """The shipped and configured list of calls that can't practically throw.

    Patterns: `console.*` (any method of that path), `.push` (that method of anything),
    `*.memory.write` (that method of anything's memory), `String` (that function), `new Map` (that
    constructor).
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        items = frozenset(patterns)
        self._methods = frozenset(p[1:] for p in items if p.startswith("."))
        self._owners = frozenset(p[:-2] for p in items if p.endswith(".*"))
        self._constructors = frozenset(p[4:] for p in items if p.startswith("new "))
        self._endings = tuple(p[1:] for p in items if p.startswith("*."))
        self._names = items

    def covers(self, is_new: bool, name: str, dotted: str) -> bool:
        if is_new:
            return dotted in self._constructors
        if dotted in self._names or dotted.rpartition(".")[0] in self._owners:
            return True
        if dotted.endswith(self._endings):
            return True
        return ("." in dotted and name in self._methods) or (not dotted and name in self._methods)
