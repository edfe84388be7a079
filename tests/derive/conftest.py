"""Builds of bindings in a folder, and the contract that is derived from them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cleanuplint.contracts.model import Contract, ResourceClass
from cleanuplint.derive import Derivations

Derive = Callable[..., Contract | None]


@pytest.fixture
def derive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Derive:
    """Write files, and derive from the first one."""
    monkeypatch.chdir(tmp_path)

    def derive(files: dict[str, str]) -> Contract | None:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return Derivations(lambda folder: None).contract_at(tmp_path / next(iter(files)))

    return derive


def results(owner: ResourceClass | Contract) -> dict[str, str]:
    """The results of methods or functions, as a contract file writes them."""
    found = owner.methods if isinstance(owner, ResourceClass) else owner.functions
    return {
        name: f"{'' if one.owned else '&'}{one.name}{'[]' if one.many else ''}"
        for name, one in found.items()
    }
