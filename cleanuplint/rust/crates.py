"""A crate as a whole: which struct a type names, which function a call means, what holds memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from cleanuplint.rust.model import FileItems, Routine, RustType, Static, Struct

BUFFERS = frozenset({"Vec", "String", "BytesMut", "VecDeque", "OsString", "SmallVec", "PathBuf"})
"""Types that keep the memory of what they held until they are told to let go."""
WRAPPERS = frozenset(
    {
        "Option", "Box", "Rc", "Arc", "RefCell", "Cell", "Mutex", "RwLock", "UnsafeCell",
        "OnceCell", "ManuallyDrop", "Pin", "LazyCell", "LazyLock", "OnceLock", "RefMut",
        "MutexGuard",
    }
)  # fmt: skip
"""Types that are seen through: a lock around a buffer is a buffer."""
DEPTH = 3
"""Fields of fields of fields: deeper buffers are somebody else's."""

Path = tuple[str, ...]


@dataclass(frozen=True)
class Crate:
    """All files of one crate, by path."""

    files: Mapping[str, FileItems]
    edition: int = 2021
    rust_version: tuple[int, ...] = ()
    """The oldest compiler that has to build it, if the manifest names one."""

    @cached_property
    def structs(self) -> tuple[Struct, ...]:
        return tuple(struct for items in self.files.values() for struct in items.structs)

    @cached_property
    def routines(self) -> tuple[Routine, ...]:
        """All functions, tests excepted."""
        every = (routine for items in self.files.values() for routine in items.routines)
        return tuple(routine for routine in every if not routine.is_test)

    @cached_property
    def statics(self) -> tuple[Static, ...]:
        return tuple(it for items in self.files.values() for it in items.statics if not it.is_test)

    @cached_property
    def _structs_by_name(self) -> Mapping[str, list[Struct]]:
        found: dict[str, list[Struct]] = {}
        for struct in self.structs:
            found.setdefault(struct.name, []).append(struct)
        return found

    @cached_property
    def _methods(self) -> Mapping[tuple[str, str], list[Routine]]:
        """By owner and name; a free function has no owner."""
        found: dict[tuple[str, str], list[Routine]] = {}
        for routine in self.routines:
            found.setdefault((routine.owner, routine.name), []).append(routine)
        return found

    def static(self, path: str, file: str) -> Static | None:
        """The static that a path means in a file, if only one can be meant."""
        found = self._statics_by_name.get(path.rsplit("::", 1)[-1], [])
        here = [static for static in found if static.file == file]
        choice = here or found
        return choice[0] if len(choice) == 1 else None

    @cached_property
    def _statics_by_name(self) -> Mapping[str, list[Static]]:
        found: dict[str, list[Static]] = {}
        for static in self.statics:
            found.setdefault(static.name, []).append(static)
        return found

    # ── types ───────────────────────────────────────────────────────────────────────────────────

    def bare(self, type_: RustType, file: str) -> RustType:
        """The type without references, wrappers and aliases."""
        for _ in range(8):
            if type_.name in WRAPPERS | {"&"} and type_.arguments:
                type_ = type_.arguments[0]
            elif (alias := self.alias(type_.name, file)) is not None:
                type_ = alias
            else:
                break
        return type_

    def alias(self, name: str, file: str) -> RustType | None:
        """What a `type` item of that name stands for."""
        here = self.files[file].aliases.get(name)
        if here is not None:
            return here
        every = [items.aliases[name] for items in self.files.values() if name in items.aliases]
        return every[0] if len(every) == 1 else None

    def struct_of(self, type_: RustType, file: str) -> Struct | None:
        """The struct of this crate that a type is, seen through references and wrappers."""
        return self.named(self.bare(type_, file).name, file)

    def named(self, name: str, file: str) -> Struct | None:
        """The struct that a name means in a file, if only one can be meant."""
        found = self._structs_by_name.get(name, [])
        here = [struct for struct in found if struct.file == file]
        choice = here or found
        return choice[0] if len(choice) == 1 else None

    def is_buffer(self, type_: RustType, file: str) -> bool:
        """Whether a value of the type owns memory that grows; a boxed slice does too."""
        boxed = type_.name == "Box" and type_.arguments and type_.arguments[0].name == "[]"
        option = type_.name == "Option" and type_.arguments
        if boxed or (option and self.is_buffer(type_.arguments[0], file)):
            return True
        return self.bare(type_, file).name in BUFFERS

    def buffers_of(
        self, struct: Struct, depth: int = DEPTH, borrowed: bool = False
    ) -> Iterator[Path]:
        """The paths of the buffers that a struct owns, or has borrowed, those inside it too."""
        for field in struct.fields:
            if field.type.name == "*" or (field.type.name == "&" and not borrowed):
                continue
            if self.is_buffer(field.type, struct.file):
                yield (field.name,)
            elif depth > 1:
                inner = self.struct_of(field.type, struct.file)
                if inner is not None and inner != struct:
                    inside = self.buffers_of(inner, depth - 1, borrowed)
                    yield from ((field.name, *path) for path in inside)

    def parameter_struct(self, routine: Routine, type_: RustType) -> Struct | None:
        """The struct that a parameter is, `self` included."""
        if type_.name == "Self":
            type_ = RustType(routine.owner)
        return self.struct_of(type_, routine.file)

    def struct_at(self, struct: Struct, path: Path) -> Struct | None:
        """The struct that a field of a field is."""
        found: Struct | None = struct
        for name in path:
            field = found.field(name) if found is not None else None
            if found is None or field is None:
                return None
            found = self.struct_of(field.type, found.file)
        return found

    # ── functions ───────────────────────────────────────────────────────────────────────────────

    def method(self, struct: Struct, name: str) -> Routine | None:
        """The method of that name, if there is just one with a body for this build."""
        found = [it for it in self._methods.get((struct.name, name), ()) if it.receiver]
        return self._one(found, struct.file)

    def function(self, path: str, routine: Routine) -> Routine | None:
        """What a path called in a routine means."""
        *before, name = path.split("::")
        owner = before[-1] if before else ""
        if owner == "Self":
            owner = routine.owner
        if not owner[:1].isupper():
            owner = ""
        return self._one(self._methods.get((owner, name), []), routine.file)

    def _one(self, found: list[Routine], file: str) -> Routine | None:
        here = [routine for routine in found if routine.file == file]
        choice = here or found
        return choice[0] if len(choice) == 1 else None

    def drop_of(self, struct: Struct) -> Routine | None:
        found = [
            r
            for r in self._methods.get((struct.name, "drop"), ())
            if r.trait == "Drop" and r.receiver
        ]
        return found[0] if found else None

    def has_own_drop(self, struct: Struct) -> bool:
        """Also where a derive or a macro may have made it."""
        by_derive = any("Drop" in name for name in struct.derives)
        macros = (macro for items in self.files.values() for macro in items.macros)
        by_macro = any(struct.name in macro.words for macro in macros)
        return self.drop_of(struct) is not None or by_derive or by_macro
