"""What a crate exports by plain names: static buffers, and memory that changes hands."""

import pytest

from cleanuplint.languages.rust import read_items
from cleanuplint.rust.crates import Crate
from cleanuplint.rust.raw import RawExports, raw_exports

C = '#[no_mangle] pub extern "C" fn'
GIVEN = "std::slice::from_raw_parts(p, n)"


def exports(*sources: str) -> RawExports:
    files = {f"src/{number}.rs": source for number, source in enumerate(sources)}
    return raw_exports(Crate({name: read_items(it.encode(), name) for name, it in files.items()}))


def protocol(source: str) -> tuple[set[str], set[str]]:
    found = exports(source)
    return set(found.fills), set(found.clears)


# ── names ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("attribute", "name"),
    [
        ("#[no_mangle]", "f"),
        ("#[unsafe(no_mangle)]", "f"),
        ('#[cfg_attr(target_arch = "wasm32", no_mangle)]', "f"),
        ('#[export_name = "encode"]', "encode"),
        ('#[unsafe(export_name = "encode")]', "encode"),
        ('#[cfg_attr(target_family = "wasm", export_name = "encode")]', "encode"),
        ("#[wasm_bindgen]", "f"),
        ("#[wasm_bindgen(js_name = encode)]", "encode"),
    ],
)
def test_a_function_is_exported_under_a_name(attribute: str, name: str) -> None:
    found = exports(f'{attribute} pub extern "C" fn f(n: u32) -> u32 {{ n }}')
    assert found.functions == {name: (1, 1)}


def test_what_is_not_exported_is_no_part_of_it() -> None:
    source = (
        'pub extern "C" fn mangled() {} pub fn plain() {}'
        "#[wasm_bindgen] pub struct A; #[wasm_bindgen] impl A { pub fn method(&self) {} }"
        '#[cfg(test)] mod tests { #[no_mangle] extern "C" fn of_tests() {} }'
        'extern "C" { fn imported(); }'
    )
    assert exports(source).functions == {}


# ── buffers ─────────────────────────────────────────────────────────────────────────────────────

HELD = {
    "static mut": (
        "static mut BUFFER: Vec<u8> = Vec::new();",
        "unsafe {{ BUFFER.{0} }}",
    ),
    "its address": (
        "static mut BUFFER: Vec<u8> = Vec::new();",
        "unsafe {{ (*std::ptr::addr_of_mut!(BUFFER)).{0} }}",
    ),
    "a raw borrow": (
        "static mut BUFFER: Vec<u8> = Vec::new();",
        "unsafe {{ let b = &mut *(&raw mut BUFFER); b.{0} }}",
    ),
    "a lock": (
        "static BUFFER: Mutex<Vec<u8>> = Mutex::new(Vec::new());",
        "BUFFER.lock().unwrap().{0}",
    ),
    "a lock that may be poisoned": (
        "static BUFFER: Mutex<Vec<u8>> = Mutex::new(Vec::new());",
        "if let Ok(mut b) = BUFFER.lock() {{ b.{0}; }}",
    ),
    "made once": (
        "static BUFFER: OnceLock<Mutex<Vec<u8>>> = OnceLock::new();",
        "BUFFER.get_or_init(|| Mutex::new(Vec::new())).lock().unwrap().{0}",
    ),
    "a function that lends it": (
        "static BUFFER: OnceLock<Mutex<Vec<u8>>> = OnceLock::new();"
        "fn buffer() -> &'static Mutex<Vec<u8>> { BUFFER.get_or_init(|| Mutex::new(vec![])) }",
        "buffer().lock().unwrap().{0}",
    ),
    "a function that lends what it holds": (
        "static BUFFER: Mutex<Vec<u8>> = Mutex::new(Vec::new());"
        "fn buffer() -> MutexGuard<'static, Vec<u8>> { BUFFER.lock().unwrap() }",
        "buffer().{0}",
    ),
    "of a thread": (
        "thread_local! { static BUFFER: RefCell<Vec<u8>> = RefCell::new(Vec::new()); }",
        "BUFFER.with(|b| b.borrow_mut().{0})",
    ),
    "of a thread, borrowed": (
        "thread_local! { static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(vec![]) }; }",
        "BUFFER.with_borrow_mut(|b| b.{0})",
    ),
    "lazy": (
        "lazy_static! { static ref BUFFER: Mutex<Vec<u8>> = Mutex::new(Vec::new()); }",
        "BUFFER.lock().unwrap().{0}",
    ),
    "one that may be missing": (
        "static mut BUFFER: Option<Vec<u8>> = None;",
        "unsafe {{ if let Some(b) = BUFFER.as_mut() {{ b.{0}; }} }}",
    ),
    "a field": (
        "struct State { out: Vec<u8>, calls: u32 } static STATE: Mutex<State> = todo!();",
        "let mut s = STATE.lock().unwrap(); s.calls += 1; s.out.{0}",
    ),
    "a method of the struct": (
        "struct State { out: Vec<u8> } static STATE: Mutex<State> = todo!();"
        "impl State { fn put(&mut self, b: &[u8]) { self.out.clear(); self.out.extend(b) }"
        "  fn wipe(&mut self) { self.out.clear() } }",
        None,
    ),
}


def serializer(name: str) -> str:
    held, use = HELD[name]
    if use is None:
        use = "let mut s = STATE.lock().unwrap(); s.{0}"
        fill, clear = use.format(f"put({GIVEN})"), use.format("wipe()")
    else:
        once = use.format("clear()")
        fill, clear = f"{once}; {use.format(f'extend_from_slice({GIVEN})')}", once
    return (
        f"{held} {C} run(p: *const u8, n: usize) -> usize {{ {fill}; n }} {C} wipe() {{ {clear}; }}"
    )


@pytest.mark.parametrize("name", HELD)
def test_a_static_buffer_is_filled_and_cleared(name: str) -> None:
    assert protocol(serializer(name)) == ({"run"}, {"wipe"})


def test_a_helper_fills_for_its_callers() -> None:
    source = (
        "static mut BUFFER: Vec<u8> = Vec::new();"
        "fn put(b: &[u8]) { unsafe { BUFFER.clear(); BUFFER.extend_from_slice(b) } }"
        f"{C} run(p: *const u8, n: usize) {{ put({GIVEN}) }} "
        f"{C} wipe() {{ unsafe {{ BUFFER = Vec::new() }} }}"
    )
    assert protocol(source) == ({"run"}, {"wipe"})


def test_the_buffer_may_be_in_another_file() -> None:
    held = "pub static BUFFER: Mutex<Vec<u8>> = Mutex::new(Vec::new());"
    used = (
        f"{C} run(p: *const u8, n: usize) {{ *crate::state::BUFFER.lock().unwrap() = copy(p, n); }}"
        f"{C} wipe() {{ crate::state::BUFFER.lock().unwrap().clear() }}"
    )
    found = exports(used, held)
    assert (found.fills, found.clears) == ({"run"}, {"wipe"})


def test_the_host_reads_it_by_its_address() -> None:
    source = serializer("static mut") + (
        f"{C} at() -> *const u8 {{ unsafe {{ BUFFER.as_ptr() }} }}"
        f"{C} mutable_at() -> *mut u8 {{ unsafe {{ BUFFER.as_mut_ptr() }} }}"
        f"{C} size() -> usize {{ unsafe {{ BUFFER.len() }} }}"
    )
    assert protocol(source) == ({"run"}, {"wipe"})


APPENDING = (
    "static mut {0}: Vec<u8> = Vec::new();"
    f"{C} run(p: *const u8, n: usize) {{{{ unsafe {{{{ {{0}}.extend_from_slice({GIVEN}) }}}} }}}}"
    f"{C} {{1}}() {{{{ unsafe {{{{ {{0}}.clear() }}}} }}}}"
    f"{C} {{2}}() -> usize {{{{ unsafe {{{{ {{0}}.len() }}}} }}}}"
)


@pytest.mark.parametrize(
    "names", [("BUFFER", "clear", "size"), ("OUT", "clear_buffer", "n"), ("OUT", "c", "bufferSize")]
)
def test_what_is_only_added_to_is_a_buffer_if_a_name_says_so(names: tuple[str, ...]) -> None:
    assert protocol(APPENDING.format(*names))[0] == {"run"}


STATE = {
    "added to, call by call": APPENDING.format("EVENTS", "reset", "count"),
    "messages": APPENDING.format("LOG_BUFFER", "clear_log", "log_size"),
    "the last error": serializer("a lock").replace("BUFFER", "LAST_ERROR"),
    "the crate reads it": serializer("static mut")
    + f"{C} first() -> u8 {{ unsafe {{ BUFFER[0] }} }}",
    "the crate takes it out": serializer("static mut")
    + f"{C} take() -> *mut u8 {{ unsafe {{ give(std::mem::take(&mut BUFFER)) }} }}",
    "set once": serializer("static mut").replace("fn run(", "fn init("),
    "nothing clears it": serializer("static mut").replace(C + " wipe", "fn wipe"),
    "cleared on a condition": serializer("static mut").replace(
        "wipe() { unsafe {", "wipe() { if busy() { return; } unsafe {"
    ),
    "a clear that needs something": serializer("static mut").replace("wipe()", "wipe(n: u32)"),
    "emptied before the call ends": (
        "static mut BUFFER: Vec<u8> = Vec::new();"
        f"{C} run(p: *const u8, n: usize) {{ unsafe {{ BUFFER.extend({GIVEN}); send(&BUFFER);"
        f" BUFFER.clear(); }} }} {C} wipe() {{ unsafe {{ BUFFER.clear() }} }}"
    ),
    "a clear that ends a game as well": (
        "struct Game { units: Vec<Unit>, out: Vec<u8> } static GAME: Mutex<Game> = todo!();"
        f"{C} run() {{ let mut g = GAME.lock().unwrap(); g.out.clear(); g.out.push(1) }}"
        f"{C} add() {{ GAME.lock().unwrap().units.push(Unit) }}"
        f"{C} step() {{ for u in GAME.lock().unwrap().units.iter() {{ u.step() }} }}"
        f"{C} reset() {{ let mut g = GAME.lock().unwrap(); g.out.clear(); g.units.clear() }}"
    ),
}


@pytest.mark.parametrize("name", STATE)
def test_state_is_nothing_that_callers_clear(name: str) -> None:
    fills, clears = protocol(STATE[name])
    assert not (fills and clears)


# ── memory that changes hands ───────────────────────────────────────────────────────────────────

BOX = f"{C} end(e: *mut Engine) {{ if !e.is_null() {{ drop(unsafe {{ Box::from_raw(e) }}) }} }}"
VEC = f"{C} end(p: *mut u8, n: usize) {{ let _ = Vec::from_raw_parts(p, 0, n); }}"
TEXT = f"{C} end(p: *mut c_char) {{ unsafe {{ let _ = CString::from_raw(p); }} }}"
LAYOUT = f"{C} end(p: *mut u8, n: usize) {{ dealloc(p, Layout::array::<u8>(n).unwrap()) }}"

PAIRS = {
    "a box": (f"{C} make() -> *mut Engine {{ Box::into_raw(Box::new(Engine::new())) }}", BOX),
    "a box in a variable": (
        f"{C} make() -> *mut Engine {{ let e = Box::new(Engine); let p = Box::into_raw(e); p }}",
        BOX,
    ),
    "or nothing": (
        f"{C} make(n: u32) -> *mut Engine {{ if n == 0 {{ return std::ptr::null_mut(); }}"
        " match Engine::open() { Ok(e) => Box::into_raw(Box::new(e)), Err(_) => null_mut() } }",
        BOX,
    ),
    "leaked": (f"{C} make() -> *mut Engine {{ Box::leak(Box::new(Engine)) }}", BOX),
    "as a number": (
        f"{C} make() -> usize {{ Box::into_raw(Box::new(Engine)) as usize }}",
        f"{C} end(e: usize) {{ unsafe {{ Box::from_raw(e as *mut Engine) }}; }}",
    ),
    "boxes by value": (
        f"{C} make() -> Box<Engine> {{ Box::new(Engine) }}",
        f"{C} end(_e: Option<Box<Engine>>) {{ }}",
    ),
    "a forgotten vector": (
        f"{C} make(n: usize) -> *mut u8 {{ let mut v = Vec::<u8>::with_capacity(n);"
        " let p = v.as_mut_ptr(); std::mem::forget(v); p }",
        VEC,
    ),
    "an undropped vector": (
        f"{C} make(n: usize) -> *mut u8 {{"
        " let mut v = ManuallyDrop::new(Vec::with_capacity(n)); v.as_mut_ptr() }",
        VEC,
    ),
    "a leaked vector": (f"{C} make() -> *mut u8 {{ vec![0u8; 8].leak().as_mut_ptr() }}", VEC),
    "a boxed slice": (
        f"{C} make(n: usize) -> *mut u8 {{"
        " Box::into_raw(vec![0u8; n].into_boxed_slice()) as *mut u8 }",
        f"{C} end(p: *mut u8, n: usize) {{"
        " drop(Box::from_raw(std::slice::from_raw_parts_mut(p, n))) }",
    ),
    "text": (f"{C} make() -> *mut c_char {{ CString::new(x()).unwrap().into_raw() }}", TEXT),
    "the allocator": (
        f"{C} make(n: usize) -> *mut u8 {{ std::alloc::alloc(Layout::array::<u8>(n).unwrap()) }}",
        LAYOUT,
    ),
    "through helpers": (
        f"fn give(s: String) -> *mut c_char {{ CString::new(s).unwrap().into_raw() }}"
        f"{C} make() -> *mut c_char {{ give(name()) }}",
        f"fn take(p: *mut c_char) {{ drop(CString::from_raw(p)) }}"
        f"{C} end(p: *mut c_char) {{ take(p) }}",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_pair_whatever_it_is_called(name: str) -> None:
    found = exports("".join(PAIRS[name]))
    assert (dict(found.makes), dict(found.takes)) == ({"make": ("end",)}, {"end": 0})


def test_the_pointer_need_not_come_first() -> None:
    takes = f"{C} end(n: u32, e: *mut Engine) {{ unsafe {{ drop(Box::from_raw(e)) }} }}"
    assert exports(PAIRS["a box"][0] + takes).takes == {"end": 1}


def test_each_kind_of_memory_has_its_own_end() -> None:
    both = PAIRS["text"][0] + TEXT.replace(" end(", " free_text(")
    found = exports("".join(PAIRS["a box"]).replace(" make(", " open(") + both)
    assert found.makes == {"open": ("end",), "make": ("free_text",)}


def test_what_only_allocates_and_frees_cannot_throw() -> None:
    assert exports("".join(PAIRS["a forgotten vector"])).quiet == {"make", "end"}
    assert exports("".join(PAIRS["a box"])).quiet == {"end"}


NO_PAIRS = {
    "a number in a table": (f"{C} make() -> u32 {{ TABLE.insert(Engine) }}", BOX),
    "packed with its length": (
        f"{C} make() -> u64 {{ let b = text().into_boxed_slice(); let n = b.len() as u64;"
        " ((Box::into_raw(b) as *mut u8 as u64) << 32) | n }",
        VEC,
    ),
    "another type": (PAIRS["a box"][0], BOX.replace("*mut Engine", "*mut Cursor")),
    "text is not bytes": (PAIRS["text"][0], VEC),
    "a borrowed pointer": (f"{C} make() -> *const u8 {{ unsafe {{ TABLE.as_ptr() }} }}", VEC),
    "memory that Rust frees": (
        f"{C} make(n: usize) -> *mut u8 {{ let mut v = vec![0u8; n]; v.as_mut_ptr() }}",
        VEC,
    ),
    "taken for the time of a call": (
        PAIRS["a box"][0],
        f"{C} run(e: *mut Engine) {{ let e = Box::from_raw(e); e.run(); Box::into_raw(e); }}",
    ),
    "left undropped": (
        PAIRS["a box"][0],
        f"{C} run(e: *mut Engine) {{ let e = ManuallyDrop::new(Box::from_raw(e)); e.run(); }}",
    ),
    "given back as it is": (
        PAIRS["a box"][0],
        f"{C} run(e: *mut Engine) -> *mut Engine {{ let e = Box::from_raw(e); Box::into_raw(e) }}",
    ),
    "now this, now that": (
        f"{C} make(e: *mut Engine) -> *mut Engine {{"
        " if ok() { e } else { Box::into_raw(Box::new(Engine)) } }",
        BOX,
    ),
}


@pytest.mark.parametrize("name", NO_PAIRS)
def test_no_pair(name: str) -> None:
    assert not exports("".join(NO_PAIRS[name])).makes
