"""References to JavaScript values: in calls, in tables; and the exported variables.

A JavaScript value is known to the module by a number, its place in a list on the JavaScript side;
0 is null. The number is the data of a wasmtime reference. When that is collected, the number may be
used again.
"""

import ctypes
from ctypes import byref
from typing import TYPE_CHECKING, Any

from wasmtime import Global

from wasm_verify.engine import capi
from wasm_verify.engine.instance import Instance

if TYPE_CHECKING:
    from wasm_verify.engine.host import Host

FAILED = "!"
"""What JavaScript takes for an exception."""
_NUMBER_BITS = 32

_dead: dict[int, list[int]] = {}
"""By instance, the numbers of references that were collected."""


def _note(data: int) -> None:
    numbers = _dead.get(data >> _NUMBER_BITS)
    if numbers is not None:
        numbers.append(data & ((1 << _NUMBER_BITS) - 1))


_collected = capi.Finalizer(_note)


def watch(instance: Instance) -> None:
    _dead[instance.number] = []


def forget(instance: Instance) -> None:
    del _dead[instance.number]


def collect(instance: Instance) -> list[int]:
    """The numbers that the module doesn't hold any more."""
    instance.store.gc()
    dead, _dead[instance.number] = _dead[instance.number], []
    return dead


def _new(instance: Instance, number: int) -> capi.ExternRef:
    reference = capi.ExternRef()
    data = instance.number << _NUMBER_BITS | number
    if number and not capi.externref_new(instance.context, data, _collected, byref(reference)):
        raise MemoryError("no room for references")
    return reference


def _number(instance: Instance, reference: capi.ExternRef) -> int:
    if not reference.store_id:
        return 0
    data = capi.externref_data(instance.context, byref(reference)) or 0
    capi.externref_unroot(byref(reference))
    return data & ((1 << _NUMBER_BITS) - 1)


def to_raw(instance: Instance, number: int) -> int:
    if not number:
        return 0
    reference = _new(instance, number)
    raw = capi.externref_to_raw(instance.context, byref(reference))
    capi.externref_unroot(byref(reference))
    return int(raw)


def from_raw(instance: Instance, raw: int) -> int:
    if not raw:
        return 0
    reference = capi.ExternRef()
    capi.externref_from_raw(instance.context, raw, byref(reference))
    return _number(instance, reference)


def _kind(value: Any) -> int:
    return int(value.kind)


class Tables:
    """What `WebAssembly.Table` and `WebAssembly.Global` of host.js ask."""

    def __init__(self, host: "Host") -> None:
        self._host = host

    def operate(
        self, number: float, export: float, what: str, at: float, given: float
    ) -> str | int | None:
        instance = self._host.instances.get(int(number))
        try:
            if instance is None:
                return FAILED
            return self._operate(instance, int(export), what, int(at), int(given))
        except Exception:
            return FAILED

    def _operate(
        self, instance: Instance, export: int, what: str, at: int, given: int
    ) -> str | int | None:
        table = ctypes.addressof(instance.export(export).of.table)
        context = instance.context
        if what == "length":
            return int(capi.table_size(context, table))
        if what == "get":
            return self._get(instance, table, at)
        value = capi.Val(kind=capi.EXTERNREF)
        value.of.externref = _new(instance, given)
        was = ctypes.c_uint64()
        if what == "set":
            error = capi.table_set(context, table, at, byref(value))
        else:
            error = capi.table_grow(context, table, at, byref(value), byref(was))
        if given:
            capi.externref_unroot(byref(value.of.externref))
        if error:
            capi.error_delete(error)
            return FAILED
        return was.value

    def _get(self, instance: Instance, table: int, at: int) -> str | int | None:
        value = capi.Val()
        if not capi.table_get(instance.context, table, at, byref(value)):
            return FAILED
        if _kind(value) == capi.EXTERNREF:
            return _number(instance, value.of.externref) or None
        if _kind(value) != capi.FUNCREF or not value.of.funcref.store_id:
            return None
        function = capi.Func.from_buffer_copy(value.of.funcref)
        return self._host.found_function(instance, function)

    def variable(self, number: float, export: float, value: str | None) -> str | float | None:
        """Reads an exported variable, or sets it. A 64-bit integer is read as text."""
        instance = self._host.instances.get(int(number))
        try:
            if instance is None:
                return FAILED
            variable = Global._from_raw(getattr(instance.export(int(export)).of, "global"))
            if value is not None:
                self._set(instance, variable, value)
                return None
            found = variable.value(instance.store)
            is_long = str(variable.type(instance.store).content) == "i64"
            return str(found) if is_long else found
        except Exception:
            return FAILED

    def _set(self, instance: Instance, variable: Global, value: str) -> None:
        whole = str(variable.type(instance.store).content).startswith("i")
        variable.set_value(instance.store, int(value) if whole else float(value))
