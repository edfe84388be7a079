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
from tests.verify.modules import AFTER, BEFORE
from wasm_verify.errors import InputError
from wasm_verify.model import Fault, NotVerified, Verdict
from wasm_verify.model import Report as Verified
from wasm_verify.model import Result as Seen

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
    names = ("event-bus.js", "engine/src/patterns.rs")
    result = check(*names, "--isolated", "--confirm", "engine/pkg", "--output-format", "json")
    assert result.return_value == 1
    assert marks(result) == {
        "event-bus.js:57:unguarded-call": "confirmed",
        "patterns.rs:8:missing-cleanup-export": None,
        "patterns.rs:8:missing-drop": None,
        "patterns.rs:30:error-path-keeps-buffer": "confirmed",
        "patterns.rs:44:size-hides-capacity": None,
    }
    told = json.loads(result.stdout)["findings"]
    (unguarded,) = (one for one in told if one["rule"] == "unguarded-call")
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


# ---- marks, from what a run says ----


def finding(rule: str, exercise: Exercise | None) -> Report:
    place = Position(1, 1)
    placed = Placed(
        "a.js", place, place, rule, "guards", "error", Confidence.SURE, "m", "b", "h", (), None, "",
        exercise=exercise,
    )  # fmt: skip
    return Report((FileResult((placed,)),))


def seen(fault: Fault, verdict: Verdict, detail: str = "", residue: int | None = None) -> Seen:
    return Seen(
        "Encoder", "encode", fault, "none", 4, 4, verdict, 4, 0, residue, "r", detail=detail
    )


def marked(
    monkeypatch: pytest.MonkeyPatch, found: Report, *results: Seen, error: str = ""
) -> Confirmation | None:
    def verify(package: str, options: object) -> Verified:
        if error:
            raise InputError(error)
        return Verified(package, "e", 0, results, () if results else (NotVerified("x", "why"),))

    member = SimpleNamespace(member=lambda name: name == "clearBuffer" or None)
    module = SimpleNamespace(
        declarations=SimpleNamespace(
            classes=[SimpleNamespace(name="Encoder", member=member.member)]
        )
    )
    monkeypatch.setattr(confirming, "verify", verify)
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
    monkeypatch: pytest.MonkeyPatch, rule: str, result: Seen, mark: Mark
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
