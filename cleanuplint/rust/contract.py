"""What a crate exports by wasm-bindgen, as a contract for the code that calls it.

The compiler's own facts come first: a value returned is a new handle, a parameter or `self` taken
by value is consumed. What fills and clears is what the analysis of the buffers says: a method
*fills* if some way out leaves in a working buffer what it wrote there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from cleanuplint.contracts.model import Contract, ResourceClass, Returned
from cleanuplint.findings import Span
from cleanuplint.rust.crates import Crate
from cleanuplint.rust.model import Export, Receiver, Routine, RustType, Struct
from cleanuplint.rust.protocol import Protocol, protocols
from cleanuplint.rust.scratch import Buffers

RELEASES = frozenset({"free", "[Symbol.dispose]"})
"""The glue writes both for every class."""
CONTAINERS = frozenset({"Vec", "[]"})
SEEN_THROUGH = frozenset({"Option", "Promise"})
RECEIVER = -1


def contract_of(crate: Crate, name: str, source: str, modules: tuple[str, ...] = ()) -> Contract:
    """The contract of a crate; `source` is its path, `modules` what imports of it look like."""
    exports = Exports(crate, name)
    return Contract(
        name=name,
        source=source,
        modules=modules,
        classes=exports.classes,
        functions=exports.functions,
        consumes=exports.consumed_by_functions,
    )


@dataclass(frozen=True)
class Exports:
    """All that a crate exports by wasm-bindgen."""

    crate: Crate
    contract: str

    @cached_property
    def _protocols(self) -> Mapping[tuple[str, Span], Protocol]:
        found = protocols(Buffers(self.crate))
        return {(it.struct.file, it.struct.span): it for it in found}

    @cached_property
    def classes(self) -> Mapping[str, ResourceClass]:
        """By their names in JavaScript. A class has what the one that it extends has, too."""
        own = {export.name: self._class(struct, export) for struct, export in self._structs}
        parents = dict(self._parents())
        return {name: _inherited(name, own, parents) for name in own}

    @cached_property
    def functions(self) -> Mapping[str, Returned]:
        return dict(self._returning(self._free_functions))

    @cached_property
    def consumed_by_functions(self) -> Mapping[str, tuple[int, ...]]:
        return dict(self._consuming(self._free_functions))

    @cached_property
    def _structs(self) -> tuple[tuple[Struct, Export], ...]:
        every = self.crate.structs
        return tuple((it, it.export) for it in every if it.export is not None and not it.is_test)

    @property
    def _free_functions(self) -> Iterator[tuple[str, Routine]]:
        return self._exported(owner="")

    def _exported(self, owner: str) -> Iterator[tuple[str, Routine]]:
        """The functions of an owner that JavaScript can call or read, by name there."""
        for routine in self.crate.routines:
            export = routine.export
            if export is not None and routine.owner == owner and export.role != "setter":
                yield export.name, routine

    def _parents(self) -> Iterator[tuple[str, str]]:
        for struct, export in self._structs:
            parent = self.crate.named(export.extends, struct.file) if export.extends else None
            if parent is not None and parent.export is not None:
                yield export.name, parent.export.name

    # ── classes ─────────────────────────────────────────────────────────────────────────────────

    def _class(self, struct: Struct, export: Export) -> ResourceClass:
        every = list(self._exported(struct.name))
        makers = [name for name, one in every if _is_constructor(one)]
        methods = [(name, one) for name, one in every if not _is_constructor(one)]
        protocol = self._protocols[struct.file, struct.span]
        clears = _names(protocol.clears)
        return ResourceClass(
            name=export.name,
            contract=self.contract,
            constructor=bool(makers),
            releases=RELEASES,
            clears=clears,
            # a class that offers no clear has a finding of its own, its callers have none
            fills=_names(protocol.fills) if clears else frozenset(),
            methods={**dict(self._shown_fields(struct)), **dict(self._returning(methods))},
            consumes=dict(self._consuming(every)),
        )

    def _shown_fields(self, struct: Struct) -> Iterator[tuple[str, Returned]]:
        """The glue's getters copy what they show: an object is a new one each time."""
        for field in struct.fields:
            returned = self._returned(field.type, struct.file, struct.name)
            if field.shown_as and returned is not None:
                yield field.shown_as, returned

    # ── functions ───────────────────────────────────────────────────────────────────────────────

    def _returning(
        self, routines: Iterator[tuple[str, Routine]] | list[tuple[str, Routine]]
    ) -> Iterator[tuple[str, Returned]]:
        for name, routine in routines:
            returned = self._returned(routine.result, routine.file, routine.owner)
            if returned is not None:
                yield name, returned

    def _returned(self, type_: RustType, file: str, owner: str) -> Returned | None:
        """What JavaScript gets of a value of some type, if that is an object of this crate."""
        type_ = self._plain(type_, file, owner)
        if type_.name in CONTAINERS and type_.arguments:
            one = self._returned(type_.arguments[0], file, owner)
            return None if one is None else replace(one, many=True)
        export = self._exported_as(type_, file)
        return None if export is None else Returned(export.name)

    def _consuming(
        self, routines: Iterator[tuple[str, Routine]] | list[tuple[str, Routine]]
    ) -> Iterator[tuple[str, tuple[int, ...]]]:
        for name, routine in routines:
            taken = tuple(self._taken(routine))
            if taken:
                yield name, taken

    def _taken(self, routine: Routine) -> Iterator[int]:
        """The positions of the objects that a call takes by value."""
        if routine.receiver is Receiver.CONSUMED:
            yield RECEIVER
        passed = routine.parameters[1:] if routine.receiver else routine.parameters
        for at, (_, type_) in enumerate(passed):
            if self._exported_as(self._plain(type_, routine.file, routine.owner), routine.file):
                yield at

    def _plain(self, type_: RustType, file: str, owner: str) -> RustType:
        """Without what JavaScript does not see: `Result`, `Option`, `Box` around a slice."""
        for _ in range(8):
            boxed = type_.name == "Box" and type_.arguments[:1]
            if boxed or type_.name in SEEN_THROUGH or type_.is_result:
                if type_.arguments:
                    type_ = type_.arguments[0]
                    continue
            alias = self.crate.alias(type_.name, file)
            if alias is None:
                break
            type_ = alias
        return RustType(owner) if type_.name == "Self" else type_

    def _exported_as(self, type_: RustType, file: str) -> Export | None:
        struct = None if type_.name in ("&", "*") else self.crate.named(type_.name, file)
        return None if struct is None else struct.export


def _names(routines: tuple[Routine, ...]) -> frozenset[str]:
    return frozenset(it.export.name for it in routines if it.export is not None)


def _is_constructor(routine: Routine) -> bool:
    return routine.export is not None and routine.export.role == "constructor"


def _inherited(
    name: str, own: Mapping[str, ResourceClass], parents: Mapping[str, str]
) -> ResourceClass:
    found, seen = own[name], {name}
    while (name := parents.get(name, "")) in own and name not in seen:
        seen.add(name)
        parent = own[name]
        found = replace(
            found,
            clears=found.clears | parent.clears,
            fills=found.fills | parent.fills,
            methods={**parent.methods, **found.methods},
            consumes={**parent.consumes, **found.consumes},
        )
    return found
