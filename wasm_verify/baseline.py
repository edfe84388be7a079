"""Fault-free runs of a target: which input it takes, and what a call of it consists of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from wasm_verify.faults import Measured, growing
from wasm_verify.inputs import Inputs
from wasm_verify.model import NO_GUARD
from wasm_verify.target import Target
from wasm_verify.trials import Observation, call_spec

AGREEMENT_TRIES = 5
MAKERS = 12
"""Ways to construct an object that are tried."""

Run = Callable[[dict[str, Any]], Observation]
"""Runs what driver.js takes. Raises ChildLost."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """A target that works, with no fault in it."""

    make: str
    """An expression for the object."""
    measured: Measured
    seen: Observation


class Unusable(Exception):
    """Why a target can't be verified, in one line."""


def measure(run: Run, target: Target, inputs: Inputs, growth: bool = False) -> Baseline:
    """`growth`: what makes the memory grow is looked for, too. Raises Unusable, and ChildLost if
    the child dies of a fault-free call."""
    make, arguments = _accepted(run, target, inputs)
    seen = _agreed(run, _spec(target, make, arguments))
    measured = Measured(arguments, seen.fuel, seen.calls_caught, seen.calls_host)
    if growth:
        measured = _with_growth(run, target, make, measured)
    return Baseline(make, measured, seen)


def _spec(target: Target, make: str, arguments: tuple[str, ...]) -> dict[str, Any]:
    spec = call_spec(target, make, f"[{', '.join(arguments)}]")
    return {**spec, "watch": True, "guard": NO_GUARD}


def _accepted(run: Run, target: Target, inputs: Inputs) -> tuple[str, tuple[str, ...]]:
    """The first object and arguments that the module takes."""
    refusal = ""
    for make in _makers(target, inputs):
        for arguments in inputs.arguments(target):
            seen = run(_spec(target, make, arguments))
            if seen.failed:
                refusal = refusal or seen.failed
                break
            if seen.ok:
                return make, arguments
            refusal = refusal or seen.call_error or seen.error
    raise Unusable(refusal or "nothing makes an object of this class")


def _makers(target: Target, inputs: Inputs) -> Iterator[str]:
    """Objects to call the method on. A function's is the namespace, whose own method it then is."""
    if target.owner is None:
        yield "Object.create(api)"
    elif target.signature.static:
        yield f"Object.create(api.{target.owner.name})"
    else:
        made = (inputs.maker(target.owner.name, number) for number in range(MAKERS))
        yield from dict.fromkeys(one for one in made if one)


def _agreed(run: Run, spec: dict[str, Any]) -> Observation:
    before = run(spec)
    for _ in range(AGREEMENT_TRIES):
        seen = run(spec)
        if seen == before:
            return seen
        before = seen
    raise Unusable(f"no two of {AGREEMENT_TRIES + 1} fault-free runs agree")


def _with_growth(run: Run, target: Target, make: str, measured: Measured) -> Measured:
    """Finds arguments that make the memory grow."""
    for arguments in (measured.arguments, *growing(target, measured.arguments)):
        seen = run(_spec(target, make, arguments))
        if seen.grown > 0:
            return replace(measured, growing=arguments, pages=seen.grown)
    return measured
