"""References to JavaScript values: in calls, in tables; and the exported variables.

A JavaScript value is known to the module by a number, its place in a list on the JavaScript side;
0 is null. The number is the data of a wasmtime reference. When that is collected, the number may be
used again.
"""

import ctypes
from ctypes import byref
from typing import TYPE_CHECKING, Any

from wasmtime import Global, Store

from wasm_verify.engine import capi

if TYPE_CHECKING:
    from wasm_verify.engine.host import Host
    from wasm_verify.engine.instance import Instance

FAILED = "!"
"""What JavaScript takes for an exception."""
_NUMBER_BITS = 32
_NUMBER = (1 << _NUMBER_BITS) - 1


class References:
    """Of one instance: which number stands behind which raw value of the module.

    Every crossing has a number of its own. A raw value stands for the same one as long as its
    reference lives, so that the engine need not be asked.
    """

    __slots__ = ("_context", "_numbers", "_owner", "_raws", "_store", "_unused")

    def __init__(self, owner: int, store: Store, context: int) -> None:
        self._owner = owner
        self._store = store
        self._context = context
        self._numbers: dict[int, int] = {}
        self._raws: dict[int, int] = {}
        self._unused: list[int] = []
        _live[owner] = self

    def new(self, number: int) -> capi.ExternRef:
        """A reference that must be unrooted. That of 0 is null."""
        reference = capi.ExternRef()
        data = self._owner << _NUMBER_BITS | number
        if number and not capi.externref_new(self._context, data, _collected, byref(reference)):
            raise MemoryError("no room for references")
        return reference

    def number(self, reference: capi.ExternRef) -> int:
        """Unroots the reference."""
        if not reference.store_id:
            return 0
        data = capi.externref_data(self._context, byref(reference)) or 0
        capi.externref_unroot(byref(reference))
        return data & _NUMBER

    def to_raw(self, number: int) -> int:
        if not number:
            return 0
        reference = self.new(number)
        raw = int(capi.externref_to_raw(self._context, byref(reference)))
        capi.externref_unroot(byref(reference))
        self._numbers[raw] = number
        self._raws[number] = raw
        return raw

    def from_raw(self, raw: int) -> int:
        number = self._numbers.get(raw)
        if number is not None or not raw:
            return number or 0
        reference = capi.ExternRef()
        capi.externref_from_raw(self._context, raw, byref(reference))
        return self.number(reference)

    def forget(self, number: int) -> None:
        """The engine has collected a reference."""
        self._numbers.pop(self._raws.pop(number, 0), None)
        self._unused.append(number)

    def collect(self) -> list[int]:
        """The numbers that the module doesn't hold any more."""
        self._store.gc()
        unused, self._unused = self._unused, []
        return unused

    def close(self) -> None:
        del _live[self._owner]


_live: dict[int, References] = {}


def _note(data: int) -> None:
    references = _live.get(data >> _NUMBER_BITS)
    if references is not None:
        references.forget(data & _NUMBER)


_collected = capi.Finalizer(_note)


def _kind(value: Any) -> int:
    return int(value.kind)


class Tables:
    """What `WebAssembly.Table` and `WebAssembly.Global` of host.js ask."""

    def __init__(self, host: "Host") -> None:
        self._host = host

    def operate(
        self, number: float, export: float, what: str, at: float, given: float
    ) -> str | int | None:
        instance = self._host.exporting(int(number), int(export), "table")
        try:
            if instance is None:
                return FAILED
            return self._operate(instance, int(export), what, int(at), int(given))
        except Exception:
            return FAILED

    def _operate(
        self, instance: "Instance", export: int, what: str, at: int, given: int
    ) -> str | int | None:
        table = ctypes.addressof(instance.export(export).of.table)
        context = instance.context
        if what == "length":
            return int(capi.table_size(context, table))
        if what == "get":
            return self._get(instance, table, at)
        value = capi.Val(kind=capi.EXTERNREF)
        value.of.externref = instance.references.new(given)
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

    def _get(self, instance: "Instance", table: int, at: int) -> str | int | None:
        value = capi.Val()
        if not capi.table_get(instance.context, table, at, byref(value)):
            return FAILED
        if _kind(value) == capi.EXTERNREF:
            return instance.references.number(value.of.externref) or None
        if _kind(value) != capi.FUNCREF or not value.of.funcref.store_id:
            return None
        function = capi.Func.from_buffer_copy(value.of.funcref)
        return self._host.found_function(instance, function)

    def variable(self, number: float, export: float, value: str | None) -> str | float | None:
        """Reads an exported variable, or sets it. A 64-bit integer is read as text."""
        instance = self._host.exporting(int(number), int(export), "global")
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

    def _set(self, instance: "Instance", variable: Global, value: str) -> None:
        whole = str(variable.type(instance.store).content).startswith("i")
        variable.set_value(instance.store, int(value) if whole else float(value))
