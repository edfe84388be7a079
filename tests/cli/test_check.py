"""`cleanuplint check`: what is shown, where it goes, and the exit code."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
Write = Callable[..., Path]

LEAK = "wasm LEAK(missing-release)\n"


def test_findings_are_1(check: Run, write: Write) -> None:
    write("src/a.js", LEAK)
    result = check("src")
    assert result.stdout == "src/a.js:1:6: missing-release: it leaks\n"
    assert result.stderr == "1 finding (1 file seen, 1 parsed).\n"
    assert result.exit_code == 1


def test_nothing_found_is_0(check: Run, write: Write) -> None:
    write("a.js", "wasm.run()")
    write("b.js", "irrelevant")
    result = check()
    assert (result.stdout, result.exit_code) == ("", 0)
    assert result.stderr == "Nothing found (2 files seen, 1 parsed).\n"


def test_no_files(check: Run) -> None:
    result = check()
    assert (result.stderr, result.exit_code) == ("No files to check.\n", 0)


def test_exit_zero_is_about_findings_only(check: Run, write: Write) -> None:
    write("a.js", LEAK)
    assert check("--exit-zero").exit_code == 0
    assert check("--exit-zero", ".", "gone.js").exit_code == 2


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gone.js", None, "gone.js: no such file or directory"),
        ("a.js", b"\0wasm", "a.js: this is a binary file, not source text"),
        ("a.js", b"\xff\xfex", "a.js: the file begins as UTF-16 and ends within a character"),
    ],
)
def test_what_cannot_be_checked_is_2_and_the_rest_is_checked(
    name: str, content: bytes | None, message: str, check: Run, write: Write
) -> None:
    if content is not None:
        write(name, content)
    write("other.js", LEAK)
    result = check(name, "other.js")
    assert f"error: {message}\n" in result.stderr
    assert "other.js:1:6: missing-release" in result.stdout
    assert result.exit_code == 2


def test_a_binary_file_in_a_folder_is_left_out(check: Run, write: Write) -> None:
    write("segment.ts", b"G@\0\x10wasm")
    result = check("--verbose")
    assert "left out: segment.ts: this is a binary file" in result.stderr
    assert result.exit_code == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(check: Run, write: Write) -> None:
    write("a.js", LEAK).chmod(0)
    result = check()
    assert "error: a.js: cannot be read: Permission denied" in result.stderr
    assert result.exit_code == 2


def test_a_crash_is_told_of_its_file_in_one_line(check: Run, write: Write) -> None:
    write("a.js", "wasm CRASH")
    write("b.js", LEAK)
    result = check()
    crash, _, rest = result.stderr.partition("\n")
    assert crash.startswith("error: a.js: internal error, please report it: KeyError: ")
    assert rest == "1 finding (2 files seen, 1 parsed).\n"
    assert "b.js:1:6" in result.stdout
    assert result.exit_code == 2


def test_a_crash_before_the_file_is_parsed_is_told_of_it_too(
    check: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> bool:
        raise KeyError("lost")

    monkeypatch.setattr("cleanuplint.inspection.is_glue", crash)
    write("a.js", LEAK)
    write("b.js", "irrelevant")
    result = check()
    assert "error: a.js: internal error, please report it: KeyError: 'lost'" in result.stderr
    assert "(2 files seen, 0 parsed)" in result.stderr
    assert result.exit_code == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_and_columns(encoding: str, check: Run, write: Write) -> None:
    write("a.js", '"é漢😀"\r\n"é漢😀"; wasm LEAK(missing-release)\r\n'.encode(encoding))
    assert check().stdout == "a.js:2:13: missing-release: it leaks\n"


@pytest.mark.parametrize(
    ("arguments", "rules"),
    [
        ((), {"missing-release", "unguarded-call"}),
        (("--select", "guards"), {"unguarded-call"}),
        (("--select", "missing-release"), {"missing-release"}),
        (("--select", "guards,missing-release"), {"missing-release", "unguarded-call"}),
        (("--ignore", "ownership"), {"unguarded-call"}),
        (("--ignore", "ownership", "--ignore", "guards"), set()),
        (
            ("--extend-select", "cleanup-masks-error"),
            {"missing-release", "unguarded-call", "cleanup-masks-error"},
        ),
        (("--select", "missing-release", "--ignore", "ownership"), {"missing-release"}),
        (("--select", "ownership", "--ignore", "missing-release"), set()),
    ],
)
def test_selection(arguments: tuple[str, ...], rules: set[str], check: Run, write: Write) -> None:
    write("a.js", "wasm LEAK(missing-release) LEAK(unguarded-call) LEAK(cleanup-masks-error)")
    assert {line.split()[1].rstrip(":") for line in check(*arguments).stdout.splitlines()} == rules


def test_a_syntax_error_shows_whatever_is_selected(check: Run, write: Write) -> None:
    write("a.js", "wasm LEAK(syntax-error)")
    assert check("--select", "guards").exit_code == 1
    assert check("--ignore", "syntax-error").exit_code == 0


def test_an_unknown_rule_is_2(check: Run) -> None:
    result = check("--select", "mising-release")
    assert result.stderr == (
        "error: --select: no rule or category is called `mising-release`"
        " (did you mean `missing-release`?)\n"
    )
    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ((), 3),
        (("--min-confidence", "assumed"), 4),
        (("--min-confidence", "likely"), 2),
        (("--min-confidence", "sure"), 1),
    ],
)
def test_confidence(arguments: tuple[str, ...], count: int, check: Run, write: Write) -> None:
    """By default guesses show for guards, and not for ownership."""
    write(
        "a.js",
        "wasm LEAK(unguarded-call,assumed) LEAK(missing-release,assumed)"
        " LEAK(missing-release,likely) LEAK(missing-release,sure)",
    )
    assert len(check(*arguments).stdout.splitlines()) == count


@pytest.mark.parametrize("name", ["tests/a.js", "a.test.ts", "src/__tests__/a.js", "a.spec.mjs"])
def test_ownership_is_off_in_test_files(name: str, check: Run, write: Write) -> None:
    write(name, "wasm LEAK(missing-release)\nwasm LEAK(unguarded-call)")
    assert check().stdout == f"{name}:2:6: unguarded-call: it leaks\n"
    assert "missing-release" in check("--extend-select", "ownership").stdout
    assert "missing-release" in check("--select", "missing-release").stdout


def test_stdin(check: Run, project: Path) -> None:
    result = check("-", "--stdin-filename", "src/a.ts", stdin=LEAK.encode())
    assert result.stdout == "src/a.ts:1:6: missing-release: it leaks\n"
    assert result.exit_code == 1


def test_stdin_of_an_excluded_file(check: Run, project: Path) -> None:
    arguments = ("-", "--stdin-filename", "dist/a.ts")
    assert check(*arguments, stdin=LEAK.encode()).exit_code == 1
    assert check(*arguments, "--force-exclude", stdin=LEAK.encode()).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-",), "error: `-` needs --stdin-filename, which tells the language\n"),
        (("-", "a.js"), "error: `-` reads standard input and goes with no other path\n"),
        (
            ("-", "--stdin-filename", "a.txt"),
            "error: a.txt: not a language that cleanuplint reads\n",
        ),
        (
            ("--isolated", "--config", "x.toml"),
            "error: --isolated and --config exclude each other\n",
        ),
        (("--diff", "--confirm", "pkg"), "error: --diff and --confirm exclude each other\n"),
        (("--diff", "--statistics"), "error: --diff and --statistics exclude each other\n"),
        (
            ("--statistics", "--output-format", "json"),
            "error: --statistics and --output-format exclude each other\n",
        ),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], message: str, check: Run) -> None:
    result = check(*arguments, stdin=b"")
    assert (result.stderr, result.exit_code) == (message, 2)


def test_generated_glue_is_left_out_unless_named(check: Run, write: Write) -> None:
    write("pkg/engine.js", "__wbindgen_throw __wbg_ptr\n" + LEAK)
    assert check().exit_code == 0
    assert check("pkg/engine.js").exit_code == 1


def test_what_is_too_large_for_a_hand_is_left_out_unless_named(check: Run, write: Write) -> None:
    write("static/bundle.js", LEAK + "step();\n" * 140_000)
    assert check("-v").stderr.startswith(
        "left out: static/bundle.js: it is generated code; name it"
    )
    assert check("static/bundle.js").exit_code == 1


def test_another_kind_of_file_is_a_warning(check: Run, write: Write) -> None:
    write("notes.txt", LEAK)
    result = check("notes.txt")
    assert result.stderr.startswith("warning: notes.txt: skipped: not a language")
    assert result.exit_code == 0


def test_show_files(check: Run, write: Write) -> None:
    write("src/b.ts", "")
    write("a.js", "")
    write("node_modules/c.js", "")
    assert check("--show-files").stdout == "a.js\nsrc/b.ts\n"


def test_paths_from_another_folder(
    check: Run, write: Write, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("src/a.js", LEAK)
    (project / "elsewhere").mkdir()
    monkeypatch.chdir(project / "elsewhere")
    assert check("../src").stdout.startswith("../src/a.js:1:6:")
    assert check(str(project / "src")).stdout.startswith("../src/a.js:1:6:")


def test_quiet_says_findings_only(check: Run, write: Write) -> None:
    write("a.js", LEAK)
    result = check("--quiet", ".")
    assert result.stderr == ""
    assert result.stdout.count("\n") == 1


def test_verbose_says_why_files_were_left_out(check: Run, write: Write) -> None:
    write("a.js", "irrelevant")
    assert "left out: a.js: it names nothing of any contract" in check("--verbose").stderr


def test_statistics(run: Run, write: Write) -> None:
    write("a.js", "wasm LEAK(missing-release) LEAK(unguarded-call) LEAK(missing-release)")
    write("b.js", "wasm LEAK(missing-release)")
    result = run("check", "--statistics")
    assert [line.split(maxsplit=1) for line in result.stdout.splitlines()] == [
        ["3", "missing-release"],
        ["1", "unguarded-call"],
        ["6", "constructs that were not understood"],
        ["2", "duties with too many states to follow"],
    ]
    assert result.exit_code == 1


def test_full_is_the_default(run: Run, write: Write) -> None:
    write("a.js", LEAK)
    assert run("check").stdout == (
        "a.js:1:6: missing-release: it leaks\n"
        "  |\n"
        "1 | wasm LEAK(missing-release)\n"
        "  |      ^^^^^^^^^^^^^^^^^^^^^\n"
        "  = because: it is told to\n"
        "  = help: mend it\n"
    )


def test_colours_only_if_wanted(run: Run, write: Write) -> None:
    write("a.js", LEAK)
    assert "\x1b[" not in run("check").stdout
    assert "\x1b[" in run("check", "--color", "always").stdout


def test_json(run: Run, write: Write) -> None:
    write("a.js", "wasm LEAK(missing-release)")
    result = run("check", "--output-format", "json", ".", "gone")
    document = json.loads(result.stdout)
    assert list(document) == ["version", "findings", "fixed", "files", "errors"]
    assert document["files"] == {"seen": 1, "parsed": 1, "parsed_in_part": 0}
    assert document["findings"][0]["start"] == {"line": 1, "column": 6}
    assert document["errors"] == [{"path": "gone", "message": "no such file or directory"}]
    assert result.exit_code == 2


@pytest.mark.parametrize("output_format", ["json", "sarif", "gitlab"])
def test_a_format_for_programs_is_one_document_and_nothing_is_said_beside_it(
    run: Run, write: Write, output_format: str
) -> None:
    write("a.js", "wasm LEAK(missing-release)")
    result = run("check", "--output-format", output_format, ".")
    assert "missing-release" in json.dumps(json.loads(result.stdout))
    assert (result.exit_code, result.stderr) == (1, "")


def test_annotations_of_a_workflow(run: Run, write: Write) -> None:
    write("a.js", "wasm LEAK(missing-release)")
    result = run("check", "--output-format", "github", ".")
    assert result.stdout.startswith("::error title=cleanuplint (missing-release),file=a.js,line=1")
    assert "1 finding" in result.stderr


def test_many_files_come_in_order(check: Run, write: Write) -> None:
    names = [f"src/{number:03}.js" for number in range(120)]
    for name in names:
        write(name, LEAK if name != "src/050.js" else "wasm CRASH")
    result = check()
    found = [line.partition(":")[0] for line in result.stdout.splitlines()]
    assert found == [name for name in names if name != "src/050.js"]
    assert "error: src/050.js: internal error" in result.stderr


def test_an_unknown_option_is_2(check: Run) -> None:
    assert check("--no-such-option").exit_code == 2
