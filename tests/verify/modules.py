"""Small modules for tests: WebAssembly text that wasmtime assembles, and glue in the shape that
wasm-bindgen gives it."""

from pathlib import Path

import wasmtime

EXAMPLES = Path(__file__).parents[2] / "examples"
BEFORE = EXAMPLES / "swarm" / "engine" / "pkg"
AFTER = EXAMPLES / "swarm-clean" / "engine" / "pkg"

CLASS_HEAD = """
class Box {
  constructor() { this.__wbg_ptr = wasm.box_new(); }
  free() { const ptr = this.__wbg_ptr; this.__wbg_ptr = 0; wasm.__wbg_box_free(ptr, 0); }
"""

GLUE_TAIL = """
exports.Box = Box;
function handleError(f, args) {
  try { return f.apply(this, args); } catch (e) { wasm.__wbindgen_exn_store(0); return 0; }
}
const path = `${__dirname}/box_bg.wasm`;
const bytes = require('fs').readFileSync(path);
const imports = { './box_bg.js': {
  __wbg_read: function() { return handleError(function () { return hooks.read(); }, arguments); },
  __wbg_look: function() { return hooks.look(); },
} };
const hooks = { read: () => 1, look: () => 1 };
let wasm = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports;
"""


def write_package(directory: Path, wat: str, methods: str, types: str, extra: str = "") -> Path:
    """A package of one class `Box`: its module, its glue, its declarations."""
    directory.mkdir(exist_ok=True)
    (directory / "box_bg.wasm").write_bytes(bytes(wasmtime.wat2wasm(wat)))
    (directory / "box.js").write_text(f"{CLASS_HEAD}{methods}\n}}\n{GLUE_TAIL}{extra}")
    (directory / "box.d.ts").write_text(
        f"export class Box {{\n  free(): void;\n  constructor();\n{types}\n}}\n"
    )
    return directory


BOX = """
(module
  (import "./box_bg.js" "__wbg_read" (func $read (result i32)))
  (import "./box_bg.js" "__wbg_look" (func $look (result i32)))
  (memory (export "memory") 1)
  ;; An object: borrowed, size.
  (func (export "box_new") (result i32) i32.const 1024)
  (func (export "__wbg_box_free") (param i32 i32) nop)
  (func (export "__wbindgen_exn_store") (param i32)
    i32.const 8 i32.const 1 i32.store)
  (func (export "box_size") (param i32) (result i32)
    local.get 0 i32.load offset=4)
  (func (export "box_clear") (param i32)
    local.get 0 i32.const 0 i32.store offset=4)
  {functions}
)
"""


def box(functions: str) -> str:
    return BOX.replace("{functions}", functions)
