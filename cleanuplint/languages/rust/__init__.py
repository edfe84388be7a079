"""Rust: from a file to its items and the flow graphs of its functions."""

from cleanuplint.languages.rust.items import read_items

__all__ = ["read_items"]
