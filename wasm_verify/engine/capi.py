"""wasmtime's C functions that its Python package wraps too slowly, or not at all.

The package rebuilds value types at every call, 10 to 18 microseconds each; these cost about one.
Pointers are plain integers here. A second handle of the same library keeps our signatures apart
from the package's.
"""

import ctypes
from typing import Any

from wasmtime import _ffi as ffi

POINTER, SIZE, U32, U64 = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint32, ctypes.c_uint64
TEXT = ctypes.c_char_p

SLOT_BYTES = 16
"""Size of one raw value."""

Extern = ffi.wasmtime_extern_t
ExternRef = ffi.wasmtime_externref_t
Func = ffi.wasmtime_func_t
Val = ffi.wasmtime_val_t
EXTERNREF = ffi.WASMTIME_EXTERNREF.value
FUNCREF = ffi.WASMTIME_FUNCREF.value

ImportCallback = ctypes.CFUNCTYPE(SIZE, POINTER, POINTER, POINTER, SIZE)
"""(environment, caller, values, count) → a trap, or 0."""
Finalizer = ctypes.CFUNCTYPE(None, POINTER)

_SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "linker_define_func_unchecked": (
        POINTER,
        [
            POINTER,
            ctypes.c_char_p,
            SIZE,
            ctypes.c_char_p,
            SIZE,
            POINTER,
            ImportCallback,
            POINTER,
            POINTER,
        ],
    ),
    "func_call_unchecked": (POINTER, [POINTER, POINTER, POINTER, SIZE, POINTER]),
    "func_type": (POINTER, [POINTER, POINTER]),
    "instance_export_nth": (ctypes.c_bool, [POINTER, POINTER, SIZE, POINTER, POINTER, POINTER]),
    "memory_data": (POINTER, [POINTER, POINTER]),
    "memory_data_size": (SIZE, [POINTER, POINTER]),
    "memory_grow": (POINTER, [POINTER, POINTER, U64, POINTER]),
    "externref_new": (ctypes.c_bool, [POINTER, POINTER, Finalizer, POINTER]),
    "externref_data": (POINTER, [POINTER, POINTER]),
    "externref_from_raw": (None, [POINTER, U32, POINTER]),
    "externref_to_raw": (U32, [POINTER, POINTER]),
    "externref_unroot": (None, [POINTER]),
    "table_get": (ctypes.c_bool, [POINTER, POINTER, U64, POINTER]),
    "table_set": (POINTER, [POINTER, POINTER, U64, POINTER]),
    "table_grow": (POINTER, [POINTER, POINTER, U64, POINTER, POINTER]),
    "table_size": (U64, [POINTER, POINTER]),
    "trap_new": (POINTER, [TEXT, SIZE]),
    "trap_code": (ctypes.c_bool, [POINTER, POINTER]),
    "error_delete": (None, [POINTER]),
    "error_message": (None, [POINTER, POINTER]),
    "context_set_fuel": (POINTER, [POINTER, U64]),
    "context_get_fuel": (POINTER, [POINTER, POINTER]),
}

_library = ctypes.CDLL(str(ffi.filename))


def _function(name: str, result: Any, arguments: list[Any]) -> Any:
    function = getattr(_library, name)
    function.restype, function.argtypes = result, arguments
    return function


_functions = {
    name: _function(f"wasmtime_{name}", *signature) for name, signature in _SIGNATURES.items()
}
trap_delete = _function("wasm_trap_delete", None, [POINTER])


def __getattr__(name: str) -> Any:
    """`capi.table_get` is `wasmtime_table_get`, and so on. Found here once, and then directly."""
    try:
        return globals().setdefault(name, _functions[name])
    except KeyError:
        raise AttributeError(name) from None


def address(pointer: Any) -> int:
    """The address that a pointer of the package holds."""
    return ctypes.cast(pointer, POINTER).value or 0


def function_type(context: int, function: Any) -> Any:
    """A type that the package's FuncType takes over."""
    pointer = _functions["func_type"](context, ctypes.byref(function))
    return ctypes.cast(pointer, ctypes.POINTER(ffi.wasm_functype_t))


def take_message(error: int) -> str:
    """The text of an error, which is gone afterwards."""
    message = ffi.wasm_byte_vec_t()
    _functions["error_message"](error, ctypes.byref(message))
    text = ffi.to_str(message)
    ffi.wasm_byte_vec_delete(ctypes.byref(message))
    _functions["error_delete"](error)
    return text
