"""Public modules of npm: driven by their own glue, broken, and held against a run in Node.

Downloads some 40 MB, once: only where `CLEANUPLINT_NETWORK` is set and npm answers.
"""

import shutil

import pytest

from tests.npm import asks_npm, unpacked
from wasm_verify import Fault, Options, Session, Verdict, verify
from wasm_verify.baseline import Unusable, measure

pytestmark = [asks_npm, pytest.mark.xdist_group("npm")]

# Package, how many methods and functions it offers, and how many of them take a generated input.
DRIVEN = [
    ("ywasm@0.18.3", 142, 60),
    ("tiktoken@1.0.22", 10, 3),
    ("prql-js@0.12.1", 6, 3),
    ("oxigraph@0.5.11", 20, 5),
    ("loro-crdt@1.17.1", 221, 140),
    ("@automerge/automerge-wasm@0.17.0", 77, 25),
    ("@css-inline/css-inline-wasm@0.21.2", 3, 3),
    ("@typstyle/typstyle-wasm-bundler@0.14.4", 7, 7),
    ("@nlptools/distance-wasm@0.0.8", 45, 44),
    ("@prisma/prisma-fmt-wasm@0.3.1", 6, 6),
    ("@ceramicnetwork/wasm-bloom-filter@0.1.0", 3, 1),
    # Its allocator is not Rust's own.
    ("@biscuit-auth/biscuit-wasm@0.5.0", 77, 28),
]
OTHER_ALLOCATOR = ("@biscuit-auth/biscuit-wasm@0.5.0",)


@pytest.mark.parametrize(("package", "offered", "driven"), DRIVEN)
def test_it_is_driven_by_its_own_glue(
    request: pytest.FixtureRequest, package: str, offered: int, driven: int
) -> None:
    with Session(unpacked(package, request.config), Options()) as session:
        taken = 0
        for target in session.targets:
            try:
                measure(session.observe, target, session.inputs)
            except Unusable:
                continue
            taken += 1
        assert session.knows_allocator != (package in OTHER_ALLOCATOR)
        assert len(session.targets) == offered
        assert taken >= driven


def test_a_throw_from_a_host_call_poisons_a_text_of_ywasm(request: pytest.FixtureRequest) -> None:
    """Known of wasm-bindgen: the borrow of an object outlives the exception that crosses it."""
    report = verify(
        unpacked("ywasm@0.18.3", request.config),
        Options(class_name="YText", method="toJson", faults=(Fault.HOST_THROW,)),
    )
    assert {one.verdict for one in report.results} == {Verdict.POISONED}
    assert report.passed


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
@pytest.mark.parametrize(
    "package", ["ywasm@0.18.3", "tiktoken@1.0.22", "loro-crdt@1.17.1", "oxigraph@0.5.11"]
)
def test_it_does_in_node_what_it_does_here(request: pytest.FixtureRequest, package: str) -> None:
    """Each fault-free call returns in both or throws in both."""
    place = unpacked(package, request.config)
    said = []
    for engine in ("wasmtime", "node"):
        with Session(place, Options(engine=engine)) as session:
            said.append({one.name: outcome(session, one) for one in session.targets})
    ours, theirs = said
    different = {name for name in ours if ours[name] != theirs[name]}
    # One that needs more work than a call may do here is taken there.
    assert len(different) <= max(1, len(ours) // 50), different


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
@pytest.mark.parametrize(
    "package",
    [
        "@css-inline/css-inline-wasm@0.21.2",
        "@typstyle/typstyle-wasm-bundler@0.14.4",
        "@ceramicnetwork/wasm-bloom-filter@0.1.0",
        "@nlptools/distance-wasm@0.0.8",
    ],
)
def test_faults_do_in_node_what_they_do_here(request: pytest.FixtureRequest, package: str) -> None:
    """Of every verdict the count and the bytes. What needs more work than a call may do is left
    out: Node has no such limit."""
    place = unpacked(package, request.config)
    faults = (Fault.MALFORMED_INPUT, Fault.THROWING_INPUT, Fault.CALLER_THROW, Fault.HOST_THROW)
    ours, theirs = (
        {
            (one.name, one.fault, one.guard, one.verdict): (one.count, one.residue_bytes)
            for one in verify(place, Options(faults=faults, points=3, engine=engine)).results
        }
        for engine in ("wasmtime", "node")
    )
    assert ours and theirs == ours


def outcome(session: Session, target: object) -> tuple[str, ...]:
    try:
        return measure(session.observe, target, session.inputs).measured.arguments  # type: ignore[arg-type]
    except Unusable:
        return ("refused",)
