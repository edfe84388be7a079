"""Each verdict has a module that shows it."""

from pathlib import Path

import pytest
import wasmtime

from tests.verify.modules import box, write_package
from wasm_verify import Fault, Options, Report, Session, Verdict, verify
from wasm_verify.trials import call_spec

TYPES = "fill(value: any): void; getBufferSize(): number; clearBuffer(): void;"
PLAIN = """
  getBufferSize() { return wasm.box_size(this.__wbg_ptr); }
  clearBuffer() { wasm.box_clear(this.__wbg_ptr); }
  fill(value) { wasm.box_fill(this.__wbg_ptr); }
"""
FILLS = '(func (export "box_fill") (param i32) local.get 0 i32.const 40 i32.store offset=4)'


def run(package: Path, fault: Fault, guard: str = "clear", points: int = 40) -> Report:
    return verify(package, Options(faults=(fault,), guard=guard, points=points))


def made(tmp_path: Path, functions: str, methods: str = PLAIN, extra: str = "") -> Path:
    return write_package(tmp_path / "pkg", box(functions), methods, TYPES, extra)


def verdict(report: Report, guard: str) -> set[Verdict]:
    return {one.verdict for one in report.results if one.guard == guard}


def test_cleared_with_the_guard_and_residue_without(tmp_path: Path) -> None:
    report = run(made(tmp_path, FILLS), Fault.CALLER_THROW)
    assert verdict(report, "clear") == {Verdict.CLEARED}
    (bare,) = (one for one in report.results if one.guard == "none")
    assert (bare.verdict, bare.residue_bytes, bare.baseline) == (Verdict.RESIDUE, 40, 0)
    assert report.passed


def test_residue_that_a_clear_leaves_behind(tmp_path: Path) -> None:
    """A clear that forgets 7 bytes."""
    methods = PLAIN.replace("wasm.box_clear(this.__wbg_ptr)", "wasm.box_half(this.__wbg_ptr)")
    half = '(func (export "box_half") (param i32) local.get 0 i32.const 7 i32.store offset=4)'
    report = run(made(tmp_path, FILLS + half, methods), Fault.CALLER_THROW)
    (guarded,) = report.failures
    assert (guarded.verdict, guarded.residue_bytes) == (Verdict.RESIDUE, 7)
    assert not report.passed


# Borrows as wasm-bindgen does: a flag that a trap leaves set.
BORROWS = """
  (func (export "box_fill") (param i32)
    local.get 0 i32.load if unreachable end
    local.get 0 i32.const 1 i32.store
    local.get 0 i32.const 40 i32.store offset=4
    call $look drop
    local.get 0 i32.const 0 i32.store)
  (func (export "box_take") (param i32) (result i32) local.get 0 i32.load)
"""
CHECKED = """
  check() { if (wasm.box_take(this.__wbg_ptr)) throw new Error("recursive use of an object"); }
  getBufferSize() { this.check(); return wasm.box_size(this.__wbg_ptr); }
  clearBuffer() { this.check(); wasm.box_clear(this.__wbg_ptr); }
  fill(value) { wasm.box_fill(this.__wbg_ptr); }
"""
FRESH = '(func (export "box_new") (result i32) i32.const 1024)'
# Each new object lies 64 bytes after the one before, so that one poisoned is not them all.
SEPARATE = """(global $next (mut i32) (i32.const 1024))
  (func (export "box_new") (result i32)
    global.get $next i32.const 64 i32.add global.set $next global.get $next)"""


def test_poisoned_by_an_exception_across_its_frames(tmp_path: Path) -> None:
    wat = box(BORROWS).replace(FRESH, SEPARATE)
    package = write_package(tmp_path / "pkg", wat, CHECKED, TYPES)
    report = run(package, Fault.HOST_THROW)
    assert verdict(report, "none") == verdict(report, "clear") == {Verdict.POISONED}
    assert report.passed, "a throw from a host call does not gate"


def test_dead_where_a_new_object_is_no_better(tmp_path: Path) -> None:
    """Every object is the same bytes, so that the flag of one is the flag of all."""
    report = run(made(tmp_path, BORROWS, CHECKED), Fault.HOST_THROW)
    assert verdict(report, "clear") == {Verdict.MODULE_DEAD}


def test_poisoned_where_the_release_of_the_guard_is_refused(tmp_path: Path) -> None:
    """There is no clear, and glue forgets the pointer before it frees."""
    methods = """
      fill(value) { wasm.box_fill(this.__wbg_ptr); }
      free() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        if (wasm.box_take(ptr)) throw new Error("attempted to take ownership of Rust value");
      }
    """
    wat = box(BORROWS).replace(FRESH, SEPARATE)
    package = write_package(tmp_path / "pkg", wat, methods, "fill(value: any): void;")
    report = run(package, Fault.HOST_THROW)
    assert verdict(report, "none") == verdict(report, "clear") == {Verdict.POISONED}


CATCHES = """
  (func (export "box_fill") (param i32)
    i32.const 8 i32.const 0 i32.store
    local.get 0 i32.const 40 i32.store offset=4
    call $read drop)
  (func (export "box_failed") (result i32) i32.const 8 i32.load)
"""


def test_missed_where_the_call_says_ok_all_the_same(tmp_path: Path) -> None:
    report = run(made(tmp_path, CATCHES), Fault.CAUGHT_THROW)
    assert verdict(report, "clear") == {Verdict.MISSED}
    assert report.passed


def test_cleared_where_the_error_comes_out(tmp_path: Path) -> None:
    methods = PLAIN.replace(
        "wasm.box_fill(this.__wbg_ptr);",
        'wasm.box_fill(this.__wbg_ptr); if (wasm.box_failed()) throw new Error("refused");',
    )
    report = run(made(tmp_path, CATCHES, methods), Fault.CAUGHT_THROW)
    assert verdict(report, "clear") == {Verdict.CLEARED}


def test_masked_by_a_clear_that_throws(tmp_path: Path) -> None:
    """It clears, and then complains."""
    methods = PLAIN.replace(
        "wasm.box_clear(this.__wbg_ptr);",
        'wasm.box_clear(this.__wbg_ptr); throw new Error("nothing to clear");',
    )
    report = run(made(tmp_path, FILLS, methods), Fault.CALLER_THROW)
    assert verdict(report, "clear") == {Verdict.MASKED}
    assert not report.passed


def test_not_reached_where_the_input_is_taken(tmp_path: Path) -> None:
    report = run(made(tmp_path, FILLS), Fault.THROWING_INPUT)
    assert verdict(report, "clear") == {Verdict.NOT_REACHED}
    assert all(one.reached == 0 and one.residue_bytes is None for one in report.results)


def test_a_reading_that_never_rises_is_vacuous(tmp_path: Path) -> None:
    report = run(made(tmp_path, '(func (export "box_fill") (param i32))'), Fault.CALLER_THROW)
    assert (
        "vacuous"
        in {one.what: one.reason for one in report.not_verified}["Box.fill by getBufferSize"]
    )


def test_a_capacity_that_never_falls_to_zero_comes_back_to_that_of_a_fresh_object(
    tmp_path: Path,
) -> None:
    wat = box(FILLS).replace(
        FRESH,
        """(func (export "box_new") (result i32)
          i32.const 1028 i32.const 9 i32.store i32.const 1024)""",
    )
    methods = PLAIN.replace("box_clear(this.__wbg_ptr)", "box_shrink(this.__wbg_ptr)").replace(
        "getBufferSize", "getBufferCapacity"
    )
    shrink = '(func (export "box_shrink") (param i32) local.get 0 i32.const 9 i32.store offset=4)'
    types = TYPES.replace("getBufferSize", "getBufferCapacity")
    package = write_package(tmp_path / "pkg", wat[: wat.rindex(")")] + shrink + ")", methods, types)
    report = run(package, Fault.CALLER_THROW)
    (guarded,) = (one for one in report.results if one.guard == "clear")
    assert (guarded.verdict, guarded.baseline, guarded.probe) == (
        Verdict.CLEARED,
        9,
        "getBufferCapacity",
    )


GUARD = """
export async function guarded(object, method, args) {
  try {
    return await object[method](...args);
  } finally {
    %s
  }
}
"""


@pytest.mark.parametrize(
    ("cleanup", "expected"),
    [
        ("object.clearBuffer();", Verdict.CLEARED),
        ("await null; object.clearBuffer();", Verdict.CLEARED),
        ("", Verdict.RESIDUE),
        ("object.clearBuffer(); throw new Error('mine');", Verdict.MASKED),
    ],
)
def test_the_users_own_guard_is_what_is_proved(
    tmp_path: Path, cleanup: str, expected: Verdict
) -> None:
    guard = tmp_path / "guard.mjs"
    guard.write_text(GUARD % cleanup)
    report = run(made(tmp_path, FILLS), Fault.CALLER_THROW, guard=str(guard))
    assert verdict(report, "guard.mjs") == {expected}


def test_a_method_that_is_declared_and_missing_is_not_verified(tmp_path: Path) -> None:
    types = TYPES + " absent(): void;"
    package = write_package(tmp_path / "pkg", box(FILLS), PLAIN, types)
    report = run(package, Fault.CALLER_THROW)
    assert (
        "doesn't export it" in {one.what: one.reason for one in report.not_verified}["Box.absent"]
    )


def test_glue_of_old_names_its_pointer_otherwise(tmp_path: Path) -> None:
    """What its guard has freed is not freed again, which would look like a poisoned object."""
    release = """
  free() {
    const ptr = this.ptr;
    if (ptr === 0) throw new Error("null pointer passed to rust");
    this.ptr = 0;
    wasm.__wbg_box_free(ptr, 0);
  }
  fill(value) { wasm.box_fill(this.ptr); }
"""
    package = write_package(tmp_path / "pkg", box(FILLS), release, "fill(value: any): void;")
    glue = package / "box.js"
    glue.write_text(glue.read_text().replace("__wbg_ptr", "ptr"))
    report = run(package, Fault.CALLER_THROW)
    assert {one.verdict for one in report.results} <= {Verdict.CLEARED, Verdict.RESIDUE}
    with Session(package) as session:
        spec = call_spec(session.targets[0], "new api.Box()", "[1]")
        seen = session.observe({**spec, "guard": "finally"})
    assert seen.released and not seen.release_error


BARE = """
(module
  (import "./box_bg.js" "__wbg_log" (func $log))
  (memory (export "memory") 1)
  (func (export "box_new") (result i32) i32.const 1024)
  (func (export "__wbg_box_free") (param i32 i32) nop)
  (func (export "box_getBufferSize") (param i32) (result i32) local.get 0 i32.load)
  (func (export "box_clearBuffer") (param i32) local.get 0 {cleared} i32.store)
  (func (export "box_fill") (param i32) local.get 0 i32.const 40 i32.store)
  (func (export "box_tell") (param i32) call $log)
)
"""


@pytest.mark.parametrize(("cleared", "verdict"), [(0, Verdict.CLEARED), (7, Verdict.RESIDUE)])
def test_a_module_without_glue_is_driven_as_far_as_that_goes(
    tmp_path: Path, cleared: int, verdict: Verdict
) -> None:
    path = tmp_path / "box_bg.wasm"
    path.write_bytes(bytes(wasmtime.wat2wasm(BARE.replace("{cleared}", f"i32.const {cleared}"))))
    report = verify(path, Options(faults=(Fault.CALLER_THROW,)))
    found = {(one.name, one.guard): (one.verdict, one.residue_bytes) for one in report.results}
    assert found == {
        ("box.fill", "none"): (Verdict.RESIDUE, 40),
        ("box.fill", "clear"): (verdict, cleared),
    }
    reasons = {one.what: one.reason for one in report.not_verified}
    assert reasons["box_bg.wasm"].startswith("no JavaScript glue was found")
    assert reasons["box.tell"] == "no generated input was taken: Error: no glue: import __wbg_log"


def test_without_a_size_and_a_known_allocator_nothing_is_called_clean(tmp_path: Path) -> None:
    package = write_package(tmp_path / "pkg", box(FILLS), PLAIN, "fill(value: any): void;")
    report = run(package, Fault.CALLER_THROW)
    assert not report.results
    assert "allocator unknown" in {one.what: one.reason for one in report.not_verified}["Box.fill"]
