"""What could not be parsed: certainly wrong, or perhaps newer than the grammar."""

from pathlib import Path

import pytest

from cleanuplint.cli.telling import Manner, tell
from cleanuplint.config import Configuration
from cleanuplint.findings import Confidence
from cleanuplint.languages import lower
from cleanuplint.languages.rust import read_items
from cleanuplint.run import run_text
from cleanuplint.settings import Overrides

MALFORMED = [
    (".ts", "export const size = (1 + 2;"),
    (".js", "const limits = { small: 1, large: ];"),
    (".tsx", "const part = <div>{names.map((name) => <b>{name}</b>)</div>;"),
    (".py", "def broken(:\n    pass\n"),
    (".rs", "fn f() { g(1; }"),
    (".py", "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> theirs\n"),
]
DOUBTFUL = [
    (".ts", "for (using handle of handles) { use(handle); }"),
    (".tsx", "const title = <h2>Noise & Random (1)</h2>;"),
    (".ts", "const name = @@NAME@@;"),
    (".py", "x = t'{name}' unless y\n"),
    (".rs", "fn f() { let x = 1 <=> 2; }"),
]
WHOLE = [
    (".ts", "const a = using ? f(using) : { using }; using handle = open();"),
    (".ts", "function f(using: string) { return using?.length; }"),
    (".rs", "pub(crate) trait Pair<T> = Into<T> + where T: Copy;\nfn f() {}"),
    (".rs", "fn f(P { #[cfg(a)] x, y }: P, #[b(c[1])] z: u8) -> bool { z as u8 <= y }"),
]


@pytest.mark.parametrize(("suffix", "text"), MALFORMED)
def test_no_compiler_takes_it(suffix: str, text: str) -> None:
    assert _read(suffix, text) == (True, True)


@pytest.mark.parametrize(("suffix", "text"), DOUBTFUL)
def test_it_may_be_newer_than_the_grammar(suffix: str, text: str) -> None:
    assert _read(suffix, text) == (True, False)


@pytest.mark.parametrize(("suffix", "text"), WHOLE)
def test_what_the_grammar_misreads_is_read(suffix: str, text: str) -> None:
    assert _read(suffix, text) == (False, False)


def _read(suffix: str, text: str) -> tuple[bool, bool]:
    source = text.encode()
    program = read_items(source, "a.rs").program if suffix == ".rs" else lower(source, suffix)
    return bool(program.broken), program.is_malformed


def test_what_is_doubtful_is_counted_and_shown_on_request(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.ts"
    path.write_text("import 'tiktoken';\nfor (using handle of handles) { use(handle); }\n")
    manner = Manner("concise", "never", quiet=False, verbose=False, exit_zero=False)
    by_default = run_text(path, path.read_bytes(), Configuration())
    assert tell(by_default, manner) == 0
    assert capsys.readouterr().err == "Nothing found (1 file seen, 1 parsed, 1 of them in part).\n"
    configuration = Configuration(Overrides(min_confidence=Confidence.ASSUMED))
    asked = run_text(path, path.read_bytes(), configuration)
    assert [found.rule for found in asked.findings] == ["syntax-error"]
