"""Look-ups over declarations: what a name stands for, what a type inherits, what is exported."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from cleanuplint.derive.declarations import INLINE, NEW, Declaration, Declarations, Member
from cleanuplint.flow.graph import TypeName

EMPTY_BASES = frozenset({"Disposable", "AsyncDisposable", "Error", "Iterable", "Object"})
"""Bases that are declared elsewhere and add nothing that matters."""
DEEPEST = 12
"""Steps of aliases and inheritance that are followed."""


class Typings:
    """The declarations of one module, its imports among them."""

    def __init__(self, declared: Declarations) -> None:
        self.declared = declared
        self._members: dict[str, tuple[Member, ...]] = {}

    def find(self, name: str, scope: str = "") -> Declaration | None:
        """The type that a name means inside a namespace; `a.b.` is tried before `a.`."""
        return next(self.all_of(name, scope), None)

    def all_of(self, name: str, scope: str = "", depth: int = DEEPEST) -> Iterator[Declaration]:
        """The types that a name means: several, where it is an alias of an intersection."""
        for place in _scopes(scope):
            full = place + name
            if full in self.declared.types:
                yield self.declared.types[full]
                return
            if full in self.declared.aliases and depth:
                for part in self.declared.aliases[full]:
                    if part != name:
                        yield from self.all_of(part, place, depth - 1)
                return

    def of_type(self, given: TypeName, scope: str = "") -> Iterator[Declaration]:
        return self.all_of(".".join(given.path), scope)

    def members(self, declaration: Declaration) -> tuple[Member, ...]:
        """Its members, then those it inherits."""
        if declaration.name not in self._members:
            bases = [one for one in self._line(declaration) if one is not declaration]
            inherited = (m for base in bases for m in base.members if m.name != NEW)
            self._members[declaration.name] = (*declaration.members, *inherited)
        return self._members[declaration.name]

    def constructors(self, declaration: Declaration) -> Iterator[Member]:
        """Its own construct signatures; an interface of constructors inherits them."""
        line = (declaration,) if declaration.is_class else self._line(declaration)
        return (member for one in line for member in one.methods(NEW) if not member.is_private)

    def is_whole(self, declaration: Declaration) -> bool:
        """Nothing is inherited from elsewhere: what is not among its members does not exist."""
        return all(
            base in EMPTY_BASES or self.find(base, scope_of(one.name)) is not None
            for one in self._line(declaration)
            for base in one.bases
        )

    def _line(self, declaration: Declaration) -> tuple[Declaration, ...]:
        found: dict[str, Declaration] = {}
        waiting = [declaration]
        while waiting and len(found) <= DEEPEST:
            one = waiting.pop(0)
            if one.name not in found:
                found[one.name] = one
                for base in one.bases:
                    waiting.extend(self.all_of(base, scope_of(one.name)))
        return tuple(found.values())

    @cached_property
    def shown(self) -> Mapping[str, str]:
        """Local names -> what importers call them; `math.add` is a member of the export `math`."""
        found = {local: name for name, local in self.declared.exports.items() if name != "default"}
        default = self.declared.exports.get("default", "")
        for name, value in self.declared.values.items():
            if name in self.declared.types:
                within = "" if name == default else f"{found.get(name, name)}."
                found.update(self._shown_inside(self.declared.types[name], within))
            if value.is_itself and value.gives:
                found[".".join(value.gives[0].path)] = name
        return found

    def _shown_inside(self, declaration: Declaration, within: str) -> Iterator[tuple[str, str]]:
        for member in declaration.members:
            for given in member.gives[:1] if member.is_property else ():
                name = ".".join(given.path)
                if member.is_itself:
                    yield name, within + member.name
                elif name == f"{declaration.name}{INLINE}{member.name}":
                    yield from self._shown_inside(
                        self.declared.types[name], f"{within}{member.name}."
                    )


def scope_of(name: str) -> str:
    """The namespace in which a name stands: `a.b.` of `a.b.C`."""
    return name[: name.rfind(".") + 1]


def _scopes(scope: str) -> Iterator[str]:
    while scope:
        yield scope
        scope = scope_of(scope[:-1])
    yield ""
