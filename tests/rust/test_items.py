"""The items that are seen in a file."""

import pytest

from cleanuplint.languages.rust import read_items
from cleanuplint.rust.model import FileItems, Receiver, Routine, RustType


def items(source: str) -> FileItems:
    return read_items(source.encode(), "src/lib.rs")


def routine(source: str) -> Routine:
    (found,) = items(source).routines
    return found


# ── structs ─────────────────────────────────────────────────────────────────────────────────────


def test_fields_with_their_types() -> None:
    (struct,) = items(
        "struct Engine { a: Vec<u8>, b: Option<Box<[u8]>>, c: *mut u8, d: std::string::String,"
        "  e: [u8; 4], f: &'static str, g: Rc<RefCell<Vec<u8>>> }"
    ).structs
    u8 = RustType("u8")
    assert {field.name: field.type for field in struct.fields} == {
        "a": RustType("Vec", (u8,)),
        "b": RustType("Option", (RustType("Box", (RustType("[]", (u8,)),)),)),
        "c": RustType("*", (u8,), mutable=True),
        "d": RustType("String"),
        "e": RustType("[;]", (u8,)),
        "f": RustType("&", (RustType("str"),)),
        "g": RustType("Rc", (RustType("RefCell", (RustType("Vec", (u8,)),)),)),
    }


def test_fields_of_a_tuple_struct_are_numbered() -> None:
    (struct,) = items("#[wasm_bindgen] struct Engine(Vec<u8>, pub String);").structs
    assert [(field.name, field.shown_as) for field in struct.fields] == [("0", ""), ("1", "1")]


@pytest.mark.parametrize(
    ("attribute", "name"),
    [
        ("#[wasm_bindgen]", "Engine"),
        ("#[wasm_bindgen::prelude::wasm_bindgen]", "Engine"),
        ("#[wasm_bindgen(js_name = Motor)]", "Motor"),
        ('#[wasm_bindgen(js_name = "Motor", inspectable)]', "Motor"),
        ("#[wasm_bindgen(inspectable, js_name = Motor)]", "Motor"),
        ('#[cfg_attr(target_arch = "wasm32", wasm_bindgen(js_name = Motor))]', "Motor"),
        ("#[derive(Clone)]\n/// Words.\n#[wasm_bindgen]\n// More words.\n", "Engine"),
    ],
)
def test_exported_structs(attribute: str, name: str) -> None:
    (struct,) = items(f"{attribute} pub struct Engine;").structs
    assert struct.export is not None
    assert struct.export.name == name


@pytest.mark.parametrize("attribute", ["", "#[derive(Clone)]", "// #[wasm_bindgen]\n"])
def test_structs_that_are_not_exported(attribute: str) -> None:
    (struct,) = items(f"{attribute} pub struct Engine;").structs
    assert struct.export is None


def test_a_struct_that_extends_another() -> None:
    (struct,) = items("#[wasm_bindgen(extends = crate::base::Base)] pub struct Engine;").structs
    assert struct.export is not None
    assert struct.export.extends == "Base"


# ── functions ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "receiver"),
    [
        ("&self", Receiver.SHARED),
        ("&'a self", Receiver.SHARED),
        ("&mut self", Receiver.MUTABLE),
        ("&'a mut self", Receiver.MUTABLE),
        ("self: &mut Self", Receiver.MUTABLE),
        ("self", Receiver.CONSUMED),
        ("mut self", Receiver.CONSUMED),
        ("self: Box<Self>", Receiver.CONSUMED),
        ("other: &Engine", None),
        ("", None),
    ],
)
def test_receivers(written: str, receiver: Receiver | None) -> None:
    assert routine(f"impl Engine {{ fn f({written}) {{}} }}").receiver is receiver


@pytest.mark.parametrize(
    ("attribute", "name", "role"),
    [
        ("", "size_of", ""),
        ("#[wasm_bindgen(js_name = sizeOf)]", "sizeOf", ""),
        ("#[wasm_bindgen(constructor)]", "size_of", "constructor"),
        ("#[wasm_bindgen(getter)]", "size_of", "getter"),
        ("#[wasm_bindgen(getter = size)]", "size", "getter"),
        ("#[wasm_bindgen(getter, js_name = sizeOf)]", "sizeOf", "getter"),
        ("#[wasm_bindgen(setter = size)]", "size", "setter"),
    ],
)
def test_exported_methods(attribute: str, name: str, role: str) -> None:
    found = routine(f"#[wasm_bindgen] impl Engine {{ {attribute} pub fn size_of(&self) {{}} }}")
    assert found.export is not None
    assert (found.export.name, found.export.role, found.owner) == (name, role, "Engine")


@pytest.mark.parametrize(
    "source",
    [
        "impl Engine { pub fn f(&self) {} }",
        "#[wasm_bindgen] impl Engine { fn f(&self) {} }",
        "#[wasm_bindgen] impl Engine { pub(crate) fn f(&self) {} }",
        "#[wasm_bindgen] impl Engine { #[wasm_bindgen(skip)] pub fn f(&self) {} }",
        "pub fn f() {}",
    ],
)
def test_functions_that_are_not_exported(source: str) -> None:
    assert not routine(source).is_exported


@pytest.mark.parametrize(
    "attribute", ["#[no_mangle]", "#[unsafe(no_mangle)]", '#[export_name = "f"]']
)
def test_functions_with_a_name_of_their_own(attribute: str) -> None:
    assert routine(f'{attribute} pub extern "C" fn f() {{}}').is_foreign


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("fn main() {}", True),
        ("#[wasm_bindgen(start)] pub fn begin() {}", True),
        ("#[wasm_bindgen] pub fn begin() {}", False),
        ("impl Engine { fn main(&self) {} }", False),
    ],
)
def test_what_runs_at_the_start(source: str, expected: bool) -> None:
    assert routine(source).is_start is expected


def test_the_trait_of_an_impl() -> None:
    found = routine("impl<T: Clone> std::ops::Drop for Engine<T> { fn drop(&mut self) {} }")
    assert (found.owner, found.trait) == ("Engine", "Drop")


def test_functions_inside_functions_and_modules() -> None:
    source = "mod a { mod b { fn inner() { fn innermost() {} } } } fn outer() {}"
    assert {it.name for it in items(source).routines} == {"inner", "innermost", "outer"}


@pytest.mark.parametrize(
    "attribute", ["#[cfg(test)] mod t", '#[cfg(all(test, feature = "x"))] mod t']
)
def test_tests_are_marked(attribute: str) -> None:
    assert routine(f"{attribute} {{ fn f() {{}} }}").is_test
    assert routine("#[wasm_bindgen_test] fn f() {}").is_test
    assert not routine("#[cfg(not(test))] fn f() {}").is_test


@pytest.mark.parametrize(
    "attribute",
    ['cfg(not(target_arch = "wasm32"))', 'cfg(not(target_family = "wasm"))',
     'cfg(not(feature = "wasm"))'],
)  # fmt: skip
def test_what_no_build_for_webassembly_contains_is_left_out(attribute: str) -> None:
    found = items(f"#[{attribute}] fn f() {{}} #[{attribute}] struct S; fn g() {{}}")
    assert [it.name for it in found.routines] == ["g"]
    assert found.structs == ()


# ── the rest ────────────────────────────────────────────────────────────────────────────────────


def test_statics_also_in_macros() -> None:
    found = items(
        "static A: Mutex<Vec<u8>> = Mutex::new(Vec::new());"
        "thread_local! { static B: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };"
        "  pub static C: Cell<u32> = Cell::new(1); }"
        "lazy_static! { static ref D: u8 = 1; }"
    ).statics
    assert [(it.name, it.type.name) for it in found[:3]] == [
        ("A", "Mutex"), ("B", "RefCell"), ("C", "Cell"),
    ]  # fmt: skip


def test_aliases_are_those_of_the_file_not_of_its_traits() -> None:
    found = items("type Bytes = Vec<u8>; impl Iterator for I { type Item = String; }")
    assert found.aliases.keys() == {"Bytes"}


def test_macros_hide_what_they_make() -> None:
    (macro,) = items("impl_drop!(Engine, buffer);").macros
    assert macro.name == "impl_drop"
    assert "Engine" in macro.words


def test_modules_in_files_of_their_own() -> None:
    found = items(
        'mod a; pub mod b { mod c; } #[path = "odd.rs"] mod d; #[cfg(test)] mod tests; mod r#in;'
    ).modules
    assert [(it.path, it.file, it.is_left_out) for it in found] == [
        (("a",), "", False),
        (("b", "c"), "", False),
        (("d",), "odd.rs", False),
        (("tests",), "", True),
        (("in",), "", False),
    ]
