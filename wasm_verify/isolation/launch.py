"""What is started for a module, and what it is told first."""

import os
import shutil
import sys
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from typing import Any

from wasm_verify import sources
from wasm_verify.errors import VerifyError
from wasm_verify.module import Module
from wasm_verify.options import NODE, Options


def command(options: Options) -> list[str]:
    if options.engine != NODE:
        return [sys.executable, "-c", "from wasm_verify.isolation.child import main; main()"]
    node = shutil.which("node")
    if node is None:
        raise VerifyError("there is no `node` on the path; install it, or leave out the engine")
    script = resources.files("wasm_verify.javascript").joinpath("node.mjs")
    return [node, "--expose-gc", str(script)]


def environment() -> dict[str, str]:
    """So that the child finds what we found, however this package came to be importable."""
    own = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join([own, *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path}


def opening(module: Module, options: Options) -> dict[str, Any]:
    """The first request."""
    if options.engine != NODE:
        return {
            "module": module.path,
            "limits": asdict(options.limits),
            "seed": options.seed,
            "guard": str(options.guard_file or ""),
            "inputs": str(options.inputs or ""),
        }
    return {
        "wasm": str(module.wasm.resolve()),
        "glue": str(module.glue.path.resolve()),
        **asdict(sources.of_module(module)),
        "guard": sources.of_file(options.guard_file),
        "samples": sources.of_file(options.inputs),
    }
