"""The soak: what it mixes, what it counts, how it goes on."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.verify.modules import BEFORE, box, write_package
from wasm_verify import InputError, Options
from wasm_verify.soak import FAULT_EVERY, Mix, Plan, soak
from wasm_verify.soaking import MOST_SNAPSHOTS, Endurance, Snapshot, read_state, write_state
from wasm_verify.trials import Trial

FILL = """
  (func (export "box_fill") (param $ptr i32) (param $n i32) (result i32)
    local.get $ptr local.get $n i32.store offset=4
    local.get $n)
"""
GROW = """
  (func (export "box_fill") (param $ptr i32) (param $n i32) (result i32)
    (drop (memory.grow (i32.const 1)))
    local.get $n)
"""
BORROWED = """
  (func (export "box_fill") (param $ptr i32) (param $n i32) (result i32)
    (i32.store (local.get $ptr) (i32.add (i32.load (local.get $ptr)) (i32.const 1)))
    (if (i32.gt_u (i32.load (local.get $ptr)) (i32.const 20)) (then unreachable))
    local.get $n)
"""
METHODS = """
  fill(n) { return wasm.box_fill(this.__wbg_ptr, n); }
  getBufferSize() { return wasm.box_size(this.__wbg_ptr); }
  clearBuffer() { wasm.box_clear(this.__wbg_ptr); }
"""
TYPES = "  fill(n: number): number;\n  getBufferSize(): number;\n  clearBuffer(): void;"


def package(directory: Path, function: str) -> Path:
    return write_package(directory / "pkg", box(function), METHODS, TYPES)


def soaked(path: Path, operations: int, guard: str = "clear", **plan: object) -> Endurance:
    given = Plan(operations=operations, every=20, **plan)  # type: ignore[arg-type]
    return soak(path, given, Options(guard=guard, faults=(), points=2))


def test_a_buffer_that_its_guard_clears_passes(tmp_path: Path) -> None:
    report = soaked(package(tmp_path, FILL), 60)
    assert report.passed and report.operations == 60 and report.lives == 1
    assert [one.operations for one in report.snapshots] == [1, 20, 40, 60]
    assert {one.buffer for one in report.snapshots} == {0}


def test_without_the_guard_the_buffer_stays(tmp_path: Path) -> None:
    report = soaked(package(tmp_path, FILL), 40, guard="none")
    assert not report.passed and report.residues == 40 and report.residue_bytes == 3
    assert report.snapshots[-1].buffer == 3


def test_a_page_for_each_call_is_growth(tmp_path: Path) -> None:
    report = soaked(package(tmp_path, GROW), 101)
    assert report.growth == 100 * 65536
    assert report.complaints == ("its memory grew by 6.25 MB, more than 5.00 MB",)
    assert soaked(package(tmp_path, GROW), 61).passed


def test_a_module_that_dies_gets_another_instance_and_fails(tmp_path: Path) -> None:
    report = soaked(package(tmp_path, BORROWED), 61)
    assert report.operations == 61
    assert report.poisoned == 0 and report.residues == 0
    # The trap leaves an object that can be read and cleared: a call that throws, not a death.
    assert report.failed > 0


def test_poisoned_objects_are_replaced_and_fail() -> None:
    options = Options(class_name="MessageSerializer", method="serializeMessage", points=1)
    report = soak(BEFORE, Plan(operations=120, every=60), options)
    assert report.poisoned > 0 and report.operations == 120
    assert any("poisoned and left behind" in one for one in report.complaints)
    assert any("deep-input" in one for one in report.fatal)


def test_glue_that_starts_asynchronously_is_soaked(tmp_path: Path) -> None:
    path = package(tmp_path, FILL)
    glue = path / "box.js"
    made = "let wasm = new WebAssembly.Instance("
    later = "let wasm; const make = () => new WebAssembly.Instance("
    begin = "\nexports.default = async () => { await null; wasm = make(); };\n"
    glue.write_text(glue.read_text().replace(made, later) + begin)
    report = soaked(path, 40)
    assert report.passed and report.operations == 40


# ---- going on ----


def test_a_stopped_soak_goes_on_where_it_was(tmp_path: Path) -> None:
    path, state = package(tmp_path, FILL), tmp_path / "soak.json"
    stopped = _interrupted_at(30, path, state)
    assert stopped.interrupted and 30 <= stopped.operations < 60
    kept = read_state(state)
    assert kept == stopped
    done = soaked(path, 80, state=state)
    assert not done.interrupted and done.operations == 80 and done.lives == 2
    assert done.snapshots[: len(kept.snapshots)] == kept.snapshots
    assert {one.life for one in done.snapshots} == {0, 1}
    assert done.seconds > kept.seconds


def _interrupted_at(operations: int, path: Path, state: Path) -> Endurance:
    def stop(so_far: Endurance) -> None:
        if so_far.operations >= operations:
            raise KeyboardInterrupt

    plan = Plan(operations=1000, every=20, state=state)
    return soak(path, plan, Options(faults=()), stop)


def test_a_finished_soak_has_nothing_left_to_do(tmp_path: Path) -> None:
    path, state = package(tmp_path, FILL), tmp_path / "soak.json"
    done = soaked(path, 40, state=state)
    again = soaked(path, 40, state=state)
    assert (again.operations, again.lives) == (done.operations, done.lives)


def test_a_state_of_another_module_is_refused(tmp_path: Path) -> None:
    state = tmp_path / "soak.json"
    soaked(package(tmp_path, FILL), 20, state=state)
    with pytest.raises(InputError, match="is about another module"):
        soaked(package(tmp_path, GROW), 40, state=state)


def test_a_state_of_another_guard_is_refused(tmp_path: Path) -> None:
    path, state = package(tmp_path, FILL), tmp_path / "soak.json"
    soaked(path, 20, state=state)
    with pytest.raises(InputError, match="was begun with seed 0 and guard clear"):
        soaked(path, 40, guard="none", state=state)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"state": 1}', '{"state": 99}', "\0"])
def test_a_file_that_is_no_state_is_refused(tmp_path: Path, text: str) -> None:
    state = tmp_path / "soak.json"
    state.write_text(text)
    with pytest.raises(InputError, match=r"is no state of a soak"):
        read_state(state)


# ---- plain data ----


def shot(operations: int, memory: int, life: int) -> Snapshot:
    return Snapshot(operations, float(operations), memory, None, 0, memory, life)


def report(*shots: Snapshot) -> Endurance:
    return Endurance("pkg", "engine", "f", 0, "clear", 5 << 20, snapshots=shots)


def test_growth_is_counted_within_each_life() -> None:
    found = report(shot(1, 100, 0), shot(2, 130, 0), shot(3, 90, 1), shot(4, 95, 1))
    assert (found.growth, found.rss_growth, found.live_growth) == (35, 35, None)


def test_thinning_keeps_the_ends_of_each_life() -> None:
    found = report()
    for n in range(3 * MOST_SNAPSHOTS):
        found = found.with_snapshot(shot(n, n, life=n // 1500))
        assert len(found.snapshots) <= MOST_SNAPSHOTS + 1
    assert found.growth == sum(min(1499, 3 * MOST_SNAPSHOTS - 1 - 1500 * life) for life in range(4))
    assert [one.operations for one in found.snapshots][-1] == 3 * MOST_SNAPSHOTS - 1


def test_a_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    found = replace(report(shot(1, 2, 0)), deaths=("x",), methods=("a",), interrupted=True)
    write_state(tmp_path / "s", found)
    assert read_state(tmp_path / "s") == found
    assert json.loads(json.dumps(found.to_json("1")))["growth"] == 0


def test_one_operation_of_ten_has_a_fault() -> None:
    trials = [object.__new__(Trial) for _ in range(7)]
    mix = Mix(tuple(trials[:3]), tuple(trials[3:]))
    numbers = [mix.number(n) for n in range(40 * FAULT_EVERY)]
    assert sum(n >= 3 for n in numbers) == 40
    assert set(numbers) == set(range(7))
    assert [mix.number(n) for n in range(9)] == [0, 1, 2] * 3
    assert {Mix(tuple(trials[:3]), ()).number(n) for n in range(50)} == {0, 1, 2}


@pytest.mark.parametrize("given", [{}, {"operations": 1, "seconds": 1.0}, {"operations": 0}])
def test_a_plan_says_one_thing(given: dict[str, int]) -> None:
    with pytest.raises(InputError):
        Plan(**given)  # type: ignore[arg-type]
