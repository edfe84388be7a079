"""`error-path-keeps-buffer`: what a failing function leaves in a working buffer.

One finding for each function: what it wrote itself counts before what it found there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cleanuplint.checks.rust.emptying import on_error
from cleanuplint.checks.rust.subject import Located, Subject
from cleanuplint.findings import Confidence, Emptying, Exercise, Finding, Span, Step
from cleanuplint.rust.model import Routine
from cleanuplint.rust.scratch import Access, Buffer
from cleanuplint.rust.summaries import Content, Filled, Kept, Mark
from cleanuplint.rust.touches import Kind

CHANGES = frozenset({Kind.FILL, Kind.CLEAR, Kind.FREE, Kind.RENEW})
"""What makes a function one that works on a buffer; to look at it does not."""


def error_path_keeps_buffer(subject: Subject) -> Iterator[Located]:
    for buffer in subject.buffers.working:
        for access in buffer.accesses:
            content = access.content(failed=True) or frozenset()
            written = {token for token in content if isinstance(token, Filled)}
            yield from _keeping_written(subject, buffer, written)
            if buffer.keeps_old and access.kinds & CHANGES:
                yield from _keeping_old(subject, buffer, access)


# ── what this call wrote ────────────────────────────────────────────────────────────────────────


def _keeping_written(subject: Subject, buffer: Buffer, written: set[Filled]) -> Iterator[Located]:
    by_routine: dict[tuple[str, Span], list[Filled]] = {}
    for token in sorted(written, key=lambda token: (token.file, token.span)):
        routine = subject.routine_at(token.file, token.span)
        by_routine.setdefault((routine.file, routine.span), []).append(token)
    for (file, span), tokens in by_routine.items():
        routine = subject.routine_at(file, span)
        exits = _failing_with(subject, routine, tokens)
        if exits:
            yield Located(file, _written(subject, buffer, routine, tokens, exits))


def _failing_with(subject: Subject, routine: Routine, tokens: list[Filled]) -> list[Span]:
    summary = subject.buffers.contents.of(routine)
    exits = summary.exits if summary is not None else []
    return sorted(
        exit_.span
        for exit_ in exits
        if exit_.failed and any(token in held for held in exit_.contents for token in tokens)
    )


def _written(
    subject: Subject, buffer: Buffer, routine: Routine, tokens: list[Filled], exits: list[Span]
) -> Finding:
    text = subject.text(routine.file)
    first = tokens[0].span
    by_line = {text.line(span): span for span in reversed(exits)}
    return Finding(
        rule="error-path-keeps-buffer",
        span=first,
        message=f"`{routine.name}` can fail and keep in `{buffer.name}` what it wrote there",
        because=f"{text.quote(first)} fills it, and the `Err` on {_lines(sorted(by_line))} leaves "
        "it so until the next call, however long that takes",
        help="empty it before the error leaves, for instance "
        f"`.map_err(|e| {{ {buffer.name}.clear(); e }})?`",
        confidence=Confidence.LIKELY,
        steps=(
            Step(first, "fills the buffer"),
            *(Step(by_line[line], "an `Err` leaves it filled") for line in sorted(by_line)[:3]),
        ),
        emptying=_emptying(subject, buffer, routine, frozenset(tokens), exits),
        exercise=_exercise(subject, buffer, routine, tokens),
    )


def _emptying(
    subject: Subject, buffer: Buffer, routine: Routine, tokens: Content, exits: Sequence[Span]
) -> Emptying | None:
    """How the function itself empties a buffer that holds one of these at some of its exits."""
    summary = subject.buffers.contents.of(routine)
    failed = summary.joined(failed=True) if summary is not None else None
    if summary is None or failed is None:
        return None
    held = [it for it, content in zip(summary.buffers, failed, strict=True) if content & tokens]
    same = [it for it in held if it.path == buffer.path[len(buffer.path) - len(it.path) :]]
    if len(same) != 1:
        return None
    return on_error(subject, routine, same[0], exits, tokens - {Mark.ENTRY})


def _exercise(
    subject: Subject, buffer: Buffer, routine: Routine, tokens: list[Filled]
) -> Exercise | None:
    """The function itself, or the first exported one that fails with what it wrote."""
    failing = (
        access.routine
        for access in buffer.accesses
        if frozenset(tokens) & (access.content(failed=True) or frozenset())
    )
    found = (subject.exercise(one) for one in (routine, *failing))
    return next((one for one in found if one is not None), None)


def _lines(numbers: Sequence[int]) -> str:
    *before, last = map(str, numbers)
    return f"lines {', '.join(before)} and {last}" if before else f"line {last}"


# ── what a call before wrote ────────────────────────────────────────────────────────────────────


def _keeping_old(subject: Subject, buffer: Buffer, access: Access) -> Iterator[Located]:
    for exit_ in access.summary.exits:
        held = access.held_at(exit_) if exit_.failed else frozenset()
        for token in held:
            if isinstance(token, Kept):
                file, span = token.file, token.span
            elif token is Mark.ENTRY:
                file, span = access.routine.file, exit_.span
            else:
                continue
            routine = subject.routine_at(file, span)
            if not _writes(subject, routine):
                found = _old(subject, buffer, routine, span)
                emptying = _emptying(subject, buffer, routine, frozenset({Mark.ENTRY}), [span])
                yield Located(file, replace(found, emptying=emptying))


def _writes(subject: Subject, routine: Routine) -> bool:
    """It fails with what it wrote itself, too, and that is told already."""
    summary = subject.buffers.contents.of(routine)
    return summary is not None and any(
        isinstance(token, Filled)
        and token.file == routine.file
        and routine.span.start <= token.span.start < routine.span.end
        for exit_ in summary.exits
        if exit_.failed
        for held in exit_.contents
        for token in held
    )


def _old(subject: Subject, buffer: Buffer, routine: Routine, span: Span) -> Finding:
    return Finding(
        rule="error-path-keeps-buffer",
        span=span,
        message=f"`{routine.name}` can fail here and keep in `{buffer.name}` what a call before "
        "left there",
        because="this `Err` is returned before the buffer is emptied, so the data of the previous "
        "call stays",
        help=f"empty `{buffer.name}` first thing in the function",
        confidence=Confidence.LIKELY,
        exercise=subject.exercise(routine),
    )
