"""What holds of every fix of Rust: on all pages, on the example crate, on programs that run."""

import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from random import Random

import pytest

from cleanuplint.checks.rust import check_crate
from cleanuplint.files.source import read_text
from cleanuplint.findings import Finding
from cleanuplint.fixes.repair import Aim, Repair
from cleanuplint.languages.rust import read_items
from cleanuplint.rulebook import rules
from cleanuplint.rust.crates import Crate
from cleanuplint.suppression import suppress
from tests.fixes.test_laws import ALL, EXAMPLES, SAFE, hold_to_the_laws
from tests.pages.fences import Case, cases_of, files_in, is_shown, rules_run_on
from tests.rust.test_ground_truth import CLEARS, FAILS, FILLS, HEAD, TAILS, statements

Texts = Mapping[str, bytes]
FENCES = [
    case
    for rule in rules().values()
    for case in cases_of(rule.id, rule.page)
    if case.language == "rust"
]
LEFT_TO_PEOPLE = frozenset(
    {"leaked-on-purpose", "panic-poisons-object", "binding-out-of-date", "syntax-error"}
)
SWARM = EXAMPLES / "swarm" / "engine" / "src"
ON = frozenset(rule.id for rule in rules().values() if rule.default)
RUSTFMT = ("rustfmt", "--edition", "2021")
APART = "// ─── another program ───"
needs_rustfmt = pytest.mark.skipif(shutil.which("rustfmt") is None, reason="no rustfmt")
one_worker = pytest.mark.xdist_group("rust-programs")
needs_rustc = pytest.mark.skipif(shutil.which("rustc") is None, reason="no rustc")


def findings(texts: Texts, name: str, on: frozenset[str] = ON) -> list[Finding]:
    """What is shown of one file of a crate."""
    crate = Crate({path: read_items(text, path) for path, text in texts.items()})
    found = check_crate(crate, texts)[name]
    comments = crate.files[name].program.comments
    left = suppress(found, read_text(texts[name]), comments, on)
    return [one for one in left if is_shown(one, on)]


def mended(texts: Texts, aim: Aim, on: frozenset[str] = ON) -> tuple[Texts, list[Repair]]:
    """The crate, one file after the other fixed, each held to the laws."""
    now, repairs = dict(texts), []
    for name in texts:
        repair = hold_to_the_laws(now[name], ".rs", partial(_with, dict(now), name, on), aim)
        now[name] = repair.text
        repairs.append(repair)
    return now, repairs


def _with(texts: Texts, name: str, on: frozenset[str], text: bytes) -> list[Finding]:
    return findings({**texts, name: text}, name, on)


def crate_of(case: Case) -> Texts:
    files = files_in(case.source.decode())
    return {name: text.encode() for name, (_, text) in files if name.endswith(".rs")}


def counted(texts: Texts, on: frozenset[str] = ON) -> Counter[str]:
    return Counter(one.rule for name in texts for one in findings(texts, name, on))


def of_the_example() -> Texts:
    names = ("lib.rs", "patterns.rs", "states.rs")
    return {f"src/{name}": (SWARM / name).read_bytes() for name in names}


def is_formatted(text: bytes) -> bool:
    ran = subprocess.run([*RUSTFMT, "--check"], input=text, capture_output=True, check=False)
    return ran.returncode == 0 and not ran.stdout


# ── pages and examples ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("aim", [SAFE, ALL], ids=["safe", "all"])
@pytest.mark.parametrize("case", FENCES, ids=lambda case: f"{case.page}::{case.name}")
def test_fences(case: Case, aim: Aim) -> None:
    on = rules_run_on(case.page)
    before = crate_of(case)
    after, repairs = mended(before, aim, on)
    cured = Counter(one.finding.rule for repair in repairs for one in repair.cured)
    assert counted(after, on) <= counted(before, on) - cured


def test_what_pages_flag_is_mended_but_for_what_is_left_to_people() -> None:
    left = {
        f"{case.page}::{case.name}": counted(after).keys() - LEFT_TO_PEOPLE
        for case in FENCES
        for after, _ in [mended(crate_of(case), ALL)]
    }
    assert {name for name, some in left.items() if some} == {
        "missing-drop::memory behind a raw pointer",
        "drop-does-not-release::a Drop that leaves what a raw pointer points to",
    }


@needs_rustfmt
def test_what_rustfmt_left_alone_it_leaves_alone() -> None:
    for case in FENCES:
        before = crate_of(case)
        after, _ = mended(before, ALL)
        for name in before:
            if before[name] != after[name] and is_formatted(before[name]):
                assert is_formatted(after[name]), after[name].decode()


@pytest.mark.parametrize("aim", [SAFE, ALL], ids=["safe", "all"])
def test_the_example_is_clean_afterwards(aim: Aim) -> None:
    after, _ = mended(of_the_example(), aim)
    assert not counted(after)


# ── programs that run ───────────────────────────────────────────────────────────────────────────

PROGRAMS = 60
RUNS = 3000
BORROWING = (
    "let text = std::str::from_utf8(&self.buffer).map_err(|_| ())?; check(c)?; drop(text.len());",
    "let out = &mut self.buffer; out.push(1); check(c)?; out.push(1);",
    "self.buffer.push(number(c)?);",
    "for _ in 0..2 { half(&mut self.buffer, c)?; }",
    "let written = half(&mut self.buffer, c); written?;",
    "let one = self.buffer.first().copied().unwrap_or(1); number(c).map(|n| n + one)?;",
    "put(&mut self.buffer, number(c)?)?;",
    "match number(c) { Ok(n) => self.buffer.push(n), Err(_) => return Err(()), }",
    "{ let mut sink = Sink::new(&mut self.buffer); sink.put(c)?; }",
    "{ let mut sink = Sink::new(&mut self.buffer); if sink.put(c).is_err() { return Err(()); } }",
    "if let Err(e) = Sink::new(&mut self.buffer).put(c) { return Err(e); }",
    "if c.next() { Err(())?; }",
    "let n = match number(c) { Ok(n) => n, Err(e) => return Err(e), }; self.buffer.push(n);",
    "number(c).ok().ok_or_else(|| ())?;",
    "let Some(n) = number(c).ok() else { return Err(()); }; self.buffer.push(n);",
    "for byte in self.buffer.iter() { if *byte > 1 { return Err(()); } check(c)?; }",
    "if number(c)? > 1 { self.buffer.push(1); }",
    "self.step(c)?;",
    "self.step(c).map_err(|e| { drop(e); })?;",
)
"""Where an error leaves while something may still borrow the buffer."""
MORE = """\
fn number(c: &mut Choices) -> Result<u8, ()> { check(c).map(|_| 1) }
fn put(bytes: &mut Vec<u8>, n: u8) -> Result<(), ()> { bytes.push(n); Ok(()) }
struct Sink<'a> { bytes: &'a mut Vec<u8> }
impl<'a> Sink<'a> {
    fn new(bytes: &'a mut Vec<u8>) -> Self { Sink { bytes } }
    fn put(&mut self, c: &mut Choices) -> Result<(), ()> { half(self.bytes, c) }
}
impl Drop for Sink<'_> { fn drop(&mut self) { self.bytes.push(1); } }
"""
EXPORT = "#[wasm_bindgen]"
ENGINE = f"{EXPORT} pub struct Engine {{ buffer: Vec<u8> }}"
HELPERS = {
    "empty": "fn empty(&mut self) { self.buffer.clear(); }",
    "fill": "fn fill(&mut self, c: &mut Choices) { self.buffer.push(1); }",
    "step": "fn step(&mut self, c: &mut Choices) -> Result<(), ()> "
    "{ self.buffer.push(1); check(c)?; self.buffer.push(1); Ok(()) }",
}
COMPARE = """
macro_rules! compare {
    ($number:literal, $before:ident, $after:ident, $whole:literal) => {
        for bits in drawn($number) {
            let mut one = $before::Engine { buffer: Vec::new() };
            let mut other = $after::Engine { buffer: Vec::new() };
            for shift in [0, 13] {
                let mut mine = $before::Choices { bits: bits >> shift, at: 0 };
                let mut yours = $after::Choices { bits: bits >> shift, at: 0 };
                let (left, right) = (one.run(&mut mine), other.run(&mut yours));
                let same = left == right && mine.at == yours.at;
                let kept = one.buffer == other.buffer || other.buffer.is_empty();
                let emptied = !$whole || left.is_ok() || other.buffer.is_empty();
                if !(same && kept && emptied) {
                    println!("{} {same} {kept} {emptied} {:?}", $number, other.buffer);
                }
            }
        }
    };
}
fn drawn(seed: u64) -> Vec<u64> {
    let mut now = 0x2545F4914F6CDD1Du64 ^ (seed << 20);
    let mut next = || { now ^= now << 13; now ^= now >> 7; now ^= now << 17; now };
    (0..RUNS).map(|at| match at % 3 { 0 => next(), 1 => next() | next(), _ => next() & next() })
        .collect()
}
"""


def program(seed: int) -> str:
    """A crate with an exported engine that has one method to look at."""
    random = Random(seed)
    first = random.choice(("", "", "check(c)?;", "if c.next() { return Err(()); }"))
    clear = random.choice((CLEARS[0], CLEARS[0], CLEARS[1], CLEARS[2]))
    wild = statements(random, 2, 0) if random.random() < 0.6 else random.choice(FILLS)
    tail = random.choice(TAILS)
    body = f"{first} {clear} {wild} {random.choice(BORROWING)} {random.choice(FAILS)} {tail}"
    if random.random() < 0.2:  # fails only before it is cleared
        body = f"{random.choice(FAILS)} {CLEARS[0]} {FILLS[0]} Ok(())"
    shared = HEAD[HEAD.index("\n") : HEAD.index("struct Engine")]
    # what nobody calls counts as callable by anybody
    helpers = " ".join(text for name, text in HELPERS.items() if f"self.{name}(" in body)
    method = f"pub fn run(&mut self, c: &mut Choices) -> Result<(), ()> {{ {body} }}"
    return f"{shared} {MORE} {ENGINE} {EXPORT} impl Engine {{ {helpers} {method} }}"


def formatted(texts: Sequence[str]) -> list[bytes]:
    """All of them by one call of rustfmt."""
    whole = f"\n{APART}\n".join(texts)
    ran = subprocess.run(RUSTFMT, input=whole, capture_output=True, text=True, check=True)
    return [text.strip().encode() + b"\n" for text in ran.stdout.split(APART)]


@cache
def programs() -> tuple[tuple[bytes, Repair], ...]:
    found = []
    for before in formatted([program(seed) for seed in range(PROGRAMS)]):
        _, [repair] = mended({"lib.rs": before}, ALL)
        if repair.cured:
            found.append((before, repair))
    return tuple(found)


def native(text: bytes) -> str:
    """What plain rustc can compile, as the inside of a module."""
    shown = text.decode().replace(EXPORT, "")
    shown = shown.replace("buffer: Vec<u8>", "pub buffer: Vec<u8>")
    shown = shown.replace("bits: u64,", "pub bits: u64,").replace("at: u32,", "pub at: u32,")
    return shown.replace("struct Choices", "pub struct Choices")


@one_worker
@needs_rustfmt
def test_programs_stay_formatted() -> None:
    texts = [repair.text for _, repair in programs()]
    for text, same in zip(texts, formatted([text.decode() for text in texts]), strict=True):
        assert text == same


@one_worker
@needs_rustfmt
@needs_rustc
def test_programs_compile_and_do_what_they_did_and_an_error_leaves_nothing(tmp_path: Path) -> None:
    modules, calls = [], []
    for number, (before, repair) in enumerate(programs()):
        whole = not any(one.rule == "error-path-keeps-buffer" for one in repair.findings)
        modules.append(f"mod b{number} {{ {native(before)} }}")
        modules.append(f"mod a{number} {{ {native(repair.text)} }}")
        calls.append(f"compare!({number}, b{number}, a{number}, {str(whole).lower()});")
    head = "#![allow(warnings)]", COMPARE.replace("RUNS", str(RUNS))
    (tmp_path / "main.rs").write_text("\n".join((*head, *modules, "fn main() {", *calls, "}")))
    command = ["rustc", "--edition", "2021", "-C", "opt-level=1", "main.rs", "-o", "main"]
    built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr[:4000]
    ran = subprocess.run([tmp_path / "main"], capture_output=True, text=True, check=True)
    assert not ran.stdout


@one_worker
@needs_rustfmt
def test_fixes_are_common() -> None:
    """The laws say something: most programs have an error path to mend, and are mended whole."""
    mends = [
        repair
        for _, repair in programs()
        if any(one.finding.rule == "error-path-keeps-buffer" for one in repair.cured)
    ]
    whole = [repair for repair in mends if not repair.findings]
    assert len(mends) >= PROGRAMS // 2
    assert len(whole) >= len(mends) * 9 // 10
