"""The same faults on the same module in Node: what both can do, they agree on."""

import shutil

import pytest

from tests.verify.modules import AFTER, BEFORE
from wasm_verify import Fault, InputError, Options, Report, verify

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")

BOTH = (
    Fault.MALFORMED_INPUT,
    Fault.THROWING_INPUT,
    Fault.CAUGHT_THROW,
    Fault.CALLER_THROW,
    Fault.HOST_THROW,
)


def verdicts(report: Report) -> dict[tuple[str, str, str, str], tuple[int, int | None]]:
    """By probe, so that what only one engine can read does not count."""
    return {
        (one.name, one.fault, one.guard, one.verdict): (one.count, one.residue_bytes)
        for one in report.results
        if one.probe == "getBufferSize"
    }


@pytest.mark.parametrize("package", [BEFORE, AFTER], ids=["before", "after"])
@pytest.mark.parametrize("name", ["MessageSerializer", "RegexEngine", "StateSerializer"])
def test_node_and_wasmtime_agree(package: object, name: str) -> None:
    ours, theirs = (
        verify(str(package), Options(class_name=name, faults=BOTH, points=6, engine=engine))
        for engine in ("wasmtime", "node")
    )
    assert theirs.engine.startswith("node ")
    assert verdicts(theirs) == verdicts(ours)


def test_there_is_no_other_engine() -> None:
    with pytest.raises(InputError, match="`deno` is no engine"):
        Options(engine="deno")
