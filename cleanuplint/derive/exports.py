"""A module alone, without typings or glue: what the names of its exports say.

    __wbg_engine_free, engine_new, engine_parse   a class of wasm-bindgen, and its raw functions
    shop#[constructor]cart, shop#[dtor]cart       a resource of a component
    alloc, dealloc; parser_create, parser_destroy an allocator; functions that make and end a handle
    encode, clearBuffer, getBufferSize            a buffer that outlives the call which fills it

A pair counts only if the one gives a value and the other takes one. Errs towards silence: `open` of
C gives a status and no handle, and whether a number that a method gives is one, no export tells.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from cleanuplint.contracts.model import Contract, ResourceClass, Returned
from cleanuplint.derive.module import Module
from cleanuplint.flow.guests import CLEARS, WRITES
from cleanuplint.flow.shapes import EXPORTS
from cleanuplint.rust.raw import RawExports
from wasm_verify.binary import Signature

RELEASES = frozenset({"free", "[Symbol.dispose]"})
DISPOSE = frozenset({"[Symbol.dispose]"})
FIELD = re.compile(r"__wbg_[gs]et_(?P<member>.+)")
RESOURCE = re.compile(
    r"(?:(?P<interface>[^#]+)#)?\[(?P<what>constructor|method|static|dtor)\](?P<cls>[\w-]+)"
    r"(?:\.(?P<member>[\w-]+))?"
)
ALLOCATES = ("malloc", "calloc", "alloc", "allocate")
FREES = ("free", "dealloc", "deallocate")
MAKES = ("new", "create", "make")
ENDS = ("free", "destroy", "delete", "drop", "dispose", "release")
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
OBJECT = "Exports"
"""The object that has all exports, `instance.exports` of JavaScript."""
RECEIVERS = (*EXPORTS, "wasm")


def from_module(module: Module, source: str, sources: RawExports | None = None) -> Contract | None:
    """The contract of the exports; None where they tell of nothing to release or to clear.

    `sources` is what the crate says that the module was built from: it goes before all names.
    """
    handles = _handles(module, sources)
    buffer = _buffer(module, handles, source, sources)
    classes = {**_bindgen(module, source), **_resources(module, source)}
    for ends, name in handles.names.items():
        classes[name] = ResourceClass(
            name, source, constructor=False, released_by=ends, origin=source
        )
    if buffer is not None:
        classes[OBJECT] = buffer
    return (
        Contract(
            name=source,
            source=source,
            classes=classes,
            functions=handles.made,
            consumes={name: (at,) for name, at in sorted(handles.takes.items())},
            is_derived=True,
        )
        if classes
        else None
    )


def of_sources(sources: RawExports, source: str) -> Contract | None:
    """The contract of a module that is not built yet."""
    signatures = {name: Signature(*numbers) for name, numbers in sources.functions.items()}
    return from_module(Module(frozenset(signatures), signatures), source, sources)


@dataclass(frozen=True)
class _Handles:
    """The exports that give a handle or a pointer, and those that take it back."""

    makes: Mapping[str, tuple[str, ...]]
    takes: Mapping[str, int]
    """The position of what is taken."""

    @cached_property
    def names(self) -> dict[tuple[str, ...], str]:
        """The classes of the numbers, by what takes them back."""
        found: dict[tuple[str, ...], str] = {}
        for ends in sorted(set(self.makes.values())):
            name = _handle(ends[0])
            found[ends] = f"{ends[0]}_pointer" if name in found.values() else name
        return found

    @property
    def made(self) -> dict[str, Returned]:
        return {makes: Returned(self.names[ends]) for makes, ends in sorted(self.makes.items())}


def _handles(module: Module, sources: RawExports | None) -> _Handles:
    """What the sources say, and what names say of the rest."""
    told = sources or RawExports()
    makes = {name: told.makes[name] for name in told.makes.keys() & module.exports}
    takes = {name: told.takes[name] for name in told.takes.keys() & module.exports}
    for name, ends in {**_raw_classes(module), **dict(_pairs(module))}.items():
        if name not in makes and ends not in takes:
            makes[name] = (ends,)
    takes = {**{end: 0 for ends in makes.values() for end in ends}, **takes}
    return _Handles(makes, takes)


def _handle(ends: str) -> str:
    """The class of the numbers that an export takes back."""
    stem = "_".join(part for part in _parts(ends) if part not in (*FREES, *ENDS) and part != "wbg")
    return f"{stem}_pointer" if stem else "Pointer"


# ── classes of wasm-bindgen ─────────────────────────────────────────────────────────────────────


def _bindgen(module: Module, source: str) -> dict[str, ResourceClass]:
    """The classes as their users write them, where the module tells how they are spelled."""
    return {
        name: ResourceClass(
            name=name,
            contract=source,
            constructor=f"{lower}_new" in module.exports,
            releases=RELEASES,
            clears=frozenset(filter(CLEARS.fullmatch, _members(module, lower))),
            members=_members(module, lower) - {"new"} | RELEASES,
            origin=source,
        )
        for lower, name in sorted(module.spellings.items())
    }


def _members(module: Module, cls: str) -> frozenset[str]:
    """`parse` of `engine_parse`, and the field `size` of `__wbg_get_engine_size`."""
    names = (FIELD.fullmatch(name) for name in module.exports)
    shown = {*module.exports, *(match["member"] for match in names if match is not None)}
    longer = tuple(f"{other}_" for other in module.classes if other.startswith(f"{cls}_"))
    return frozenset(
        name.removeprefix(f"{cls}_")
        for name in shown
        if name.startswith(f"{cls}_") and not name.startswith(longer or "\0")
    )


def _raw_classes(module: Module) -> dict[str, str]:
    """`engine_new` -> `__wbg_engine_free`, as who has no glue calls them."""
    return {
        f"{cls}_new": f"__wbg_{cls}_free"
        for cls in module.classes
        if f"{cls}_new" in module.exports
    }


# ── resources of components ─────────────────────────────────────────────────────────────────────


def _resources(module: Module, source: str) -> dict[str, ResourceClass]:
    """As jco shows them: in an object named after their interface."""
    found: dict[str, dict[str, set[str]]] = {}
    for name in sorted(module.exports):
        match = RESOURCE.fullmatch(name)
        if match is not None:
            interface = re.split(r"[/@]", match["interface"] or "")[1:2]
            shown = ".".join((*map(_camel, interface), _pascal(match["cls"])))
            found.setdefault(shown, {}).setdefault(match["what"], set()).add(match["member"] or "")
    return {
        name: ResourceClass(
            name=name,
            contract=source,
            constructor="constructor" in parts,
            releases=DISPOSE,
            members=frozenset(map(_camel, parts.get("method", ()))) | DISPOSE,
            origin=source,
        )
        for name, parts in found.items()
    }


def _camel(name: str) -> str:
    head, *rest = name.split("-")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def _pascal(name: str) -> str:
    return _camel(name)[:1].upper() + _camel(name)[1:]


# ── plain exports ───────────────────────────────────────────────────────────────────────────────


def _pairs(module: Module) -> Iterator[tuple[str, str]]:
    """What makes a handle -> what ends it; methods of classes are none of them."""
    plain = [name for name in sorted(module.functions) if _is_plain(module, name)]
    for makes, ends in ((ALLOCATES, FREES), (MAKES, ENDS)):
        ending = {
            stem: name
            for name in plain
            if module.functions[name].parameters
            for stem in _stems(name, ends)
        }
        for name in plain:
            if module.functions[name].results == 1:
                yield from ((name, ending[s]) for s in _stems(name, makes) if s in ending)


def _is_plain(module: Module, name: str) -> bool:
    """No method of a class, and no matter of the glue's own."""
    own = tuple(start for cls in module.classes for start in (f"{cls}_", f"__wbg_{cls}_"))
    return not name.startswith((*own, "__externref"))


def _stems(name: str, verbs: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """What is left of a name without the verb that it begins or ends with."""
    parts = _parts(name)
    if parts[-1:] and parts[-1] in verbs:
        yield parts[:-1]
    elif parts and parts[0] in verbs:
        yield parts[1:]


def _parts(name: str) -> tuple[str, ...]:
    """`("new", "parser")` of `newParser` and of `new_parser`."""
    return tuple(part.lower() for part in re.split(r"_+", HUMP.sub("_", name)) if part)


def _quiet(handles: _Handles, sources: RawExports | None) -> frozenset[str]:
    """What ends something, and what only allocates: by its source, or by its name."""
    told = sources.quiet if sources is not None else frozenset[str]()
    named = (name for name in handles.makes if tuple(_stems(name, ALLOCATES)))
    return told.union(handles.takes, named)


def _buffer(
    module: Module, handles: _Handles, source: str, sources: RawExports | None
) -> ResourceClass | None:
    """All exports as one object: known where it is called like one."""
    plain = {name for name in module.functions if _is_plain(module, name)}
    clears = frozenset(filter(CLEARS.fullmatch, plain))
    fills = frozenset(filter(WRITES.match, plain)) if clears else frozenset()
    if sources is not None:
        clears, fills = sources.clears & plain, sources.fills & plain
    if not clears and not handles.makes:
        return None
    return ResourceClass(
        name=OBJECT,
        contract=source,
        constructor=False,
        clears=clears,
        fills=fills if clears else frozenset(),
        methods=handles.made,
        # a runtime in Python wants the store first
        consumes={name: (at, at + 1) for name, at in sorted(handles.takes.items())},
        quiet=tuple(sorted(_quiet(handles, sources))),
        distinctive=clears.union(fills, handles.makes, handles.takes),
        receivers=RECEIVERS,
        origin=source,
    )
