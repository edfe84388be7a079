"""Run a compiled WebAssembly module, break it on purpose, see whether its memory comes back.

This package stands alone: it knows modules, faults and bytes, and nothing of a linter.
"""

from wasm_verify.model import FAILING, GATING, Fault, NotVerified, Report, Result, Verdict

__all__ = ["FAILING", "GATING", "Fault", "NotVerified", "Report", "Result", "Verdict"]
