"""The parent's end: starts a child, asks it, waits no longer than allowed, ends it."""

import json
import os
import selectors
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from types import TracebackType
from typing import Any

from wasm_verify.engine.limits import OUT_OF_STEPS
from wasm_verify.errors import InputError, ModuleError
from wasm_verify.isolation import launch
from wasm_verify.module import Module
from wasm_verify.options import Options

LOAD_SECONDS = 300.0
"""For compiling: a module of 45 MB took 18 seconds."""
_CHUNK = 1 << 16


class ChildLost(Exception):
    """The child died, or had to be ended. The text says which."""


class Worker:
    """One child with one module. Use it as a context manager: no child outlives it."""

    def __init__(self, module: Module, options: Options) -> None:
        self._name = module.path
        self._limits = options.limits
        self._command = launch.command(options)
        self._opening = launch.opening(module, options)
        self._process: subprocess.Popen[bytes] | None = None
        self._received = b""
        self._closed = False
        self.offers: dict[str, list[str]] = {}
        self.samples: dict[str, list[int]] = {}
        self.knows_allocator = False

    def __enter__(self) -> "Worker":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Raises ModuleError if the module can't be loaded."""
        if self._closed:
            raise ModuleError(f"{self._name}: the run was ended")
        with _unbroken():
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=launch.environment(),
                # Ctrl-C goes to us alone, and we end the child.
                start_new_session=True,
            )
        self._received = b""
        try:
            opened = self._ask(self._opening, LOAD_SECONDS)
        except ChildLost as lost:
            self.stop()
            raise ModuleError(f"{self._name}: loading it {lost}") from lost
        if "error" in opened:
            self.stop()
            if opened["input"]:
                raise InputError(opened["error"])
            raise ModuleError(_named(opened["error"], self._name))
        self.offers, self.samples = opened["offers"], opened["samples"]
        self.knows_allocator = opened["allocator"]

    def run(self, name: str, given: Any) -> Any:
        """Has the child's driver run something. Raises ChildLost; `start` then starts anew."""
        try:
            return self._ask({"run": name, "with": given}, self._limits.timeout)["said"]
        except ChildLost:
            self.stop()
            raise

    def close(self) -> None:
        """Ends the child, and makes no other. Another thread may be waiting for it: it is told."""
        self._closed = True
        if process := self._process:
            process.kill()

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                _close(pipe)

    def _ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        process = self._process
        assert process and process.stdin
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            raise ChildLost(self._ended(process)) from None
        found: dict[str, Any] = json.loads(self._line(process, seconds))
        return found

    def _line(self, process: "subprocess.Popen[bytes]", seconds: float) -> bytes:
        """The next line, which is all that the child says until it is asked again."""
        assert process.stdout
        pipe = process.stdout.fileno()
        end = monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while b"\n" not in self._received:
                if not selector.select(max(0.0, end - monotonic())):
                    raise ChildLost(f"took longer than {seconds:g} s")
                chunk = os.read(pipe, _CHUNK)
                if not chunk:
                    raise ChildLost(self._ended(process))
                self._received += chunk
        line, self._received = self._received.split(b"\n", 1)
        return line

    def _ended(self, process: "subprocess.Popen[bytes]") -> str:
        code = process.wait()
        if code == OUT_OF_STEPS:
            return f"takes more than {self._limits.steps:,} steps of JavaScript"
        if code >= 0:
            return f"ended the process with exit code {code}"
        return f"ended the process with {signal.Signals(-code).name}"


@contextmanager
def _unbroken() -> Iterator[None]:
    """A Ctrl-C waits until we have what was started, and can end it."""
    if not hasattr(signal, "pthread_sigmask"):  # not on Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _named(error: str, module: str) -> str:
    return error if error.startswith(module) else f"{module}: {error}"


def _close(pipe: Any) -> None:
    with suppress(BrokenPipeError):
        pipe.close()
