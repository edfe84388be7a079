"""Generated code: glue and bundles that nobody edits, so that nobody wants findings in it."""

import re
from pathlib import Path

from cleanuplint.files.source import PYTHON

HEAD = 1 << 20
"""Bytes that are looked at; Emscripten may put its module as text at the start of the glue."""

NAMES = (
    "*.min.js",
    "*.min.mjs",
    "*.min.cjs",
    "*.bundle.js",
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
    # wasm-bindgen without imports: what it exports, and its view of the memory
    (re.compile(rb"\bwasm\.__wbindgen_\w+"), re.compile(rb"\bWASM_VECTOR_LEN\b")),
    # the WebIDL binder of Emscripten
    (re.compile(rb"\b_emscripten_bind_\w+"), re.compile(rb"\bgetCache\b")),
    # webpack: its module table, and how it marks the modules
    (
        re.compile(rb"\b__webpack_require__\b"),
        re.compile(rb"/\*{3}/|\b__webpack_(?:modules|exports)__\b"),
    ),
    # Emscripten: where it runs, and how it finds its binary
    (re.compile(rb"\bENVIRONMENT_IS_(?:NODE|WEB)\b"), re.compile(rb"\bwasmBinary(?:File)?\b")),
)


LARGEST = 1 << 20
"""Bytes of a file beyond which it is a bundle or a table: nobody writes so much by hand."""
LONG_LINE = 500
"""Bytes of a line that nobody writes by hand, if it is code."""


def is_glue(path: Path, data: bytes) -> bool:
    """Generated code. In Python, the names of glue are what a host calls that somebody wrote."""
    return path.suffix not in PYTHON and (len(data) > LARGEST or is_generated(data))


def is_generated(data: bytes) -> bool:
    """True for what wasm-bindgen, Emscripten and minifiers write.

    One mark alone may be in code about them.
    """
    head = data[:HEAD]
    return _is_minified(head) or any(all(mark.search(head) for mark in marks) for marks in _MARKS)


def _is_minified(head: bytes) -> bool:
    """Most of it is long lines with many statements; a module as text has no statements."""
    if len(head) < 2 * LONG_LINE:
        return False
    long = (line for line in head.split(b"\n") if len(line) > LONG_LINE)
    return 2 * sum(len(line) for line in long if _is_code(line)) > len(head)


def _is_code(line: bytes) -> bool:
    return (line.count(b";") + line.count(b"(")) * 100 > len(line)
