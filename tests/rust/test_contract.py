"""What a crate exports, as a contract."""

from cleanuplint.contracts.model import Contract, ResourceClass, Returned
from cleanuplint.languages.rust import read_items
from cleanuplint.rust.contract import contract_of
from cleanuplint.rust.crates import Crate


def contract(source: str) -> Contract:
    items = read_items(source.encode(), "src/lib.rs")
    return contract_of(Crate({"src/lib.rs": items}), "engine", "src/lib.rs", ("*/engine.js",))


def only_class(source: str) -> ResourceClass:
    (found,) = contract(source).classes.values()
    return found


def exported(body: str, fields: str = "") -> ResourceClass:
    return only_class(
        f"#[wasm_bindgen] pub struct Engine {{ {fields} }} #[wasm_bindgen] impl Engine {{ {body} }}"
    )


def test_the_contract_says_where_it_comes_from() -> None:
    found = contract("#[wasm_bindgen] pub struct Engine {}")
    assert (found.name, found.source, found.modules) == ("engine", "src/lib.rs", ("*/engine.js",))
    assert found.classes["Engine"].releases == {"free", "[Symbol.dispose]"}


# ── names ───────────────────────────────────────────────────────────────────────────────────────


def test_a_struct_has_the_name_that_javascript_knows() -> None:
    source = "#[wasm_bindgen(js_name = Parser)] pub struct RustParser {}"
    assert contract(source).classes.keys() == {"Parser"}


def test_methods_of_a_renamed_struct_belong_to_its_class() -> None:
    found = only_class(
        "#[wasm_bindgen(js_name = Parser)] pub struct RustParser {}"
        "#[wasm_bindgen(js_class = Parser)] impl RustParser {"
        '  #[wasm_bindgen(js_name = "copyOf")] pub fn copy_of(&self) -> RustParser { todo!() } }'
    )
    assert found.methods == {"copyOf": Returned("Parser")}


def test_what_is_not_exported_is_no_part_of_it() -> None:
    found = contract(
        "pub struct Inner {} pub enum Kind { A }"
        "#[wasm_bindgen] pub struct Engine {}"
        "impl Engine { pub fn rust_only(self) -> Engine { self } }"
        "#[wasm_bindgen] impl Engine { fn private(self) -> Engine { self }"
        "  #[wasm_bindgen(skip)] pub fn skipped(self) -> Engine { self } }"
        "#[cfg(test)] mod tests { #[wasm_bindgen] pub struct Fake {} }"
    )
    assert found.classes.keys() == {"Engine"}
    assert found.classes["Engine"].methods == {}
    assert found.classes["Engine"].consumes == {}


# ── what is acquired ────────────────────────────────────────────────────────────────────────────


def test_a_constructor_acquires() -> None:
    maker = "#[wasm_bindgen(constructor)] pub fn new() -> Result<Engine, JsValue> { todo!() }"
    assert exported(maker).constructor
    assert exported(maker).methods == {}


def test_without_one_the_class_cannot_be_constructed() -> None:
    assert not exported("pub fn open() -> Engine { todo!() }").constructor


def test_whatever_is_returned_is_a_new_handle() -> None:
    found = exported(
        "pub fn open(path: &str) -> Self { todo!() }"
        "pub fn fork(&self) -> Engine { todo!() }"
        "pub fn tried(&self) -> Result<Engine, JsError> { todo!() }"
        "pub fn perhaps(&self) -> Option<Engine> { todo!() }"
        "pub fn all(&self) -> Vec<Engine> { todo!() }"
        "pub fn boxed(&self) -> Box<[Engine]> { todo!() }"
        "pub async fn later(&self) -> Result<Engine, JsValue> { todo!() }"
        "pub fn size(&self) -> usize { 0 }"
    )
    one, many = Returned("Engine"), Returned("Engine", many=True)
    assert found.methods == {
        "open": one, "fork": one, "tried": one, "perhaps": one, "all": many, "boxed": many,
        "later": one,
    }  # fmt: skip


def test_a_type_alias_is_seen_through() -> None:
    source = (
        "type Answer = std::result::Result<Engine, JsValue>;"
        "#[wasm_bindgen] pub struct Engine {}"
        "#[wasm_bindgen] pub fn open() -> Answer { todo!() }"
    )
    assert contract(source).functions == {"open": Returned("Engine")}


def test_getters_and_shown_fields_copy() -> None:
    found = contract(
        "#[wasm_bindgen] #[derive(Clone, Copy)] pub struct Point {}"
        "#[wasm_bindgen] pub struct Line { pub from: Point,"
        "  #[wasm_bindgen(js_name = endOf)] pub end: Point,"
        "  #[wasm_bindgen(skip)] pub hidden: Point, inner: Point }"
        "#[wasm_bindgen] impl Line {"
        "  #[wasm_bindgen(getter = middle)] pub fn get_middle(&self) -> Point { todo!() }"
        "  #[wasm_bindgen(setter)] pub fn set_middle(&mut self, at: Point) {} }"
    )
    point = Returned("Point")
    assert found.classes["Line"].methods == {"from": point, "endOf": point, "middle": point}
    assert found.classes["Line"].consumes == {}


def test_free_functions() -> None:
    found = contract(
        "#[wasm_bindgen] pub struct Engine {}"
        "#[wasm_bindgen(js_name = openEngine)] pub fn open() -> Engine { todo!() }"
        "#[wasm_bindgen] pub fn close(engine: Engine) {}"
        "#[wasm_bindgen] pub fn look(engine: &Engine) {}"
        "pub fn rust_only() -> Engine { todo!() }"
    )
    assert found.functions == {"openEngine": Returned("Engine")}
    assert found.consumes == {"close": (0,)}


# ── what is consumed ────────────────────────────────────────────────────────────────────────────


def test_by_value_is_consumed() -> None:
    found = exported(
        "pub fn finish(self) -> String { todo!() }"
        "pub fn finish_boxed(self: Box<Self>) {}"
        "pub fn look(&self) {} pub fn change(&mut self) {} pub fn typed(self: &mut Self) {}"
        "pub fn merge(&mut self, name: &str, other: Engine) {}"
        "pub fn perhaps(&mut self, other: Option<Engine>) {}"
        "pub fn compare(&self, other: &Engine, third: &mut Engine) {}"
        "pub fn join(one: Engine, other: Engine) -> Engine { todo!() }"
    )
    assert found.consumes == {
        "finish": (-1,), "finish_boxed": (-1,), "merge": (1,), "perhaps": (0,), "join": (0, 1),
    }  # fmt: skip


# ── what fills and clears ───────────────────────────────────────────────────────────────────────

BUFFER = "buffer: Vec<u8>"
CLEAR = "#[wasm_bindgen(js_name = clearBuffer)] pub fn clear(&mut self) { self.buffer.clear(); }"
MEASURE = (
    "pub fn measure(&mut self, text: &str) -> usize {"
    "  self.buffer.clear(); self.buffer.extend_from_slice(text.as_bytes()); self.buffer.len() }"
)


def test_success_that_leaves_the_buffer_full_fills() -> None:
    found = exported(MEASURE + CLEAR, BUFFER)
    assert (found.fills, found.clears) == ({"measure"}, {"clearBuffer"})


def test_an_error_that_leaves_the_buffer_full_fills() -> None:
    body = (
        "pub fn write(&mut self, v: &JsValue) -> Result<Vec<u8>, JsValue> { self.buffer.clear();"
        "  to_writer(&mut self.buffer, v)?; Ok(std::mem::take(&mut self.buffer)) }"
    )
    assert exported(body + CLEAR, BUFFER).fills == {"write"}


def test_a_method_that_empties_on_every_way_out_fills_nothing() -> None:
    body = (
        "pub fn write(&mut self, v: &JsValue) -> Result<Vec<u8>, JsValue> { self.buffer.clear();"
        "  to_writer(&mut self.buffer, v).map_err(|e| { self.buffer.clear(); e })?;"
        "  Ok(std::mem::take(&mut self.buffer)) }"
    )
    assert exported(MEASURE + body + CLEAR, BUFFER).fills == {"measure"}


def test_who_calls_a_method_that_fills_fills() -> None:
    body = "pub fn doubled(&mut self, text: &str) -> usize { self.measure(text) * 2 }"
    assert exported(MEASURE + body + CLEAR, BUFFER).fills == {"measure", "doubled"}


def test_readers_fill_nothing() -> None:
    body = "pub fn is_valid(&self, text: &str) -> bool { text.len() > self.buffer.capacity() }"
    assert exported(MEASURE + body + CLEAR, BUFFER).fills == {"measure"}


def test_state_is_no_working_buffer() -> None:
    body = "pub fn add(&mut self, part: u8) { self.buffer.push(part); }"
    found = exported(body + CLEAR, BUFFER)
    assert (found.fills, found.clears) == (set(), set())


def test_a_class_that_offers_no_clear_asks_for_none() -> None:
    assert exported(MEASURE, BUFFER).fills == set()


def test_a_clear_that_leaves_one_of_two_buffers_is_none() -> None:
    body = (
        "pub fn measure(&mut self, text: &str) -> usize { self.buffer.clear(); self.line.clear();"
        "  self.buffer.extend_from_slice(text.as_bytes()); self.line.push_str(text); 0 }"
        "pub fn reset(&mut self) { self.clear(); self.line = String::new(); }"
    )
    assert exported(body + CLEAR, BUFFER + ", line: String").clears == {"reset"}


def test_a_subclass_has_what_its_parent_has() -> None:
    found = contract(
        "#[wasm_bindgen(js_name = Base)] pub struct Parent { buffer: Vec<u8> }"
        f"#[wasm_bindgen(js_class = Base)] impl Parent {{ {MEASURE} {CLEAR} }}"
        "#[wasm_bindgen(extends = crate::Parent, js_name = Special)] pub struct Child {}"
        "#[wasm_bindgen(js_class = Special)] impl Child { pub fn finish(self) {} }"
    ).classes["Special"]
    assert (found.fills, found.clears) == ({"measure"}, {"clearBuffer"})
    assert found.consumes == {"finish": (-1,)}
