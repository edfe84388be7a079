"""Fixes of Rust: what is written, in which style, and where nothing is."""

from pathlib import Path
from textwrap import dedent

import pytest

from cleanuplint.config import Configuration
from cleanuplint.files.targets import Target
from cleanuplint.findings import Finding
from cleanuplint.fixes.repair import Aim, Repair
from cleanuplint.run import run
from cleanuplint.settings import Fixing
from tests.fixes.test_rust_laws import ON, findings

HEAD = "use wasm_bindgen::prelude::*;\n\n"


def repaired(text: str, unsafe: bool = False) -> Repair:
    source = (HEAD + dedent(text).lstrip("\n")).encode()

    def check(now: bytes) -> list[Finding]:
        return findings({"lib.rs": now}, "lib.rs")

    repair = Repair(source, ".rs", check(source), check)
    repair.run(Aim(ON, unsafe))
    return repair


def fixed(text: str, unsafe: bool = False) -> str:
    return repaired(text, unsafe).text.decode().removeprefix(HEAD)


def case(text: str) -> str:
    return dedent(text).lstrip("\n")


ENGINE = """
    #[wasm_bindgen]
    pub struct Engine {{
        bytes: {type},
    }}

    #[wasm_bindgen]
    impl Engine {{
        pub fn run(&mut self, text: &str) -> Result<u32, JsValue> {{
            {body}
        }}
    }}

    impl Drop for Engine {{
        fn drop(&mut self) {{
            {drop}
        }}
    }}
    """


def method(body: str, type_: str = "Vec<u8>", drop: str = "self.bytes = Vec::new();") -> str:
    """An engine whose exported method has this body."""
    inside = dedent(body).strip().replace("\n", "\n" + " " * 12)
    return ENGINE.format(body=inside, type=type_, drop=drop)


def inside(text: str) -> str:
    """The body of the method that was fixed."""
    body = text[text.index("JsValue> {\n") :].partition("{\n")[2]
    return dedent(body[: body.index("\n    }\n") + 1])


# ── where an error leaves ───────────────────────────────────────────────────────────────────────


def test_a_short_chain_gets_one_more_call() -> None:
    before = method("""
        self.bytes.clear();
        self.bytes.extend_from_slice(text.as_bytes());
        let number = read(text)?;
        Ok(number)
        """)
    assert "let number = read(text).inspect_err(|_| self.bytes.clear())?;\n" in fixed(before)


def test_a_long_chain_is_broken_as_rustfmt_does() -> None:
    before = method("""
        self.bytes.clear();
        serde_json::to_writer(&mut self.bytes, text).map_err(refused)?;
        Ok(1)
        """)
    assert inside(fixed(before)) == case("""
        self.bytes.clear();
        serde_json::to_writer(&mut self.bytes, text)
            .map_err(refused)
            .inspect_err(|_| self.bytes.clear())?;
        Ok(1)
        """)


def test_the_closure_of_a_map_err_that_has_a_block_empties() -> None:
    before = method("""
        self.bytes.clear();
        serde_json::to_writer(&mut self.bytes, text).map_err(|e| {
            log(&e);
            refused(e)
        })?;
        Ok(1)
        """)
    assert inside(fixed(before)) == case("""
        self.bytes.clear();
        serde_json::to_writer(&mut self.bytes, text).map_err(|e| {
            self.bytes.clear();
            log(&e);
            refused(e)
        })?;
        Ok(1)
        """)


def test_a_return_of_an_error_is_preceded() -> None:
    before = method("""
        self.bytes.clear();
        self.bytes.extend_from_slice(text.as_bytes());
        if text.len() > 9 { return Err(refused("too long")); }
        match text.parse() {
            Ok(number) => Ok(number),
            Err(error) => Err(refused(error)),
        }
        """)
    assert inside(fixed(before)) == case("""
        self.bytes.clear();
        self.bytes.extend_from_slice(text.as_bytes());
        if text.len() > 9 {
            self.bytes.clear();
            return Err(refused("too long"));
        }
        match text.parse() {
            Ok(number) => Ok(number),
            Err(error) => {
                self.bytes.clear();
                Err(refused(error))
            }
        }
        """)


def test_an_error_that_tells_of_the_buffer_is_made_first() -> None:
    before = method("""
        self.bytes.clear();
        self.bytes.extend_from_slice(text.as_bytes());
        if text.len() > 9 {
            return Err(refused(self.bytes.len()));
        }
        Ok(1)
        """)
    assert inside(fixed(before)) == case("""
        self.bytes.clear();
        self.bytes.extend_from_slice(text.as_bytes());
        if text.len() > 9 {
            let error = refused(self.bytes.len());
            self.bytes.clear();
            return Err(error);
        }
        Ok(1)
        """)


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ('bail!("no");', 'self.bytes.clear();\nbail!("no");'),
        ('Err(refused("no"))?;', 'self.bytes.clear();\nErr(refused("no"))?;'),
        ("return check(text);", "return check(text).inspect_err(|_| self.bytes.clear());"),
        ("let Ok(it) = read(text) else { return Err(no()) };", "else {\n    self.bytes.clear();\n"),
        ("text.find('a').ok_or(no())?;", "text.find('a')\n    .ok_or(no())\n    .inspect_err("),
        ("let n: u32 = text.parse()?;", "text.parse().inspect_err(|_| self.bytes.clear())?;"),
    ],
)
def test_other_ways_out(line: str, after: str) -> None:
    body = inside(fixed(method(f"self.bytes.clear();\nself.bytes.push(0);\n{line}\nOk(1)")))
    assert after in body


@pytest.mark.parametrize(
    "line",
    [
        "self.bytes.push(number(text)?);",
        "serde_json::to_writer(&mut self.bytes, &read(text)?).unwrap();",
        "let word = std::str::from_utf8(&self.bytes).map_err(refused)?; send(word);",
        "let out = &mut self.bytes; out.push(1); number(text)?; out.push(2);",
        "let mut sink = Sink::new(&mut self.bytes); sink.put(text)?;",
        "if let Err(e) = Sink::new(&mut self.bytes).put(text) { return Err(e); }",
    ],
)
def test_where_something_borrows_the_buffer_the_function_is_split(line: str) -> None:
    start = "self.bytes.clear();\nself.bytes.push(0);\n"
    after = fixed(method(start + line.replace("; ", ";\n") + "\nOk(1)"))
    assert "    pub fn run(&mut self, text: &str) -> Result<u32, JsValue> {\n" in after
    assert "self.try_run(text).inspect_err(|_| self.bytes.clear())\n" in after
    assert "    fn try_run(&mut self, text: &str) -> Result<u32, JsValue> {\n" in after


def test_a_lock_is_taken_after_the_work_is_done() -> None:
    before = method(
        """
        self.bytes.borrow_mut().clear();
        let mut bytes = self.bytes.borrow_mut();
        bytes.extend_from_slice(text.as_bytes());
        Ok(number(text)?)
        """,
        "RefCell<Vec<u8>>",
        "self.bytes = RefCell::default();",
    )
    assert "self.try_run(text)\n            .inspect_err(|_| self.bytes.borrow_mut().clear())" in (
        fixed(before)
    )


def test_the_clear_moves_up_where_an_error_comes_before_it() -> None:
    before = method("""
        let number = read(text)?;

        // what was there
        self.bytes.clear();

        self.bytes.extend_from_slice(text.as_bytes());
        Ok(number)
        """)
    assert inside(fixed(before)) == case("""
        // what was there
        self.bytes.clear();
        let number = read(text)?;

        self.bytes.extend_from_slice(text.as_bytes());
        Ok(number)
        """)


def test_a_comment_on_more_than_the_clear_stays() -> None:
    before = method("""
        // the number
        let number = read(text)?;

        // the text
        self.bytes.clear();
        self.bytes.extend_from_slice(text.as_bytes());
        self.check().map_err(|e| refused(&e))?;
        Ok(number)
        """)
    assert inside(fixed(before)) == case("""
        self.bytes.clear();

        // the number
        let number = read(text)?;

        // the text
        self.bytes.extend_from_slice(text.as_bytes());
        self.check()
            .map_err(|e| refused(&e))
            .inspect_err(|_| self.bytes.clear())?;
        Ok(number)
        """)


def test_the_clear_does_not_move_before_what_fills() -> None:
    before = method("""
        self.measure(text);
        let number = read(text)?;
        self.bytes.clear();
        self.bytes.extend_from_slice(text.as_bytes());
        Ok(number)
        """)
    assert inside(fixed(before)).startswith("self.measure(text);\n")


def test_with_an_older_compiler_map_err_is_used(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    manifest = '[package]\nname = "engine"\nversion = "1.0.0"\nedition = "2021"\n'
    (tmp_path / "Cargo.toml").write_text(manifest + 'rust-version = "1.70"\n')
    path = tmp_path / "src" / "lib.rs"
    body = "self.bytes.clear();\nself.bytes.push(1);\nlet number = read(text)?;\nOk(number)"
    path.write_text(HEAD + dedent(method(body)).lstrip("\n"))
    [mended] = run([Target(path, named=True)], [], Configuration(), fixing=Fixing.SAFE).mended
    assert inside(mended.after.decode().removeprefix(HEAD)) == case("""
        self.bytes.clear();
        self.bytes.push(1);
        let number = read(text).map_err(|error| {
            self.bytes.clear();
            error
        })?;
        Ok(number)
        """)


def test_who_goes_on_after_a_failure_makes_it_unsafe() -> None:
    before = """
        #[wasm_bindgen]
        pub struct Engine {
            bytes: Vec<u8>,
        }

        #[wasm_bindgen]
        impl Engine {
            pub fn run(&mut self, text: &str) -> usize {
                self.bytes.clear();
                if self.add(text).is_err() {
                    self.bytes.push(0);
                }
                self.bytes.len()
            }

            pub fn add(&mut self, text: &str) -> Result<(), JsValue> {
                self.bytes.clear();
                self.bytes.extend_from_slice(text.as_bytes());
                read(text)?;
                Ok(())
            }
        }

        impl Drop for Engine {
            fn drop(&mut self) {
                self.bytes = Vec::new();
            }
        }
        """
    assert not repaired(before).cured
    [cured] = repaired(before, unsafe=True).cured
    assert cured.fix.unsafe == "`run` goes on with what it wrote before it failed"


# ── Drop ────────────────────────────────────────────────────────────────────────────────────────

KEEPER = """
    #[wasm_bindgen]
    {derive}pub struct Keeper {{
        bytes: Vec<u8>,
        name: String,
    }}

    #[wasm_bindgen]
    impl Keeper {{
        pub fn measure(&mut self, text: &str) -> usize {{
            self.bytes.clear();
            self.bytes.extend_from_slice(text.as_bytes());
            self.bytes.len()
        }}

        {more}
    }}
    """


def test_a_drop_goes_behind_the_impls() -> None:
    before = KEEPER.format(derive="", more="pub fn none(&self) {}")
    assert fixed(before).endswith(
        case("""
        }

        impl Drop for Keeper {
            fn drop(&mut self) {
                self.bytes.clear();
                self.bytes.shrink_to(0);
            }
        }
        """)
    )


def test_a_drop_calls_the_method_that_gives_all_back() -> None:
    more = "pub fn cleanup(&mut self) { self.bytes = Vec::new(); }"
    assert "fn drop(&mut self) {\n        self.cleanup();\n" in fixed(
        KEEPER.format(derive="", more=more)
    )


UPDATE = "pub fn new(name: String) -> Self { Self { name, ..Self::default() } }"


@pytest.mark.parametrize(
    ("derive", "more"),
    [
        ("", "pub fn finish(self) -> String { self.name }"),
        ("", "pub fn finish(self) -> usize { let Self { bytes, .. } = self; bytes.len() }"),
        ("", "pub fn other() -> String { let made = Keeper::new(); let it = made.name; it }"),
        ("#[derive(Default)]\n    ", UPDATE),
    ],
    ids=["a field is moved out", "a pattern", "of a local", "struct update"],
)
def test_what_is_taken_apart_gets_no_drop(derive: str, more: str) -> None:
    text = KEEPER.format(derive=derive, more=more)
    assert [one.rule for one in repaired(text, unsafe=True).findings] == ["missing-drop"]


@pytest.mark.parametrize(
    "more",
    [
        "pub fn finish(self) -> usize { self.bytes.len() }",
        "pub fn finish(self) -> Vec<u8> { self.bytes.clone() }",
        "pub fn parts(&self) -> usize { let Self { bytes, .. } = self; bytes.capacity() }",
    ],
    ids=["a method", "a copy", "a pattern of a borrow"],
)
def test_what_only_looks_moves_nothing(more: str) -> None:
    assert not repaired(KEEPER.format(derive="", more=more)).findings


def test_a_field_that_may_be_moved_makes_a_drop_unsafe() -> None:
    text = KEEPER.format(derive="", more="pub fn finish(self) -> Box<str> { self.name.into() }")
    assert not repaired(text).cured
    assert "a `Drop` forbids" in repaired(text, unsafe=True).cured[0].fix.unsafe


# ── exports ─────────────────────────────────────────────────────────────────────────────────────

PAIR = """
    #[wasm_bindgen]
    pub struct Writer {{
        bytes: Vec<u8>,
    }}

    #[wasm_bindgen]
    impl Writer {{
        pub fn measure(&mut self, text: &str) -> usize {{
            self.bytes.clear();
            self.bytes.extend_from_slice(text.as_bytes());
            self.bytes.len()
        }}

        #[wasm_bindgen(js_name = releaseBuffer)]
        pub fn release_buffer(&mut self) {{
            self.bytes = Vec::new();
        }}

        #[wasm_bindgen(js_name = bufferLength)]
        pub fn buffer_length(&self) -> usize {{
            self.bytes.len()
        }}
    }}

    #[wasm_bindgen(js_name = "Lines")]
    pub struct LineBuffer {{
        line: String,
        words: Vec<u32>,
    }}

    {impl}
    """
FILLING = """impl LineBuffer {
        pub fn count(&mut self, text: &str) -> usize {
            self.line.clear();
            self.words.clear();
            self.line.push_str(text);
            self.words.push(1);
            self.words.len()
        }
    }"""


def test_exports_are_called_as_those_of_the_other_class() -> None:
    text = PAIR.format(impl='#[wasm_bindgen(js_class = "Lines")]\n    ' + FILLING)
    after = fixed(text)
    assert after.endswith(
        case("""
                self.words.len()
            }

            /// Empties the working buffer and gives its memory back.
            #[wasm_bindgen(js_name = releaseBuffer)]
            pub fn release_buffer(&mut self) {
                self.line.clear();
                self.line.shrink_to(0);
                self.words.clear();
                self.words.shrink_to(0);
            }

            /// How much the working buffer holds.
            #[wasm_bindgen(js_name = bufferLength)]
            pub fn buffer_length(&self) -> usize {
                self.line.len() + self.words.len()
            }
        }

        impl Drop for LineBuffer {
            fn drop(&mut self) {
                self.release_buffer();
            }
        }
        """)
    )


def test_without_an_exported_impl_one_is_written() -> None:
    after = fixed(PAIR.format(impl=FILLING))
    assert '}\n\n#[wasm_bindgen(js_class = "Lines")]\nimpl LineBuffer {\n    /// ' in after


def test_newlines_are_kept() -> None:
    source = (HEAD + dedent(KEEPER.format(derive="", more="")).lstrip("\n")).replace("\n", "\r\n")

    def check(now: bytes) -> list[Finding]:
        return findings({"lib.rs": now}, "lib.rs")

    repair = Repair(source.encode(), ".rs", check(source.encode()), check)
    repair.run(Aim(ON))
    assert repair.cured and b"\n" not in repair.text.replace(b"\r\n", b"")


# ── what is taken out of Rust's hands ───────────────────────────────────────────────────────────

HANDLE = """
    #[no_mangle]
    pub extern "C" fn {name}(size: usize) -> *mut Engine {{
        {body}
    }}

    #[no_mangle]
    pub unsafe extern "C" fn engine_size(it: *const Engine) -> usize {{
        (*it).size
    }}
    """


@pytest.mark.parametrize(
    ("name", "freeing"),
    [
        ("engine_new", "engine_free"),
        ("create_engine", "free_engine"),
        ("engine_create_ctx", "engine_free_ctx"),
        ("engine_renew", "free_engine_renew"),
    ],
)
def test_a_handle_gets_an_export_that_frees_it(name: str, freeing: str) -> None:
    text = HANDLE.format(name=name, body="Box::into_raw(Box::new(Engine { size }))")
    assert not repaired(text).cured
    repair = repaired(text, unsafe=True)
    assert repair.cured[0].fix.unsafe == f"somebody has to call `{freeing}`"
    assert (
        case(f"""
        }}

        /// Frees what `{name}` made.
        ///
        /// # Safety
        ///
        /// `it` is null, or comes from `{name}` and is not used any more.
        #[no_mangle]
        pub unsafe extern "C" fn {freeing}(it: *mut Engine) {{
            if !it.is_null() {{
                drop(Box::from_raw(it));
            }}
        }}
        """)
        in repair.text.decode()
    )


def test_of_several_handles_none_is_taken_back_by_the_export_for_another() -> None:
    one = HANDLE.format(name="engine_new", body="Box::into_raw(Box::new(Engine { size }))")
    other = one.replace("engine", "motor").replace("Engine", "Motor")
    assert not repaired(one + other, unsafe=True).cured


CLOSURE = """
    fn draw(count: u32) {{
        let closure = Closure::once(move || draw(count + 1));
        {body}
        closure.forget();
    }}

    #[wasm_bindgen]
    pub fn animate() {{
        draw(0);
    }}
    """


def test_a_closure_that_is_called_once_frees_itself() -> None:
    body = "request(closure.as_ref().unchecked_ref());"
    assert fixed(CLOSURE.format(body=body)).startswith(
        case("""
        fn draw(count: u32) {
            let closure = Closure::once_into_js(move || draw(count + 1));
            request(closure.unchecked_ref());
        }
        """)
    )


@pytest.mark.parametrize("body", ["request(&closure);", "let _ = 1;"])
def test_a_closure_that_is_lent_otherwise_is_left_alone(body: str) -> None:
    assert not repaired(CLOSURE.format(body=body), unsafe=True).cured


def test_the_capacity_is_told_beside_the_length() -> None:
    source = HEAD + case("""
        #[wasm_bindgen]
        pub struct Engine {
            bytes: Vec<u8>,
        }

        #[wasm_bindgen]
        impl Engine {
            pub fn run(&mut self, text: &str) {
                self.bytes.clear();
                self.bytes.extend_from_slice(text.as_bytes());
            }

            #[wasm_bindgen(js_name = clearBuffer)]
            pub fn clear_buffer(&mut self) {
                self.bytes.clear();
            }

            /// In bytes.
            #[wasm_bindgen(js_name = getBufferSize)]
            pub fn get_buffer_size(&self) -> usize {
                self.bytes.len()
            }
        }
        """)

    def check(now: bytes) -> list[Finding]:
        return findings({"lib.rs": now}, "lib.rs")

    repair = Repair(source.encode(), ".rs", check(source.encode()), check)
    repair.run(Aim(frozenset({"size-hides-capacity"})))
    assert repair.text.decode().endswith(
        case("""
                self.bytes.len()
            }

            /// How much the working buffer has allocated, full or empty.
            #[wasm_bindgen(js_name = getBufferCapacity)]
            pub fn get_buffer_capacity(&self) -> usize {
                self.bytes.capacity()
            }
        }
        """)
    )
