"""Glue is known by its content; code that speaks about glue is not glue."""

import pytest

from cleanuplint.files.generated import is_generated

BINDGEN = b"""
let wasm;
const heap = new Array(128);
function addHeapObject(obj) { return heap.push(obj) - 1; }
imports.wbg.__wbindgen_throw = function (ptr, len) { throw new Error(ptr); };
"""
BINDGEN_EXTERNREF = b"""
export class Engine { free() { wasm.__wbg_engine_free(this.__wbg_ptr, 0); } }
function init(imports) { imports.wbg.__wbindgen_init_externref_table = () => {}; }
"""
EMSCRIPTEN = b"""
var Module = typeof Module !== 'undefined' ? Module : {};
var ENVIRONMENT_IS_NODE = typeof process === 'object';
var wasmBinaryFile = 'a.wasm';
"""


BINDGEN_WITHOUT_IMPORTS = b"""
let wasm;
let WASM_VECTOR_LEN = 0;
export function scale(pixels) { const ptr = wasm.__wbindgen_malloc(pixels.length); }
"""
WEBIDL = b"""
function wrapPointer(ptr, c) { const cache = getCache(c); return cache[ptr]; }
btVector3.prototype.x = function () { return _emscripten_bind_btVector3_x_0(this.ptr); };
"""
WEBPACK = b"""
/***/ "./src/a.js": (function (module, __webpack_exports__, __webpack_require__) {
  __webpack_require__.r(__webpack_exports__);
})
"""
MINIFIED = b"/* a licence */\n" + b"function f(a){var b=c(a);return b.d(e)}" * 100
GLUE = [BINDGEN, BINDGEN_EXTERNREF, BINDGEN_WITHOUT_IMPORTS, EMSCRIPTEN, WEBIDL, WEBPACK, MINIFIED]


@pytest.mark.parametrize("glue", GLUE)
def test_glue(glue: bytes) -> None:
    assert is_generated(glue)


@pytest.mark.parametrize(
    "code",
    [
        b"engine.__wbg_ptr === 0 && warn('freed')",
        b"const p = wasm.__wbindgen_malloc(4);",
        b"if (ENVIRONMENT_IS_NODE) run();",
        b"createModule({ wasmBinary: bytes })",
        b"const wasm = decode('" + b"AGFzbQEA" * 1000 + b"');\nconst x = make();\nx.free();\n",
    ],
)
def test_code_beside_glue(code: bytes) -> None:
    assert not is_generated(code)
