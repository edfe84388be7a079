"""Generated glue: code that nobody edits, so that nobody wants findings in it."""

import re

HEAD = 1 << 20
"""Bytes that are looked at; Emscripten may put its module as text at the start of the glue."""

NAMES = (
    "*.min.js",
    "*.min.mjs",
    "*.min.cjs",
    "*_bg.js",
    "*_bg.wasm.js",
    "*.d.ts",
    "*.d.mts",
    "*.d.cts",
)
"""Names of glue, minified code and declarations, as exclude patterns."""

_MARKS = (
    # wasm-bindgen: the import table, and the pointer or the heap behind it
    (re.compile(rb"\b__wbindgen_\w+"), re.compile(rb"\b(?:__wbg_\w+|addHeapObject)\b")),
    # Emscripten: where it runs, and how it finds its binary
    (re.compile(rb"\bENVIRONMENT_IS_(?:NODE|WEB)\b"), re.compile(rb"\bwasmBinary(?:File)?\b")),
)


def is_generated(data: bytes) -> bool:
    """True for what wasm-bindgen and Emscripten write. One mark alone may be in code about them."""
    head = data[:HEAD]
    return any(all(mark.search(head) for mark in marks) for marks in _MARKS)
