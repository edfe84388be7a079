"""The pattern engine of the swarm, driven from Python through its raw exports."""

import struct
from pathlib import Path

from wasmtime import Engine, Func, FuncType, Instance, Module, Store, Trap, WasmtimeError

PACKAGE = Path(__file__).parents[1] / "swarm" / "engine" / "pkg"


class Refused(Exception):
    """The engine turned its input down."""


class RegexEngine:
    """Patterns for names of events; keeps the last text in a buffer of the module."""

    def __init__(self, patterns, package=PACKAGE):
        self._store = Store(Engine())
        module = Module.from_file(self._store.engine, package / "wasm_swarm_engine_bg.wasm")
        imports = [self._imported(one.name, one.type) for one in module.imports]
        self._exports = Instance(self._store, module, imports).exports(self._store)
        self._memory = self._exports["memory"]
        self._malloc = self._exports["__wbindgen_malloc"]
        self._free = self._exports["__wbindgen_free"]
        handle, error, failed = self._call("regexengine_new", *self._strings(patterns))
        if failed:
            raise Refused(self._value(error))
        self._handle = handle

    # ── what the engine offers ──────────────────────────────────────────────────────────────────

    def has_match(self, text):
        """Whether any pattern matches."""
        return bool(self._call("regexengine_has_match", self._handle, *self._text(text)))

    def match_indices(self, text):
        """The numbers of the patterns that match; a text of several lines is refused."""
        found = self._call("regexengine_match_indices", self._handle, *self._text(text))
        pointer, count, error, failed = found
        if failed:
            raise Refused(self._value(error))
        try:
            return list(struct.unpack(f"<{count}I", self._read(pointer, count * 4)))
        finally:
            self._free(self._store, pointer, count * 4, 4)

    def clear_buffer(self):
        """Forget the last text."""
        self._call("regexengine_clearBuffer", self._handle)

    def get_buffer_size(self):
        """Bytes that the buffer holds."""
        return self._call("regexengine_getBufferSize", self._handle)

    def free(self):
        """Give the engine back; it can't be used any more."""
        self._call("__wbg_regexengine_free", self._handle, 0)

    # ── how values cross the boundary ───────────────────────────────────────────────────────────

    def _call(self, name, *arguments):
        return self._exports[name](self._store, *arguments)

    def _value(self, index):
        """What the module put into its table of values of the host."""
        value = self._exports["__wbindgen_externrefs"].get(self._store, index)
        self._call("__externref_table_dealloc", index)
        return value

    def _text(self, text):
        """A text in memory of the module, which takes it over with the call."""
        data = text.encode()
        pointer = self._malloc(self._store, len(data), 1)
        self._memory.write(self._store, data, pointer)
        return pointer, len(data)

    def _strings(self, texts):
        """A list of texts, which the module takes over, too."""
        table = self._exports["__wbindgen_externrefs"]
        indices = []
        for text in texts:
            index = self._call("__externref_table_alloc")
            table.set(self._store, index, text)
            indices.append(index)
        data = struct.pack(f"<{len(indices)}I", *indices)
        pointer = self._malloc(self._store, len(data), 4)
        self._memory.write(self._store, data, pointer)
        return pointer, len(indices)

    def _read(self, pointer, size):
        return self._memory.read(self._store, pointer, pointer + size)

    def _imported(self, name, kind):
        """What the module needs of its host: texts and errors; the rest of it traps."""
        if name.startswith(("__wbg_Error_", "__wbg_new_")) and len(kind.params) == 2:
            return self._function(kind, lambda pointer, size: self._read(pointer, size).decode())
        if name.startswith("__wbg___wbindgen_string_get_"):
            return self._function(kind, self._give_text)
        if name.startswith("__wbindgen_init_externref_table"):
            return self._function(kind, lambda: None)
        return self._function(kind, lambda *_: _unknown(name))

    def _function(self, kind: FuncType, function):
        return Func(self._store, kind, function)

    def _give_text(self, place, text):
        found = self._text(text) if isinstance(text, str) else (0, 0)
        self._memory.write(self._store, struct.pack("<II", *found), place)


def _unknown(name):
    raise WasmtimeError(f"the host has no {name}")


Failed = (Refused, Trap, WasmtimeError)
"""What a call of the engine may raise."""
