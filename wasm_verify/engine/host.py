"""One compiled module and its instances, seen from JavaScript as `WebAssembly`.

    JavaScript ── hostCall ──▶ Host._call ──▶ the module
                                                  │ import
    JavaScript ◀── hostImport ── Host._imported ◀─┘

Three rules keep this alive. No Python exception leaves a function that C calls: what goes wrong
becomes a trap or a status. A JavaScript exception stays in JavaScript: the module is unwound by a
trap and the exception thrown again behind it. And linear memory may move whenever the module has
run, so the ArrayBuffer over it is detached before JavaScript runs again.
"""

import ctypes
import json
from collections.abc import Callable
from ctypes import byref

import wasmtime
from wasmtime import Config, Engine, FuncType, Linker, Module, Store, TrapCode

from wasm_verify.engine import capi
from wasm_verify.engine.instance import Instance
from wasm_verify.engine.limits import MEBIBYTE, Limits
from wasm_verify.engine.references import Tables
from wasm_verify.engine.shape import Shape, Signature
from wasm_verify.engine.text import Text
from wasm_verify.errors import ModuleError
from wasm_verify.javascript.realm import Realm
from wasm_verify.trials import OUT_OF_FUEL

SLOTS = 1 << 16
SPARE_SLOTS = 1024
"""More than any one function has parameters: wasm allows 1,000."""
WORDS_PER_SLOT = capi.SLOT_BYTES // 4
DEPTH = 60
"""How often calls may go to and fro. Python's stack ends at about 100."""
WASM_STACK_BYTES = MEBIBYTE

THROWN = "thrown"
"""Status of a call that a JavaScript exception ended."""
EXCEPTION = "an exception of JavaScript"
OVERFLOW = "Maximum call stack size exceeded"

# The words of V8, which people know, where it has the same trap.
TRAPS = {
    TrapCode.STACK_OVERFLOW: OVERFLOW,
    TrapCode.MEMORY_OUT_OF_BOUNDS: "memory access out of bounds",
    TrapCode.TABLE_OUT_OF_BOUNDS: "table index is out of bounds",
    TrapCode.INDIRECT_CALL_TO_NULL: "null function or function signature mismatch",
    TrapCode.BAD_SIGNATURE: "null function or function signature mismatch",
    TrapCode.INTEGER_OVERFLOW: "divide result unrepresentable",
    TrapCode.INTEGER_DIVISION_BY_ZERO: "divide by zero",
    TrapCode.BAD_CONVERSION_TO_INTEGER: "float unrepresentable in integer range",
    TrapCode.UNREACHABLE: "unreachable",
    TrapCode.OUT_OF_FUEL: OUT_OF_FUEL,
}


def _engine(limits: Limits) -> Engine:
    config = Config()
    config.consume_fuel = True
    config.max_wasm_stack = WASM_STACK_BYTES
    # No address space in advance, which the limit on the process would not allow.
    config.memory_reservation = 0
    config.memory_reservation_for_growth = 32 * MEBIBYTE
    config.memory_guard_size = 0
    config.memory_may_move = True
    return Engine(config)


class Host:
    """The module, compiled once. Each `new WebAssembly.Instance` in the realm is a fresh store."""

    def __init__(self, realm: Realm, wasm: bytes, file: str, limits: Limits) -> None:
        self.realm = realm
        self.limits = limits
        self.instances: dict[int, Instance] = {}
        self.trapped = ""
        """The last trap that the module itself ran into, in V8's words."""
        self._engine = _engine(limits)
        self._compile(wasm)
        self._scratch = ctypes.create_string_buffer(SLOTS * capi.SLOT_BYTES)
        self._scratch_address = ctypes.addressof(self._scratch)
        words = ctypes.c_uint32 * (SLOTS * WORDS_PER_SLOT)
        self._words = words.from_buffer(self._scratch)
        self._running: list[Instance] = []
        self._end = 0
        self._created = 0
        self._expose(file)

    # Set-up

    def _compile(self, wasm: bytes) -> None:
        try:
            module = Module(self._engine, wasm)
            self.shape = Shape.of(module)
            self._keep_alive = capi.ImportCallback(self._imported)
            linker = Linker(self._engine)
            for number, one in enumerate(self.shape.imports):
                self._define(linker, number, one.module, one.name, one.function)
            self._prepared = linker.instantiate_pre(module)
        except wasmtime.WasmtimeError as error:
            raise ModuleError(f"is invalid: {_first_line(error)}") from error

    def _define(self, linker: Linker, number: int, module: str, name: str, type_: FuncType) -> None:
        space, own = module.encode(), name.encode()
        capi.linker_define_func_unchecked(
            capi.address(linker.ptr()),
            space,
            len(space),
            own,
            len(own),
            capi.address(type_.ptr()),
            self._keep_alive,
            number,
            None,
        )

    def _expose(self, file: str) -> None:
        tables, text = Tables(self), Text(self)
        exposed: dict[str, Callable[..., object]] = {
            "hostCall": self._call,
            "hostNext": self._next,
            "hostInstantiate": self._instantiate,
            "hostMemory": self._share,
            "hostGrow": self._grow,
            "hostCollect": self._collect,
            "hostTable": tables.operate,
            "hostGlobal": tables.variable,
            "hostDecode": text.decode,
            "hostEncode": text.encode,
            "hostEncodeInto": text.encode_into,
        }
        for name, function in exposed.items():
            self.realm.expose(name, function)
        self.realm.context.set("hostShape", json.dumps(self.shape.to_json(file)))
        self._shared_scratch = self.realm.share(self._scratch_address, len(self._scratch))
        self.realm.run_file("host.js")
        self._import = self.realm.context.get("hostImport")
        self.realm.run(f"for (const name of {json.dumps(list(exposed))}) delete globalThis[name];")

    # JavaScript makes an instance

    def _next(self) -> int:
        self._created += 1
        return self._created

    def _instantiate(self, number: float) -> str | None:
        number = int(number)
        if number != self._created or number in self.instances:
            return "an instance out of turn"
        instance = self.instances[number] = Instance(number, Store(self._engine))
        instance.limit_memory(self.limits.memory)
        instance.refuel(self.limits.fuel)
        self._running.append(instance)
        try:
            instance.start(self._prepared, self.shape.memory)
        except wasmtime.Trap as trap:
            self.trapped = TRAPS.get(trap.trap_code, _first_line(trap)) if trap.trap_code else ""
            return self.trapped or THROWN
        except Exception as error:
            return _first_line(error)
        finally:
            self._running.pop()
        return None

    def drop(self, number: int) -> None:
        """Ends an instance. What JavaScript still has of it throws when it is used."""
        instance = self.instances.get(number)
        if instance is not None and instance not in self._running:
            del self.instances[number]
            instance.close()

    def exporting(self, number: int, export: int, kind: str) -> Instance | None:
        """The instance, if it is there and that export of it is of that kind."""
        known = 0 <= export < len(self.shape.exports) and self.shape.exports[export][1] == kind
        return self.instances.get(number) if known else None

    def _share(self, number: float) -> bool:
        instance = self.instances.get(int(number))
        return instance is not None and instance.share(self.realm)

    def _grow(self, number: float, pages: float) -> int:
        """How many pages the memory had, or -1 if it can't have more."""
        instance = self.instances.get(int(number))
        return instance.grow(int(pages)) if instance is not None and pages >= 0 else -1

    # JavaScript calls an export

    def _call(self, number: float, export: float, slot: float, end: float) -> str | None:
        try:
            instance = self.instances.get(int(number))
            if instance is None:
                return "the instance is gone"
            return self._enter(instance, int(export), int(slot), int(end))
        except BaseException as error:
            return f"{type(error).__name__} in the verifier: {error}"

    def _enter(self, instance: Instance, export: int, slot: int, end: int) -> str | None:
        function, type_ = self._function(instance, export)
        # Whoever calls may be glue that has got hold of us: nothing is taken on trust.
        if not 0 <= slot <= end - type_.slots:
            return "a call out of bounds"
        if len(self._running) >= DEPTH or end >= SLOTS - SPARE_SLOTS:
            return OVERFLOW
        references, first = instance.references, slot * WORDS_PER_SLOT
        for at in type_.given:
            cell = first + at * WORDS_PER_SLOT
            self._words[cell] = references.to_raw(self._words[cell])
        status = self._enter_module(instance, function, slot, end)
        if status is None:
            for at in type_.returned:
                cell = first + at * WORDS_PER_SLOT
                self._words[cell] = references.from_raw(self._words[cell])
        return status

    def _enter_module(self, instance: Instance, function: int, slot: int, end: int) -> str | None:
        values = self._scratch_address + slot * capi.SLOT_BYTES
        trap = ctypes.c_void_p()
        saved, self._end = self._end, end
        self._running.append(instance)
        try:
            error = capi.func_call_unchecked(
                instance.context, function, values, end - slot, byref(trap)
            )
        finally:
            self._running.pop()
            self._end = saved
        instance.settle()
        if error:
            return self._stopped(error)
        return self._status(trap) if trap.value else None

    def _function(self, instance: Instance, export: int) -> tuple[int, Signature]:
        if export < 0:
            raise IndexError(export)
        if export < len(self.shape.exports):
            extern = instance.export(export)
            return ctypes.addressof(extern.of.func), self.shape.signatures[export]
        address, signature, _ = instance.found[export - len(self.shape.exports)]
        return address, signature

    def found_function(self, instance: Instance, function: capi.Func) -> str:
        """What `exportOf` of host.js needs for a function out of a table: `number/type`."""
        type_ = FuncType._from_ptr(capi.function_type(instance.context, function), None)
        signature = Signature.of(type_)
        instance.found.append((ctypes.addressof(function), signature, function))
        return f"{len(self.shape.exports) + len(instance.found) - 1}/{signature}"

    def _stopped(self, error: int) -> str:
        """A call that one of our own traps ended."""
        message = capi.take_message(error)
        return THROWN if EXCEPTION in message else message.strip().rsplit("\n", 1)[-1].strip()

    def _status(self, trap: ctypes.c_void_p) -> str:
        code = ctypes.c_uint8()
        known = capi.trap_code(trap, byref(code))
        capi.trap_delete(trap)
        if not known:
            return THROWN
        self.trapped = TRAPS.get(TrapCode(code.value)) or TrapCode(code.value).name.lower()
        return self.trapped

    # The module calls an import

    def _imported(self, number: int | None, caller: int, values: int, count: int) -> int:
        try:
            return self._call_import(number or 0, values, count)
        except BaseException:
            return _trap(b"the verifier failed")

    def _call_import(self, number: int, values: int, count: int) -> int:
        instance = self._running[-1]
        type_ = self.shape.imports[number].signature
        slot, references = self._end, instance.references
        mine = self._scratch_address + slot * capi.SLOT_BYTES
        ctypes.memmove(mine, values, count * capi.SLOT_BYTES)
        for at in type_.given:
            cell = (slot + at) * WORDS_PER_SLOT
            self._words[cell] = references.from_raw(self._words[cell])
        instance.settle()
        if self._import(instance.number, number, slot, slot + count):
            return _trap(EXCEPTION.encode())
        for at in type_.returned:
            cell = (slot + at) * WORDS_PER_SLOT
            self._words[cell] = references.to_raw(self._words[cell])
        ctypes.memmove(values, mine, count * capi.SLOT_BYTES)
        return 0

    def _collect(self, number: float) -> str:
        instance = self.instances.get(int(number))
        return ",".join(map(str, instance.references.collect())) if instance else ""


def _trap(message: bytes) -> int:
    return int(capi.trap_new(message, len(message)))


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]
