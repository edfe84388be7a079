"""One JSON object, which docs/verify.md describes."""

import json
from typing import Any

from cleanuplint.version import VERSION
from wasm_verify.model import Report
from wasm_verify.overhead import Overhead
from wasm_verify.soaking import Endurance


def report(found: Report, color: bool = False) -> str:
    return _text(found.to_json(VERSION))


def soak(found: Endurance, color: bool = False) -> str:
    return _text(found.to_json(VERSION))


def overhead(found: Overhead, color: bool = False) -> str:
    return _text(found.to_json(VERSION))


def _text(value: dict[str, Any]) -> str:
    """ASCII only, so that no encoding of the terminal can spoil it."""
    return json.dumps(value, indent=2) + "\n"
