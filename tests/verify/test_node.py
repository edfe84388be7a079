"""The same faults and the same soak in Node: what both can do, they agree on."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.verify.modules import AFTER, BEFORE, box, write_package
from wasm_verify import Fault, InputError, ModuleError, Options, Report, verify
from wasm_verify.soak import Plan, soak

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")

BOTH = (
    Fault.MALFORMED_INPUT,
    Fault.THROWING_INPUT,
    Fault.CAUGHT_THROW,
    Fault.CALLER_THROW,
    Fault.HOST_THROW,
)


def verdicts(report: Report) -> dict[tuple[str, str, str, str], tuple[int, int | None]]:
    return {
        (one.name, one.fault, one.guard, one.verdict): (one.count, one.residue_bytes)
        for one in report.results
    }


@pytest.mark.parametrize("package", [BEFORE, AFTER], ids=["before", "after"])
@pytest.mark.parametrize("name", ["MessageSerializer", "RegexEngine", "StateSerializer", ""])
def test_node_and_wasmtime_agree(package: Path, name: str) -> None:
    """Of every verdict the count and the bytes, by size methods and by the allocator."""
    ours, theirs = (
        verify(str(package), Options(class_name=name, faults=BOTH, points=6, engine=engine))
        for engine in ("wasmtime", "node")
    )
    assert theirs.engine.startswith("node ")
    assert verdicts(theirs) == verdicts(ours)


def test_what_node_can_not_inject_is_not_verified() -> None:
    faults = (Fault.OUT_OF_FUEL, Fault.CALLER_THROW)
    options = Options(class_name="RegexEngine", faults=faults, points=1, engine="node")
    report = verify(AFTER, options)
    assert [one.what for one in report.not_verified] == ["out-of-fuel"]
    assert {one.fault for one in report.results} == {Fault.CALLER_THROW}
    with pytest.raises(InputError, match="can't be done in node"):
        verify(AFTER, Options(repro="quickSerialize:out-of-fuel:9:0:none", engine="node"))


@pytest.mark.parametrize(("package", "passes"), [(AFTER, True), (BEFORE, False)])
def test_a_soak_in_node(package: Path, passes: bool, tmp_path: Path) -> None:
    options = Options(class_name="MessageSerializer", points=1, engine="node")
    state = tmp_path / "soak.json"
    report = soak(package, Plan(operations=300, every=100, state=state), options)
    assert report.engine.startswith("node ") and report.operations == 300
    assert report.passed is passes and bool(report.poisoned) is not passes
    assert all(one.live is not None and one.rss > 0 for one in report.snapshots)
    with pytest.raises(InputError, match="was begun with node"):
        soak(package, Plan(operations=400, state=state), replace(options, engine="wasmtime"))


def test_a_module_that_node_refuses_is_one_line(tmp_path: Path) -> None:
    package = write_package(tmp_path / "pkg", box(""), "", "")
    (package / "box_bg.wasm").write_bytes(b"\0asm\1\0\0\0\1\1\xff")
    with pytest.raises(ModuleError, match="is refused by Node: "):
        verify(package, Options(engine="node"))


def test_there_is_no_other_engine() -> None:
    with pytest.raises(InputError, match="`deno` is no engine"):
        Options(engine="deno")
