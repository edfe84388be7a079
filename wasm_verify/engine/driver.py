"""The Python side of driver.js: one module, loaded with its glue, on which trials are run."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from wasm_verify import sources
from wasm_verify.engine.host import Host
from wasm_verify.engine.limits import PAGE_BYTES, Limits
from wasm_verify.errors import InputError, ModuleError
from wasm_verify.javascript.realm import Realm
from wasm_verify.model import Fault
from wasm_verify.module import Module
from wasm_verify.trials import OUT_OF_FUEL

DRIVERS = ("allocator.js", "driver.js", "soak.js", "overhead.js")
TIMER_LIMIT = 1000
"""Timers that one trial may wait for."""


class Driver:
    """For one thread, in a process that may die of it."""

    def __init__(
        self,
        module: Module,
        limits: Limits,
        seed: int = 0,
        exhausted: Callable[[], None] | None = None,
    ) -> None:
        """`exhausted` is called when JavaScript has used up its steps, and must not return."""
        self.limits = limits
        self.realm = Realm(limits.memory)
        if exhausted is not None:
            self.realm.limit_steps(limits.steps, exhausted)
        self.host = Host(self.realm, module.wasm.read_bytes(), module.wasm.name, limits)
        self._expose()
        self.realm.run(f"hostSide.seed({seed})")
        for name in DRIVERS:
            self.realm.run_file(name)
        self._driver = self.realm.context.get("driver")
        own = sources.of_module(module)
        self._run = self.realm.run("(name, ...given) => driver[name](...given)")
        self._run("glue", own.main, own.style, json.dumps(own.files))

    def open(self) -> dict[str, Any]:
        """Makes a first instance. Says what the glue really exports, and whether the walk of the
        allocator adds up: `{"offers": {name: members}, "allocator": bool}`. Raises ModuleError."""
        try:
            self._run("open")
            answer = self._settle()
        except Exception as error:
            raise ModuleError(f"its glue can't be run here: {_reason(error)}") from error
        if not answer or "value" not in answer:
            raise ModuleError(f"its glue can't be run here: {_why(answer)}")
        found: dict[str, Any] = answer["value"]
        return found

    def guard_with(self, path: Path) -> None:
        """Sets the guard that `"guard": "user"` of a trial means."""
        self._run("guard", sources.of_file(path))

    def samples_from(self, path: Path) -> dict[str, list[int]]:
        """Sets the user's own arguments. Says how many each list of them has; -1 if a function
        makes it. Raises InputError."""
        try:
            found: dict[str, list[int]] = json.loads(self._run("samples", sources.of_file(path)))
            return found
        except Exception as error:
            raise InputError(f"{path}: {_reason(error)}") from error

    def ask(self, name: str, given: Any) -> Any:
        """Has a function of driver.js, soak.js or overhead.js do something. `{"failed": reason}`
        where it could not."""
        self.host.trapped = ""
        self.realm.restart_steps()
        self._run(name, json.dumps(given))
        answer = self._settle()
        return answer["value"] if answer and "value" in answer else {"failed": _why(answer)}

    def _settle(self) -> dict[str, Any] | None:
        for _ in range(TIMER_LIMIT):
            self.realm.run_jobs()
            answer = self.realm.context.get("driverAnswer")
            if answer is not None:
                found: dict[str, Any] = json.loads(answer)
                return found
            if not self.realm.run("hostTimer()"):
                return None
        return None

    # What driver.js asks of the machine

    def _expose(self) -> None:
        exposed: dict[str, Callable[..., object]] = {
            "machineArm": self._arm,
            "machineDisarm": self._disarm,
            "machineMemory": self._memory,
            "machineTrap": self._trap,
            "machineOutOfFuel": lambda: self.host.trapped == OUT_OF_FUEL,
            "machineDrop": lambda number: self.host.drop(int(number)),
            "machineWorked": time.process_time,
            "machineResident": _resident_bytes,
        }
        for name, function in exposed.items():
            self.realm.expose(name, function)
        self.realm.run_file("machine.js")

    def _arm(self, number: float, kind: str, point: float) -> None:
        instance = self.host.instances[int(number)]
        instance.refuel(int(point) if kind == Fault.OUT_OF_FUEL else self.limits.fuel)
        self._pages = instance.memory_size() // PAGE_BYTES
        if kind == Fault.REFUSED_GROWTH:
            instance.limit_memory(instance.memory_size() + int(point) * PAGE_BYTES)

    def _disarm(self, number: float) -> str:
        instance = self.host.instances[int(number)]
        fuel = self.limits.fuel - instance.fuel()
        grown = instance.memory_size() // PAGE_BYTES - self._pages
        instance.refuel(self.limits.fuel)
        instance.limit_memory(self.limits.memory)
        return json.dumps({"fuel": fuel, "grown": grown})

    def _trap(self) -> str:
        """The last trap of the module, once."""
        trap, self.host.trapped = self.host.trapped, ""
        return trap

    def _memory(self, number: float) -> int:
        return self.host.instances[int(number)].memory_size()


def _reason(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]


def _why(answer: dict[str, Any] | None) -> str:
    return answer["error"] if answer else "its promise never settles"


def _resident_bytes() -> int:
    """Of this process. 0 where the system doesn't say."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
