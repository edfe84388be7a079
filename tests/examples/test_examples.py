"""The examples are what their README says."""

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cleanuplint.cargo import Cargo
from cleanuplint.cli.commands import group
from cleanuplint.rust.contract import contract_of

EXAMPLES = Path(__file__).parents[2] / "examples"
SITES = [
    ("event-bus.js", 57, "unguarded-call"),
    ("messenger.js", 46, "unguarded-call"),
    ("messenger.js", 105, "missing-teardown-release"),
    ("state-manager.js", 76, "missing-teardown-release"),
]
CRATE = {
    ("engine/src/lib.rs", 32, "missing-cleanup-export"),
    ("engine/src/lib.rs", 32, "missing-drop"),
    ("engine/src/lib.rs", 46, "error-path-keeps-buffer"),
    ("engine/src/lib.rs", 57, "error-path-keeps-buffer"),
    ("engine/src/patterns.rs", 8, "missing-cleanup-export"),
    ("engine/src/patterns.rs", 8, "missing-drop"),
    ("engine/src/patterns.rs", 30, "error-path-keeps-buffer"),
    ("engine/src/patterns.rs", 44, "size-hides-capacity"),
    ("engine/src/states.rs", 8, "missing-cleanup-export"),
    ("engine/src/states.rs", 8, "missing-drop"),
    ("engine/src/states.rs", 23, "error-path-keeps-buffer"),
    ("engine/src/states.rs", 54, "size-hides-capacity"),
}
FILLING = {
    "MessageSerializer": {"serializeMessage", "batchSerialize"},
    "StateSerializer": {"serializeState", "getStateSize"},
    "RegexEngine": {"has_match", "match_indices"},
}


def found(example: str) -> list[tuple[str, int, str]]:
    """The findings as (path in the example, line, rule)."""
    args = ["check", "--isolated", "--exit-zero", "--output-format", "json"]
    ran = CliRunner().invoke(group, [*args, str(EXAMPLES / example)])
    start = EXAMPLES / example
    return [
        (
            Path(one["path"]).resolve().relative_to(start).as_posix(),
            one["start"]["line"],
            one["rule"],
        )
        for one in json.loads(ran.stdout)["findings"]
    ]


def test_the_sites_before_the_clean_up() -> None:
    assert [one for one in found("swarm") if one[0].endswith(".js")] == SITES


def test_the_crate_before_the_clean_up() -> None:
    assert {one for one in found("swarm") if one[0].endswith(".rs")} == CRATE


@pytest.mark.parametrize(
    ("example", "clears"),
    [("swarm", {"clearBuffer"}), ("swarm-clean", {"clearBuffer", "cleanup"})],
)
def test_what_the_crate_exports(example: str, clears: set[str]) -> None:
    crate = Cargo().crate(EXAMPLES / example / "engine/src/lib.rs")
    assert crate is not None
    classes = contract_of(crate.crate, "engine", "engine").classes.values()
    assert {one.name: one.fills for one in classes} == FILLING
    assert {one.clears for one in classes} == {frozenset(clears)}


def test_nothing_after_the_clean_up() -> None:
    assert found("swarm-clean") == []


@pytest.mark.parametrize("example", ["swarm", "swarm-clean"])
def test_the_committed_engine_is_the_one_that_was_built(example: str) -> None:
    package = EXAMPLES / example / "engine" / "pkg"
    for line in (package / "SHA256SUMS").read_text().splitlines():
        expected, name = line.split()
        assert hashlib.sha256((package / name).read_bytes()).hexdigest() == expected, name
