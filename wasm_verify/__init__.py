"""Run a compiled WebAssembly module, break it on purpose, see whether its memory comes back.

This package stands alone: it knows modules, faults and bytes, and nothing of a linter.

    report = verify("pkg", Options(class_name="MessageSerializer", points=50))
    for result in report.failures:
        print(result.name, result.fault, result.verdict, result.repro)
"""

from wasm_verify.engine.limits import Limits
from wasm_verify.errors import InputError, ModuleError, VerifyError
from wasm_verify.experiment import Progress
from wasm_verify.isolation.worker import ChildLost
from wasm_verify.model import FAILING, GATING, Fault, NotVerified, Report, Result, Verdict
from wasm_verify.module import Module
from wasm_verify.options import Options
from wasm_verify.overhead import Overhead, overhead
from wasm_verify.package import load
from wasm_verify.run import verify
from wasm_verify.session import Session
from wasm_verify.target import Target
from wasm_verify.trials import Observation, Trial

__all__ = [
    "FAILING",
    "GATING",
    "ChildLost",
    "Fault",
    "InputError",
    "Limits",
    "Module",
    "ModuleError",
    "NotVerified",
    "Observation",
    "Options",
    "Overhead",
    "Progress",
    "Report",
    "Result",
    "Session",
    "Target",
    "Trial",
    "Verdict",
    "VerifyError",
    "load",
    "overhead",
    "verify",
]
