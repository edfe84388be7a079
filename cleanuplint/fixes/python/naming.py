"""Names for what has none."""

import re

import libcst as cst

from cleanuplint.fixes.python.walking import names_in

WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+")


def name_for(cls: str, scope: cst.CSTNode) -> str:
    """What an object of a class is called: a `RegexEngine` is an `engine` or a `regex_engine`."""
    words: list[str] = [word.lower() for word in WORDS.findall(cls)] if cls.isidentifier() else []
    taken = names_in(scope)
    candidates = (*words[-1:], "_".join(words), "resource", *(f"resource{n}" for n in range(2, 99)))
    return next(name for name in candidates if name.isidentifier() and name not in taken)
