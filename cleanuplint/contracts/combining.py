"""What is derived from bindings, and what people wrote about the same module, as one contract.

What people wrote goes before what is derived: it knows documentation. What the sources of the
module say of its buffers goes before both: it is exact.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace

from cleanuplint.contracts.model import Contract, ResourceClass

_Indices = Mapping[str, tuple[int, ...]]


def combined(derived: Contract, written: Iterable[Contract]) -> Contract:
    """The derived contract, with what the written ones say about its module."""
    for contract in written:
        derived = _over(derived, contract)
    return derived


def without(contract: Contract, names: frozenset[str]) -> Contract:
    """The contract without what it says of exports that somebody else knows better."""
    classes = {name: _class_without(cls, names) for name, cls in contract.classes.items()}
    return replace(
        contract,
        classes=classes,
        functions={name: it for name, it in contract.functions.items() if name not in names},
        consumes=_without(contract.consumes, names),
    )


def _class_without(cls: ResourceClass, names: frozenset[str]) -> ResourceClass:
    if names.isdisjoint(cls.distinctive):
        return cls
    return replace(
        cls,
        distinctive=cls.distinctive - names,
        fills=cls.fills - names,
        clears=cls.clears - names,
        methods={name: it for name, it in cls.methods.items() if name not in names},
        consumes=_without(cls.consumes, names),
    )


def with_buffers_of(derived: Contract, known: Iterable[ResourceClass]) -> Contract:
    """Classes that export a clear which written classes have, with the fills of those.

    Without its sources nobody knows which methods of a module fill a buffer; that one exports
    `clearBuffer` and `serializeMessage` as known classes do is as good as their names.
    """
    models = tuple(model for model in known if model.clears and model.fills)
    classes = {name: _alike(cls, models) for name, cls in derived.classes.items()}
    return replace(derived, classes=classes)


def with_sources(derived: Contract, sources: Contract) -> Contract:
    """The contract of artefacts, with that of the sources that they were built from."""
    classes = {
        name: _of_source(cls, sources.classes[name]) if name in sources.classes else cls
        for name, cls in derived.classes.items()
    }
    return replace(derived, source=f"{derived.source}, {sources.source}", classes=classes)


def _of_source(cls: ResourceClass, source: ResourceClass) -> ResourceClass:
    return replace(
        cls,
        clears=_existing(source.clears, cls.members),
        fills=_existing(source.fills, cls.members),
        fills_known=True,
    )


def _alike(cls: ResourceClass, models: Iterable[ResourceClass]) -> ResourceClass:
    if cls.fills_known or cls.fills or not cls.members:
        return cls
    alike = [one for one in models if one.clears & cls.members and one.fills & cls.members]
    clears = frozenset(name for one in alike for name in one.clears & cls.members)
    fills = frozenset(name for one in alike for name in one.fills & cls.members)
    return replace(cls, clears=cls.clears | clears, fills=fills)


def _over(derived: Contract, written: Contract) -> Contract:
    classes = dict(derived.classes)
    for name, cls in written.classes.items():
        ours = classes.get(name)
        classes[name] = replace(cls, contract=derived.name) if ours is None else _class(ours, cls)
    return replace(
        derived,
        source=f"{derived.source}, {written.source}",
        globals=tuple(dict.fromkeys((*derived.globals, *written.globals))),
        default=written.default or derived.default,
        classes=classes,
        functions={**derived.functions, **written.functions},
        consumes={**derived.consumes, **written.consumes},
        quiet=(*derived.quiet, *written.quiet),
    )


def _class(ours: ResourceClass, theirs: ResourceClass) -> ResourceClass:
    return replace(
        theirs,
        contract=ours.contract,
        releases=theirs.releases | ours.releases,
        clears=ours.clears if ours.fills_known else _existing(theirs.clears, ours.members),
        fills=ours.fills if ours.fills_known else _existing(theirs.fills, ours.members),
        methods={**ours.methods, **theirs.methods},
        getters=ours.getters | theirs.getters,
        consumes={**ours.consumes, **theirs.consumes},
        adopts=_without(ours.adopts, theirs.consumes) | dict(theirs.adopts),
        members=ours.members,
        fills_known=ours.fills_known,
        origin=ours.origin,
    )


def _without(ours: _Indices, theirs: Container[str]) -> dict[str, tuple[int, ...]]:
    return {name: indices for name, indices in ours.items() if name not in theirs}


def _existing(names: frozenset[str], members: frozenset[str]) -> frozenset[str]:
    """Those that the module exports, as far as that is known."""
    return names & members if members else names
