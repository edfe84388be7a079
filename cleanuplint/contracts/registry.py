"""Look-ups over all contracts in force."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cached_property

from cleanuplint.contracts.combining import combined, with_buffers_of, without
from cleanuplint.contracts.model import ANYWHERE, Contract, ResourceClass

_QUOTED = re.compile(r"\[([*?\[])\]")
"""A character of a specifier that fnmatch would not take as it is."""


class Registry:
    """The contracts in force, by name, module specifier, global and class."""

    def __init__(self, contracts: Iterable[Contract]) -> None:
        given = tuple(_of_driven(tuple(contracts)))
        written = tuple(contract for contract in given if not contract.is_derived)
        self.contracts = tuple(_in_force(one, written) if one.is_derived else one for one in given)
        self._by_name = {contract.name: contract for contract in self.contracts}
        self._modules: dict[str, tuple[Contract, ...]] = {}

    def find(self, name: str) -> Contract | None:
        return self._by_name.get(name)

    def contract(self, name: str) -> Contract:
        return self._by_name[name]

    def cls(self, contract: str, name: str) -> ResourceClass:
        """A class of a contract; one that nothing is known of is a mere name."""
        known = self._by_name.get(contract)
        found = known.classes.get(name) if known is not None else None
        return found or ResourceClass(name, contract, constructor=False)

    def by_module(self, specifier: str) -> tuple[Contract, ...]:
        """Contracts of the module that an import names."""
        if specifier not in self._modules:
            found = _matching(self.contracts, specifier)
            derived = tuple(contract for contract in found if contract.is_derived)
            self._modules[specifier] = derived or found  # those contain what others say of it
        return self._modules[specifier]

    def by_name(self, name: str) -> tuple[Contract, ...]:
        """Contracts that a name in scope speaks for, without any import of it."""
        return self._by_published_name.get(name, ())

    @cached_property
    def _by_published_name(self) -> dict[str, tuple[Contract, ...]]:
        found: dict[str, tuple[Contract, ...]] = {}
        for contract in self.contracts:
            own = contract.classes if ANYWHERE in contract.modules else ()
            for name in {*contract.globals, *own}:
                found[name] = (*found.get(name, ()), contract)
        return found

    @cached_property
    def filling(self) -> dict[str, tuple[ResourceClass, ...]]:
        """Filling method -> the classes that have it."""
        found: dict[str, tuple[ResourceClass, ...]] = {}
        for cls in self._classes():
            for method in cls.fills:
                found[method] = (*found.get(method, ()), cls)
        return found

    @cached_property
    def distinctive(self) -> dict[str, tuple[ResourceClass, ...]]:
        """Distinctive method -> the classes that have it."""
        found: dict[str, tuple[ResourceClass, ...]] = {}
        for cls in self._classes():
            for method in cls.distinctive:
                found[method] = (*found.get(method, ()), cls)
        return found

    @cached_property
    def getters(self) -> frozenset[str]:
        """Properties that give something new, of any class."""
        return frozenset(name for cls in self._classes() for name in cls.getters)

    @cached_property
    def release_names(self) -> frozenset[str]:
        return frozenset(name for cls in self._classes() for name in cls.releases)

    @cached_property
    def clear_names(self) -> frozenset[str]:
        return frozenset(name for cls in self._classes() for name in cls.clears)

    def _classes(self) -> Iterable[ResourceClass]:
        return (cls for contract in self.contracts for cls in contract.classes.values())


def _matching(contracts: Iterable[Contract], specifier: str) -> tuple[Contract, ...]:
    return tuple(
        contract
        for contract in contracts
        if any(fnmatchcase(specifier, pattern) for pattern in contract.modules)
    )


def _of_driven(contracts: tuple[Contract, ...]) -> Iterable[Contract]:
    """What is said of the exports of any module holds for none whose exports are known."""
    known = frozenset[str]().union(*(contract.exports for contract in contracts))
    for contract in contracts:
        is_of_any = not (contract.modules or contract.globals or contract.exports)
        yield without(contract, known) if known and is_of_any else contract


def _in_force(derived: Contract, written: tuple[Contract, ...]) -> Contract:
    """A derived contract with what is written about the specifiers that files use for it."""
    used = (_QUOTED.sub(r"\1", pattern) for pattern in derived.modules)
    of_it = {contract.name: contract for name in used for contract in _matching(written, name)}
    classes = (cls for contract in written for cls in contract.classes.values())
    return with_buffers_of(combined(derived, of_it.values()), classes)
