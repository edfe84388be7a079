"""Contracts as TOML that the loader reads back."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from cleanuplint.contracts.model import Contract, ResourceClass, Returned, usual_languages

BARE = re.compile(r"[A-Za-z0-9_-]+")
WIDTH = 100


def toml_of(contract: Contract) -> str:
    """The whole contract."""
    return "\n".join(_contract(contract)) + "\n"


def toml_of_class(cls: ResourceClass) -> str:
    """One class of a contract."""
    return "\n".join(_class(cls, (), 0)) + "\n"


def _contract(contract: Contract) -> Iterator[str]:
    usual = usual_languages(bool(contract.packages))
    yield f"name = {_string(contract.name)}"
    yield from _lists(
        {
            "languages": () if contract.languages == usual else contract.languages,
            "npm": contract.packages,
            "modules": contract.modules,
            "globals": contract.globals,
            "quiet": contract.quiet,
        }
    )
    if contract.default is not None:
        yield f"default = {_string(contract.default)}"
    yield from _table("functions", _results(contract.functions))
    yield from _table("consumes", _indices(contract.consumes))
    named = Counter(cls.name for cls in contract.classes.values())
    for name, cls in contract.classes.items():
        if name == cls.name:
            yield ""
            yield from _class(cls, contract.quiet, named[name] - 1)


def _class(cls: ResourceClass, quiet: tuple[str, ...], overloads: int) -> Iterator[str]:
    """`quiet` holds for all classes of the contract, and is written once.

    `overloads` is the number of other names that it goes by, `X_1`, `X_2`.
    """
    heading = f"classes.{_key(cls.name)}"
    yield f"[{heading}]"
    if not cls.constructor:
        yield "constructor = false"
    if cls.finalized:
        yield "finalized = true"
    if cls.lives_in:
        yield f"lives-in = {_string(cls.lives_in)}"
    if overloads:
        yield f"overloads = {overloads}"
    own_quiet = cls.quiet[: len(cls.quiet) - len(quiet)] if quiet else cls.quiet
    yield from _lists(
        {
            "releases": sorted(cls.releases),
            "released-by": cls.released_by,
            "reset-by": sorted(cls.reset_by),
            "clears": sorted(cls.clears),
            "fills": sorted(cls.fills),
            "getters": sorted(cls.getters),
            "frees": sorted(cls.frees),
            "quiet": own_quiet,
            "distinctive": sorted(cls.distinctive),
            "receivers": cls.receivers,
            "members": sorted(cls.members),
        }
    )
    yield from _table(f"{heading}.methods", _results(cls.methods))
    yield from _table(f"{heading}.consumes", _indices(cls.consumes))
    yield from _table(f"{heading}.adopts", _indices(cls.adopts))


def _lists(lists: Mapping[str, Iterable[str]]) -> Iterator[str]:
    for key, values in lists.items():
        texts = [_string(value) for value in values]
        line = f"{key} = [{', '.join(texts)}]"
        if texts and len(line) <= WIDTH:
            yield line
        elif texts:
            yield f"{key} = ["
            yield from (f"  {text}," for text in texts)
            yield "]"


def _table(heading: str, entries: Mapping[str, str]) -> Iterator[str]:
    if entries:
        yield ""
        yield f"[{heading}]"
        yield from (f"{_key(name)} = {value}" for name, value in entries.items())


def _results(results: Mapping[str, Returned]) -> dict[str, str]:
    return {name: _string(_result(result)) for name, result in results.items()}


def _result(result: Returned) -> str:
    return f"{'' if result.owned else '&'}{result.name}{'[]' if result.many else ''}"


def _indices(indices: Mapping[str, tuple[int, ...]]) -> dict[str, str]:
    return {name: json.dumps(list(positions)) for name, positions in indices.items()}


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else _string(name)


def _string(text: str) -> str:
    """A basic string: JSON's escapes are TOML's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
