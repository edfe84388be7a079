"""Small functions over a buffer, run natively, against what the analysis says.

Each function takes its decisions from a string of bits, and is run on very many strings. The
buffer starts with old bytes, every fill writes new ones; what is left at each way out is compared
with the may-contents that the analysis computes: nothing may be missed, nothing invented.
"""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from cleanuplint.languages.rust import read_items
from cleanuplint.rust.contents import Contents
from cleanuplint.rust.crates import Crate
from cleanuplint.rust.model import Routine
from cleanuplint.rust.places import Place
from cleanuplint.rust.summaries import Content, Filled, Mark

FUNCTIONS = 300
RUNS = 20_000
"""For each function, with decisions drawn evenly, mostly `true` and mostly `false`. The 64th and
later ones are `false`, so every loop ends."""
FILLS = (
    "self.buffer.push(1);",
    "self.buffer.extend_from_slice(&[1, 1]);",
    "self.buffer = vec![1];",
    "half(&mut self.buffer, c)?;",
    "half(&mut self.buffer, c).map_err(|e| { self.buffer.clear(); e })?;",
    "if let Some(last) = self.buffer.last_mut() { *last = *last; } self.fill(c);",
)
CLEARS = (
    "self.buffer.clear();",
    "self.buffer.truncate(0);",
    "self.buffer = Vec::new();",
    "self.buffer.drain(..);",
    "drop(std::mem::take(&mut self.buffer));",
    "self.empty();",
)
FAILS = (
    "check(c)?;",
    "check(c).map_err(|e| { self.buffer.clear(); e })?;",
    "check(c).or_else(|e| { self.buffer.clear(); Err(e) })?;",
    "if c.next() { return Err(()); }",
    "if c.next() { return Ok(()); }",
)
TAILS = ("Ok(())", "Ok(())", "check(c)", "Err(())", "check(c).map_err(|e| { self.empty(); e })")
HEAD = """\
#![allow(warnings)]
struct Choices { bits: u64, at: u32 }
impl Choices {
    fn next(&mut self) -> bool {
        self.at += 1;
        self.at <= 63 && self.bits >> (self.at - 1) & 1 == 1
    }
}
fn check(c: &mut Choices) -> Result<(), ()> { if c.next() { Ok(()) } else { Err(()) } }
fn half(bytes: &mut Vec<u8>, c: &mut Choices) -> Result<(), ()> {
    bytes.push(1);
    check(c)
}
struct Engine { buffer: Vec<u8> }
impl Engine {
    fn empty(&mut self) { self.buffer.clear(); }
    fn fill(&mut self, c: &mut Choices) { self.buffer.push(1); }
"""
MAIN = """\
}
fn run(at: usize, method: fn(&mut Engine, &mut Choices) -> Result<(), ()>) {
    let (mut ok, mut err) = ([false; 3], [false; 3]);
    let mut drawn = 0x2545F4914F6CDD1Du64;
    let mut draw = || {
        drawn ^= drawn << 13;
        drawn ^= drawn >> 7;
        drawn ^= drawn << 17;
        drawn
    };
    for turn in 0..RUNS {
        let bits = match turn % 3 { 0 => draw(), 1 => draw() | draw(), _ => draw() & draw() };
        let mut engine = Engine { buffer: vec![9, 9] };
        let result = method(&mut engine, &mut Choices { bits, at: 0 });
        let seen = if result.is_ok() { &mut ok } else { &mut err };
        seen[0] = true;
        seen[1] |= engine.buffer.contains(&9);
        seen[2] |= engine.buffer.contains(&1);
    }
    println!("{at} {ok:?} {err:?}");
}
fn main() {
"""
Held = tuple[bool, bool, bool]
"""There is such a way out; old bytes may be left there; new ones."""


def statements(random: Random, depth: int, helpers: int) -> str:
    return " ".join(statement(random, depth, helpers) for _ in range(random.randint(1, 2)))


def statement(random: Random, depth: int, helpers: int) -> str:
    kind = random.randrange(10 if depth else 4)
    if kind < 4:
        return random.choice((FILLS, CLEARS, FAILS, FILLS)[kind])
    one, other = (statements(random, depth - 1, helpers) for _ in range(2))
    return (
        f"if c.next() {{ {one} }} else {{ {other} }}",
        f"match check(c) {{ Ok(()) => {{ {one} }} Err(e) => {{ {other} return Err(e); }} }}",
        f"if let Err(e) = check(c) {{ {one} return Err(e); }}",
        f"let Ok(()) = check(c) else {{ {one} return Err(()); }};",
        f"while c.next() {{ {one} if c.next() {{ break; }} {other} }}",
        f"let r = self.f{random.randrange(helpers) if helpers else 0}(c); {one} r?;"
        if helpers
        else f"let r = check(c); if r.is_err() {{ {one} }} r?;",
    )[kind - 4]


def functions(seed: int) -> Iterator[str]:
    random = Random(seed)
    for number in range(FUNCTIONS):
        body = statements(random, 2, min(number, 40))
        yield (
            f"    fn f{number}(&mut self, c: &mut Choices) -> Result<(), ()> "
            f"{{ {body} {random.choice(TAILS)} }}\n"
        )


def program(seed: int) -> str:
    calls = "".join(f"    run({number}, Engine::f{number});\n" for number in range(FUNCTIONS))
    return f"{HEAD}{''.join(functions(seed))}{MAIN}{calls}}}\nconst RUNS: u32 = {RUNS};\n"


def executed(source: str, folder: Path) -> dict[int, tuple[Held, Held]]:
    (folder / "main.rs").write_text(source)
    compiler = ["rustc", "--edition", "2021", "-C", "opt-level=1", "main.rs", "-o", "main"]
    subprocess.run(compiler, cwd=folder, check=True, capture_output=True)
    ran = subprocess.run([folder / "main"], check=True, capture_output=True, text=True)
    return dict(_result(line) for line in ran.stdout.splitlines())


def _result(line: str) -> tuple[int, tuple[Held, Held]]:
    number, _, rest = line.partition(" ")
    flags = [
        word == "true" for word in rest.replace("[", "").replace("]", "").replace(",", "").split()
    ]
    return int(number), ((flags[0], flags[1], flags[2]), (flags[3], flags[4], flags[5]))


def analysed(source: str) -> dict[int, tuple[Held, Held]]:
    crate = Crate({"main.rs": read_items(source.encode(), "main.rs")})
    contents = Contents(crate)
    return {
        int(routine.name[1:]): _said(contents, routine)
        for routine in crate.routines
        if routine.owner == "Engine" and routine.name[1:].isdigit()
    }


def _said(contents: Contents, routine: Routine) -> tuple[Held, Held]:
    summary = contents.of(routine)
    assert summary is not None
    place = Place(routine.parameters[0][0], ("buffer",))
    return _held(summary.content(place, failed=False)), _held(summary.content(place, failed=True))


def _held(content: Content | None) -> Held:
    if content is None:
        return False, False, False
    new = any(isinstance(token, Filled) for token in content)
    old = any(not isinstance(token, Filled) and token is not Mark.HELD for token in content)
    return True, old, new


@pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")
@pytest.mark.parametrize("seed", [1])
def test_the_analysis_says_what_happens(seed: int, tmp_path: Path) -> None:
    source = program(seed)
    happened, said = executed(source, tmp_path), analysed(source)
    assert happened.keys() == said.keys()
    lines = list(functions(seed))
    wrong = [
        f"{lines[at]} ran {happened[at]}, said {said[at]}"
        for at in said
        if happened[at] != said[at]
    ]
    assert not wrong, f"{len(wrong)} of {len(said)}:\n" + "\n".join(wrong[:5])
