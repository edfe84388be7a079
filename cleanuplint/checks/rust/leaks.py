"""`leaked-on-purpose`: memory that nobody can give back any more."""

from collections.abc import Iterator
from dataclasses import replace

from cleanuplint.checks.rust.subject import Located, Subject
from cleanuplint.findings import Confidence, Emptying, Finding, Step
from cleanuplint.rust.leaks import Leak, Loss
from cleanuplint.rust.statics import Growth, growths

BECAUSE = {
    Loss.FORGOTTEN: "the heap that the value owns is never freed: nothing in this crate takes it "
    "back from a raw pointer",
    Loss.LEAKED: "a new piece of memory stays for good with every call",
    Loss.RAW: "nothing in this crate makes an owner of the raw pointer again, so what it points to "
    "is never freed",
    Loss.UNDROPPED: "nothing in this crate drops or takes the value again, so it is never freed",
    Loss.CLOSURE: "the closure and all that it captures stay for good, once more with every call",
}
HELP = {
    Loss.FORGOTTEN: "let it drop, or export a function that frees it (`Vec::from_raw_parts`)",
    Loss.LEAKED: "keep the owner in a field, or make it once (`OnceLock`)",
    Loss.RAW: "export a function that frees it (`drop(Box::from_raw(pointer))`)",
    Loss.UNDROPPED: "let it drop, or call `ManuallyDrop::drop`",
    Loss.CLOSURE: "keep the `Closure` in a field and drop it with its listener; for a single call "
    "`Closure::once_into_js` frees itself",
}


def leaked_on_purpose(subject: Subject) -> Iterator[Located]:
    held = {struct.name for struct, _ in subject.raw_holders}
    for leak in subject.leaks.all:
        # what an object holds by a raw pointer is the business of its `Drop`
        if leak.loss is Loss.CLOSURE or leak.routine.owner not in held:
            found = replace(_leaked(subject, leak), emptying=_emptying(subject, leak))
            yield Located(leak.routine.file, found)
    for growth in growths(subject.crate):
        yield Located(growth.static.file, _growing(subject, growth))


def _leaked(subject: Subject, leak: Leak) -> Finding:
    text = subject.text(leak.routine.file)
    return Finding(
        rule="leaked-on-purpose",
        span=leak.span,
        message=f"{text.quote(leak.span)} loses memory each time that `{leak.routine.name}` runs",
        because=BECAUSE[leak.loss],
        help=HELP[leak.loss],
        confidence=Confidence.LIKELY,
    )


def _emptying(subject: Subject, leak: Leak) -> Emptying | None:
    """None for one of several handles to the same: one function that takes it back settles all."""
    handles = (it for it in subject.leaks.all if it.loss is Loss.RAW)
    same = [it for it in handles if it.comes_back_as(leak.owner, leak.pointee)]
    if leak.loss is Loss.RAW and len(same) > 1:
        return None
    names = frozenset(it.name for it in subject.crate.routines)
    return Emptying(taken=names, edition=subject.crate.edition)


def _growing(subject: Subject, growth: Growth) -> Finding:
    here = growth.static.file == growth.routine.file
    return Finding(
        rule="leaked-on-purpose",
        span=growth.static.span,
        message=f"`{growth.static.name}` grows with every `{growth.routine.name}` and nothing "
        "ever empties it",
        because="a static lives as long as the module, and so does all that is put into it",
        help="empty it when its content has been used, or keep it in an object that can be freed",
        confidence=Confidence.LIKELY,
        steps=(Step(growth.span, "grows here"),) if here else (),
    )
