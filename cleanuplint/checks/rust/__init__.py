"""From the items and buffers of a Rust crate to findings, one module per group of rules."""

from cleanuplint.checks.rust.crate import check_crate

__all__ = ["check_crate"]
