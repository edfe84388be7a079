"""A JavaScript engine without any right, and memory that it shares with the host.

The engine is QuickJS. It has no files, no network, no processes, no modules and no timers: code in
it reaches what `expose` gives it and nothing else.

The binding offers no way to hand over bytes, but its library exports QuickJS's own C functions, so
an ArrayBuffer can be laid straight over the linear memory of a module. Typed arrays on it are real
ones, with the speed and all the checks of real ones. Whether that works is tried when a realm is
made.
"""

import ctypes
from collections.abc import Callable
from importlib import resources
from typing import Any

# Not `import quickjs`: that package starts a thread.
import _quickjs  # type: ignore[import-not-found]

from wasm_verify.errors import VerifyError

MEBIBYTE = 1 << 20
STACK_BYTES = MEBIBYTE
TICK = 10_000
"""Calls and jumps from one interrupt of QuickJS to the next."""
_Interrupt = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_HEADER_WORDS = 2  # of a Python object: its count and its type


class _Value(ctypes.Structure):
    _fields_ = (("of", ctypes.c_uint64), ("tag", ctypes.c_int64))


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(_quickjs.__file__)
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    signatures: dict[str, tuple[Any, list[Any]]] = {
        "JS_GetRuntime": (pointer, [pointer]),
        "JS_SetInterruptHandler": (None, [pointer, _Interrupt, pointer]),
        "JS_GetGlobalObject": (_Value, [pointer]),
        # Before 0.17 without the fourth argument; these zeros mean the same there.
        "JS_NewArrayBuffer": (_Value, [pointer, pointer, size, size, pointer, pointer, size]),
        "JS_NewArrayBufferCopy": (_Value, [pointer, ctypes.c_char_p, size]),
        "JS_SetPropertyStr": (ctypes.c_int, [pointer, _Value, ctypes.c_char_p, _Value]),
        "JS_DetachArrayBuffer": (None, [pointer, _Value]),
        "JS_DupValue": (_Value, [pointer, _Value]),
        "JS_FreeValue": (None, [pointer, _Value]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class Realm:
    """One QuickJS context. For one thread only."""

    def __init__(self, memory_limit: int) -> None:
        self.context = _quickjs.Context()
        self.context.set_memory_limit(memory_limit)
        self.context.set_max_stack_size(STACK_BYTES)
        self._engine = _Engine(self.context)
        self._steps = 0

    def limit_steps(self, most: int, exhausted: Callable[[], None]) -> None:
        """Calls `exhausted`, which must not return, after so many calls and jumps since the last
        `restart_steps`. What a built-in function does within itself is not counted."""

        def tick(runtime: int | None, opaque: int | None) -> int:
            self._steps += TICK
            if self._steps > most:
                exhausted()
            return 0

        self._tick = _Interrupt(tick)
        self._engine.interrupt_with(self._tick)

    def restart_steps(self) -> None:
        self._steps = 0

    def run(self, source: str) -> Any:
        return self.context.eval(source)

    def run_file(self, name: str) -> Any:
        """Runs one of this package's own sources."""
        return self.run(resources.files(__package__).joinpath(name).read_text("utf-8"))

    def expose(self, name: str, function: Callable[..., object]) -> None:
        """`function` must take and return plain values, and must never raise."""
        self.context.add_callable(name, function)

    def share(self, address: int, size: int) -> "SharedBytes":
        """Sets the global `hostBuffer` to an ArrayBuffer over bytes that stay the host's."""
        return self._engine.share(address, size)

    def copy(self, data: bytes) -> None:
        """Sets the global `hostBuffer` to an ArrayBuffer of its own with these bytes."""
        self._engine.copy(data)

    def run_jobs(self) -> None:
        """Runs what promises have queued, until nothing is left."""
        while self.context.execute_pending_job():
            pass


class SharedBytes:
    """An ArrayBuffer over the host's bytes. Must be detached before those go or move."""

    __slots__ = ("_engine", "_value")

    def __init__(self, engine: "_Engine", value: _Value) -> None:
        self._engine = engine
        self._value: _Value | None = value

    def detach(self) -> None:
        if self._value is not None:
            self._engine.detach(self._value)
            self._value = None


class _Engine:
    def __init__(self, context: Any) -> None:
        try:
            self._library = _library()
        except (OSError, AttributeError) as error:
            raise VerifyError(_NO_SHARING) from error
        words = ctypes.cast(id(context), ctypes.POINTER(ctypes.c_void_p))
        self._runtime, self._context = words[_HEADER_WORDS], words[_HEADER_WORDS + 1]
        if self._library.JS_GetRuntime(self._context) != self._runtime:
            raise VerifyError(_NO_SHARING)
        self._global = self._library.JS_GetGlobalObject(self._context)
        self._try_out(context)

    def interrupt_with(self, handler: Any) -> None:
        self._library.JS_SetInterruptHandler(self._runtime, handler, None)

    def share(self, address: int, size: int) -> SharedBytes:
        value = self._library.JS_NewArrayBuffer(self._context, address, size, 0, None, None, 0)
        self._publish(self._library.JS_DupValue(self._context, value))
        return SharedBytes(self, value)

    def copy(self, data: bytes) -> None:
        value = self._library.JS_NewArrayBufferCopy(self._context, data, len(data))
        self._publish(value)

    def detach(self, value: _Value) -> None:
        self._library.JS_DetachArrayBuffer(self._context, value)
        self._library.JS_FreeValue(self._context, value)

    def _publish(self, value: _Value) -> None:
        self._library.JS_SetPropertyStr(self._context, self._global, b"hostBuffer", value)

    def _try_out(self, context: Any) -> None:
        data = ctypes.create_string_buffer(b"\1\2\3", 3)
        shared = self.share(ctypes.addressof(data), 3)
        seen = context.eval("[...new Uint8Array(hostBuffer).fill(7, 2)].join()")
        shared.detach()
        gone = context.eval("hostBuffer.byteLength")
        if (seen, data.raw, gone) != ("1,2,7", b"\1\2\7", 0):
            raise VerifyError(_NO_SHARING)


_NO_SHARING = (
    "the installed quickjs-ng can't share memory with a module on this system; "
    "use its wheels 0.17 for Linux or macOS"
)
