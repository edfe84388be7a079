"""Classes of the file that own a resource and release it in a method: resources themselves.

A class owns what its construction stores in a field: made there or in what the constructor runs, or
handed to the constructor and released by a method. It inherits from its superclass that it is a
resource. Where a factory fills the fields of an object, what the factory returns is one.
"""

from collections.abc import Callable, Iterable, Iterator

from cleanuplint.contracts.model import ResourceClass
from cleanuplint.flow import graph, words
from cleanuplint.flow.graph import ClassId, FunctionId
from cleanuplint.flow.guests import Guests
from cleanuplint.flow.outcome import Acquisition
from cleanuplint.flow.places import place_of_this, place_of_variable
from cleanuplint.flow.releases import Releases
from cleanuplint.flow.scope import Scope
from cleanuplint.flow.selves import hands_itself_on
from cleanuplint.flow.trace import Trace
from cleanuplint.flow.values import Instance

Acquired = Callable[[FunctionId], Iterable[tuple[Acquisition, Trace]]]


class Wrappers:
    """Looks at the classes of one program as owners."""

    def __init__(self, scope: Scope, releases: Releases, acquired: Acquired) -> None:
        self._scope = scope
        self._classes = scope.program.classes
        self._functions = scope.program.functions
        self._releases = releases
        self._acquired = acquired
        self.guests = Guests(scope)
        self._known: dict[ClassId, ResourceClass | None] = {}

    def of(self, cls: ClassId) -> ResourceClass | None:
        """The class as a resource, if it is one."""
        if cls not in self._known:
            self._known[cls] = None  # a class that constructs itself owns nothing by that
            if not hands_itself_on(self._scope.program, cls):
                known = self.guests.owning(cls) or self._owning(cls) or self._inheriting(cls)
                self._known[cls] = known
        return self._known[cls]

    def local(self, resource: ResourceClass) -> ClassId | None:
        """The class of the file that the resource class stands for."""
        return next((cls for cls, known in self._known.items() if known is resource), None)

    def _owning(self, cls: ClassId) -> ResourceClass | None:
        for field, inner in (*self._kept(cls), *self._handed_resources(cls)):
            releases = self.releases_of(cls, field)
            if releases:
                finalized = inner.finalized or self._is_finalized(cls, field)
                name = self._classes[cls].name
                return ResourceClass(name, inner.contract, finalized=finalized, releases=releases)
        return None

    def releases_of(self, cls: ClassId, field: str) -> frozenset[str]:
        """The public methods that release what is in a field."""
        methods = self._classes[cls].methods
        releasing = self._releases.methods_that_release(cls, field)
        return frozenset(
            name
            for name in releasing - words.FINALIZERS
            if self._ends_it(name, self._functions[methods[name]])
        )

    @staticmethod
    def _ends_it(name: str, method: graph.Function) -> bool:
        """Anybody may call it; `replace(other)` goes on with what it is given instead."""
        is_public = not method.is_private
        return is_public and (not method.parameters or words.TEARDOWN.match(name) is not None)

    def _is_finalized(self, cls: ClassId, field: str) -> bool:
        """The class has a finaliser that releases what is in a field: late, but it does."""
        return bool(words.FINALIZERS & self._releases.methods_that_release(cls, field))

    # ── made by the construction ────────────────────────────────────────────────────────────────

    def _kept(self, cls: ClassId) -> Iterator[tuple[str, ResourceClass]]:
        """Fields that the construction of an object fills with a resource."""
        for function in self._constructing(cls):
            for acquisition, trace in self._acquired(function):
                for owner, field, _ in sorted(trace.fields):
                    if owner == cls:
                        yield field, acquisition.cls

    def _constructing(self, cls: ClassId) -> Iterator[FunctionId]:
        """What runs when an object is made."""
        item = self._classes[cls]
        if item.initializer is not None:
            yield item.initializer
        constructor = item.methods.get("constructor")
        if constructor is not None:
            yield constructor
            yield from self._called_by(constructor, cls)

    def _called_by(self, constructor: FunctionId, cls: ClassId) -> Iterator[FunctionId]:
        """The methods that a constructor calls."""
        for call in self._scope.calls_in(constructor):
            if call.receiver is not None:
                callees = self._scope.evidence.callees(constructor, call)
                yield from (one for one in callees if self._functions[one].cls == cls)

    # ── handed to the constructor ───────────────────────────────────────────────────────────────

    def handed(self, cls: ClassId) -> dict[int, frozenset[str]]:
        """Arguments of the constructor that an object keeps and releases: index -> by which."""
        found: dict[int, frozenset[str]] = {}
        for index, field in self._kept_arguments(cls):
            releases = self.releases_of(cls, field)
            if releases:
                found[index] = releases
        return found

    def _handed_resources(self, cls: ClassId) -> Iterator[tuple[str, ResourceClass]]:
        """Those of them that are known to be resources, by field."""
        for _, field in self._kept_arguments(cls):
            for value in self._scope.evidence.of_field(cls, field):
                if isinstance(value, Instance):
                    inner = self._scope.registry.cls(value.contract, value.name)
                    if inner.is_owned:
                        yield field, inner

    def _kept_arguments(self, cls: ClassId) -> Iterator[tuple[int, str]]:
        constructor = self._classes[cls].methods.get("constructor")
        if constructor is None:
            return
        item, places = self._functions[constructor], self._scope.places(constructor)
        parameters = {place_of_variable(p): index for index, p in enumerate(item.parameters)}
        for block in item.blocks:
            for one in block.operations:
                if isinstance(one, graph.StoreMember) and places.of(one.base) == place_of_this(cls):
                    if places.of(one.value) in parameters:
                        yield parameters[places.of(one.value)], one.name

    # ── inherited ───────────────────────────────────────────────────────────────────────────────

    def base(self, cls: ClassId) -> ResourceClass | None:
        """The class of a library or another file that it extends, at whatever distance."""
        for value in self._scope.evidence.names.bases(cls):
            return self._scope.registry.cls(value.contract, value.name)
        return None

    def _inheriting(self, cls: ClassId) -> ResourceClass | None:
        name = self._classes[cls].name
        parent = self._scope.evidence.names.superclass(cls)
        known = self.of(parent) if parent is not None else self.base(cls)
        if known is None or not known.is_owned or not known.constructor:
            return None
        return ResourceClass(
            name, known.contract, finalized=known.finalized, releases=known.releases
        )
