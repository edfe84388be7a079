"""Which files can have a finding at all: one scan over raw bytes.

A file that has none of the words of the contracts in force is neither decoded nor parsed. Nearly
all files of an unrelated tree stop here.
"""

import re
from collections.abc import Callable, Iterable

from cleanuplint.contracts.vocabulary import END
from cleanuplint.files.source import UTF_16
from cleanuplint.findings import ADDRESS

OWN_WORDS = frozenset({ADDRESS})
"""A file with an ignore comment is read, so that one which ignores nothing is told."""
NAME_WORDS = frozenset({"wasm", "Wasm", "WASM"})
"""What a variable has in its name when it is taken to be WASM by its name."""

NAME_IN_USE = re.compile(r"[A-Za-z_$][\w$]*[.\[?;,)\r\n]")
"""A global with what follows its use: to be found as a whole name, not within `NormalModule.`."""
NO_NAME_BEFORE = r"(?<![A-Za-z0-9_$].)"
"""Follows the first letter, as `re` is quick only with patterns that begin with plain letters."""
NO_NAME_BEHIND = r"(?![A-Za-z0-9_$])"

_Trie = dict[str, "_Trie"]
"""By what a word goes on with, each a regular expression; the empty one ends a word."""


class Prefilter:
    """The words to look for, compiled."""

    def __init__(self, words: Iterable[str], name_heuristics: bool) -> None:
        wanted = OWN_WORDS.union(words, NAME_WORDS if name_heuristics else ())
        self._search = re.compile(_regex(_trie(wanted)).encode()).search

    def passes(self, data: bytes) -> bool:
        """False only if no word is in the bytes. UTF-16 hides words from a scan of bytes."""
        return self._search(data) is not None or data.startswith(UTF_16)


ENDING = frozenset(
    {
        "cleanup", "close", "destroy", "dispose", "end", "finish", "shutdown", "stop", "teardown",
        "terminate",
    }
)  # fmt: skip
"""What classes call the method that ends their objects."""


def releasing(names: Iterable[str]) -> Callable[[bytes], bool]:
    """Whether some text calls one of these methods, or a like one, without arguments."""
    names = ENDING.union(names)
    called = rb"\.(?:%s)\s*(?:\?\.)?\(\s*\)" % "|".join(sorted(map(re.escape, names))).encode()
    search = re.compile(called + rb"|\bispose\]|\busing\s+\w").search
    return lambda data: search(data) is not None


def _trie(words: Iterable[str]) -> _Trie:
    """The words by common prefix: five times as fast as their plain alternation."""
    root: _Trie = {}
    for word in filter(None, words):
        node = root
        for part in _parts(word):
            node = node.setdefault(part, {})
        node[""] = {}
    return root


def _parts(word: str) -> list[str]:
    first, *rest = map(re.escape, word.removesuffix(END))
    if word.endswith(END):
        return [first, NO_NAME_BEFORE, *rest, NO_NAME_BEHIND]
    return [first, NO_NAME_BEFORE, *rest] if NAME_IN_USE.fullmatch(word) else [first, *rest]


def _regex(node: _Trie) -> str:
    if "" in node:
        return ""
    branches = [part + _regex(rest) for part, rest in sorted(node.items())]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
