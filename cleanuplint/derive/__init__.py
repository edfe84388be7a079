"""Contracts that nobody has to write: what generated bindings say of themselves.

typings  ─ declarations ─ typings ─ drafting ┐
glue     ─ glue ─────────────────────────────┤─ wasm_bindgen, embind, jco ─ contract
sources  ─ rust.contract ────────────────────┘
"""

from cleanuplint.derive.artefacts import entry_of
from cleanuplint.derive.deriving import Derivations, derive_artefacts

__all__ = ["Derivations", "derive_artefacts", "entry_of"]
