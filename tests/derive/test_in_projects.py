"""Findings in projects whose bindings nobody wrote a contract for."""

from pathlib import Path

import pytest

from cleanuplint.config import Configuration
from cleanuplint.files.discover import discover
from cleanuplint.report import Placed
from cleanuplint.run import run

TYPINGS = """/* tslint:disable */
export class Doc {
  free(): void;
  [Symbol.dispose](): void;
  constructor(config?: Config);
  text(): Text;
  set(c: Config): void;
  chain(): Doc;
  many(list: Config[]): void;
  later(): Promise<Text>;
  finish(): Text;
  readonly title: Text;
}
export class Text { private constructor(); free(): void; toString(): string; }
export class Config { free(): void; constructor(); with_name(n: string): Config; }
export function open(x: string): Doc;
export function put(d: Doc, c: Config): void;
"""
GLUE = """
class Doc {
  free() { wasm.__wbg_doc_free(this.__destroy_into_raw(), 0); }
  constructor(config) {
    let ptr0 = 0;
    if (!isLikeNone(config)) { _assertClass(config, Config); ptr0 = config.__destroy_into_raw(); }
    this.__wbg_ptr = wasm.doc_new(ptr0);
  }
  text() { return Text.__wrap(wasm.doc_text(this.__wbg_ptr)); }
  set(c) { var ptr0 = c.__destroy_into_raw(); wasm.doc_set(this.__wbg_ptr, ptr0); }
  chain() { wasm.doc_chain(this.__wbg_ptr); return this; }
  many(list) {
    const ptr0 = passArrayJsValueToWasm0(list, wasm.__wbindgen_malloc);
    wasm.doc_many(this.__wbg_ptr, ptr0);
  }
  later() { return takeObject(wasm.doc_later(this.__wbg_ptr)); }
  finish() { const ptr = this.__destroy_into_raw(); return Text.__wrap(wasm.doc_finish(ptr)); }
  get title() { return Text.__wrap(wasm.doc_title(this.__wbg_ptr)); }
}
class Text {
  static __wrap(ptr) { const obj = Object.create(Text.prototype); return obj; }
  free() { wasm.__wbg_text_free(this.__destroy_into_raw(), 0); }
  toString() { return ''; }
}
class Config {
  static __wrap(ptr) { const obj = Object.create(Config.prototype); return obj; }
  static __unwrap(value) { return value.__destroy_into_raw(); }
  free() { wasm.__wbg_config_free(this.__destroy_into_raw(), 0); }
  constructor() { this.__wbg_ptr = wasm.config_new(); }
  with_name(n) {
    const ptr = this.__destroy_into_raw();
    return Config.__wrap(wasm.config_with_name(ptr, n));
  }
}
function open(x) { return Doc.__wrap(wasm.open(x)); }
function put(d, c) { var ptr0 = c.__destroy_into_raw(); wasm.put(d.__wbg_ptr, ptr0); }
const imports = { __wbg_text_new: function(arg0) { return addHeapObject(Text.__wrap(arg0)); } };
module.exports = { Doc, Text, Config, open, put };
wasm.__wbindgen_start();
"""
BINDINGS = {"pkg/doc.d.ts": TYPINGS, "pkg/doc.js": GLUE}
IMPORT = "import { Doc, Text, Config, open, put } from './pkg/doc.js';\n"


def findings(folder: Path, files: dict[str, str]) -> list[Placed]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    configuration = Configuration(isolated=True)
    report = run(*discover([folder], configuration.exclusion), configuration)
    assert not report.all_errors
    return list(report.findings)


CASES = {
    "a constructor takes its argument": (
        "const c = new Config();\nconst d = new Doc(c);\n"
        "try { return String(d); } finally { d.free(); }",
        set(),
    ),
    "what was taken must not be freed": (
        "const c = new Config();\nconst d = new Doc(c);\n"
        "try { return String(d); } finally { d.free(); c.free(); }",
        {(5, "double-release")},
    ),
    "a function takes one argument and borrows the other": (
        "const d = open('a');\nconst c = new Config();\nput(d, c);",
        {(3, "missing-release")},
    ),
    "an array's elements are taken": (
        "const d = open('a');\ntry { d.many([new Config()]); } finally { d.free(); }",
        set(),
    ),
    "a builder that returns this": (
        "const d = new Doc();\ntry { return d.chain().chain().text(); } finally { d.free(); }",
        set(),
    ),
    "a builder is held by what its chain gives": (
        "const d = open('a').chain();\nd.free();",
        {(3, "release-not-on-every-path")},
    ),
    "a builder by value": (
        "const c = new Config().with_name('a').with_name('b');\nc.free();",
        set(),
    ),
    "what a promise resolves to": (
        "const d = open('a');\n"
        "try { const t = await d.later(); return t.toString(); } finally { d.free(); }",
        {(4, "missing-release")},
    ),
    "a property that makes an object each time": (
        "const d = open('a');\n"
        "try { const t = d.title; return String(t) + d.title; } finally { d.free(); }",
        {(4, "missing-release"), (4, "discarded-resource")},
    ),
    "what a property made is freed": (
        "const d = open('a');\n"
        "try { const { title } = d; try { return String(title); } finally { title.free(); } }\n"
        "finally { d.free(); }",
        set(),
    ),
    "reading such a property is no risk": (
        "const d = open('a');\nconst t = d.title;\nd.free();\nreturn t;",
        set(),
    ),
    "a method that ends its object": (
        "const d = open('a');\nconst t = d.finish();\n"
        "try { return String(t); } finally { t.free(); }",
        set(),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_ownership_as_the_glue_shows_it(tmp_path: Path, name: str) -> None:
    body, expected = CASES[name]
    source = f"{IMPORT}export async function use() {{\n{body}\n}}"
    expected = {(line, rule) for line, rule in expected}
    found = findings(tmp_path, {**BINDINGS, "use.js": source})
    assert {(one.start.line, one.rule) for one in found} == expected


def test_the_finding_names_the_file_that_it_was_derived_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    [found] = findings(
        tmp_path, {**BINDINGS, "use.js": f"{IMPORT}export const x = () => open('a').x;"}
    )
    assert found.contract == "Doc (from pkg/doc.d.ts)"


def test_through_files_that_pass_bindings_on(tmp_path: Path) -> None:
    found = findings(
        tmp_path,
        {
            **BINDINGS,
            "lib/index.ts": (
                "export * from '../pkg/doc';\nexport { open as read } from '../pkg/doc';"
            ),
            "use.ts": (
                "import { Doc, read } from './lib/index';\n"
                "export function a() { const d = read('x'); return d.text().toString(); }\n"
                "export function b() { const d = new Doc(); String(d); }"
            ),
        },
    )
    assert {(one.start.line, one.rule) for one in found} == {
        (2, "missing-release"),
        (2, "discarded-resource"),
        (3, "missing-release"),
    }


def test_what_people_wrote_goes_before_what_is_derived(tmp_path: Path) -> None:
    """Yet what is derived fills the gaps."""
    (tmp_path / "doc.toml").write_text(
        'name = "doc"\nmodules = ["*/pkg/doc*"]\n'
        '[classes.Doc]\nreleases = ["free"]\nmethods = { text = "&Text" }\n'
        "[classes.Text]\nconstructor = false\n"
    )
    (tmp_path / "cleanuplint.toml").write_text('contracts = ["doc.toml"]\n')
    source = f"{IMPORT}export function a() {{ const d = open('x'); return d.text().toString(); }}"
    for name, text in {**BINDINGS, "use.js": source}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    configuration = Configuration()
    report = run(*discover([tmp_path], configuration.exclusion), configuration)
    assert [one.rule for one in report.findings] == ["missing-release"]


CRATE = """
use wasm_bindgen::prelude::*;
#[wasm_bindgen]
pub struct Encoder { buffer: Vec<u8> }
#[wasm_bindgen]
impl Encoder {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Encoder { Encoder { buffer: Vec::new() } }
    pub fn encode(&mut self, text: &str) -> usize {
        self.buffer.clear();
        self.buffer.extend_from_slice(text.as_bytes());
        self.buffer.len()
    }
    pub fn count(&self, text: &str) -> usize { text.len() }
    #[wasm_bindgen(js_name = clearBuffer)]
    pub fn clear_buffer(&mut self) { self.buffer = Vec::new(); }
    #[wasm_bindgen(js_name = getBufferSize)]
    pub fn get_buffer_size(&self) -> usize { self.buffer.len() }
}
impl Drop for Encoder { fn drop(&mut self) { self.clear_buffer(); } }
"""
ENCODER = """/* tslint:disable */
export class Encoder {
  free(): void;
  constructor();
  encode(text: string): number;
  count(text: string): number;
  clearBuffer(): void;
  getBufferSize(): number;
}
"""
USE = """
import { Encoder } from './engine/pkg/my_engine.js';
const encoder = new Encoder();
export const count = (text) => encoder.count(text);
export const encode = (text) => encoder.encode(text);
"""
MANIFEST = '[package]\nname = "my-engine"\nversion = "0.1.0"\n'


def test_exactly_the_methods_that_fill_need_a_guard(tmp_path: Path) -> None:
    files = {
        "engine/Cargo.toml": MANIFEST,
        "engine/src/lib.rs": CRATE,
        "engine/pkg/my_engine.d.ts": ENCODER,
        "use.js": USE,
    }
    found = findings(tmp_path, files)
    assert {(Path(one.path).name, one.start.line, one.rule) for one in found} == {
        ("use.js", 5, "unguarded-call")
    }


def test_a_package_that_was_not_built_here(tmp_path: Path) -> None:
    """The crate is there: it says what the build would."""
    files = {"engine/Cargo.toml": MANIFEST, "engine/src/lib.rs": CRATE, "use.js": USE}
    found = findings(tmp_path, files)
    assert {(one.start.line, one.rule) for one in found} == {(5, "unguarded-call")}


def test_a_crate_of_a_workspace_that_builds_elsewhere(tmp_path: Path) -> None:
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n',
        "crates/engine/Cargo.toml": MANIFEST,
        "crates/engine/src/lib.rs": CRATE,
        "web/src/pkg/my_engine.d.ts": ENCODER,
        "web/src/use.js": USE.replace("./engine/pkg", "./pkg"),
    }
    found = findings(tmp_path, files)
    assert {(one.start.line, one.rule) for one in found} == {(5, "unguarded-call")}


def test_names_of_known_fills_and_clears_speak_where_there_is_no_source(tmp_path: Path) -> None:
    typings = ENCODER.replace("encode(", "serializeMessage(")
    files = {"pkg/any.d.ts": typings, "use.js": USE.replace("./engine/pkg/my_engine", "./pkg/any")}
    files["use.js"] = files["use.js"].replace("encoder.encode(", "encoder.serializeMessage(")
    found = findings(tmp_path, files)
    assert {(one.start.line, one.rule) for one in found} == {(5, "unguarded-call")}


def test_a_file_that_names_nothing_of_its_bindings_is_not_parsed(tmp_path: Path) -> None:
    files = {**BINDINGS, "use.js": "import './pkg/doc.js';\nexport const answer = 42;"}
    assert findings(tmp_path, files) == []
