"""One name in the two spellings that bindings of the same module use."""

import re
from collections.abc import Iterable

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def both_spellings(names: Iterable[str]) -> frozenset[str]:
    """The names, and each as it is spelled in the other language: `clearBuffer`, `clear_buffer`."""
    return frozenset(spelling for name in names for spelling in (name, snake(name), camel(name)))


def snake(name: str) -> str:
    return _HUMP.sub("_", name).lower() if name.isidentifier() and "_" not in name else name


def camel(name: str) -> str:
    if not name[:1].isalpha() or not name.isidentifier():
        return name
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)
