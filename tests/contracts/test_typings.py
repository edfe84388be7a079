"""Every class, method and function that a contract names exists in the package it is about."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cleanuplint.contracts.loading import load
from cleanuplint.contracts.model import Contract, ResourceClass
from cleanuplint.contracts.spelling import both_spellings

from .declarations import Declarations
from .registry import Packages, Unreachable

PINNED = [contract for contract in load().contracts if contract.packages]

pytestmark = pytest.mark.xdist_group("npm")


@pytest.fixture(scope="module")
def packages(request: pytest.FixtureRequest) -> Packages:
    found = Packages(Path(request.config.cache.mkdir("npm")))
    try:
        found.prepare([package for contract in PINNED for package in contract.packages])
    except Unreachable as reason:
        pytest.skip(str(reason))
    return found


@pytest.mark.parametrize("contract", PINNED, ids=lambda contract: contract.name)
def test_the_package_has_what_the_contract_names(contract: Contract, packages: Packages) -> None:
    """Of several packages or versions, it may be any one of them."""
    pinned = [_declarations(packages, package) for package in contract.packages]
    absent = [
        f"{cls}.{member}" if member else cls
        for cls, member in _named(contract)
        if not any(_declared(each, cls, member) for each in pinned)
    ]
    assert not absent, absent


def _declarations(packages: Packages, package: str) -> Declarations:
    texts = packages.texts(package)
    read = Declarations.of if packages.declares(package) else Declarations.of_plain_code
    return read(texts)


def _declared(found: Declarations, cls: str, member: str) -> bool:
    if not member:
        return found.declares(cls)
    return any(found.has(cls, spelled) for spelled in both_spellings([member]))


def _named(contract: Contract) -> Iterator[tuple[str, str]]:
    """All that the contract names: a class or function, or a class and its member."""
    for name in {*contract.functions, *contract.consumes} - {contract.default}:
        yield name, ""
    for cls in contract.classes.values():
        yield cls.name, ""
        yield from ((name, "") for name in cls.released_by)
        yield from ((cls.name, member) for member in _members(cls) if member not in contract.quiet)


def _members(cls: ResourceClass) -> Iterator[str]:
    yield from (release.partition(".")[0] for release in cls.releases)
    yield from cls.clears | cls.fills | cls.distinctive
    yield from (*cls.methods, *cls.consumes, *cls.adopts, *cls.quiet)
