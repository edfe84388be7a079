"""From typings to a contract, by the conventions of one generator of bindings."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cleanuplint.contracts.model import NAMESPACE, Contract, ResourceClass, Returned
from cleanuplint.derive.declarations import NEW, Declaration, Member
from cleanuplint.derive.typings import Typings, scope_of

MODULE = ""
"""The owner of functions that stand in no class."""


@dataclass(frozen=True, slots=True)
class Call:
    """A method or function of the typings whose result is a resource."""

    owner: str
    """The local name of its class, or `MODULE`."""
    member: Member
    result: str
    """The local name of the resource's class."""
    is_many: bool


@dataclass(frozen=True, slots=True)
class Style:
    """What the typings of one generator mean."""

    releases: Callable[[Declaration, tuple[Member, ...]], frozenset[str]]
    """The releases among the members of a type; none: it is no resource."""
    owns: Callable[[Call], bool]
    """The caller must release what the call gives."""
    consumes: Callable[[str, Member], tuple[int, ...]] = lambda owner, member: ()
    """The arguments that a method (of `owner`) or function takes; -1 is the object itself."""
    may_take: Callable[[str, Member], bool] = lambda owner, member: False
    """The typings leave open whether a method takes the resources that it is given."""
    has_module: bool = False
    """Classes and functions are members of an object that a function of the typings gives."""


def draft(typings: Typings, style: Style, source: str) -> Contract:
    """The contract that typings amount to; `source` is their file as the user knows it."""
    return _Draft(typings, style, source).contract()


@dataclass
class _Draft:
    typings: Typings
    style: Style
    source: str
    classes: dict[str, ResourceClass] = field(default_factory=dict)
    functions: dict[str, Returned] = field(default_factory=dict)
    consumes: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        types = self.typings.declared.types
        members = {name: self.typings.members(one) for name, one in types.items()}
        found = {name: self.style.releases(one, members[name]) for name, one in types.items()}
        self._releases = {name: releases for name, releases in found.items() if releases}
        self._shown = dict(self.typings.shown)
        self._makers: dict[str, list[Declaration]] = {}
        """Resources -> the objects with a construct signature for them."""

    def contract(self) -> Contract:
        self._find_makers()
        modules = {one.name: one for one in self._module_types()}
        self._name_made(modules.values())
        for name in self._releases:
            self._add_class(self.typings.declared.types[name])
        for name, overloads in self.typings.declared.functions.items():
            self._add_function(self._shown.get(name, name), overloads, scope_of(name), modules)
        for module in modules.values():
            for member in self.typings.members(module):
                if not member.is_property:
                    self._add_function(member.name, (member,), scope_of(module.name), {})
        return Contract(
            name=self.source,
            source=self.source,
            globals=self.typings.declared.globals,
            default=self._default(),
            classes=self.classes,
            functions=self.functions,
            consumes=self.consumes,
            is_derived=True,
        )

    def _default(self) -> str | None:
        local = self.typings.declared.exports.get("default", "")
        name = self._shown.get(local, local)
        return name if name in self.classes or name in self.functions else None

    # ── who makes what ──────────────────────────────────────────────────────────────────────────

    def _find_makers(self) -> None:
        for declaration in self.typings.declared.types.values():
            for made in self._made_by(declaration, ""):
                self._makers.setdefault(made, []).append(declaration)

    def _made_by(self, declaration: Declaration, name: str) -> Iterator[str]:
        """The resources that `new` makes; where the signature is generic, the one of that name."""
        scope = scope_of(declaration.name)
        for member in () if declaration.is_class else self.typings.constructors(declaration):
            for given in member.gives:
                found = [one.name for one in self.typings.of_type(given, scope)]
                yield from (one for one in found if one in self._releases)
                if not found and name in self._releases:
                    yield name

    def _module_types(self) -> Iterator[Declaration]:
        """Types of the module object that a function of the typings gives, all parts of them."""
        if not self.style.has_module:
            return
        for overloads in self.typings.declared.functions.values():
            for given in (given for member in overloads for given in member.gives):
                for part in self.typings.of_type(given):
                    if part.name not in self._releases and self._has_resources(part):
                        yield part

    def _has_resources(self, declaration: Declaration) -> bool:
        members = self.typings.members(declaration)
        return any(
            self._constructed(declaration, member)
            or self._results(declaration.name, member, scope_of(declaration.name))
            for member in members
        )

    def _constructed(self, module: Declaration, member: Member) -> str | None:
        """The resource that a property of the module is the class of."""
        for given in member.gives if member.is_property else ():
            for kind in self.typings.of_type(given, scope_of(module.name)):
                if member.is_itself and kind.name in self._releases:
                    return kind.name
                made = next(self._made_by(kind, member.name), None)
                if made is not None:
                    return made
        return None

    def _name_made(self, modules: Iterable[Declaration]) -> None:
        """Resources are called as the maker that importers see."""
        for made, makers in self._makers.items():
            if made.endswith("()") and made not in self._shown:
                self._shown[made] = self._shown.get(makers[0].name, makers[0].name)
        for module in modules:
            for member in self.typings.members(module):
                made_here = self._constructed(module, member)
                if made_here is not None:
                    self._shown[made_here] = member.name
                    kinds = [k for g in member.gives for k in self.typings.of_type(g)]
                    makers = self._makers.setdefault(made_here, [])
                    makers.extend(kind for kind in kinds if kind not in makers)

    # ── entries ─────────────────────────────────────────────────────────────────────────────────

    def _add_class(self, declaration: Declaration) -> None:
        name = declaration.name
        makers = self._makers.get(name, [])
        own = self.typings.members(declaration)
        members = (*own, *(m for maker in makers for m in self.typings.members(maker)))
        shown = self._shown.get(name, name)
        self.classes[shown] = ResourceClass(
            name=shown,
            contract=self.source,
            constructor=self._is_constructed(declaration, makers),
            releases=self._releases[name],
            methods=self._methods(name, members),
            getters=self._getters(name, own),
            consumes={m.name: it for m in members if (it := self.style.consumes(name, m))},
            adopts={m.name: it for m in members if (it := self._adopted(name, m))},
            members=self._exported(declaration, own),
            origin=self.source,
        )

    def _is_constructed(self, declaration: Declaration, makers: list[Declaration]) -> bool:
        own = declaration.is_class and any(self.typings.constructors(declaration))
        return own or any(
            declaration.name in self._made_by(maker, self._shown.get(declaration.name, ""))
            or declaration == maker
            for maker in makers
        )

    def _methods(self, owner: str, members: Iterable[Member]) -> dict[str, Returned]:
        found: dict[str, Returned] = {}
        for member in members:
            for result in self._results(owner, member, scope_of(owner)):
                known = found.get(member.name)
                if known is None or (result.owned and not known.owned):
                    found[member.name] = result
        return found

    def _getters(self, owner: str, members: Iterable[Member]) -> frozenset[str]:
        """Properties that give something new."""
        return frozenset(
            member.name
            for member in members
            if member.is_property and not member.is_static
            if any(one.owned for one in self._results(owner, member, scope_of(owner)))
        )

    def _results(self, owner: str, member: Member, scope: str) -> tuple[Returned, ...]:
        if member.name == NEW or member.is_itself:
            return ()
        return tuple(
            Returned(
                self._shown.get(kind.name, kind.name),
                owned=self.style.owns(Call(owner, member, kind.name, given.container)),
                many=given.container,
            )
            for given in member.gives
            for kind in self.typings.of_type(given, scope)
            if kind.name in self._releases
        )

    def _adopted(self, owner: str, member: Member) -> tuple[int, ...]:
        """Parameters that are resources, where it is open whether they are taken."""
        if not self.style.may_take(owner, member):
            return ()
        return tuple(
            index
            for index, named in enumerate(member.takes)
            if any(
                kind.name in self._releases
                for given in named
                for kind in self.typings.of_type(given, scope_of(owner))
            )
        )

    def _exported(self, declaration: Declaration, members: tuple[Member, ...]) -> frozenset[str]:
        if not self.typings.is_whole(declaration):
            return frozenset()
        return frozenset(m.name for m in members if m.name != NEW and not m.is_static)

    def _add_function(
        self,
        name: str,
        overloads: Iterable[Member],
        scope: str,
        modules: Mapping[str, Declaration],
    ) -> None:
        for member in overloads:
            results = self._results(MODULE, member, scope)
            parts = [part.name for g in member.gives for part in self.typings.of_type(g, scope)]
            if results:
                self.functions.setdefault(name, results[0])
            elif any(part in modules for part in parts):
                self.functions.setdefault(name, Returned(NAMESPACE))
            taken = self.style.consumes(MODULE, member)
            if taken:
                self.consumes[name] = taken
