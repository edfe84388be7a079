"""`check --confirm`: findings against the module that was built from the code."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from cleanuplint import confirming
from cleanuplint.cli.commands import group
from cleanuplint.confirming import confirm
from cleanuplint.files.source import Position
from cleanuplint.findings import Confidence, Exercise
from cleanuplint.report import Confirmation, FileResult, Mark, Placed, Report
from tests.verify.modules import AFTER, BEFORE, box, write_package
from wasm_verify.errors import InputError
from wasm_verify.judge import Judgement
from wasm_verify.model import Fault, NotVerified, Verdict
from wasm_verify.run import Tried

EXAMPLE = BEFORE.parents[1]


def check(*arguments: object) -> Result:
    return CliRunner().invoke(group, ["check", *map(str, arguments)], standalone_mode=False)


def marks(result: Result) -> dict[str, str | None]:
    found = json.loads(result.stdout)["findings"]
    return {
        f"{one['path'].rsplit('/', 1)[-1]}:{one['start']['line']}:{one['rule']}": (
            one["confirmation"] and one["confirmation"]["mark"]
        )
        for one in found
    }


def test_the_example_is_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLE)
    names = ("event-bus.js", "messenger.js", "engine/src")
    result = check(*names, "--isolated", "--confirm", "engine/pkg", "--output-format", "json")
    assert result.return_value == 1
    assert {place: mark for place, mark in marks(result).items() if mark is not None} == {
        "event-bus.js:57:unguarded-call": "confirmed",
        "messenger.js:46:unguarded-call": "confirmed",
        # Only a message of 2 MB is past what this one takes.
        "lib.rs:46:error-path-keeps-buffer": "confirmed",
        "lib.rs:57:error-path-keeps-buffer": "confirmed",
        "patterns.rs:30:error-path-keeps-buffer": "confirmed",
        "states.rs:23:error-path-keeps-buffer": "confirmed",
    }
    told = json.loads(result.stdout)["findings"]
    unguarded = next(one for one in told if one["path"].endswith("event-bus.js"))
    assert unguarded["confirmation"]["detail"] == (
        "RegexEngine.has_match of engine/pkg was exercised, not this place: "
        "97 bytes stay after caller-throw, without a guard"
    )
    assert unguarded["confirmation"]["repro"] == (
        "cleanuplint verify engine/pkg --repro RegexEngine.has_match:caller-throw:after:0:none"
    )


def test_a_mended_module_does_not_confirm_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLE)
    result = check(
        "engine/src/patterns.rs", "--isolated", "--confirm", AFTER, "--output-format", "json"
    )
    assert marks(result)["patterns.rs:30:error-path-keeps-buffer"] == "not reproduced"


def test_a_module_that_can_not_be_run_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLE)
    result = check("event-bus.js", "--isolated", "--confirm", "absent")
    assert result.return_value == 2
    assert "error: --confirm: absent: there is no such file or directory" in result.stderr


def test_without_it_no_engine_is_imported() -> None:
    import subprocess
    import sys

    program = (
        "import sys; from cleanuplint.cli.commands import group;"
        f"group(['check', '-q', {str(EXAMPLE / 'event-bus.js')!r}], standalone_mode=False);"
        "sys.exit(any(name.split('.')[0] in ('quickjs', 'wasmtime') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)


# ---- each rule, against a module that shows it ----

FILL = """
  (func (export "box_fill") (param $ptr i32) (param $n i32) (result i32)
    (if (i32.load (local.get $ptr)) (then unreachable))
    (i32.store (local.get $ptr) (i32.const -1))
    (if (i32.gt_u (local.get $n) (i32.const 99)) (then {refusal}))
    (i32.store offset=4 (local.get $ptr) (i32.const 7))
    (i32.store (local.get $ptr) (i32.const 0))
    local.get $n)
  (func (export "box_borrowed") (param $ptr i32) (result i32)
    (i32.load (local.get $ptr)))
"""
PANICS, LEAVES = "unreachable", "(i32.store (local.get $ptr) (i32.const 0)) (return (i32.const 0))"
METHODS = """
  fill(n) { return wasm.box_fill(this.__wbg_ptr, n); }
  getBufferSize() {
    if (wasm.box_borrowed(this.__wbg_ptr)) throw new Error("recursive use of an object detected");
    return wasm.box_size(this.__wbg_ptr);
  }
"""
TYPES = "  fill(n: number): number;\n  getBufferSize(): number;"
INDEXING = """
use wasm_bindgen::prelude::*;

#[wasm_bindgen(js_name = Box)]
pub struct Bin {
    all: Vec<u32>,
}

#[wasm_bindgen(js_class = Box)]
impl Bin {
    pub fn fill(&mut self, n: usize) -> u32 {
        self.all[n] = 7;
        self.all[n]
    }
}
"""
CLEARING = """
import { Box } from './pkg/box.js';

const box = new Box();

export function fill(n) {
  try {
    return box.fill(n);
  } finally {
    if (typeof box.clearBuffer === 'function') box.clearBuffer();
  }
}
"""
CLEAR = ("\n  clearBuffer() { wasm.box_clear(this.__wbg_ptr); }", "\n  clearBuffer(): void;")


def confirmed(directory: Path, name: str, text: str, rule: str, refusal: str) -> str | None:
    """The mark of the one finding of a rule in a file next to a package."""
    package(directory / "pkg", refusal)
    (directory / name).write_text(text)
    result = check(
        directory / name, "--isolated", "--select", rule,
        "--confirm", directory / "pkg", "--output-format", "json",
    )  # fmt: skip
    (mark,) = marks(result).values()
    return mark


def package(directory: Path, refusal: str, methods: str = "", types: str = "") -> Path:
    functions = FILL.replace("{refusal}", refusal)
    return write_package(directory, box(functions), METHODS + methods, TYPES + types)


@pytest.mark.parametrize(("refusal", "mark"), [(PANICS, "confirmed"), (LEAVES, "not reproduced")])
def test_a_panic_that_poisons(tmp_path: Path, refusal: str, mark: str) -> None:
    found = confirmed(tmp_path, "lib.rs", INDEXING, "panic-poisons-object", refusal)
    assert found == mark


def test_a_release_that_is_missing(tmp_path: Path) -> None:
    assert confirmed(tmp_path, "a.js", CLEARING, "no-such-release", LEAVES) == "confirmed"


def test_a_release_that_only_the_declarations_miss(tmp_path: Path) -> None:
    """The module that is run has it, though the bindings of the project are older."""
    package(tmp_path / "pkg", LEAVES)
    (tmp_path / "a.js").write_text(CLEARING)
    new = package(tmp_path / "new", LEAVES, *CLEAR)
    result = check(tmp_path / "a.js", "--isolated", "--confirm", new, "--output-format", "json")
    assert set(marks(result).values()) == {"not reproduced"}


# ---- marks, from what a run says ----


def finding(rule: str, exercise: Exercise | None) -> Report:
    place = Position(1, 1)
    placed = Placed(
        "a.js", place, place, rule, "guards", "error", Confidence.SURE, "m", "b", "h", (), None, "",
        exercise=exercise,
    )  # fmt: skip
    return Report((FileResult((placed,)),))


def seen(fault: Fault, verdict: Verdict, error: str = "", residue: int | None = None) -> Judgement:
    trial = SimpleNamespace(point=SimpleNamespace(fault=fault), guard="none", repro="r")
    return Judgement(trial, verdict, 0, residue, "getBufferSize", error)  # type: ignore[arg-type]


def marked(
    monkeypatch: pytest.MonkeyPatch, found: Report, *results: Judgement, error: str = ""
) -> Confirmation | None:
    def try_all(package: str, options: object) -> Tried:
        if error:
            raise InputError(error)
        return Tried(results, () if results else (NotVerified("x", "why"),))

    member = SimpleNamespace(member=lambda name: name == "clearBuffer" or None)
    module = SimpleNamespace(
        declarations=SimpleNamespace(
            classes=[SimpleNamespace(name="Encoder", member=member.member)]
        )
    )
    monkeypatch.setattr(confirming, "try_all", try_all)
    monkeypatch.setattr(confirming, "load", lambda package: module)
    return confirm(found, "pkg").findings[0].confirmation


ENCODE = Exercise("Encoder", "encode")
LEFT = seen(Fault.CALLER_THROW, Verdict.RESIDUE, residue=9)
REFUSED = seen(Fault.MALFORMED_INPUT, Verdict.RESIDUE, "Error: no", 9)
CLEARED = seen(Fault.MALFORMED_INPUT, Verdict.CLEARED)
PANICKED = seen(Fault.MALFORMED_INPUT, Verdict.POISONED, "RuntimeError: unreachable")
THROWN = seen(Fault.THROWING_INPUT, Verdict.POISONED, "InjectedFault: x")


@pytest.mark.parametrize(
    ("rule", "result", "mark"),
    [
        ("unguarded-call", LEFT, Mark.CONFIRMED),
        ("unguarded-call", CLEARED, Mark.NOT_REPRODUCED),
        ("unguarded-call", THROWN, Mark.NOT_REPRODUCED),
        ("error-path-keeps-buffer", REFUSED, Mark.CONFIRMED),
        # The call succeeded: that is no error path.
        ("error-path-keeps-buffer", LEFT, Mark.NOT_REPRODUCED),
        ("panic-poisons-object", PANICKED, Mark.CONFIRMED),
        # Poisoned, but by an exception, not by a panic.
        ("panic-poisons-object", THROWN, Mark.NOT_REPRODUCED),
    ],
)
def test_what_confirms_a_rule(
    monkeypatch: pytest.MonkeyPatch, rule: str, result: Judgement, mark: Mark
) -> None:
    confirmation = marked(monkeypatch, finding(rule, ENCODE), result)
    assert confirmation is not None and confirmation.mark is mark
    assert bool(confirmation.repro) == (mark is Mark.CONFIRMED)


@pytest.mark.parametrize(
    ("absent", "mark"),
    [("cleanup", Mark.CONFIRMED), ("clearBuffer", Mark.NOT_REPRODUCED)],
)
def test_a_release_that_the_module_does_export(
    monkeypatch: pytest.MonkeyPatch, absent: str, mark: Mark
) -> None:
    found = finding("no-such-release", Exercise("Encoder", "", absent=absent))
    confirmation = marked(monkeypatch, found, LEFT)
    assert confirmation is not None and confirmation.mark is mark


def test_what_could_not_be_exercised(monkeypatch: pytest.MonkeyPatch) -> None:
    found = finding("unguarded-call", ENCODE)
    for given in (
        marked(monkeypatch, found),
        marked(monkeypatch, found, error="the module offers no `Encoder.encode`"),
        marked(monkeypatch, found, seen(Fault.DEEP_INPUT, Verdict.NOT_REACHED)),
        marked(monkeypatch, finding("unguarded-call", None)),
    ):
        assert given is not None and given.mark is Mark.NOT_EXERCISED and given.detail


def test_other_rules_have_no_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    assert marked(monkeypatch, finding("missing-release", ENCODE), LEFT) is None


def test_the_command_is_quoted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    confirmation = marked(monkeypatch, finding("unguarded-call", ENCODE), LEFT)
    assert confirmation is not None and confirmation.repro == "cleanuplint verify pkg --repro r"
