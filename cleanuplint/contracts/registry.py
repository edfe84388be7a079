"""Look-ups over all contracts in force."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cached_property

from cleanuplint.contracts.model import ANYWHERE, Contract, ResourceClass


class Registry:
    """The contracts in force, by name, module specifier, global and class."""

    def __init__(self, contracts: Iterable[Contract]) -> None:
        self.contracts = tuple(contracts)
        self._by_name = {contract.name: contract for contract in self.contracts}
        self._modules: dict[str, tuple[Contract, ...]] = {}

    def find(self, name: str) -> Contract | None:
        return self._by_name.get(name)

    def contract(self, name: str) -> Contract:
        return self._by_name[name]

    def cls(self, contract: str, name: str) -> ResourceClass:
        return self._by_name[contract].classes[name]

    def by_module(self, specifier: str) -> tuple[Contract, ...]:
        """Contracts of the module that an import names."""
        if specifier not in self._modules:
            self._modules[specifier] = tuple(
                contract
                for contract in self.contracts
                if any(fnmatchcase(specifier, pattern) for pattern in contract.modules)
            )
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
    def release_names(self) -> frozenset[str]:
        return frozenset(name for cls in self._classes() for name in cls.releases)

    @cached_property
    def clear_names(self) -> frozenset[str]:
        return frozenset(name for cls in self._classes() for name in cls.clears)

    def _classes(self) -> Iterable[ResourceClass]:
        return (cls for contract in self.contracts for cls in contract.classes.values())
