"""The examples are what their README says."""

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cleanuplint.cli.commands import group

EXAMPLES = Path(__file__).parents[2] / "examples"
SITES = [
    ("event-bus.js", 57, "unguarded-call"),
    ("messenger.js", 46, "unguarded-call"),
    ("messenger.js", 105, "missing-teardown-release"),
    ("state-manager.js", 76, "missing-teardown-release"),
]


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


def test_the_crate_before_the_clean_up_keeps_its_buffers() -> None:
    rules = {rule for path, _, rule in found("swarm") if path.endswith(".rs")}
    assert {"missing-drop", "error-path-keeps-buffer"} <= rules


def test_nothing_after_the_clean_up() -> None:
    assert found("swarm-clean") == []


@pytest.mark.parametrize("example", ["swarm", "swarm-clean"])
def test_the_committed_engine_is_the_one_that_was_built(example: str) -> None:
    package = EXAMPLES / example / "engine" / "pkg"
    for line in (package / "SHA256SUMS").read_text().splitlines():
        expected, name = line.split()
        assert hashlib.sha256((package / name).read_bytes()).hexdigest() == expected, name
