"""What a working buffer may hold at each way out of a function, construct by construct.

`old` is what was there on entry, `new` what the function wrote, `memory` an allocation without
content; nothing is a buffer that has given all back. None: there is no such way out.
"""

import pytest

from cleanuplint.languages.rust import read_items
from cleanuplint.rust.contents import Contents
from cleanuplint.rust.crates import Crate
from cleanuplint.rust.places import Place
from cleanuplint.rust.summaries import Content, Filled, Mark

OLD, NEW, MEMORY, NOTHING = {"old"}, {"new"}, {"memory"}, set[str]()
FILL = "self.buffer.push(1);"
CLEAR = "self.buffer.clear();"
Held = set[str] | None


def exits(
    body: str, type_: str = "Vec<u8>", result: str = "Result<(), JsValue>", more: str = ""
) -> tuple[Held, Held]:
    """What the buffer may hold on success and on failure of a method."""
    source = (
        f"struct Engine {{ buffer: {type_}, other: u32 }} {more}"
        f"impl Engine {{ fn method(&mut self, v: u8, text: &str) -> {result} {{ {body} }} }}"
    )
    crate = Crate({"src/lib.rs": read_items(source.encode(), "src/lib.rs")})
    method = next(routine for routine in crate.routines if routine.name == "method")
    summary = Contents(crate).of(method)
    assert summary is not None
    place = Place(method.parameters[0][0], ("buffer",))
    return words(summary.content(place, failed=False)), words(summary.content(place, failed=True))


def words(content: Content | None) -> Held:
    if content is None:
        return None
    found = {"new" if isinstance(it, Filled) else "old" for it in content if it is not Mark.HELD}
    return found or ({"memory"} if content else set())


# ── operations on the buffer ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("operation", "held"),
    [
        ("self.buffer.clear()", MEMORY),
        ("self.buffer.truncate(0)", MEMORY),
        ("self.buffer.drain(..)", MEMORY),
        ("self.buffer.drain(..).for_each(drop)", MEMORY),
        ("self.buffer.clear(); self.buffer.shrink_to(0)", NOTHING),
        ("self.buffer.clear(); self.buffer.shrink_to_fit()", NOTHING),
        ("self.buffer.clear(); self.buffer.shrink_to(4096)", MEMORY),
        ("self.buffer = Vec::new()", NOTHING),
        ("self.buffer = vec![]", NOTHING),
        ("self.buffer = Default::default()", NOTHING),
        ("self.buffer = Vec::with_capacity(9)", MEMORY),
        ("std::mem::take(&mut self.buffer)", NOTHING),
        ("drop(mem::take(&mut self.buffer))", NOTHING),
        ("mem::replace(&mut self.buffer, Vec::new())", NOTHING),
        ("*self = Engine::default()", NOTHING),
        ("self.buffer.truncate(4)", OLD),
        ("self.buffer.shrink_to_fit()", OLD),
        ("self.buffer.len()", OLD),
        ("self.buffer.drain(..4)", OLD),
        ("self.buffer.push(1)", OLD | NEW),
        ("self.buffer.extend_from_slice(b)", OLD | NEW),
        ("self.buffer = text.into()", NEW),
        ("fill(&mut self.buffer)", OLD | NEW),
        ("look(&self.buffer)", OLD),
        ("write!(self.buffer, \"{v}\")", OLD | NEW),
        ("{ let b = &mut self.buffer; b.clear(); }", MEMORY),
        ("{ let Engine { buffer, .. } = self; buffer.clear(); }", MEMORY),
        ("{ let Self { buffer: b, .. } = self; b.clear(); b.push(1); }", NEW),
    ],
)  # fmt: skip
def test_operations(operation: str, held: set[str]) -> None:
    assert exits(f"{operation};", result="()") == (held, None)


@pytest.mark.parametrize(
    ("type_", "clear"),
    [
        ("String", "self.buffer.clear()"),
        ("BytesMut", "self.buffer.clear()"),
        ("VecDeque<u8>", "self.buffer.clear()"),
        ("Option<Vec<u8>>", "self.buffer = None"),
        ("Option<Vec<u8>>", "self.buffer.take()"),
        ("Option<String>", "if let Some(b) = self.buffer.as_mut() { b.clear(); }"),
        ("Box<[u8]>", "self.buffer = Box::default()"),
        ("RefCell<Vec<u8>>", "self.buffer.borrow_mut().clear()"),
        ("RefCell<Vec<u8>>", "self.buffer.with_borrow_mut(|b| b.clear())"),
        ("Mutex<Vec<u8>>", "self.buffer.lock().unwrap().clear()"),
        ("Rc<RefCell<String>>", "self.buffer.borrow_mut().clear()"),
        ("Bytes", "self.buffer.clear()"),
    ],
)
def test_types(type_: str, clear: str) -> None:
    more = "type Bytes = Inner; type Inner = Vec<u8>;"
    ok, _ = exits(f"{clear};", type_, result="()", more=more)
    if type_.startswith("Option<String"):
        assert ok == OLD  # an absent buffer holds nothing, but this we do not know
    else:
        assert ok is not None and "old" not in ok


# ── ways out ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "ok", "err"),
    [
        (f"{FILL} check(v)?; {CLEAR} Ok(())", MEMORY, OLD | NEW),
        (f"check(v)?; {CLEAR} {FILL} Ok(())", NEW, OLD),
        (f"{CLEAR} {FILL} check(v).map_err(|e| {{ {CLEAR} e }})?; Ok(())", NEW, MEMORY),
        (f"{CLEAR} {FILL} check(v).map_err(|e| refused(e))?; Ok(())", NEW, NEW),
        (f"{CLEAR} {FILL} check(v).inspect_err(|_| self.buffer.clear())?; Ok(())", NEW, MEMORY),
        (f"{CLEAR} {FILL} check(v).or_else(|e| {{ {CLEAR} Err(e) }})?; Ok(())", NEW, MEMORY),
        (f"{CLEAR} {FILL} let x = text.get(1).ok_or_else(|| {{ {CLEAR} no() }})?; Ok(())",
         NEW, MEMORY),
        (f"{CLEAR} {FILL} if v > 1 {{ return Err(no()); }} Ok(())", NEW, NEW),
        (f"{CLEAR} {FILL} if v > 1 {{ {CLEAR} return Err(no()); }} Ok(())", NEW, MEMORY),
        (f"if v > 1 {{ return Ok(()); }} {CLEAR} {FILL} Err(no())", OLD, NEW),
        (f"{CLEAR} {FILL} match check(v) {{ Ok(x) => Ok(x), Err(e) => {{ {CLEAR} Err(e) }} }}",
         NEW, MEMORY),
        (f"{CLEAR} {FILL} match check(v) {{ Ok(_) => {CLEAR.strip(';')}, "
         "Err(e) => return Err(e) } Ok(())", MEMORY, NEW),
        (f"{CLEAR} {FILL} match v {{ 0 => Err(no()), 1 => {{ {CLEAR} Ok(()) }}, _ => Ok(()) }}",
         MEMORY | NEW, NEW),
        (f"{CLEAR} {FILL} if let Err(e) = check(v) {{ {CLEAR} return Err(e); }} Ok(())",
         NEW, MEMORY),
        (f"{CLEAR} {FILL} let Ok(x) = check(v) else {{ {CLEAR} return Err(no()); }}; Ok(())",
         NEW, MEMORY),
        (f"{CLEAR} {FILL} let Some(x) = text.get(v) else {{ return Err(no()); }}; Ok(())",
         NEW, NEW),
        (f"{CLEAR} {FILL} let r = check(v); if r.is_err() {{ {CLEAR} }} r", NEW, MEMORY),
        (f"{CLEAR} {FILL} let r = check(v); {CLEAR} r", MEMORY, MEMORY),
        (f"{CLEAR} {FILL} let r = check(v); if let Err(e) = &r {{ {CLEAR} }} r?; Ok(())",
         NEW, MEMORY),
        (f"{CLEAR} for x in text.chars() {{ check(x)?; {FILL} }} Ok(())", NEW | MEMORY,
         NEW | MEMORY),
        (f"{CLEAR} loop {{ {FILL} if v > 2 {{ break; }} check(v)?; {CLEAR} }} Ok(())", NEW, NEW),
        (f"'a: loop {{ loop {{ {CLEAR} if v > 1 {{ break 'a; }} {FILL} }} }} Ok(())",
         MEMORY, None),
        (f"let x = 'b: {{ if v > 1 {{ break 'b 1; }} {CLEAR} 2 }}; Ok(())", OLD | MEMORY, None),
        (f"while check(v)? {{ {CLEAR} {FILL} }} {CLEAR} Ok(())", MEMORY, OLD | NEW),
        (f"{CLEAR} {FILL} panic!(); Ok(())", None, None),
        (f"{CLEAR} {FILL} bail!(\"no\");", None, NEW),
        (f"{CLEAR} {FILL} ensure!(v > 1, \"no\"); {CLEAR} Ok(())", MEMORY, NEW),
        (f"{CLEAR} unknown! {{ self.buffer, v }}; check(v)?; {CLEAR} Ok(())", MEMORY, MEMORY),
        (f"let r = (|| {{ {CLEAR} {FILL} check(v)?; Ok(()) }})(); {CLEAR} r", MEMORY, MEMORY),
        (f"{CLEAR} let g = guard(&mut self.buffer, |b| b.clear()); g.push(1); check(v)?; Ok(())",
         MEMORY, MEMORY),
        (f"defer! {{ self.buffer.clear(); }} {FILL} check(v)?; Ok(())", MEMORY, MEMORY),
        (f"{CLEAR} {FILL} unsafe {{ check(v)? }}; Ok(())", NEW, NEW),
        (f"{CLEAR} {FILL} Some(v).filter(|x| *x > 1).ok_or(no())?; Ok(())", NEW, NEW),
    ],
)  # fmt: skip
def test_ways_out(body: str, ok: Held, err: Held) -> None:
    found_ok, found_err = exits(body)
    assert (_seen(found_ok), _seen(found_err)) == (_seen(ok), _seen(err))


def _seen(held: Held) -> Held:
    """Where there may be content, that there is memory goes without saying."""
    return held - {"memory"} if held and held != MEMORY else held


@pytest.mark.parametrize(
    ("helper", "ok", "err"),
    [
        ("fn empty(&mut self) { self.buffer.clear(); }", MEMORY, MEMORY),
        ("fn empty(&mut self) { self.inner(); } fn inner(&mut self) { self.buffer.clear() }",
         MEMORY, MEMORY),
        ("fn empty(&mut self) { if self.other > 1 { self.buffer.clear() } }", NEW, NEW),
        ("fn empty(&mut self) { self.buffer.push(2) }", NEW, NEW),
    ],
)  # fmt: skip
def test_helpers_are_followed(helper: str, ok: Held, err: Held) -> None:
    body = f"{CLEAR} {FILL} let r = check(v); self.empty(); r"
    found_ok, found_err = exits(body, more=f"impl Engine {{ {helper} }}")
    assert (_seen(found_ok), _seen(found_err)) == (ok, err)


def test_a_function_that_is_lent_the_buffer_is_followed() -> None:
    more = "fn wipe(bytes: &mut Vec<u8>) { bytes.clear(); }"
    assert exits(f"{FILL} wipe(&mut self.buffer); check(v)?; Ok(())", more=more) == (MEMORY, MEMORY)


def test_a_guard_struct_of_the_crate_is_followed() -> None:
    more = (
        "struct Wipe<'a> { bytes: &'a mut Vec<u8> }"
        "impl Drop for Wipe<'_> { fn drop(&mut self) { self.bytes.clear(); } }"
    )
    body = f"{FILL} let wipe = Wipe {{ bytes: &mut self.buffer }}; check(v)?; Ok(())"
    assert exits(body, more=more) == (MEMORY, MEMORY)


def test_writing_to_memory_never_fails() -> None:
    body = f'{CLEAR} write!(self.buffer, "x").map_err(refused)?; Ok(())'
    assert exits(body, type_="String") == (NEW, None)
