"""Reading contracts from TOML, strictly: what does not fit is an error with file and line."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cleanuplint.contracts.model import Contract, ResourceClass, Returned
from cleanuplint.errors import UserError
from cleanuplint.rulebook import rules_folder

RETURNED = re.compile(r"^(&?)([A-Za-z_$][\w$]*)(\[\])?$")
PROJECT = "project"
"""The contract of the classes that a project names in its config."""
GENERIC_WORDS = frozenset({"free", "delete", "dispose", "close", "destroy", "rootNode"})
"""Members too common for the byte scan, unless a library narrows the files."""

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that is known of libraries."""

    contracts: tuple[Contract, ...]
    non_raising: tuple[str, ...]
    """Patterns of calls that can't practically throw."""
    words: frozenset[str]
    """A file without any of these can't have a finding."""


def load(
    files: Sequence[Path] = (),
    classes: Table | None = None,
    non_raising: Sequence[str] = (),
    origin: str = "",
) -> Knowledge:
    """The shipped contracts, then the user's files, then the classes of the config `origin`.

    Raises `UserError` for an unreadable file, an unknown key, a wrong type and a clash of names.
    """
    contracts = [*_shipped(), *(_read(path, str(path)) for path in files)]
    if classes:
        contracts.append(_Reader("", origin).project(classes))
    _check_clashes(contracts)
    quiet = (*_shipped_quiet(), *non_raising)
    return Knowledge(tuple(contracts), quiet, frozenset(_words(contracts)))


@cache
def _shipped() -> tuple[Contract, ...]:
    folder = rules_folder() / "contracts"
    return tuple(_read(path, f"contracts/{path.name}") for path in sorted(folder.glob("*.toml")))


@cache
def _shipped_quiet() -> tuple[str, ...]:
    text = (rules_folder() / "non-raising.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["calls"])


def _read(path: Path, shown: str) -> Contract:
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        raise UserError(f"{shown}: cannot read this contract: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{shown}: not a TOML file: {error}") from None
    return _Reader(text, shown).contract(table)


class _Reader:
    """One file; knows the text, to name lines."""

    def __init__(self, text: str, shown: str) -> None:
        self._lines = text.splitlines()
        self._shown = shown

    def contract(self, table: Table) -> Contract:
        known = ("name", "modules", "globals", "default", "scopes", "functions", "consumes")
        self._only(table, (*known, "classes"), "a contract")
        name = self._string(table, "name")
        classes = {
            cls: self._class(name, cls, fields)
            for cls, fields in self._table(table, "classes").items()
        }
        contract = Contract(
            name=name,
            source=self._shown,
            modules=self._strings(table, "modules"),
            globals=self._strings(table, "globals"),
            default=self._string(table, "default") if "default" in table else None,
            classes=classes,
            functions=self._returns(table, "functions"),
            consumes=self._consumes(table),
            scopes=frozenset(self._strings(table, "scopes")),
        )
        self._check_names(contract)
        return contract

    def project(self, classes: Table) -> Contract:
        found = {name: self._class(PROJECT, name, fields) for name, fields in classes.items()}
        contract = Contract(PROJECT, self._shown, modules=("*",), classes=found)
        self._check_names(contract)
        return contract

    def _class(self, contract: str, name: str, table: object) -> ResourceClass:
        if not isinstance(table, Mapping):
            raise self._error(name, f"class `{name}` must be a table")
        sets = ("releases", "clears", "fills", "distinctive")
        self._only(table, ("constructor", "methods", "consumes", *sets), f"class `{name}`")
        constructor = table.get("constructor", True)
        if not isinstance(constructor, bool):
            raise self._error("constructor", "`constructor` must be true or false")
        return ResourceClass(
            name=name,
            contract=contract,
            constructor=constructor,
            methods=self._returns(table, "methods"),
            consumes=self._consumes(table),
            **{key: frozenset(self._strings(table, key)) for key in sets},
        )

    def _only(self, table: Table, known: Iterable[str], what: str) -> None:
        for key in table:
            if key not in known:
                names = ", ".join(sorted(known))
                raise self._error(key, f"unknown key `{key}` of {what}; there are {names}")

    def _table(self, table: Table, key: str) -> Table:
        value = table.get(key, {})
        if not isinstance(value, Mapping):
            raise self._error(key, f"`{key}` must be a table")
        return value

    def _string(self, table: Table, key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value:
            raise self._error(key, f"`{key}` must be a string")
        return value

    def _strings(self, table: Table, key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._error(key, f"`{key}` must be a list of strings")
        return tuple(value)

    def _returns(self, table: Table, key: str) -> Mapping[str, Returned]:
        return {
            name: self._returned(name, value) for name, value in self._table(table, key).items()
        }

    def _returned(self, name: str, value: object) -> Returned:
        found = RETURNED.match(value) if isinstance(value, str) else None
        if found is None:
            raise self._error(name, f'`{name}` must be a class as in "Tree", "&Tree" or "Tree[]"')
        return Returned(found[2], owned=not found[1], many=bool(found[3]))

    def _consumes(self, table: Table) -> Mapping[str, tuple[int, ...]]:
        found = {}
        for name, value in self._table(table, "consumes").items():
            if not isinstance(value, list) or not all(type(item) is int for item in value):
                raise self._error(name, f"`{name}` must be a list of argument numbers")
            found[name] = tuple(value)
        return found

    def _check_names(self, contract: Contract) -> None:
        """Every class that is mentioned exists."""
        for owner in contract.classes.values():
            for method, result in owner.methods.items():
                self._check_class(contract, method, result)
        for function, result in contract.functions.items():
            self._check_class(contract, function, result)

    def _check_class(self, contract: Contract, name: str, result: Returned) -> None:
        if result.name != "module" and result.name not in contract.classes:
            known = ", ".join(sorted(contract.classes)) or "none"
            raise self._error(
                name, f"`{name}` gives a `{result.name}`, no class of this contract ({known})"
            )

    def _error(self, key: str, what: str) -> UserError:
        return UserError(f"{self._shown}{self._line(key)}: {what}")

    def _line(self, key: str) -> str:
        pattern = re.compile(rf"(?:^|[\s.\[{{,])[\"']?{re.escape(key)}[\"']?\s*[=\]]")
        for number, line in enumerate(self._lines, 1):
            if pattern.search(line):
                return f":{number}"
        return ""


def _check_clashes(contracts: Iterable[Contract]) -> None:
    sources: dict[str, str] = {}
    for contract in contracts:
        if contract.name in sources:
            raise UserError(
                f"{contract.source}: there is a contract `{contract.name}` already, "
                f"in {sources[contract.name]}; choose another name"
            )
        sources[contract.name] = contract.source


def _words(contracts: Iterable[Contract]) -> Iterable[str]:
    for contract in contracts:
        for pattern in contract.modules:
            yield from (part for part in re.split(r"[*?\[\]]+", pattern) if len(part) > 2)
        yield from contract.globals
        generic = not contract.modules or contract.name == PROJECT
        for cls in contract.classes.values():
            yield from cls.clears | cls.fills
            if generic:
                yield from cls.distinctive - GENERIC_WORDS
                yield from (f"{name}(" for name in cls.distinctive & GENERIC_WORDS)
            if contract.name == PROJECT:
                yield cls.name
