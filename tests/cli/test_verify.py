"""`cleanuplint verify` from its arguments to its exit code, on the engines of the examples."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from xml.etree.ElementTree import parse

import pytest
from click.testing import CliRunner, Result

from cleanuplint.cli.commands import group
from tests.verify.modules import AFTER, BEFORE, box, write_package

SERIALIZING = ("--class", "MessageSerializer", "--method", "serializeMessage")
FEW = ("--faults", "throwing-input,caller-throw", "--points", "2")
ENDLESS = """
  (func (export "box_fill") (param $ptr i32) (param $n i32) (result i32)
    (loop $again (br_if $again (i32.const 1)))
    local.get $n)
"""
FILL = """
  (func (export "box_fill") (param $ptr i32) (param $n i32) (result i32)
    local.get $ptr local.get $n i32.store offset=4
    local.get $n)
"""
METHODS = """
  fill(n) { return wasm.box_fill(this.__wbg_ptr, n); }
  getBufferSize() { return wasm.box_size(this.__wbg_ptr); }
  clearBuffer() { wasm.box_clear(this.__wbg_ptr); }
"""
TYPES = "  fill(n: number): number;\n  getBufferSize(): number;\n  clearBuffer(): void;"


def verify(*arguments: object) -> Result:
    given = ["verify", *map(str, arguments)]
    return CliRunner().invoke(group, given, prog_name="cleanuplint", standalone_mode=False)


def code(result: Result) -> int:
    assert result.exception is None, result.exception
    return int(result.return_value)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_package(tmp_path / "pkg", box(FILL), METHODS, TYPES)


def test_the_example_before_its_clean_up_fails() -> None:
    result = verify(BEFORE, *SERIALIZING, *FEW)
    assert code(result) == 1
    assert "MessageSerializer: getBufferSize() == 0?" in result.output
    assert "1 poisoned" in result.output
    assert result.output.splitlines()[-1].startswith("FAIL: 1 method does not come back")


def test_the_example_after_its_clean_up_passes() -> None:
    result = verify(AFTER, *SERIALIZING, *FEW)
    assert code(result) == 0
    assert result.output.splitlines()[-1].startswith("PASS: every gating fault")


def test_a_repro_that_is_told_can_be_run(tmp_path: Path) -> None:
    told = json.loads(verify(BEFORE, *SERIALIZING, *FEW, "--output-format", "json").output)
    worst = next(one for one in told["results"] if one["verdict"] == "poisoned")
    again = verify(BEFORE, "--repro", worst["repro"], "--output-format", "json")
    (only,) = json.loads(again.output)["results"]
    assert (only["verdict"], only["points"], only["repro"]) == ("poisoned", 1, worst["repro"])


def test_a_gate_that_is_narrowed_lets_the_rest_pass(package: Path) -> None:
    bare = (package, "--guard", "none", "--faults", "caller-throw")
    assert code(verify(*bare)) == 1
    assert code(verify(*bare, "--gate", "malformed-input")) == 0


def test_without_a_guard_the_bare_call_decides(package: Path) -> None:
    told = verify(package, "--faults", "caller-throw")
    assert code(told) == 0 and "[none]" in told.output
    bare = verify(package, "--guard", "none", "--faults", "caller-throw")
    assert code(bare) == 1
    repro = next(line for line in bare.output.splitlines() if "--repro" in line).split()[-1]
    assert repro.endswith(":none")
    assert code(verify(package, "--repro", repro)) == 1


def test_the_report_goes_to_a_file_and_the_verdict_to_the_terminal(
    package: Path, tmp_path: Path
) -> None:
    out = tmp_path / "report.xml"
    result = verify(
        package, "--faults", "caller-throw", "--output-format", "junit", "--output", out
    )
    assert code(result) == 0
    assert result.output == "PASS: every gating fault that was reached came back, 1 of 1\n"
    assert parse(out).getroot().get("failures") == "0"


def test_nothing_verified_is_no_success(tmp_path: Path) -> None:
    methods = METHODS.replace("return wasm.box_fill", "throw new Error('no'); return wasm.box_fill")
    path = write_package(tmp_path / "pkg", box(FILL), methods, TYPES)
    result = verify(path)
    assert code(result) == 2
    assert "no generated input was taken" in result.output


# ---- another engine, another question ----


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
def test_the_engine_can_be_node() -> None:
    result = verify(AFTER, *SERIALIZING, *FEW, "--engine", "node")
    assert code(result) == 0
    assert "\nnode " in result.output


@pytest.mark.parametrize("form", ["full", "concise", "json", "junit", "html"])
def test_the_overhead_of_the_guard(package: Path, form: str) -> None:
    result = verify(package, "--overhead", "--output-format", form)
    assert code(result) == 0
    if form == "json":
        (cost,) = json.loads(result.output)["costs"]
        assert cost["name"] == "Box.fill" and cost["ratio"] > 0
    else:
        assert "the guard costs " in result.output


# ---- what can't be done is one line and exit code 2 ----


def refused(*arguments: object) -> str:
    result = subprocess.run(
        [sys.executable, "-m", "cleanuplint", "verify", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2 and not result.stdout
    (line,) = result.stderr.splitlines()
    return line


def test_a_truncated_module(tmp_path: Path) -> None:
    path = tmp_path / "cut.wasm"
    path.write_bytes((BEFORE / "wasm_swarm_engine_bg.wasm").read_bytes()[:5000])
    line = refused(path)
    assert line.startswith(f"error: {path}: ") and "truncated" in line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("absent",), "no such file or directory"),
        ((BEFORE, "--faults", "trowing-input"), "did you mean `throwing-input`?"),
        ((BEFORE, "--class", "Nothing"), "offers no `Nothing`"),
        ((BEFORE, "--repro", "nonsense"), "is no repro"),
        ((BEFORE, "--guard", "absent.js"), "no such guard file"),
        ((BEFORE, "--overhead", "--soak", "9"), "--soak and --overhead exclude each other"),
        ((BEFORE, "--overhead", "--guard", "none"), "costs nothing"),
        ((BEFORE, "--soak", "soon"), "--soak takes a number of operations or a time like 24h"),
        ((BEFORE, "--soak", "0"), "--soak takes a number of operations"),
        ((BEFORE, "--state", "x"), "--state goes with --soak"),
        ((BEFORE, "--soak", "9", "--repro", "x"), "exclude each other"),
    ],
)
def test_what_the_user_got_wrong(arguments: tuple[object, ...], words: str) -> None:
    result = verify(*arguments)
    assert code(result) == 2
    (line,) = result.output.splitlines()
    assert line.startswith("error: ") and words in line


def test_a_size_that_is_none() -> None:
    result = verify(BEFORE, "--memory-limit", "lots")
    assert "one looks like 5MB" in str(result.exception)


def test_a_file_that_can_not_be_written(package: Path, tmp_path: Path) -> None:
    result = verify(package, "--faults", "caller-throw", "--output", tmp_path / "no" / "x")
    assert code(result) == 2 and "cannot be written" in result.output


def test_what_is_written_keeps_its_mode_and_its_link(package: Path, tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.touch(0o600)
    link.symlink_to("real")
    result = verify(package, "--soak", 30, "--output", link)
    assert code(result) == 0 and link.is_symlink() and "memory" in real.read_text("utf-8")
    state = tmp_path / "state"
    state.symlink_to("kept")
    (tmp_path / "kept").touch(0o600)
    (tmp_path / "kept").write_text(_state(package, tmp_path / "first"), "utf-8")
    assert code(verify(package, "--soak", 60, "--state", state)) == 0
    assert state.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == stat.S_IMODE(state.stat().st_mode) == 0o600
    assert not [*tmp_path.glob("*.new"), *tmp_path.glob(".*")]


def _state(package: Path, path: Path) -> str:
    verify(package, "--soak", 30, "--state", path)
    return path.read_text("utf-8")


# ---- the soak ----


def test_a_soak_and_its_verdict(package: Path, tmp_path: Path) -> None:
    out = tmp_path / "soak.html"
    result = verify(package, "--soak", 50, "--output-format", "html", "--output", out)
    assert code(result) == 0
    assert result.output.startswith("PASS: memory stable")
    assert "<svg" in out.read_text("utf-8")


def test_a_soak_goes_on_from_its_state(package: Path, tmp_path: Path) -> None:
    state = tmp_path / "soak.json"
    for operations in (30, 60):
        given = (package, "--soak", operations, "--state", state, "--output-format", "json")
        said = json.loads(verify(*given).output)
        assert said["operations"] == operations
    assert said["lives"] == 2


def test_growth_above_the_limit_fails(tmp_path: Path) -> None:
    growing = FILL.replace(
        "local.get $ptr local.get $n i32",
        "(drop (memory.grow (i32.const 1)))\n    local.get $ptr local.get $n i32",
    )
    path = write_package(tmp_path / "pkg", box(growing), METHODS, TYPES)
    assert code(verify(path, "--soak", 40)) == 0
    result = verify(path, "--soak", 40, "--max-growth", "1MB")
    assert code(result) == 1
    assert "more than 1.00 MB" in result.output


# ---- Ctrl-C ----


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    return [int(one) for one in found.split()]


def _wait_for(what: object, seconds: float = 30) -> object:
    end = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < end:  # type: ignore[operator]
        time.sleep(0.05)
    return found


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks into /proc")
@pytest.mark.parametrize(
    ("soak", "pause"), [((), 0.5), (("--soak", "1h"), 0.5), ((), 0.0)], ids=["run", "soak", "load"]
)
def test_ctrl_c_leaves_no_child(tmp_path: Path, soak: tuple[str, ...], pause: float) -> None:
    path = write_package(tmp_path / "pkg", box(ENDLESS if not soak else FILL), METHODS, TYPES)
    command = [sys.executable, "-m", "cleanuplint", "verify", str(path), *soak]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell may have told us to ignore it, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    children = _wait_for(lambda: _children(process.pid))
    assert isinstance(children, list) and children
    time.sleep(pause)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 2 and "interrupted" in told and "Traceback" not in told
    assert not [pid for pid in children if _lives(pid)]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
