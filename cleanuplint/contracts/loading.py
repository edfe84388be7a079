"""Contracts as people write them: TOML files and tables, read strictly."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cleanuplint.contracts.document import Document, Keys
from cleanuplint.contracts.model import (
    ANYWHERE,
    LANGUAGES,
    NAMESPACE,
    Contract,
    ResourceClass,
    Returned,
    usual_languages,
)
from cleanuplint.contracts.spelling import both_spellings
from cleanuplint.contracts.vocabulary import words
from cleanuplint.rulebook import rules_folder
from cleanuplint.suggest import did_you_mean

PROJECT = "project"
"""The contract of the classes that a configuration names."""

TOP_KEYS = frozenset(
    {
        "name", "languages", "npm", "modules", "globals", "default", "quiet", "functions",
        "consumes", "classes", "examples",
    }
)  # fmt: skip
CLASS_KEYS = frozenset(
    {
        "constructor",
        "overloads",
        "finalized",
        "releases",
        "released-by",
        "reset-by",
        "lives-in",
        "clears",
        "fills",
        "distinctive",
        "receivers",
        "methods",
        "getters",
        "consumes",
        "adopts",
        "frees",
        "quiet",
        "members",
    }
)
PINNED = re.compile(r"(@[a-z0-9._-]+/)?[a-z0-9._-]+@\d[\w.+-]*")
RETURNED = re.compile(r"(?P<borrowed>&?)(?P<name>[A-Za-z_$][\w$.]*)(?P<many>(?:\[\])?)")


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that is known of libraries in one configuration."""

    contracts: tuple[Contract, ...]
    non_raising: tuple[str, ...]
    """Patterns of calls that can't practically throw."""
    words: frozenset[str]
    """A file that has none of them in its bytes can't have a finding."""

    def of(self, language: str) -> "Knowledge":
        """What is known of the libraries that programs in `javascript` or `python` can use."""
        contracts = tuple(one for one in self.contracts if language in one.languages)
        return Knowledge(contracts, self.non_raising, words(contracts))


def load(
    files: Sequence[Path] = (),
    classes: Mapping[str, Any] | None = None,
    non_raising: Sequence[str] = (),
    origin: str = "",
) -> Knowledge:
    """What ships, then the contracts in `files`, then the `classes` that `origin` names."""
    documents = [Document.read(path, _shown(path)) for path in files]
    contracts = [*_shipped_contracts(), *map(_contract, documents)]
    if classes:
        contracts.append(_project(classes, origin))
    _refuse_clashes(contracts, documents)
    quiet = (*_shipped_non_raising(), *non_raising)
    return Knowledge(tuple(contracts), quiet, words(contracts))


@cache
def _shipped_contracts() -> tuple[Contract, ...]:
    paths = sorted((rules_folder() / "contracts").glob("*.toml"))
    return tuple(_contract(Document.read(path, f"contracts/{path.name}")) for path in paths)


@cache
def _shipped_non_raising() -> tuple[str, ...]:
    document = Document.read(rules_folder() / "non-raising.toml", "non-raising.toml")
    return document.strings(document.table, "calls")


def _shown(path: Path) -> str:
    here = Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


def _contract(document: Document) -> Contract:
    table = document.table
    document.only(table, TOP_KEYS)
    name = table.get("name")
    if not isinstance(name, str) or not name:
        raise document.error(("name",), '`name` must be a string; write `name = "my-library"`')
    _check_examples(document)
    functions = document.tables(table, "functions")
    classes = document.tables(table, "classes")
    known = frozenset(classes)
    return Contract(
        name=name,
        source=document.source,
        languages=_languages(document),
        packages=_pinned(document),
        modules=document.strings(table, "modules"),
        globals=document.strings(table, "globals"),
        default=_default(document, known.union(functions, document.tables(table, "consumes"))),
        classes=_classes(document, classes, name, document.strings(table, "quiet")),
        functions=_results(document, functions, known, ("functions",)),
        consumes=_indices(document, table, "consumes", (), lowest=0),
        quiet=document.strings(table, "quiet"),
    )


def _languages(document: Document) -> tuple[str, ...]:
    """Those that it names; a package of npm is for JavaScript."""
    default = usual_languages("npm" in document.table)
    found = document.table.get("languages", list(default))
    if not isinstance(found, list) or not found or not set(found) <= set(LANGUAGES):
        known = " or ".join(f'"{language}"' for language in LANGUAGES)
        raise document.error(("languages",), f"`languages` must be a list of {known}")
    return tuple(found)


def _pinned(document: Document) -> tuple[str, ...]:
    packages = document.strings(document.table, "npm")
    for package in packages:
        if not PINNED.fullmatch(package):
            remedy = 'name the version that was read, like "tiktoken@1.0.22"'
            raise document.error(("npm",), f"`npm` lists {package!r}; {remedy}")
    return packages


def _check_examples(document: Document) -> None:
    """They are for readers and tests: nothing of them is kept."""
    languages = document.tables(document.table, "examples")
    for language in languages:
        for name, code in document.tables(languages, language, ("examples",)).items():
            if not isinstance(code, str):
                keys = ("examples", language, name)
                raise document.error(keys, f"`{name}` must be a string, the code of the example")


def _default(document: Document, known: frozenset[str]) -> str | None:
    default = document.table.get("default")
    if default is None or (isinstance(default, str) and default in known):
        return default
    raise document.error(
        ("default",), f"`default` must name a class or function of this file, not {default!r}"
    )


def _project(classes: Mapping[str, Any], origin: str) -> Contract:
    """Classes of the configuration: it has been read before, so its text only tells lines."""
    path = Path(origin)
    text = path.read_text(encoding="utf-8-sig") if origin and path.is_file() else ""
    document = Document(origin or "configuration", text, {})
    return Contract(
        name=PROJECT,
        source=document.source,
        modules=(ANYWHERE,),
        classes=_classes(document, classes, PROJECT),
    )


def _classes(
    document: Document, tables: Mapping[str, Any], contract: str, quiet: tuple[str, ...] = ()
) -> dict[str, ResourceClass]:
    """The classes; `quiet` holds for each of them."""
    known = frozenset(tables)
    found = {}
    for name in tables:
        cls = _class(document, name, tables, known, contract, quiet)
        spoken_for = (name, *_overloads(document, tables[name], name))
        found.update(dict.fromkeys(spoken_for, cls))
    return found


def _overloads(document: Document, table: Mapping[str, Any], name: str) -> list[str]:
    """The names of constructors that a library has numbered: `MakeBox_1`, `MakeBox_2`."""
    count = table.get("overloads", 0)
    if type(count) is not int or count < 0:
        message = "`overloads` must be the number of constructors `X_1`, `X_2`, …"
        raise document.error(("classes", name, "overloads"), message)
    return [f"{name}_{number}" for number in range(1, count + 1)]


def _class(
    document: Document,
    name: str,
    tables: Mapping[str, Any],
    known: frozenset[str],
    contract: str,
    quiet: tuple[str, ...],
) -> ResourceClass:
    keys = ("classes", name)
    table = document.tables(tables, name, keys[:1])
    document.only(table, CLASS_KEYS, keys)
    constructor = _flag(document, table, "constructor", keys, default=True)
    methods = document.tables(table, "methods", keys)
    return ResourceClass(
        name=name,
        contract=contract,
        constructor=constructor,
        finalized=_flag(document, table, "finalized", keys, default=False),
        releases=both_spellings(document.strings(table, "releases", keys)),
        released_by=document.strings(table, "released-by", keys),
        lives_in=_name(document, table, "lives-in", keys, known),
        reset_by=frozenset(document.strings(table, "reset-by", keys)),
        clears=both_spellings(document.strings(table, "clears", keys)),
        fills=both_spellings(document.strings(table, "fills", keys)),
        methods=_results(document, methods, known, (*keys, "methods")),
        getters=_getters(document, table, keys, frozenset(methods)),
        consumes=_indices(document, table, "consumes", keys, lowest=-1),
        adopts=_indices(document, table, "adopts", keys, lowest=0),
        frees=_names(document, table, "frees", keys, known),
        quiet=(*document.strings(table, "quiet", keys), *quiet),
        distinctive=frozenset(document.strings(table, "distinctive", keys)),
        receivers=document.strings(table, "receivers", keys),
        members=frozenset(document.strings(table, "members", keys)),
    )


def _flag(
    document: Document, table: Mapping[str, Any], key: str, keys: Keys, default: bool
) -> bool:
    found = table.get(key, default)
    if not isinstance(found, bool):
        raise document.error((*keys, key), f"`{key}` must be true or false")
    return found


def _names(
    document: Document, table: Mapping[str, Any], key: str, keys: Keys, known: frozenset[str]
) -> frozenset[str]:
    """Names of classes of the same file."""
    found = document.strings(table, key, keys)
    for name in found:
        _check_known(document, name, key, keys, known)
    return frozenset(found)


def _name(
    document: Document, table: Mapping[str, Any], key: str, keys: Keys, known: frozenset[str]
) -> str:
    """The name of a class of the same file; empty where there is none."""
    found = table.get(key, "")
    if not isinstance(found, str):
        raise document.error((*keys, key), f"`{key}` must be the name of a class")
    if found:
        _check_known(document, found, key, keys, known)
    return found


def _check_known(
    document: Document, name: str, key: str, keys: Keys, known: frozenset[str]
) -> None:
    if name not in known:
        remedy = did_you_mean(name, known) or f"; add `[classes.{name}]`"
        raise document.error((*keys, key), f"`{key}` names the unknown class `{name}`{remedy}")


def _getters(
    document: Document, table: Mapping[str, Any], keys: Keys, methods: frozenset[str]
) -> frozenset[str]:
    """Some of the `methods`, which say what they give."""
    found = document.strings(table, "getters", keys)
    for name in found:
        if name not in methods:
            remedy = did_you_mean(name, methods) or "; say in `methods` what it gives"
            message = f"`getters` names `{name}`, of which nothing is known{remedy}"
            raise document.error((*keys, "getters"), message)
    return frozenset(found)


def _results(
    document: Document, table: Mapping[str, Any], known: frozenset[str], keys: Keys
) -> dict[str, Returned]:
    return {name: _result(document, table[name], known, (*keys, name)) for name in table}


def _result(document: Document, value: object, known: frozenset[str], keys: Keys) -> Returned:
    read = RETURNED.fullmatch(value) if isinstance(value, str) else None
    if read is None:
        raise document.error(
            keys, f'`{keys[-1]}` must be a class, `"Tree"`, `"&Tree"` or `"Tree[]"`, not {value!r}'
        )
    if read["name"] != NAMESPACE and read["name"] not in known:
        cls = read["name"]
        remedy = did_you_mean(cls, known) or f"; add `[classes.{cls}]`"
        raise document.error(keys, f"`{keys[-1]}` returns the unknown class `{cls}`{remedy}")
    return Returned(read["name"], owned=not read["borrowed"], many=bool(read["many"]))


def _indices(
    document: Document, table: Mapping[str, Any], key: str, keys: Keys, lowest: int
) -> dict[str, tuple[int, ...]]:
    found = document.tables(table, key, keys)
    for name, value in found.items():
        if not isinstance(value, list) or not all(type(i) is int and i >= lowest for i in value):
            raise document.error(
                (*keys, key, name),
                f"`{name}` must be a list of argument positions from {lowest}, like [0]",
            )
    return {name: tuple(value) for name, value in found.items()}


def _refuse_clashes(contracts: Iterable[Contract], documents: Sequence[Document]) -> None:
    first: dict[str, Contract] = {}
    for contract in contracts:
        earlier = first.setdefault(contract.name, contract)
        if earlier is not contract:
            message = f"`{contract.name}` is also the name of {earlier.source}; choose another name"
            sources = (it for it in documents if it.source == contract.source)
            place = next(sources, Document(contract.source, "", {}))
            raise place.error(("name",), message)
