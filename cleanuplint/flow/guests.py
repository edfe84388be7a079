"""Classes of the file that drive a module by its raw exports.

    class Serializer:                        class Sandbox:
        def serialize(self, value):              def __init__(self):
            self._exports["serialize"](…)            self._handle = self._exports["init"]()
        def clear_buffer(self):                  def close(self):
            self._exports["clear"](…)                self._exports["sandbox_free"](self._handle)

The first fills a buffer and offers its clear, the second owns what its `close` gives back. A class
of a stub has no bodies to look into: there the names alone decide.

Errs towards silence: a method fills only if it calls an export and clears nothing itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from cleanuplint.contracts.model import ResourceClass
from cleanuplint.flow import graph, words
from cleanuplint.flow.graph import ClassId, FunctionId, FunctionKind
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.shapes import ANY

CLEARS = re.compile(r"_*(?:clear|reset|release|free|empty)_?buffers?", re.IGNORECASE)
"""What a class calls the method that empties its buffer."""
READS = re.compile(
    r"_|(?:get|is|has|buffer|size|length|read|load|deserialize|decode|parse|validate|version"
    r"|check|info|name|init|open|connect|start|stop|set|reset|clear)(?![a-z])",
    re.IGNORECASE,
)
"""Methods that leave nothing in the buffer, by their names."""
WRITES = re.compile(r"(?:batch_?|quick_?)?(?:serialize|encode|stringify|compress)", re.IGNORECASE)
"""Methods that fill, by their names alone."""
GIVES_BACK = re.compile(
    r"(?:.*[_a-z])?(?:free|destroy|delete|dealloc|dispose|release|drop|deinit|teardown)(?:_.*)?",
    re.IGNORECASE,
)
"""Exports that end something in the module."""
OWNER = "exports"
"""In place of a contract: nobody wrote one, the class itself says it all."""


@dataclass(frozen=True, slots=True)
class _Reach:
    """What a method does, itself and through functions of the file."""

    exports: frozenset[str]
    methods: frozenset[str]


class Guests:
    """Looks at the methods of the classes of one file."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._program = scope.program
        self.buffered = cache(self._buffered)
        self.owning = cache(self._owning)

    def any_buffered(self) -> bool:
        """The file has a class that fills and offers a clear."""
        return any(self.buffered(cls.id) is not None for cls in self._program.classes)

    def _buffered(self, cls: ClassId) -> ResourceClass | None:
        """The class as one whose calls fill a buffer that a method of it clears."""
        methods = self._program.classes[cls].methods
        clears = frozenset(name for name in methods if CLEARS.fullmatch(name))
        if not clears:
            return None
        fills = frozenset(name for name in methods if self._fills(cls, name, clears))
        name = self._program.classes[cls].name
        return ResourceClass(name, OWNER, fills=fills, clears=clears) if fills else None

    def _fills(self, cls: ClassId, name: str, clears: frozenset[str]) -> bool:
        item = self._program.functions[self._program.classes[cls].methods[name]]
        if item.kind is not FunctionKind.METHOD or item.is_static or words.RELEASING.match(name):
            return False
        if READS.match(name) and name not in self._scope.registry.filling:
            return False
        if self._is_stub(item):
            return WRITES.match(name) is not None
        reach = self._reach(item.id)
        clearing = reach.methods & clears or any(map(CLEARS.fullmatch, reach.exports))
        return bool(reach.exports) and not clearing

    def _is_stub_class(self, cls: ClassId) -> bool:
        methods = self._program.classes[cls].methods.values()
        return all(self._is_stub(self._program.functions[method]) for method in methods)

    def _is_stub(self, item: graph.Function) -> bool:
        """The body is `...`."""
        kinds = (graph.Literal,)
        return all(isinstance(op, kinds) for block in item.blocks for op in block.operations)

    def _owning(self, cls: ClassId) -> ResourceClass | None:
        """The class as an owner of what its construction makes in the module."""
        item = self._program.classes[cls]
        if self.buffered(cls) is not None and self._is_stub_class(cls):
            frees = frozenset({"free"} & item.methods.keys())
            return ResourceClass(item.name, OWNER, releases=frees) if frees else None
        constructor = item.methods.get("constructor")
        if constructor is None or not self._reach(constructor).exports:
            return None
        giving = [name for name, method in item.methods.items() if self._gives_back(name, method)]
        releases = frozenset(name for name in giving if name not in words.FINALIZERS)
        finalized = len(releases) < len(giving)
        return (
            ResourceClass(item.name, OWNER, finalized=finalized, releases=releases)
            if releases
            else None
        )

    def _gives_back(self, name: str, method: FunctionId) -> bool:
        if not words.TEARDOWN.match(name):
            return False
        return any(map(GIVES_BACK.fullmatch, self._reach(method).exports))

    def _reach(self, method: FunctionId) -> _Reach:
        """`self._call("run")` runs the export of that name if it runs one that is computed."""
        exports: set[str] = set()
        methods: set[str] = set()
        texts: set[str] = set()
        seen: set[FunctionId] = set()
        waiting = [method]
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            for call in self._calls(current):
                waiting.extend(self._scope.evidence.callees(current, call))
                exports.update(self._scope.evidence.shapes.exports_called(current, call))
                methods.add(call.method or "")
                texts.update(self._texts(current, call))
        return _Reach(frozenset(exports | texts if ANY in exports else exports), frozenset(methods))

    def _texts(self, function: FunctionId, call: graph.Call) -> Iterator[str]:
        places = self._scope.places(function)
        for argument in call.arguments:
            made = places.definition(argument.value)
            if isinstance(made, graph.Literal) and made.kind is graph.LiteralKind.STRING:
                yield made.text

    def _calls(self, function: FunctionId) -> Iterator[graph.Call]:
        for block in self._program.functions[function].blocks:
            for operation in block.operations:
                if isinstance(operation, graph.Call):
                    yield operation
