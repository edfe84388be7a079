"""What the name of a call says of a clean-up, in any language that is fixed."""

import re
from collections.abc import Iterable

CLEARS = ("clear", "clean", "wipe", "reset")
RELEASES = (
    "free", "release", "delete", "del", "dispose", "destroy", "dealloc", "deallocate", "close",
    "drop", "teardown", "clear", "clean",
)  # fmt: skip
ENDS = (
    *RELEASES, "remove", "off", "un", "cancel", "abort", "stop", "shutdown", "terminate", "end",
    "pop", "exit__", "super",
)  # fmt: skip


def _call_of(verbs: Iterable[str]) -> re.Pattern[str]:
    """A verb, alone or before more, by whoever is safe to call: `free`, `_safe_free`, `tryFreeAll`.

    `maybeFree` is none, as it does not always do so.
    """
    either = "|".join(f"[{verb[0]}{verb[0].upper()}]{verb[1:]}" for verb in verbs)
    return re.compile(rf"_*(?:(?:safe|safely|try|wasm|host|guest)_?)*(?:{either})(?![a-z])")


RELEASING = _call_of(RELEASES)
"""What a helper is called that releases, and does so always."""
CLEARING = _call_of(CLEARS)
"""What one is called that only empties."""
CLEANING = re.compile(rf"_*(?:{'|'.join(ENDS)})", re.IGNORECASE)
"""Calls that are part of a clean-up, so that a release may simply stand among them."""
