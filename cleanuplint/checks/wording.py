"""From an outcome of the solver to a finding: what is said, why, and what to do about it.

One function per rule, named after it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from cleanuplint.checks.remedies import ending, remedy_for
from cleanuplint.checks.terms import Terms
from cleanuplint.contracts.model import ResourceClass
from cleanuplint.findings import Exercise, Finding, Span, Step
from cleanuplint.flow.outcome import Fate, Outcome
from cleanuplint.flow.trace import MAY_THROW


class Text(Protocol):
    """The source as far as messages quote it."""

    def quote(self, span: Span) -> str: ...

    def allocator(self, span: Span) -> str: ...

    def raw_export(self, span: Span, name: str) -> str: ...

    def line(self, span: Span) -> int: ...

    @property
    def terms(self) -> Terms:
        """The words of its language."""


Words = tuple[str, str, str]
"""Message, because, help."""


def finding(outcome: Outcome, text: Text, libraries: frozenset[str] = frozenset()) -> Finding:
    """The finding that an outcome amounts to; `libraries` are names that the file has for some."""
    message, because, remedy = WORDING[outcome.fate](outcome, text)
    steps = tuple(_step(span, said, text) for span, said in outcome.trail)
    if not steps or steps[0].span != outcome.origin:
        steps = (Step(outcome.origin, _arises(outcome)), *steps)
    if outcome.raised is not None and steps[-1].span != outcome.raised:
        steps = (*steps, _step(outcome.raised, MAY_THROW, text))
    return Finding(
        rule=outcome.fate.value,
        span=outcome.span,
        message=message,
        because=because,
        help=remedy,
        confidence=outcome.confidence,
        steps=steps,
        contract=_contract(outcome.cls),
        remedy=remedy_for(outcome, text.terms, libraries),
        exercise=_exercise(outcome),
    )


def _exercise(outcome: Outcome) -> Exercise | None:
    match outcome.fate:
        case Fate.UNGUARDED if outcome.method:
            return Exercise(outcome.cls.name, outcome.method)
        case Fate.NO_SUCH:
            return Exercise(outcome.cls.name, "", absent=outcome.method)
    return None


def _contract(cls: ResourceClass) -> str:
    return f"{cls.name} (from {cls.origin})" if cls.origin else cls.contract


def _known(cls: ResourceClass) -> str:
    return f"{cls.name} ({f'from {cls.origin}' if cls.origin else cls.contract})"


def _step(span: Span, said: str, text: Text) -> Step:
    return Step(span, f"{text.quote(span)} {text.terms.may_throw}" if said == MAY_THROW else said)


def _arises(outcome: Outcome) -> str:
    guards = (Fate.UNGUARDED, Fate.NOT_IN_FINALLY, Fate.WRONG_RECEIVER)
    return "fills the buffer" if outcome.fate in guards else "acquired here"


def _name(outcome: Outcome, text: Text) -> str:
    name = f"`{outcome.place}`" if outcome.place else text.quote(outcome.origin)
    return f"what {name} holds" if outcome.many else name


def _release(outcome: Outcome, text: Text) -> str:
    """`tree.delete()`, quoted; of a collection, what is to be called on each element."""
    if outcome.many:
        each = _release(replace(outcome, place="", many=False), text)
        return f"{each} on each of `{outcome.place}`" if outcome.place else f"{each} on each"
    name = ending(outcome, text.terms) or "release"
    if outcome.cls.released_by:
        return f"`{text.allocator(outcome.origin)}{name}({outcome.place or '…'})`"
    return f"`{outcome.place}.{name}()`" if outcome.place else f"`.{name}()`"


def _clear(outcome: Outcome, text: Text) -> str:
    name = ending(outcome, text.terms)
    called = f"{outcome.place}.{name}()" if outcome.place else f"{name}()"
    return text.raw_export(outcome.origin, name) or called


def _class(outcome: Outcome, text: Text) -> str:
    cls = outcome.cls
    if cls.released_by:
        return f"what {text.quote(outcome.origin)} gives is released by `{cls.released_by[0]}(…)`"
    names = text.terms.spelled(cls.releases or cls.clears)
    verbs = " or ".join(f"`{name}()`" for name in names if not name.startswith("["))
    return f"{_known(cls)} is released by {verbs}"


def _thrower(outcome: Outcome, text: Text, joined_by: str = " ") -> str:
    """`joined_by`: what stands between the sentence and its condition."""
    if outcome.raised is None:
        return ""
    line = text.line(outcome.raised)
    return f"{joined_by}if {text.quote(outcome.raised)} on line {line} {text.terms.throws}"


def missing_release(outcome: Outcome, text: Text) -> Words:
    name = _name(outcome, text)
    if outcome.unresolved:
        return (
            f"{name} may never be released",
            "it is handed to code that could not be looked into, and released nowhere here",
            f"make sure that its new owner calls {_release(outcome, text)}",
        )
    collector = "does not see its memory"
    if outcome.cls.finalized:
        collector = "closes it too, but only when it gets to it (gc-finalized)"
    return (
        f"{name} is never released",
        f"{_class(outcome, text)}; the garbage collector {collector}",
        f"call {_release(outcome, text)} in a `finally`",
    )


def release_not_on_every_path(outcome: Outcome, text: Text) -> Words:
    name = _name(outcome, text)
    where = _thrower(outcome, text) or " on this path"
    return (
        f"{name} is not released{where}",
        _class(outcome, text) + ", and one way out of the function passes the release by",
        f"move {_release(outcome, text)} into a `finally` that covers every use",
    )


def discarded_resource(outcome: Outcome, text: Text) -> Words:
    return (
        f"{text.quote(outcome.origin)} makes a {outcome.cls.name} that nobody can release",
        "no variable holds it once the expression is over",
        f"name it, and call {_release(outcome, text)} in a `finally`",
    )


def overwritten_resource(outcome: Outcome, text: Text) -> Words:
    if outcome.cls.lives_in:
        return _piling_up(outcome)
    line = text.line(outcome.other) if outcome.other is not None else 0
    return (
        f"{_name(outcome, text)} is overwritten on line {line} while it still has to be released",
        "the assignment drops the only reference to it",
        f"call {_release(outcome, text)} before the assignment",
    )


def _piling_up(outcome: Outcome) -> Words:
    name, home = outcome.cls.name, outcome.cls.lives_in
    where = f"`{outcome.place}`" if outcome.place else f"the {home}"
    return (
        f"each turn of the loop leaves another {name} in {where}",
        f"its memory stays until the {home} goes, whatever becomes of the {name} itself",
        f"make the {home} in the loop too, or one {name} before it",
    )


def use_after_release(outcome: Outcome, text: Text) -> Words:
    if outcome.other is not None:
        return (
            f"{text.quote(outcome.span)} gives away {_name(outcome, text)}, which "
            f"{text.quote(outcome.other)} on line {text.line(outcome.other)} then releases",
            "that runs before the caller gets what is returned",
            "release it only where it is not returned, or return what was read from it",
        )
    return (
        f"{text.quote(outcome.span)} uses {_name(outcome, text)} after its release",
        "its memory is gone or taken by another object by then",
        "release it after the last use",
    )


def double_release(outcome: Outcome, text: Text) -> Words:
    return (
        f"{_name(outcome, text)} is released twice on one path",
        "the second release works on memory that is gone or no longer its own",
        "keep the one in the `finally`",
    )


def unguarded_call(outcome: Outcome, text: Text) -> Words:
    assumed = " (assumed to be WASM by its name)" if outcome.confidence == 1 else ""
    return (
        f"{text.quote(outcome.span)} may leave its buffer filled{assumed}",
        f"{outcome.cls.name} keeps what the call wrote until `{_clear(outcome, text)}`"
        f"{_thrower(outcome, text, ', also ')}",
        f"call `{_clear(outcome, text)}` in a `finally`",
    )


def clear_not_in_finally(outcome: Outcome, text: Text) -> Words:
    line = text.line(outcome.other) if outcome.other is not None else 0
    return (
        f"the buffer that {text.quote(outcome.span)} fills is not cleared"
        f"{_thrower(outcome, text) or ' on every path'}",
        f"the clear on line {line} is not on this path",
        f"move `{_clear(outcome, text)}` into a `finally`",
    )


def wrong_receiver_cleared(outcome: Outcome, text: Text) -> Words:
    other = text.quote(outcome.other) if outcome.other is not None else "the `finally`"
    return (
        f"{text.quote(outcome.span)} fills a buffer, but {other} clears another object",
        "the guard has to clear the object that was used",
        f"call `{_clear(outcome, text)}`",
    )


def missing_teardown_release(outcome: Outcome, text: Text) -> Words:
    if outcome.span == outcome.origin:
        return (
            f"{_name(outcome, text)} is kept by an object that has no way to release it",
            _class(outcome, text),
            f"give the class a `{text.terms.teardown}` that calls {_release(outcome, text)}",
        )
    return (
        f"`{text.quote(outcome.span).strip('`')}` does not release {_name(outcome, text)}",
        f"acquired on line {text.line(outcome.origin)}; " + _class(outcome, text),
        f"call {_release(outcome, text)} here",
    )


def collection_drops_resource(outcome: Outcome, text: Text) -> Words:
    return (
        f"{text.quote(outcome.span)} drops entries that nobody released",
        _class(outcome, text),
        f"call {_release(replace(outcome, place=''), text)} on each entry first",
    )


def cleanup_masks_error(outcome: Outcome, text: Text) -> Words:
    return (
        f"{text.quote(outcome.span)} in a `finally` may replace the first error by its own",
        "after a trap a WASM object refuses every further call, the clear included",
        f"wrap it in its own {text.terms.handler}",
    )


def swallowed_wasm_error(outcome: Outcome, text: Text) -> Words:
    return (
        f"the failure of {text.quote(outcome.origin)} is swallowed",
        "the fallback leaves no trace of the error, so nobody learns that WASM fails",
        "count or log the error",
    )


def no_such_release(outcome: Outcome, text: Text) -> Words:
    cls = outcome.cls
    known = text.terms.spelled((cls.releases | cls.clears) & cls.members)
    names = [f"`{name}()`" for name in known if not name.startswith("[")]
    has = f"has {' and '.join(names)} instead" if names else "has no release either"
    return (
        f"{text.quote(outcome.span)} never runs: {cls.name} has no such method",
        f"{_known(cls)} {has}; a test for the method only hides that it isn't there",
        f"call `{outcome.place}.{known[0]}()`, or export the method from the module"
        if names
        else "export the method from the module",
    )


WORDING: Mapping[Fate, Callable[[Outcome, Text], Words]] = {
    Fate.NEVER: missing_release,
    Fate.NOT_EVERYWHERE: release_not_on_every_path,
    Fate.DISCARDED: discarded_resource,
    Fate.OVERWRITTEN: overwritten_resource,
    Fate.LATE: use_after_release,
    Fate.TWICE: double_release,
    Fate.UNGUARDED: unguarded_call,
    Fate.NOT_IN_FINALLY: clear_not_in_finally,
    Fate.WRONG_RECEIVER: wrong_receiver_cleared,
    Fate.NO_TEARDOWN: missing_teardown_release,
    Fate.COLLECTION: collection_drops_resource,
    Fate.MASKS: cleanup_masks_error,
    Fate.SWALLOWED: swallowed_wasm_error,
    Fate.NO_SUCH: no_such_release,
}
