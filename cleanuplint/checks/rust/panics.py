"""`panic-poisons-object`: a panic while JavaScript holds the object borrowed."""

from collections.abc import Iterator

from cleanuplint.checks.rust.subject import Located, Subject
from cleanuplint.findings import Confidence, Finding, Step
from cleanuplint.rust.model import Receiver, Routine
from cleanuplint.rust.panics import Panic, panics_in

SHOWN = 3


def panic_poisons_object(subject: Subject) -> Iterator[Located]:
    for routine in subject.crate.routines:
        if routine.export is None or routine.receiver is not Receiver.MUTABLE:
            continue
        found = sorted(set(panics_in(subject.crate, routine)), key=lambda it: it.span)
        if found:
            yield Located(routine.file, _poisoning(subject, routine, found))


def _poisoning(subject: Subject, routine: Routine, panics: list[Panic]) -> Finding:
    first = panics[0]
    quoted = subject.text(routine.file).quote(first.span)
    return Finding(
        rule="panic-poisons-object",
        span=first.span,
        message=f"a panic here makes the `{routine.owner}` unusable: {quoted}",
        because=f"a panic in `{routine.name}` traps while the object is borrowed mutably, and on "
        "a default build nothing unwinds: from then on every call and `free()` throws, and its "
        "memory is out of reach",
        help="return a `Result`, so that the error reaches JavaScript and the object lives on",
        confidence=Confidence.LIKELY,
        steps=tuple(Step(it.span, f"{it.what} may panic") for it in panics[:SHOWN]),
        exercise=subject.exercise(routine),
    )
