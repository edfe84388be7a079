"""`missing-drop` and `drop-does-not-release`: what becomes of a buffer when its object goes.

Rust's own drop glue frees every field after `drop`, but nothing that a raw pointer points to. The
messages say so: of buffers these rules ask for the release that a crate can state and test, and
they point to what really stays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cleanuplint.checks.rust.emptying import at_the_end, released
from cleanuplint.checks.rust.subject import Located, Subject
from cleanuplint.findings import Confidence, Finding, Step
from cleanuplint.flow import graph
from cleanuplint.rust.model import Field, Routine, Struct
from cleanuplint.rust.places import Place
from cleanuplint.rust.scratch import Buffer
from cleanuplint.rust.summaries import Content, is_old


def missing_drop(subject: Subject) -> Iterator[Located]:
    for struct, fields in subject.raw_holders:
        if not subject.crate.has_own_drop(struct):
            yield Located(struct.file, _missing_for_raw(struct, fields))
    for struct, buffers in _by_struct(subject):
        left = [buffer for buffer in buffers if not _drops_inside(subject, buffer)]
        if left and not subject.crate.has_own_drop(struct):
            yield Located(struct.file, _missing(subject, struct, left))


def _missing(subject: Subject, struct: Struct, buffers: Sequence[Buffer]) -> Finding:
    names = listed(buffers)
    emptying = at_the_end(subject, struct, buffers)
    return Finding(
        rule="missing-drop",
        span=struct.name_span,
        message=f"`{struct.name}` keeps a working buffer in {names} and has no `impl Drop`",
        because="the field itself is freed when the object is, so this alone leaks nothing; but no "
        "line states that release, no test can look at it, and an object that JavaScript never "
        "frees keeps all of it",
        help=f"write `impl Drop for {struct.name}` with {release(buffers)}",
        confidence=Confidence.LIKELY,
        steps=tuple(_kept_here(struct, buffer) for buffer in buffers),
        emptying=emptying,
    )


def _missing_for_raw(struct: Struct, fields: Sequence[Field]) -> Finding:
    names = ", ".join(f"`self.{field.name}`" for field in fields)
    return Finding(
        rule="missing-drop",
        span=struct.name_span,
        message=f"`{struct.name}` holds memory by the raw pointer {names} and has no `impl Drop`",
        because="what a raw pointer points to is freed by nobody: `free()` ends the object and "
        "loses the memory",
        help=f"write `impl Drop for {struct.name}` that makes an owner of it again "
        "(`Box::from_raw`, `Vec::from_raw_parts`)",
        confidence=Confidence.LIKELY,
        steps=tuple(Step(field.span, "the pointer") for field in fields),
    )


def _kept_here(struct: Struct, buffer: Buffer) -> Step:
    field = struct.field(buffer.path[0])
    return Step(struct.name_span if field is None else field.span, "the buffer")


def drop_does_not_release(subject: Subject) -> Iterator[Located]:
    for struct, fields in subject.raw_holders:
        drop = subject.crate.drop_of(struct)
        if drop is not None:
            for field in fields:
                if not _may_free(drop, field):
                    yield Located(drop.file, _raw_not_released(struct, drop, field))
    for struct, buffers in _by_struct(subject):
        drop = subject.crate.drop_of(struct)
        if drop is not None:
            for buffer in buffers:
                yield from _left_by_drop(subject, struct, drop, buffer)


def _may_free(drop: Routine, field: Field) -> bool:
    """It mentions the pointer, or calls a method of the object that may."""
    operations = [operation for block in drop.body.blocks for operation in block.operations]
    mentioned = {it.name for it in operations if isinstance(it, graph.LoadMember)}
    methods = {it.method for it in operations if isinstance(it, graph.Call)} - {None}
    return field.name in mentioned or bool(methods)


def _raw_not_released(struct: Struct, drop: Routine, field: Field) -> Finding:
    return Finding(
        rule="drop-does-not-release",
        span=drop.name_span,
        message=f"`Drop` of `{struct.name}` does not free what `self.{field.name}` points to",
        because="nobody else frees what a raw pointer points to, so it is lost with the object",
        help="make an owner of it again (`Box::from_raw`, `Vec::from_raw_parts`) and drop that",
        confidence=Confidence.LIKELY,
    )


def _left_by_drop(
    subject: Subject, struct: Struct, drop: Routine, buffer: Buffer
) -> Iterator[Located]:
    summary = subject.buffers.contents.of(drop)
    place = Place(drop.parameters[0][0], buffer.path)
    if summary is None or place not in summary.buffers or _drops_inside(subject, buffer):
        return
    content = summary.content(place, failed=False)
    if content:
        emptying = released(subject, buffer) if drop.file == struct.file else None
        found = _not_released(struct, drop, buffer, content)
        yield Located(drop.file, replace(found, emptying=emptying))


def _not_released(struct: Struct, drop: Routine, buffer: Buffer, content: Content) -> Finding:
    left = "leaves" if any(map(is_old, content)) else "empties, but does not shrink,"
    return Finding(
        rule="drop-does-not-release",
        span=drop.name_span,
        message=f"`Drop` of `{struct.name}` {left} `{buffer.name}`",
        because="the field itself is freed after `drop`, so no heap is lost; but this `drop` is "
        "where the crate promises the release, and it does not make it",
        help=f"add {release([buffer])}",
        confidence=Confidence.LIKELY,
    )


def _by_struct(subject: Subject) -> Iterator[tuple[Struct, list[Buffer]]]:
    found: dict[tuple[str, int], list[Buffer]] = {}
    for buffer in subject.buffers.working:
        key = (buffer.struct.file, buffer.struct.span.start)
        found.setdefault(key, []).append(buffer)
    for buffers in found.values():
        yield buffers[0].struct, buffers


def _drops_inside(subject: Subject, buffer: Buffer) -> bool:
    """A struct on the way to the buffer has a `Drop` of its own."""
    ways = (buffer.path[:count] for count in range(1, len(buffer.path)))
    inner = (subject.crate.struct_at(buffer.struct, way) for way in ways)
    return any(struct is not None and subject.crate.has_own_drop(struct) for struct in inner)


def listed(buffers: Sequence[Buffer]) -> str:
    return ", ".join(f"`{buffer.name}`" for buffer in buffers)


def release(buffers: Sequence[Buffer]) -> str:
    return ", ".join(f"`{_statement(buffer)}`" for buffer in buffers)


def _statement(buffer: Buffer) -> str:
    """What empties a buffer and gives its memory back."""
    if buffer.type_name in ("Vec", "String", "VecDeque", "PathBuf", "OsString"):
        return f"{buffer.name}.clear(); {buffer.name}.shrink_to(0);"
    if buffer.type_name == "Option":
        return f"{buffer.name} = None;"
    return f"drop(std::mem::take(&mut {buffer.name}));"
