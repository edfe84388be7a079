"""The classes of a file, as resource classes: what their methods return, take, release and fill."""

from collections.abc import Iterator
from dataclasses import replace

from cleanuplint.contracts.model import ResourceClass, Returned
from cleanuplint.findings import Confidence
from cleanuplint.flow import graph
from cleanuplint.flow.graph import ClassId, FunctionId
from cleanuplint.flow.values import Instance, LocalInstance, Values
from cleanuplint.summary.arguments import Analysed, Arguments

PLAIN = frozenset({"object", "ABC", "abc.ABC"})
"""Superclasses that give their objects nothing to release by."""
ANSWERS_ALL = frozenset({"__getattr__", "__getattribute__"})
FARTHEST = 2
"""`app.service.parser.parse(…)` is followed, a longer way to a resource is not."""


class Classes:
    """Classes of one program that matter to other files, each described once."""

    def __init__(self, contract: str, analysed: Analysed, arguments: Arguments) -> None:
        self._contract = contract
        self._analysed = analysed
        self._program = analysed.scope.program
        self._evidence = analysed.scope.evidence
        self._wrappers = analysed.acquired.wrappers
        self._arguments = arguments
        self._described: dict[str, ResourceClass] = {}
        self._filled_later: dict[str, frozenset[str]] = {}
        """Classes whose objects get their resources from a factory, and what releases them."""

    def all(self) -> dict[str, ResourceClass]:
        """The classes described, without those of which there is nothing to say."""
        known = {name: self._as_filled(cls) for name, cls in self._described.items()}
        distances = self._distances(known)
        return {
            name: replace(
                cls,
                distance=distances[name],
                methods={n: r for n, r in cls.methods.items() if r.contract or r.name in distances},
            )
            for name, cls in known.items()
            if name in distances
        }

    def _as_filled(self, cls: ResourceClass) -> ResourceClass:
        releases = self._filled_later.get(cls.name)
        if releases is None or cls.releases:
            return cls
        return replace(cls, releases=releases, constructor=False)

    def _distances(self, known: dict[str, ResourceClass]) -> dict[str, int]:
        """How far each class is from a resource; those further off are left out."""
        found = {name: 0 for name, cls in known.items() if _matters(cls)}
        for distance in range(1, FARTHEST + 1):
            for name in known.keys() - found.keys():
                results = known[name].methods.values()
                if any(self._distance(result, found) < distance for result in results):
                    found[name] = distance
        return found

    def _distance(self, result: Returned, found: dict[str, int]) -> int:
        if result.contract:
            return self._analysed.scope.registry.cls(result.contract, result.name).distance
        return found.get(result.name, FARTHEST)

    def add(self, cls: ClassId) -> ResourceClass:
        """Describe a class of the program."""
        name = self._program.classes[cls].name
        if name not in self._described:
            self._described[name] = ResourceClass(name, self._contract)  # it may return itself
            self._described[name] = self._describe(cls, name)
        return self._described[name]

    def add_type(self, name: str) -> ResourceClass:
        """Describe an interface of the program by its fields; it makes and ends nothing."""
        names = self._evidence.names
        fields = {
            field: result
            for field in self._program.types[name].fields
            if (result := self._borrowed(names.of_field(name, field, container=False))) is not None
        }
        described = ResourceClass(name, self._contract, constructor=False, methods=fields)
        return self._described.setdefault(name, described)

    def reference(self, cls: ClassId, owned: bool) -> Returned:
        self.add(cls)
        return Returned(self._program.classes[cls].name, owned=owned)

    def _describe(self, cls: ClassId, name: str) -> ResourceClass:
        wrapper = self._wrappers.of(cls)
        inherited = self._wrappers.base(cls)
        wraps = self._wrappers.handed(cls)
        buffered = self._wrappers.guests.buffered(cls) or ResourceClass(name, self._contract)
        releases = wrapper.releases if wrapper is not None else frozenset()
        for names in wraps.values():
            releases |= names
        methods = dict(self._methods(cls))
        treated = {method: self._arguments.of(function) for method, function in methods.items()}
        results = dict(self._fields(cls))
        for method, function in methods.items():
            result = self.result(function)
            if result is not None:
                results[method] = result
        base = inherited or ResourceClass(name, self._contract)
        return replace(
            base,
            name=name,
            contract=self._contract,
            constructor=wrapper is not None or not wraps,
            finalized=wrapper.finalized if wrapper is not None else False,
            releases=base.releases | releases,
            clears=base.clears | buffered.clears | self._analysed.filled.clears_of(cls),
            fills=base.fills | buffered.fills | self._analysed.filled.fills_of(cls),
            methods={**_from(base), **results},
            consumes={**base.consumes, **{m: taken for m, (taken, _) in treated.items() if taken}},
            treatments={**base.treatments, **{m: one for m, (_, one) in treated.items()}},
            wraps=base.wraps | frozenset(wraps),
            distinctive=frozenset(),
            members=self._members(cls),
            fills_known=False,
        )

    def _members(self, cls: ClassId) -> frozenset[str]:
        """All that its objects can be asked for; nothing where that is not certain."""
        item = self._program.classes[cls]
        base = self._evidence.names.superclass(cls)
        inherited = self._members(base) if base is not None else frozenset[str]()
        is_plain = not item.superclass or ".".join(item.superclass) in PLAIN
        names = {*item.methods, *item.getters, *(field.name for field in item.fields)}
        stored = self._stored(cls)
        if item.is_open or stored is None or names & ANSWERS_ALL or not (inherited or is_plain):
            return frozenset()
        return inherited | names | stored

    def _stored(self, cls: ClassId) -> set[str] | None:
        """The fields that the class gives its objects; None: some have computed names."""
        found: set[str] = set()
        for function in self._program.functions:
            if function.cls != cls:
                continue
            places = self._analysed.scope.places(function.id)
            for block in function.blocks:
                for operation in block.operations:
                    match operation:
                        case graph.StoreMember(name=name):
                            found.add(name)
                        case graph.StoreElement(base=base) if places.of(base) == (f"this:{cls}",):
                            return None
        return found

    def _methods(self, cls: ClassId) -> Iterator[tuple[str, FunctionId]]:
        """The methods that other files may call."""
        for name, method in self._program.classes[cls].methods.items():
            if not self._program.functions[method].is_private:
                yield name, method

    def _fields(self, cls: ClassId) -> Iterator[tuple[str, Returned]]:
        """What the fields are known to hold; it belongs to the object."""
        for name in {field.name for field in self._program.classes[cls].fields}:
            values = self._evidence.of_field(cls, name)
            result = None if name.startswith("#") else self._borrowed(values)
            if result is not None:
                yield name, result

    # ── results ─────────────────────────────────────────────────────────────────────────────────

    def result(self, function: FunctionId) -> Returned | None:
        """What a function returns: something new, which the caller owns, or something known."""
        owned = {
            place: cls
            for cls, sure, place in self._analysed.acquired.returned(function)
            if sure is not Confidence.ASSUMED or cls.finalized
        }
        if () in owned:
            return self._owned(owned[()])
        parts = {str(place[0]): cls for place, cls in owned.items() if len(place) == 1}
        values = self._evidence.of_result(function)
        if parts:
            return self._filled(values, parts) or self._record(function, parts)
        return self._borrowed(values)

    def _filled(self, values: Values, parts: dict[str, ResourceClass]) -> Returned | None:
        """An object of a class of the file that can release what the function has put in it."""
        for value in values:
            if isinstance(value, LocalInstance):
                releases = [self._wrappers.releases_of(value.cls, field) for field in parts]
                if all(releases):
                    result = self.reference(value.cls, owned=True)
                    known = self._filled_later.get(result.name, frozenset())
                    self._filled_later[result.name] = known.union(*releases)
                    return result
        return None

    def _owned(self, cls: ResourceClass) -> Returned:
        local = self._wrappers.local(cls)
        if local is not None:
            return self.reference(local, owned=True)
        return Returned(cls.name, contract=cls.contract)

    def _record(self, function: FunctionId, parts: dict[str, ResourceClass]) -> Returned:
        """An object literal with resources in it, as a class of its own."""
        name = f"result of {self._program.functions[function].name}:{function}"
        owned = {key: self._owned(cls) for key, cls in parts.items()}
        borrowed = {key: replace(result, owned=False) for key, result in owned.items()}
        self._described[name] = ResourceClass(
            name, self._contract, constructor=False, parts=owned, methods=borrowed
        )
        return Returned(name)

    def _borrowed(self, values: Values) -> Returned | None:
        for value in sorted(values, key=repr):
            match value:
                case Instance(contract, name):
                    cls = self._analysed.scope.registry.cls(contract, name)
                    return Returned(cls.name, owned=False, contract=cls.contract)
                case LocalInstance(cls_id):
                    return self.reference(cls_id, owned=False)
        return None


def _matters(cls: ResourceClass) -> bool:
    """An object of the class is a resource, gives one away, or takes one."""
    if cls.releases or cls.clears or cls.fills or cls.wraps or cls.consumes or cls.parts:
        return True
    owned = any(result.owned for result in cls.methods.values())
    return owned or any(treatment.lends for treatment in cls.treatments.values())


def _from(base: ResourceClass) -> dict[str, Returned]:
    """The results of an inherited class, as a class of another contract refers to them."""
    return {
        method: result if result.contract else replace(result, contract=base.contract)
        for method, result in base.methods.items()
    }
