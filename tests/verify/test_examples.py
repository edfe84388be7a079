"""The engine of the swarm, before and after its clean-up: what the verifier is for."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.verify.modules import AFTER, BEFORE
from wasm_verify import GATING, Fault, InputError, Options, Report, Session, Trial, Verdict, verify
from wasm_verify.trials import Point, Repro


def serializing(pkg: object, *faults: Fault, guard: str = "clear", repro: str = "") -> Report:
    return verify(
        str(pkg),
        Options(
            class_name="MessageSerializer",
            method="serializeMessage",
            faults=faults or tuple(Fault),
            points=4,
            guard=guard,
            repro=repro,
        ),
    )


def verdicts(report: Report, guard: str) -> dict[tuple[Fault, Verdict], int]:
    return {
        (result.fault, result.verdict): result.count
        for result in report.results
        if result.guard == guard
    }


@pytest.fixture(scope="module")
def before() -> Report:
    return serializing(BEFORE)


@pytest.fixture(scope="module")
def after() -> Report:
    return serializing(AFTER)


def test_after_the_clean_up_every_gating_fault_comes_back_to_zero(after: Report) -> None:
    assert after.passed
    reached = {one.fault for one in after.results if one.guard == "clear" and one.reached}
    assert set(GATING) <= reached
    assert {one.probe for one in after.results} == {"getBufferSize"}


def test_before_it_a_throwing_getter_poisons_whatever_the_guard(before: Report) -> None:
    assert not before.passed
    for guard in ("none", "clear"):
        assert verdicts(before, guard)[Fault.THROWING_INPUT, Verdict.POISONED] > 0


def test_before_it_a_deep_value_kills_the_whole_module(before: Report) -> None:
    assert verdicts(before, "clear")[Fault.DEEP_INPUT, Verdict.MODULE_DEAD] > 0


def test_the_guard_is_what_empties_the_buffer_after_the_caller_throws(after: Report) -> None:
    assert verdicts(after, "none")[Fault.CALLER_THROW, Verdict.RESIDUE] == 1
    assert verdicts(after, "clear")[Fault.CALLER_THROW, Verdict.CLEARED] == 1


def test_a_trap_poisons_the_object_and_does_not_gate(after: Report) -> None:
    assert verdicts(after, "clear")[Fault.OUT_OF_FUEL, Verdict.POISONED] > 0
    assert after.passed


def test_a_repro_runs_exactly_that_fault(before: Report) -> None:
    worst = next(one for one in before.results if one.verdict == Verdict.POISONED)
    again = serializing(BEFORE, repro=worst.repro)
    assert [(one.verdict, one.points, one.repro) for one in again.results] == [
        (Verdict.POISONED, 1, worst.repro)
    ]


def test_two_runs_agree_but_for_their_times(after: Report) -> None:
    again = serializing(AFTER)
    assert again.to_json("0") == after.to_json("0")


def test_two_children_say_what_one_says() -> None:
    options = Options(faults=(Fault.CAUGHT_THROW, Fault.CALLER_THROW), points=3)
    one, two = (verify(AFTER, replace(options, jobs=jobs)) for jobs in (1, 2))
    assert one.to_json("0") == two.to_json("0")
    assert len({result.name for result in two.results}) > 10


@pytest.mark.parametrize(
    "repro",
    [
        "MessageSerializer.serializeMessage:out-of-fuel:4321:7:none",
        "MessageSerializer.serializeMessage:refused-growth:3:7:clear",
        "MessageSerializer.serializeMessage:caught-throw:1:7:clear",
        "MessageSerializer.serializeMessage:throwing-input:late-getter@value:7:none",
        "quickDeserialize:deep-input:deep-json@text:7:none",
    ],
)
def test_a_repro_needs_none_of_the_options_it_came_from(repro: str) -> None:
    report = verify(AFTER, Options(repro=repro, points=1))
    assert [one.repro for one in report.results] == [repro]
    assert report.seed == 7


def test_a_repro_of_another_guard_asks_for_it() -> None:
    with pytest.raises(InputError, match=r"of the guard `mine\.js`"):
        verify(AFTER, Options(repro="quickDeserialize:caller-throw:after:0:mine.js"))


@pytest.mark.parametrize("repro", ["", "a:b", "a:no-fault:1:0:none", "a:caller-throw:1:x:none"])
def test_what_is_no_repro_is_refused(repro: str) -> None:
    with pytest.raises(InputError, match="is no repro"):
        Repro.parse(repro)


@contextmanager
def busy_machine(programs: int) -> Iterator[None]:
    burn = [sys.executable, "-c", "while True: pass"]
    burning = [subprocess.Popen(burn) for _ in range(programs)]
    try:
        yield
    finally:
        for one in burning:
            one.kill()
            one.wait()


def test_a_busy_machine_gives_the_same_report() -> None:
    """Deep values, fuel and steps included: what ends a call is counted, not timed."""
    options = Options(
        class_name="StateSerializer",
        method="getStateSize",
        faults=(Fault.THROWING_INPUT, Fault.DEEP_INPUT, Fault.OUT_OF_FUEL),
        points=2,
    )
    quiet = verify(BEFORE, options)
    with busy_machine(4):
        busy = verify(BEFORE, options)
    assert busy.to_json("") == quiet.to_json("")
    assert Verdict.MODULE_DEAD in {one.verdict for one in quiet.results}


def test_what_rust_had_read_is_lost_when_a_getter_throws() -> None:
    """The exception skips the frames that own the list so far: 4, 8, 16 values of 24 bytes and the
    8 of their chunk, each time."""
    with Session(BEFORE) as session:
        target = next(one for one in session.targets if one.name == "quickSerialize")

        def lost(read: int) -> int | None:
            values = "1, " * read + "{ get a() { fault.raise(); } }"
            point = Point(Fault.THROWING_INPUT, "own", f"[[{values}]]")
            return session.run(Trial(target, "Object.create(api)", point, "none", 0)).lost

        assert [lost(read) for read in (0, 1, 4, 5, 8, 9)] == [0, 104, 104, 200, 200, 392]


# What throws, and what is caught, takes no place in the table of JavaScript values for good.
CAUGHT = """
const { Instance } = WebAssembly;
let table;
WebAssembly.Instance = function (...given) {
  const made = new Instance(...given);
  table = made.exports.__wbindgen_externrefs;
  return made;
};
const { MessageSerializer, StateSerializer, quickDeserialize } = require(process.argv[1]);
const messages = new MessageSerializer(), states = new StateSerializer(true);
const cyclic = {}; cyclic.cyclic = cyclic;
const throwing = { get read() { throw new Error("no"); } };
const calls = [
  () => messages.deserializeMessage("{no"), () => messages.batchDeserialize(["1", "{no"]),
  () => messages.serializeMessage(cyclic), () => messages.batchSerialize([1, throwing]),
  () => states.serializeState(throwing), () => quickDeserialize("{no"),
];
let caught = 0;
const turns = (count) => {
  for (let turn = 0; turn < count; turn++)
    for (const call of calls) try { call(); } catch { caught++; }
  return table.length;
};
console.log(turns(1) - turns(500), caught, messages.deserializeMessage("null"));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
def test_exceptions_that_are_caught_take_nothing() -> None:
    script = ["node", "-e", CAUGHT, str(AFTER / "wasm_swarm_engine.js")]
    told = subprocess.run(script, capture_output=True, text=True, check=True).stdout
    assert told.split() == ["0", "3006", "null"]
