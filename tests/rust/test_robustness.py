"""Text that nobody would write by hand, and text that is not finished."""

import pytest

from cleanuplint.checks.rust import check_crate
from cleanuplint.findings import Finding
from cleanuplint.languages.rust import read_items
from cleanuplint.rust.contract import contract_of
from cleanuplint.rust.crates import Crate

SERIALIZER = """\
use wasm_bindgen::prelude::*;
#[wasm_bindgen]
pub struct Serializer { buffer: Vec<u8> }
#[wasm_bindgen]
impl Serializer {
    pub fn serialize(&mut self, value: &JsValue) -> Result<String, JsValue> {
        self.buffer.clear();
        serde_json::to_writer(&mut self.buffer, &read(value)?).map_err(refused)?;
        Ok(String::from_utf8_lossy(&self.buffer).into_owned())
    }
}
impl Drop for Serializer { fn drop(&mut self) { self.buffer = Vec::new(); } }
"""


def check(source: str) -> list[Finding]:
    text = source.encode()
    crate = Crate({"src/lib.rs": read_items(text, "src/lib.rs")})
    contract_of(crate, "engine", "src/lib.rs")
    return check_crate(crate, {"src/lib.rs": text})["src/lib.rs"]


def rules(source: str) -> set[str]:
    return {found.rule for found in check(source)}


@pytest.mark.parametrize("end", range(0, len(SERIALIZER), 7))
def test_a_file_that_ends_anywhere(end: int) -> None:
    check(SERIALIZER[:end])


@pytest.mark.parametrize("at", range(0, len(SERIALIZER), 11))
@pytest.mark.parametrize("token", ["{", ")", "'", '"', "#[", "match "])
def test_a_token_too_many(at: int, token: str) -> None:
    check(SERIALIZER[:at] + token + SERIALIZER[at:])


def method(body: str, parameters: str = "") -> str:
    return SERIALIZER.replace(
        "    pub fn serialize",
        f"    pub fn other(&mut self{parameters}) {{ {body} }}\n    pub fn serialize",
    )


@pytest.mark.parametrize(
    "body",
    [
        "if self.buffer.is_empty() { " * 300 + "}" * 300,
        "let x = " + "(" * 2000 + "1" + ")" * 2000 + ";",
        "let x = " + "1 + " * 3000 + "1;",
        'b"x"' + ".iter().rev()" * 500 + ".count();",
        "let f = " + "|x| " * 500 + "x;",
        "let x = " + "const { " * 50 + "1" + " }" * 50 + ";",
        "vec![" * 200 + "]" * 200 + ";",
    ],
    ids=["if", "parentheses", "sum", "chain", "closures", "const", "macros"],
)
def test_deep_nesting(body: str) -> None:
    assert "error-path-keeps-buffer" in rules(method(body))


def test_variables_that_are_stored_to_each_other() -> None:
    names = [f"v{number}" for number in range(40)]
    first = "".join(f"let mut {name} = x;" for name in names)
    mixed = "".join(f"{one} = {other};" for one in names for other in names)
    body = f"self.buffer.clear(); {first} loop {{ {mixed} self.buffer.push({names[0]}); }}"
    assert "error-path-keeps-buffer" in rules(method(body, ", x: u8"))


def test_many_results_that_nobody_looks_at() -> None:
    body = "".join(f"let r{number} = self.serialize(v);" for number in range(60))
    assert "error-path-keeps-buffer" in rules(method(body, ", v: &JsValue"))


def test_many_results_in_a_loop() -> None:
    kept = "".join(f"let r{number} = self.serialize(v);" for number in range(12))
    asked = "".join(f"if r{number}.is_ok() {{ continue; }}" for number in range(12))
    body = f"loop {{ {kept} {asked} loop {{ {kept} {asked} }} }}"
    assert "error-path-keeps-buffer" in rules(method(body, ", v: &JsValue"))


def test_functions_that_call_each_other() -> None:
    source = SERIALIZER + (
        "impl Serializer { fn a(&mut self) { self.b(); } fn b(&mut self) { self.a(); self.c() }"
        "  fn c(&mut self) { self.c(); self.buffer.clear(); } }"
    )
    assert rules(source) == {"error-path-keeps-buffer"}


def test_structs_that_hold_each_other() -> None:
    source = SERIALIZER + (
        "struct A { b: Option<Box<B>>, text: String } struct B { a: Option<Box<A>> }"
        "#[wasm_bindgen] pub struct C { a: A }"
    )
    assert rules(source) == {"error-path-keeps-buffer"}


def test_aliases_that_name_each_other() -> None:
    assert rules(SERIALIZER + "type A = B; type B = A; #[wasm_bindgen] pub struct C { a: A }") == {
        "error-path-keeps-buffer"
    }


def test_thousands_of_lines() -> None:
    functions = "".join(
        f"fn f{number}(x: &str) -> Result<u32, String> {{\n"
        "    let y = x.parse::<u32>().map_err(|e| e.to_string())?;\n"
        "    match y {\n        0 => Err(String::new()),\n        n => Ok(n),\n    }\n}\n"
        for number in range(700)
    )
    assert rules(SERIALIZER + functions) == {"error-path-keeps-buffer"}


# ── what the grammar does not know, and the compiler does ───────────────────────────────────────


@pytest.mark.parametrize(
    "source",
    [
        '#[wasm_bindgen] extern "C" { #[wasm_bindgen(typescript_type = "X")] pub type X; }',
        "#[ext] pub(crate) impl Thing { fn f(&self) {} }",
        "type Handler<'a> = Rc<dyn 'a + Fn(u32) -> u32>;",
        "fn f(s: S) { let S::<'_> { a, .. } = s; g(a) }",
        "fn f() { s.draw::<{ Gl::LINES }, -1>(a) }",
        "fn f(a: usize, b: u32) -> bool { if a + 1 as u32 <= b { g() } else { h() } }",
        "macro_rules! m { ($x:ident) => { impl<T> F<{${count($x)} + 1}> for T {} } }",
    ],
)
def test_valid_code_is_no_syntax_error(source: str) -> None:
    assert rules(source) == set()


@pytest.mark.parametrize("source", ["fn f() { if x { }", "fn f() { let x = ; }", "impl A { fn }"])
def test_broken_code_is_told(source: str) -> None:
    assert rules(source) == {"syntax-error"}
