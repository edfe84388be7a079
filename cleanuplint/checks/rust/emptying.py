"""From buffers to what a fix needs to know of them."""

from collections.abc import Sequence

from cleanuplint.checks.rust.subject import Subject
from cleanuplint.findings import Emptying, Span
from cleanuplint.rust.model import Receiver, Routine, RustType, Static, Struct
from cleanuplint.rust.places import Place
from cleanuplint.rust.protocol import Protocol
from cleanuplint.rust.scratch import Buffer
from cleanuplint.rust.spelling import Spelling, releasing_methods, spelled, spelled_parameter
from cleanuplint.rust.summaries import Content

INSPECT_ERR = (1, 76)


def at_the_end(subject: Subject, struct: Struct, buffers: Sequence[Buffer]) -> Emptying:
    """For the `Drop` of a struct."""
    release = _by_method(subject, struct, buffers) or _released(subject, buffers, ends=True)
    if "Copy" in struct.derives:
        release = ()
    return Emptying(release=release, doubt=_taken_apart(subject, struct))


def exported(
    subject: Subject, protocol: Protocol, peers: Sequence[Routine], beside: Sequence[Routine]
) -> Emptying:
    """For a new export; `peers`: those of other classes, `beside`: methods that it belongs to."""
    struct, buffers = protocol.struct, protocol.buffers
    sizes = [spelled(subject.crate, struct, buffer.path).size for buffer in buffers]
    names = (f"{it.name} {it.export.name}" for it in peers if it.export is not None)
    near = (it.name_span for it in beside if it.file == struct.file)
    return Emptying(
        release=_by_method(subject, struct, buffers) or _released(subject, buffers),
        size=" + ".join(sizes) if all(sizes) else "",
        exports=next(names, ""),
        taken=frozenset(it.name for it in subject.crate.routines if it.owner == struct.name),
        beside=next(near, None),
        is_built=subject.built is not None,
    )


def released(subject: Subject, buffer: Buffer) -> Emptying:
    """For one buffer in a `Drop` that is there."""
    return Emptying(release=_released(subject, [buffer], ends=True))


def on_error(
    subject: Subject, routine: Routine, place: Place, exits: Sequence[Span], tokens: Content
) -> Emptying:
    """For the `Err` exits of a function; `tokens`: what it leaves there and wrote itself."""
    spelling = _spelled_in(subject, routine, place)
    crate = subject.crate
    return Emptying(
        place=spelling.place,
        clear=spelling.clear,
        exits=tuple(exits),
        from_before=not tokens,
        first_of_all=subject.buffers.is_entry(routine),
        is_locked=spelling.is_locked,
        edition=crate.edition,
        has_inspect_err=not crate.rust_version or crate.rust_version >= INSPECT_ERR,
        doubt=_survived(subject, routine, tokens),
    )


def statements(release: Sequence[str]) -> str:
    """For a message."""
    return f"`{'; '.join(release)};`"


# ── how it is written ───────────────────────────────────────────────────────────────────────────


def _by_method(subject: Subject, struct: Struct, buffers: Sequence[Buffer]) -> tuple[str, ...]:
    """The call of a method that gives all of them back."""
    paths = [buffer.path for buffer in buffers]
    for routine in releasing_methods(subject.buffers.contents, struct, paths):
        if routine.file == struct.file or routine.is_public:
            return (f"self.{routine.name}()",)
    return ()


def _released(subject: Subject, buffers: Sequence[Buffer], ends: bool = False) -> tuple[str, ...]:
    """`ends`: nothing of the object is needed any more."""
    each = [_release_of(subject, buffer, ends) for buffer in buffers]
    return tuple(dict.fromkeys(it for some in each for it in some)) if all(each) else ()


def _release_of(subject: Subject, buffer: Buffer, ends: bool) -> tuple[str, ...]:
    crate, struct = subject.crate, buffer.struct
    release = spelled(crate, struct, buffer.path).release
    if release or len(buffer.path) != 2:
        return release
    name, inside = buffer.path
    field, inner = struct.field(name), crate.struct_at(struct, (name,))
    if field is None or inner is None or field.type.name != inner.name:
        return ()
    for routine in releasing_methods(subject.buffers.contents, inner, [(inside,)]):
        if routine.is_public:
            return (f"self.{name}.{routine.name}()",)
    return (f"self.{name} = Default::default()",) if ends and "Default" in inner.derives else ()


def _spelled_in(subject: Subject, routine: Routine, place: Place) -> Spelling:
    """The buffer as a function knows it that may have been handed it."""
    crate = subject.crate
    if isinstance(place.root, Static):
        return Spelling()
    name = crate.files[routine.file].program.variables[place.root].name
    type_ = dict(routine.parameters).get(place.root, RustType(""))
    if not place.path:
        return spelled_parameter(crate, type_, routine.file, name)
    struct = crate.parameter_struct(routine, type_)
    if struct is None or type_.name not in ("&", "Self", struct.name):
        return Spelling()
    return spelled(crate, struct, place.path, name)


# ── what it may change ──────────────────────────────────────────────────────────────────────────


def _taken_apart(subject: Subject, struct: Struct) -> str:
    """A function of another file owns such an object, and may move a field out of it."""
    for routine in subject.crate.routines:
        owned = any(type_.name == struct.name for _, type_ in routine.parameters)
        consumed = routine.receiver is Receiver.CONSUMED and routine.owner == struct.name
        if routine.file != struct.file and (owned or consumed):
            return f"`{routine.name}` may move a field out of it, which a `Drop` forbids"
    return ""


def _survived(subject: Subject, routine: Routine, tokens: Content) -> str:
    """Another function goes on with what this one wrote before it failed."""
    for other in subject.crate.routines:
        summary = None if other is routine else subject.buffers.contents.of(other)
        done = (summary.joined(failed=False) or ()) if summary is not None else ()
        if any(content & tokens for content in done):
            return f"`{other.name}` goes on with what it wrote before it failed"
    return ""
