"""The child: loads one module, runs what it is told, answers each request with one line.

Requests and answers are JSON, a line each, on pipes that only the parent has. Whatever the module
or its glue does, this process has no other way out: no WASI, no functions but those of the glue, no
more memory than its limit. It ends with its parent.
"""

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, Any

from wasm_verify.errors import InputError, VerifyError

_PARENT_DEATH_SIGNAL = 1  # prctl's PR_SET_PDEATHSIG


def main() -> None:
    requests, answers = _pipes()
    _die_with_parent()
    with suppress(StopIteration, KeyboardInterrupt, BrokenPipeError):
        _serve(requests, answers)


def _pipes() -> tuple[IO[str], IO[str]]:
    """Our ends of the pipes, where no stray print can reach them."""
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    return requests, answers


def _die_with_parent() -> None:
    if sys.platform == "linux":
        import ctypes
        import signal

        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def _serve(requests: IO[str], answers: IO[str]) -> None:
    def answer(value: dict[str, Any]) -> None:
        answers.write(json.dumps(value) + "\n")
        answers.flush()

    run = _open(json.loads(next(requests)), answer)
    if run is None:
        return
    for line in requests:
        request = json.loads(line)
        answer({"said": run(request["run"], request["with"])})


def _open(
    request: dict[str, Any], answer: Callable[[dict[str, Any]], None]
) -> Callable[[str, Any], Any] | None:
    """Loads the module and says what it offers, or why it can't be."""
    try:
        from wasm_verify.engine.driver import Driver
        from wasm_verify.engine.limits import OUT_OF_STEPS, Limits
        from wasm_verify.package import load

        limits = Limits(**request["limits"])
        # Whatever state JavaScript and the module are in then, this process is no use any more.
        exhausted = partial(os._exit, OUT_OF_STEPS)
        driver = Driver(load(request["module"]), limits, request["seed"], exhausted)
        _limit(limits)
        if request["guard"]:
            driver.guard_with(Path(request["guard"]))
        samples = driver.samples_from(Path(request["inputs"])) if request["inputs"] else {}
        opened = driver.open()
    except Exception as error:
        # The boundary: whatever foreign code makes of us becomes one line for the user.
        known = isinstance(error, VerifyError)
        reason = str(error) if known else f"can't be loaded: {type(error).__name__}: {error}"
        answer({"error": reason.split("\n", 1)[0], "input": isinstance(error, InputError)})
        return None
    answer({**opened, "samples": samples})

    def run(name: str, given: Any) -> Any:
        try:
            return driver.ask(name, given)
        except Exception as error:
            return {"failed": f"{type(error).__name__}: {error}".split("\n", 1)[0]}

    return run


def _limit(limits: Any) -> None:
    """From here on no more memory, no new processes or threads, no core dumps."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    for what, most in (
        (resource.RLIMIT_AS, limits.address_space),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (allowed, allowed))


if __name__ == "__main__":
    main()
