"""Path patterns in the syntax of git-ignore files, without negation.

name          at any depth          a/b       from the root only
name/         folders only          **/x  x/** any number of folders
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_TOKEN = re.compile(r"\*\*/|/\*\*$|\*+|\?|\[[!^]?\]?[^]/]*\]|\\.|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Globs:
    """Patterns and the folder they are relative to."""

    root: Path
    patterns: tuple[str, ...]

    def matches(self, path: Path, below: Path | None = None) -> bool:
        """True if the absolute path, or a folder on the way to it, is matched.

        Of a path outside the root only the name counts: what lies above a project says nothing
        about it. Folders up to and including `below` are not asked: the user named them.
        """
        pattern = _compiled(self.patterns)
        return any(pattern.fullmatch(entry) for entry in self._entries(path, below))

    def _entries(self, path: Path, below: Path | None) -> Iterator[str]:
        parts = _relative(path, self.root) or (path.name,)
        named = len(_relative(below, self.root) or ()) if below is not None else 0
        for count in range(named + 1, len(parts)):
            yield "/".join(parts[:count]) + "/"
        yield "/".join(parts)


def _relative(path: Path, root: Path) -> tuple[str, ...] | None:
    """The parts of `path` below `root`; plain string work, as this runs for every file."""
    prefix = os.path.join(root, "")
    text = str(path)
    return tuple(text[len(prefix) :].split(os.sep)) if text.startswith(prefix) else None


@cache
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(_regex, patterns)) or "(?!)", re.DOTALL)


def _regex(pattern: str) -> str:
    body = pattern.strip("/")
    anchored = "/" in pattern.rstrip("/")
    head = "" if anchored else "(?:.*/)?"
    tail = "/" if pattern.endswith("/") else "/?"
    return head + "".join(map(_translated, _TOKEN.findall(body))) + tail


def _translated(token: str) -> str:
    match token:
        case "**/":
            return "(?:.*/)?"
        case "/**":
            return "/.+"
        case "?":
            return "[^/]"
        case _ if token.startswith("*"):
            return "[^/]*"
        case _ if token.startswith("[") and len(token) > 1:
            return "[" + token[1:-1].replace("\\", "\\\\").replace("!", "^", 1) + "]"
        case _ if token.startswith("\\") and len(token) > 1:
            return re.escape(token[1])
        case _:
            return re.escape(token)
