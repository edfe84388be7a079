"""The words by which a file shows that contracts may concern it."""

import re
from collections.abc import Iterable, Iterator

from cleanuplint.contracts.model import Contract, ResourceClass

GENERIC = frozenset(
    {
        "add", "cleanup", "clear", "close", "copy", "clone", "delete", "destroy", "dispose", "drop",
        "end", "finish", "free", "get", "match", "parse", "push", "read", "reset", "search", "send",
        "set", "test", "update", "write",
    }
)  # fmt: skip
"""Methods of so many objects that they say nothing about a file."""

FOLLOWERS = (".", "[", "?", ";", ",", ")", "\r", "\n")
"""What stands behind a global that is used. Without it, `cv` would be found in `recv`, and `Module`
in the `__esModule =` of every compiled file."""

END = "\b"
"""At the end of a word that counts as a whole name only: `alloc` is not in `allocated`."""


def words(contracts: Iterable[Contract]) -> frozenset[str]:
    """Words of which every file that may have a finding has at least one.

    A resource is known by its module, by a global, or by a telling method: other names, such as
    `Parser` or `free`, are left out, as they would let nearly every file pass.
    """
    return frozenset(word for contract in contracts for word in _of_contract(contract))


def _of_contract(contract: Contract) -> Iterator[str]:
    modules = [_literal(pattern) for pattern in contract.modules]
    yield from filter(None, modules)
    yield from (name + follower for name in contract.globals for follower in FOLLOWERS)
    if not all(modules):  # any module will do
        yield from contract.classes
    is_bound = bool(contract.globals) or (bool(modules) and all(modules))
    for cls in contract.classes.values():
        yield from (cls.fills | cls.clears) - GENERIC
        yield from () if is_bound else _telling(cls)


def _telling(cls: ResourceClass) -> Iterator[str]:
    """Methods that alone tell of a class; generic ones count where they are called."""
    yield from (name + END for name in cls.distinctive - GENERIC)
    for method in cls.distinctive & GENERIC:
        yield from (f".{method}(", f".{method}?.(")


def _literal(pattern: str) -> str:
    """The longest part of a module pattern that stands in the file as it is."""
    return max(re.split(r"[*?]|\[[^\]]*\]", pattern), key=len)
