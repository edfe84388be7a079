"""wasm-bindgen: classes with `free()`, and glue that shows whose every pointer is.

Typings of every generation: `free(): void` alone, with `[Symbol.dispose](): void`, with `private
constructor` where there is none. What glue says of ownership goes before what typings suggest:
typings may be written by hand, and a method may give a JavaScript value that Rust only passes on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from cleanuplint.contracts.model import Contract, ResourceClass, Returned
from cleanuplint.derive.declarations import NEW, Declaration, Declarations, Member
from cleanuplint.derive.drafting import MODULE, Call, Style, draft
from cleanuplint.derive.glue import OWN, Glue, GlueClass, Routine
from cleanuplint.derive.typings import Typings

RELEASES = frozenset({"free", "[Symbol.dispose]"})


def from_typings(declared: Declarations, glue: Glue, source: str, trusted: bool) -> Contract:
    """The contract of typings with their glue.

    `trusted` typings were generated: without glue, what they say a function gives is new.
    """
    style = Style(
        releases=releases,
        owns=lambda call: _owns(call, glue, trusted),
        consumes=lambda owner, member: _consumed(owner, member, glue),
        may_take=lambda owner, member: _routine(owner, member.name, glue) is None,
    )
    drafted = draft(Typings(declared), style, source)
    return _with_untyped(drafted, glue)


def from_glue(glue: Glue, source: str) -> Contract:
    """The contract of glue that has no typings."""
    return Contract(
        name=source,
        source=source,
        classes={cls.name: _class(cls, glue, source) for cls in glue.classes.values()},
        functions=dict(_results(glue.functions, glue)),
        consumes={one.name: one.takes for one in glue.functions.values() if one.takes},
        is_derived=True,
    )


def releases(declaration: Declaration, members: tuple[Member, ...]) -> frozenset[str]:
    """`free` and its alias; empty for what is no class of wasm-bindgen."""
    void = {m.name for m in members if m.is_void and not (m.is_static or m.is_property)}
    return RELEASES & void if "free" in void else frozenset()


def _routine(owner: str, name: str, glue: Glue) -> Routine | None:
    """The glue of a method; of the class itself or one that it extends."""
    if owner == MODULE:
        return glue.functions.get(name) or glue.functions.get(name.rpartition("__")[2])
    for cls in glue.lineage(_known(owner, glue)):
        if name in cls.routines:
            return cls.routines[name]
    return None


def _known(owner: str, glue: Glue) -> str:
    """The name in the glue: typings write `ns__Name` for a class in a namespace."""
    owner = owner.removesuffix("()")
    return owner if owner in glue.classes else owner.rpartition("__")[2]


def _owns(call: Call, glue: Glue, trusted: bool) -> bool:
    routine = _routine(call.owner, call.member.name, glue)
    result = _known(call.result, glue)
    if routine is None:
        return trusted and not glue.classes and call.result != call.owner
    if result in routine.wraps:
        return True
    by_module = call.is_many or call.member.is_later
    return by_module and result in glue.handed


def _consumed(owner: str, member: Member, glue: Glue) -> tuple[int, ...]:
    """What the glue takes: pointers it clears, and arrays whose elements it unwraps."""
    routine = _routine(owner, member.name, glue)
    if routine is None or member.name in OWN or member.is_property:
        return ()
    arrays = (
        index
        for index, named in enumerate(member.takes)
        if any(given.container and _unwraps(given.path[-1], glue) for given in named)
    )
    return tuple(sorted({*routine.takes, *arrays}))


def _unwraps(name: str, glue: Glue) -> bool:
    cls = glue.classes.get(_known(name, glue))
    return cls is not None and cls.unwraps


# ── what typings leave out ──────────────────────────────────────────────────────────────────────


def _with_untyped(drafted: Contract, glue: Glue) -> Contract:
    """Results that the typings call `any`, though the glue wraps a pointer of a known class."""
    known = frozenset(drafted.classes)
    classes = {
        name: replace(cls, methods={**_methods(name, glue, known), **cls.methods})
        for name, cls in drafted.classes.items()
    }
    functions = {n: r for n, r in _results(glue.functions, glue) if r.name in known}
    return replace(drafted, classes=classes, functions={**functions, **drafted.functions})


def _methods(name: str, glue: Glue, known: frozenset[str]) -> dict[str, Returned]:
    return {
        method: result
        for cls in glue.lineage(_known(name, glue))
        for method, result in _results(cls.routines, glue)
        if result.name in known
    }


def _results(routines: Mapping[str, Routine], glue: Glue) -> Iterator[tuple[str, Returned]]:
    for name, routine in routines.items():
        for wrapped in sorted(routine.wraps & glue.classes.keys())[:1]:
            if name not in OWN and name != NEW:
                yield name, Returned(wrapped)


def _class(cls: GlueClass, glue: Glue, source: str) -> ResourceClass:
    line = tuple(glue.lineage(cls.name))
    routines = {name: one for base in reversed(line) for name, one in base.routines.items()}
    shown = [one.name for one in routines.values() if not one.is_static and one.name not in OWN]
    return ResourceClass(
        name=cls.name,
        contract=source,
        constructor=NEW in cls.routines,
        releases=RELEASES,
        methods=dict(_results(routines, glue)),
        consumes={
            name: one.takes for name, one in routines.items() if one.takes and name not in OWN
        },
        members=frozenset({*shown, *RELEASES} - {NEW}),
        origin=source,
    )
