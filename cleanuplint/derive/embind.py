"""embind: handles with `delete()`, reached through the object that the module's factory gives.

    export interface Mesh extends ClassHandle { … }          since `ClassHandle`
    export interface Mesh { …; delete(): void; }              before
    interface EmbindModule { Mesh: { new(size: number): Mesh; cube(): Mesh }; load(): Mesh }
    export default function MainModuleFactory(): Promise<MainModule>

Typings do not tell a builder, which returns the object it is called on, from a method that makes
another object of its class; so a result of the object's own class is nobody's new duty. A property
gives a copy each time it is read.
"""

from dataclasses import replace

from cleanuplint.contracts.model import Contract, Returned
from cleanuplint.derive.declarations import Declaration, Declarations, Member
from cleanuplint.derive.drafting import Call, Style, draft
from cleanuplint.derive.typings import Typings

HANDLE = "ClassHandle"
"""What every class of generated typings extends."""
GENERATED = frozenset({"EmbindModule", HANDLE})
"""Types that only generated typings declare."""
TELLING = frozenset({"isAliasOf", "isDeleted", "deleteLater"})
"""Members that embind gives to every handle."""
CLONE = "clone"


def from_typings(declared: Declarations, source: str) -> Contract:
    generated = bool(GENERATED & declared.types.keys())
    typings = Typings(declared)
    style = Style(releases, lambda call: _owns(call, typings, generated), has_module=True)
    drafted = draft(typings, style, source)
    return _with_clones(drafted) if generated else drafted


def _with_clones(drafted: Contract) -> Contract:
    """`clone(): this` of the common base makes a second handle."""
    classes = {
        name: replace(cls, methods={**cls.methods, CLONE: Returned(name)})
        if CLONE in cls.members
        else cls
        for name, cls in drafted.classes.items()
    }
    return replace(drafted, classes=classes)


def releases(declaration: Declaration, members: tuple[Member, ...]) -> frozenset[str]:
    """`delete` of a handle; a `delete` that wants to know what to delete is another one."""
    if declaration.name == HANDLE:
        return frozenset()
    void = {member.name for member in members if member.is_void and not member.is_static}
    return frozenset({"delete", *({"[Symbol.dispose]"} & void)} if "delete" in void else ())


def _owns(call: Call, typings: Typings, generated: bool) -> bool:
    """Factories and static methods make; a method makes another class, if nobody wrote it so."""
    if call.member.is_property:
        return generated and call.result != call.owner and not call.member.is_static
    owner = typings.declared.types.get(call.owner)
    made_by_maker = owner is None or call.member not in typings.members(owner)
    if call.member.is_static or made_by_maker:
        return True
    return generated and call.result != call.owner
