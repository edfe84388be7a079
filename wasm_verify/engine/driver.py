"""The Python side of driver.js: one module, loaded with its glue, on which trials are run."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from wasm_verify import glue
from wasm_verify.engine import allocator
from wasm_verify.engine.host import Host
from wasm_verify.engine.limits import Limits
from wasm_verify.errors import ModuleError
from wasm_verify.javascript.realm import Realm
from wasm_verify.model import Fault
from wasm_verify.module import Module
from wasm_verify.trials import OUT_OF_FUEL

TIMER_LIMIT = 1000
"""Timers that one trial may wait for."""


class Driver:
    """For one thread, in a process that may die of it."""

    def __init__(self, module: Module, limits: Limits, seed: int = 0) -> None:
        self.limits = limits
        self.realm = Realm(limits.memory)
        self.host = Host(self.realm, module.wasm.read_bytes(), module.wasm.name, limits)
        self._expose()
        self.realm.run(f"hostSide.seed({seed})")
        self.realm.run_file("driver.js")
        self._driver = self.realm.context.get("driver")
        main, style, files = _sources(module)
        self._run = self.realm.run("(name, ...given) => driver[name](...given)")
        self._run("glue", main, style, json.dumps(files))

    def offers(self) -> dict[str, list[str]]:
        """What the glue really exports: functions and classes with their methods."""
        try:
            found: dict[str, list[str]] = json.loads(self._run("offers"))
            return found
        except Exception as error:
            raise ModuleError(f"its glue can't be run here: {_reason(error)}") from error

    def knows_allocator(self) -> bool:
        """Whether the walk of the allocator adds up in a fresh instance."""
        return bool(self._run("live") != allocator.UNKNOWN)

    def guard_with(self, path: Path) -> None:
        """Sets the guard that `"guard": "user"` of a trial means."""
        self._run("guard", glue.to_function(path.read_text("utf-8")))

    def trial(self, spec: dict[str, Any]) -> dict[str, Any]:
        """Runs one trial. What it says is described in observation.py."""
        self.host.trapped = ""
        self._run("trial", json.dumps(spec))
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
            "machineLive": self._live,
            "machineMemory": self._memory,
            "machineTrap": lambda: self.host.trapped,
            "machineOutOfFuel": lambda: self.host.trapped == OUT_OF_FUEL,
            "machineDrop": lambda number: self.host.drop(int(number)),
        }
        for name, function in exposed.items():
            self.realm.expose(name, function)
        self.realm.run_file("machine.js")

    def _arm(self, number: float, kind: str, point: float) -> None:
        instance = self.host.instances[int(number)]
        instance.refuel(int(point) if kind == Fault.OUT_OF_FUEL else self.limits.fuel)
        self._pages = instance.memory_size() // allocator.PAGE_BYTES
        if kind == Fault.REFUSED_GROWTH:
            instance.limit_memory(instance.memory_size() + int(point) * allocator.PAGE_BYTES)

    def _disarm(self, number: float) -> str:
        instance = self.host.instances[int(number)]
        fuel = self.limits.fuel - instance.fuel()
        grown = instance.memory_size() // allocator.PAGE_BYTES - self._pages
        instance.refuel(self.limits.fuel)
        instance.limit_memory(self.limits.memory)
        return json.dumps({"fuel": fuel, "grown": grown})

    def _live(self, number: float) -> int:
        instance = self.host.instances[int(number)]
        size = instance.memory_size()
        if not size:
            return allocator.UNKNOWN
        return allocator.live_bytes(instance.memory_address(), self.host.shape.initial_bytes, size)

    def _memory(self, number: float) -> int:
        return self.host.instances[int(number)].memory_size()


def _sources(module: Module) -> tuple[str, str, dict[str, str]]:
    root = module.glue.path.parent
    snippets = sorted((root / "snippets").rglob("*.js")) if (root / "snippets").is_dir() else []
    files = {
        path.relative_to(root).as_posix(): glue.to_function(path.read_text("utf-8", "replace"))
        for path in snippets
    }
    return glue.to_function(module.glue.source), module.glue.style, files


def _reason(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]


def _why(answer: dict[str, Any] | None) -> str:
    return answer["error"] if answer else "its promise never settles"
