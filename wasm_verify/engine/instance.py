"""One instance of a module: its store, its exports by number, its memory as an ArrayBuffer."""

import ctypes
from ctypes import byref
from typing import Any

from wasmtime import InstancePre, Store

from wasm_verify.engine import capi
from wasm_verify.engine.references import References
from wasm_verify.javascript.realm import Realm, SharedBytes

NO_MEMORY = -1


class Instance:
    """Lives until `close`, which detaches its memory from JavaScript first."""

    __slots__ = (
        "_context",
        "_exports",
        "_handle",
        "_memory",
        "_shared",
        "_size",
        "found",
        "number",
        "references",
        "store",
    )

    def __init__(self, number: int, store: Store) -> None:
        self.number = number
        self.store = store
        self.found: list[tuple[int, Any, Any]] = []
        """Functions out of tables: address, signature, and what keeps the address alive."""
        self._context = capi.address(store._context())
        self.references = References(number, store, self._context)
        self._exports: dict[int, capi.Extern] = {}
        self._memory: ctypes.c_void_p | None = None
        self._shared: SharedBytes | None = None
        self._size = 0

    def start(self, prepared: InstancePre, memory: int) -> None:
        """Instantiates, which runs the module's start function. `memory` is an export's number."""
        self._handle = prepared.instantiate(self.store)._instance
        if memory != NO_MEMORY:
            extern = self.export(memory)
            self._memory = ctypes.c_void_p(ctypes.addressof(extern.of.memory))

    @property
    def context(self) -> int:
        return self._context

    def export(self, number: int) -> capi.Extern:
        found = self._exports.get(number)
        if found is None:
            found = self._exports[number] = capi.Extern()
            name, length = ctypes.c_void_p(), ctypes.c_size_t()
            capi.instance_export_nth(
                self._context, byref(self._handle), number, byref(name), byref(length), byref(found)
            )
        return found

    # Memory

    def memory_size(self) -> int:
        """In bytes. 0 where the module exports no memory, or doesn't run yet."""
        if self._memory is None:
            return 0
        return int(capi.memory_data_size(self._context, self._memory))

    def memory_address(self) -> int:
        return capi.memory_data(self._context, self._memory) or 0

    def grow(self, pages: int) -> int:
        was = ctypes.c_uint64()
        error = capi.memory_grow(self._context, self._memory, pages, byref(was))
        if error:
            capi.error_delete(error)
            return -1
        self.settle()
        return was.value

    def read(self, start: int, size: int) -> bytes:
        """Bytes of the memory, fewer if it ends before."""
        if start < 0:
            return b""
        size = min(size, self.memory_size() - start)
        return ctypes.string_at(self.memory_address() + start, size) if size > 0 else b""

    def share(self, realm: Realm) -> bool:
        """Sets `hostBuffer` to the memory. False if there is none."""
        if self._memory is None:
            return False
        self.unshare()
        self._size = self.memory_size()
        self._shared = realm.share(self.memory_address(), self._size)
        return True

    def settle(self) -> None:
        """After the module has run: if the memory grew, its ArrayBuffer is detached."""
        if self._shared is not None and self.memory_size() != self._size:
            self.unshare()

    def unshare(self) -> None:
        if self._shared is not None:
            self._shared.detach()
            self._shared = None

    def limit_memory(self, size: int) -> None:
        self.store.set_limits(memory_size=size)

    # Fuel

    def refuel(self, fuel: int) -> None:
        capi.context_set_fuel(self._context, fuel)

    def fuel(self) -> int:
        left = ctypes.c_uint64()
        capi.context_get_fuel(self._context, byref(left))
        return left.value

    def close(self) -> None:
        self.unshare()
        self._exports.clear()
        self._memory = None
        self.store.close()
        self.references.close()
