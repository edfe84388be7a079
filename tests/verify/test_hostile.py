"""Modules and glue that mean harm: the verifier goes on, and none of them reaches anything."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.verify.modules import box, write_package
from wasm_verify import (
    Fault,
    Limits,
    ModuleError,
    Options,
    Report,
    Session,
    Verdict,
    verify,
)
from wasm_verify.trials import call_spec

MIB = 1 << 20
LIMITS = Limits(memory=64 * MIB, fuel=5_000_000, steps=2_000_000, timeout=60.0)
FILL = "fill() { return wasm.box_fill(this.__wbg_ptr); }"
FILL_ANY = "fill(value) { return wasm.box_fill(this.__wbg_ptr, value & 1); }"


def run(package: Path, *faults: Fault, points: int = 3, guard: str = "none") -> Report:
    return verify(package, Options(faults=faults, points=points, limits=LIMITS, guard=guard))


def reasons(report: Report) -> dict[str, str]:
    return {one.what: one.reason for one in report.not_verified}


def made(tmp_path: Path, functions: str, method: str = FILL, extra: str = "") -> Path:
    types = "fill(): void;" if method is FILL else "fill(value: any): void;"
    return write_package(tmp_path / "pkg", box(functions), method, types, extra)


ENDLESS = '(func (export "box_fill") (param i32) (loop $l br $l))'


def test_an_endless_loop_runs_out_of_fuel(tmp_path: Path) -> None:
    report = run(made(tmp_path, ENDLESS), Fault.CALLER_THROW)
    assert "out of fuel" in reasons(report)["Box.fill"]


def test_endless_growth_stops_at_the_limit(tmp_path: Path) -> None:
    growth = """(func (export "box_fill") (param i32)
      (loop $l i32.const 1 memory.grow i32.const -1 i32.ne br_if $l))"""
    with Session(made(tmp_path, growth), Options(limits=LIMITS)) as session:
        seen = session.observe(call_spec(session.targets[0], "new api.Box()", "[]"))
    assert seen.call_ok
    assert seen.grown == LIMITS.memory // 65536 - 1


def test_deep_recursion_overflows_its_own_stack_only(tmp_path: Path) -> None:
    recursion = """(func $f (export "box_fill") (param i32) (result i32)
      local.get 0 call $f i32.const 1 i32.add)"""
    report = run(made(tmp_path, recursion), Fault.CALLER_THROW)
    assert "Maximum call stack size exceeded" in reasons(report)["Box.fill"]


def test_endless_glue_runs_out_of_steps_and_the_run_goes_on(tmp_path: Path) -> None:
    """Only symbols make this glue hang, so the others are verified all the same."""
    hang = """fill(value) {
      const odd = typeof value === "symbol";
      while (odd);
      return wasm.box_fill(this.__wbg_ptr, 0);
    }"""
    package = made(tmp_path, '(func (export "box_fill") (param i32 i32))', hang)
    report = run(package, Fault.MALFORMED_INPUT, points=30)
    killed = [one for one in report.results if one.verdict == Verdict.KILLED]
    assert [one.count for one in killed] == [1]
    assert "symbol@value" in killed[0].repro
    # Counted, not timed: a machine that is busy says the same.
    assert killed[0].detail == "takes more than 2,000,000 steps of JavaScript"
    assert sum(one.count for one in report.results) > 20


def test_a_built_in_function_without_end_is_ended_by_the_clock(tmp_path: Path) -> None:
    """What QuickJS does within one of its own functions is no step."""
    hang = "fill() { [].indexOf.call({ length: 2 ** 53 - 1 }, 1); }"
    limits = Limits(memory=64 * MIB, timeout=1.0)
    report = verify(made(tmp_path, "", hang), Options(limits=limits))
    assert reasons(report)["Box.fill"] == "a call without any fault took longer than 1 s"


def test_glue_that_never_comes_to_its_end_is_one_line(tmp_path: Path) -> None:
    package = made(tmp_path, "", extra="for (;;);")
    with pytest.raises(ModuleError, match="loading it takes more than 2,000,000 steps"):
        run(package, Fault.CALLER_THROW)


@pytest.mark.parametrize(
    "escape",
    [
        "require('fs').readFileSync('/etc/passwd')",
        "require('fs').readFileSync('/tmp/../etc/passwd', 'utf8')",
        "require('child_process').execSync('id')",
        "require('node:net').connect(1)",
        "require('../secret.js')",
        "fetch('http://example.org')",
        "process.exit(3)",
        "std.loadFile('/etc/passwd')",
        "os.exec(['id'])",
        "new Function('return process')().mainModule",
        "import('fs')",
        "hostCall(1, 0, -1000000, 0)",
        "wasm.memory.buffer.transfer()",
    ],
)
def test_glue_has_no_way_out(tmp_path: Path, escape: str) -> None:
    """Whatever it tries throws, or is a promise that is refused."""
    method = f"""async fill() {{
      let reached = "";
      try {{ reached = String(await ({escape})); }} catch (error) {{ return; }}
      throw new Error("reached " + reached);
    }}"""
    package = made(tmp_path, "", method)
    with Session(package, Options(limits=LIMITS)) as session:
        seen = session.observe(call_spec(session.targets[0], "new api.Box()", "[]"))
    assert (seen.ok, seen.error) == (True, "")


def test_a_glue_that_fails_at_once_is_one_line(tmp_path: Path) -> None:
    package = made(tmp_path, "", extra="require('fs').readFileSync('/etc/passwd');")
    with pytest.raises(ModuleError) as caught:
        run(package, Fault.CALLER_THROW)
    assert "glue can't be run here" in str(caught.value) and "passwd" in str(caught.value)


def test_glue_that_fills_javascript_memory(tmp_path: Path) -> None:
    hog = "fill() { const all = []; for (;;) all.push(new Uint8Array(1 << 20)); }"
    report = run(made(tmp_path, "", hog), Fault.CALLER_THROW)
    assert "Box.fill" in reasons(report)


def test_glue_that_recurses_through_the_module(tmp_path: Path) -> None:
    """JavaScript calls the module calls JavaScript…: ends as an exception, not as a crash."""
    loop = '(func (export "box_fill") (param i32) (result i32) call $read)'
    package = made(tmp_path, loop, extra="hooks.read = () => new Box().fill();")
    report = run(package, Fault.CALLER_THROW)
    assert "fill" in str(reasons(report)) or report.results


def test_a_child_that_dies_is_a_verdict(tmp_path: Path) -> None:
    """Nothing in here is known to kill the child, so the test does it for the glue."""
    hang = """fill(value) {
      const odd = typeof value === "symbol";
      while (odd);
      return wasm.box_fill(this.__wbg_ptr, 0);
    }"""
    package = made(tmp_path, '(func (export "box_fill") (param i32 i32))', hang)
    code = f"""
import json, sys
from wasm_verify import *
report = verify({str(package)!r}, Options(faults=(Fault.MALFORMED_INPUT,), points=30,
    limits=Limits(timeout=30, steps=10**15), guard="none"))
print(json.dumps([(one.verdict, one.detail) for one in report.results]))
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    child = wait_for_busy_child(parent.pid)
    os.kill(child, signal.SIGABRT)
    out, _ = parent.communicate(timeout=60)
    assert ["killed", "ended the process with SIGABRT"] in json.loads(out)


def test_no_child_outlives_ctrl_c(tmp_path: Path) -> None:
    package = made(tmp_path, "", "fill() { for (;;); }")
    # A shell starts background jobs without interrupts, and this test may be part of one.
    code = f"""
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from wasm_verify import *
verify({str(package)!r}, Options(limits=Limits(timeout=60, steps=10**15)))
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    child = wait_for_busy_child(parent.pid)
    parent.send_signal(signal.SIGINT)
    parent.wait(timeout=60)
    assert gone(child)


def test_no_child_outlives_a_killed_parent(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("asks the kernel for it, on Linux")
    package = made(tmp_path, "", "fill() { for (;;); }")
    limits = "Limits(timeout=60, steps=10**15)"
    code = f"from wasm_verify import *; verify({str(package)!r}, Options(limits={limits}))"
    parent = subprocess.Popen([sys.executable, "-c", code])
    child = wait_for_busy_child(parent.pid)
    parent.kill()
    parent.wait(timeout=20)
    assert gone(child)


def wait_for_busy_child(parent: int) -> int:
    """The child, once it has used enough time that it must be in the endless call."""
    for _ in range(600):
        for child in children(parent):
            if cpu_seconds(child) > 1:
                return child
        time.sleep(0.05)
    raise AssertionError("the child never got busy")


def children(parent: int) -> list[int]:
    listed = Path(f"/proc/{parent}/task/{parent}/children")
    try:
        return list(map(int, listed.read_text().split()))
    except FileNotFoundError:
        pytest.skip("needs the list of children that Linux keeps")


def cpu_seconds(process: int) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def gone(process: int) -> bool:
    for _ in range(200):
        stat = Path(f"/proc/{process}/stat")
        try:
            if stat.read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False


def test_what_glue_may_get_hold_of_takes_nothing_on_trust(tmp_path: Path) -> None:
    """The host's own functions, called with numbers that nobody should give them."""
    from wasm_verify import load
    from wasm_verify.engine.driver import Driver

    driver = Driver(load(made(tmp_path, "")), LIMITS)
    host = driver.host
    number = driver.realm.run("driver.instance()")
    far = 1 << 40
    for given in ((99, 1, 0, 1), (number, -1, 0, 1), (number, 0, 0, 1), (number, 1, -5, 1)):
        assert isinstance(host._call(*given), str)
    assert isinstance(host._call(number, 1, far, far + 1), str)
    assert host._instantiate(99) == "an instance out of turn"
    assert not host._share(99)
    assert host._grow(99, 1) == -1
    assert host.exporting(number, -1, "table") is None
    assert host.exporting(number, 0, "table") is None


def test_glue_that_ends_its_own_instance_in_the_midst_of_a_call(tmp_path: Path) -> None:
    calls = '(func (export "box_fill") (param i32) call $look drop)'
    drops = "for (let id = 1; id < 50; id++) hostMachine.drop(id); return 1;"
    package = made(tmp_path, calls, extra=f"hooks.look = () => {{ {drops} }};")
    with Session(package, Options(limits=LIMITS)) as session:
        seen = session.observe(call_spec(session.targets[0], "new api.Box()", "[]"))
    assert seen.call_ok


def test_more_time_allows_more_work_and_less_time_no_less() -> None:
    usual = Limits()
    assert Limits.of(usual.memory, usual.timeout) == usual
    longer = Limits.of(usual.memory, 10 * usual.timeout)
    assert (longer.fuel, longer.steps) == (10 * usual.fuel, 10 * usual.steps)
    assert Limits.of(usual.memory, 1.0).fuel == usual.fuel
