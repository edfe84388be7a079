"""Contracts that nobody has to write: what generated bindings say of themselves.

typings  ─ declarations ─ typings ─ drafting ┐
glue     ─ glue ─────────────────────────────┤─ wasm_bindgen, embind, jco ─ contract
sources  ─ rust.contract ────────────────────┘
"""

from cleanuplint.derive.deriving import Derivations

__all__ = ["Derivations"]
