"""How a buffer is emptied, released and measured, as Rust is written.

A lock on the way is taken (`borrow_mut`), a box is seen through. What cannot be reached like that,
or only at a price (a `Mutex`, an `Rc` without a cell), has no spelling.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cleanuplint.rust.contents import Contents
from cleanuplint.rust.crates import Crate, Path
from cleanuplint.rust.model import UNIT, Receiver, Routine, RustType, Struct
from cleanuplint.rust.places import Place
from cleanuplint.rust.touches import Kind

BOXES = frozenset({"Box", "&"})
SHARED = frozenset({"Rc", "Arc"})
SHRINKING = frozenset({"Vec", "String", "VecDeque", "OsString", "PathBuf"})
"""Types with `clear` and `shrink_to`."""
CLEARED = SHRINKING | {"BytesMut", "SmallVec"}
MEASURED = CLEARED - {"PathBuf"}


@dataclass(frozen=True, slots=True)
class Spelling:
    """Expressions about one buffer; empty where there is none."""

    place: str = ""
    clear: str = ""
    release: tuple[str, ...] = ()
    size: str = ""
    is_locked: bool = False


NONE = Spelling()


def spelled(crate: Crate, struct: Struct, path: Path, root: str = "self") -> Spelling:
    """A buffer inside of a struct, as code in the file of the struct may write it."""
    owner: Struct | None = struct
    place, locked = root, False
    for at, name in enumerate(path):
        field = owner.field(name) if owner is not None else None
        if owner is None or field is None or (field.is_private and owner.file != struct.file):
            return NONE
        place, bare, lock = _unwrapped(crate, f"{place}.{name}", field.type, owner.file)
        locked = locked or lock
        if bare is None:
            return NONE
        if at == len(path) - 1:
            return replace(_of(place, bare, locked), place=".".join((root, *path)))
        owner = crate.named(bare.name, owner.file)
    return NONE


def spelled_parameter(crate: Crate, type_: RustType, file: str, name: str) -> Spelling:
    """A buffer that is itself a parameter: `bytes` of `bytes: &mut Vec<u8>`."""
    place, bare, locked = _unwrapped(crate, name, type_, file)
    return NONE if bare is None else replace(_of(place, bare, locked, star="*"), place=name)


def _unwrapped(
    crate: Crate, place: str, type_: RustType, file: str
) -> tuple[str, RustType | None, bool]:
    """What stands for the buffer itself, its type, and whether a lock is taken on the way."""
    shared = locked = False
    for _ in range(8):
        alias = crate.alias(type_.name, file)
        if alias is not None:
            type_ = alias
        elif type_.name == "RefCell" and type_.arguments:
            place, type_ = f"{place}.borrow_mut()", type_.arguments[0]
            shared, locked = False, True
        elif type_.name in BOXES | SHARED and type_.arguments and not _is_boxed_slice(type_):
            shared = shared or type_.name in SHARED
            type_ = type_.arguments[0]
        else:
            break
    return place, None if shared else type_, locked


def _is_boxed_slice(type_: RustType) -> bool:
    return type_.name == "Box" and type_.arguments[0].name == "[]"


def _of(place: str, type_: RustType, locked: bool, star: str = "") -> Spelling:
    whole = f"*{place}" if locked or star else place
    asked = place.replace("borrow_mut()", "borrow()")
    if type_.name in SHRINKING:
        freed = (f"{place}.clear()", f"{place}.shrink_to(0)")
        size = f"{asked}.len()" if type_.name in MEASURED else ""
        return Spelling(place, f"{place}.clear()", freed, size, locked)
    if type_.name in CLEARED:
        taken = f"drop(std::mem::take(&mut {whole}))"
        return Spelling(place, f"{place}.clear()", (taken,), f"{asked}.len()", locked)
    if type_.name == "Option" and type_.arguments:
        inner = type_.arguments[0].name
        size = f"{asked}.as_ref().map_or(0, |it| it.len())" if inner in MEASURED else ""
        emptied = f"{whole} = None"
        return Spelling(place, emptied, (emptied,), size, locked)
    if type_.name == "Box":
        emptied = f"{whole} = Box::default()"
        return Spelling(place, emptied, (emptied,), "", locked)
    return NONE


def releasing_methods(contents: Contents, struct: Struct, paths: list[Path]) -> Iterator[Routine]:
    """The methods that do nothing but give back what these buffers hold, and need nothing."""
    for routine in contents.crate.routines:
        simple = len(routine.parameters) == 1 and routine.result == UNIT and not routine.trait
        lent = routine.receiver in (Receiver.MUTABLE, Receiver.SHARED)
        if routine.owner == struct.name and lent and simple:
            summary = contents.of(routine)
            places = [Place(routine.parameters[0][0], path) for path in paths]
            if summary is not None and all(
                place in summary.buffers
                and summary.content(place, failed=False) == frozenset()
                and Kind.FILL not in summary.kinds(place)
                for place in places
            ):
                yield routine
