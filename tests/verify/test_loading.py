"""What can be loaded, and what is said in one line where it can't."""

from pathlib import Path

import pytest
import wasmtime

from tests.verify.modules import BEFORE, box, write_package
from wasm_verify import ModuleError, Session, glue, load, verify
from wasm_verify.baseline import measure

WASM = (BEFORE / "wasm_swarm_engine_bg.wasm").read_bytes()


def refused(path: Path) -> str:
    with pytest.raises(ModuleError) as caught:
        load(path)
    message = str(caught.value)
    assert message.startswith(str(path)) and "\n" not in message
    return message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is not a WebAssembly binary"),
        (b"#!/bin/sh\n", "is not a WebAssembly binary"),
        (WASM[:6], "is truncated"),
        (WASM[:40_000], "is truncated"),
        (b"\0asm\x0d\0\1\0", "is a component"),
        (b"\0asm\x07\0\0\0", "has version 7"),
        (wasmtime.wat2wasm('(module (import "wasi_snapshot_preview1" "fd_write" (func)))'), "WASI"),
        (wasmtime.wat2wasm('(module (import "env" "napi_create_array" (func)))'), "napi-rs"),
        (wasmtime.wat2wasm("(module)"), "no JavaScript glue"),
    ],
)
def test_a_binary_that_can_not_be_verified(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "module.wasm"
    path.write_bytes(bytes(data))
    assert words in refused(path)


def test_a_directory_without_a_module(tmp_path: Path) -> None:
    assert "holds no .wasm file" in refused(tmp_path)


def test_a_native_addon(tmp_path: Path) -> None:
    (tmp_path / "addon.linux-x64.node").write_bytes(b"\x7fELF")
    assert "is a native addon" in refused(tmp_path)


def test_no_such_place(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "absent")


def test_an_invalid_binary_is_refused_by_the_engine(tmp_path: Path) -> None:
    package = write_package(tmp_path / "pkg", box(""), "", "")
    wasm = package / "box_bg.wasm"
    wasm.write_bytes(wasm.read_bytes() + b"\x0a\x03\x01\x01\x0b")
    with pytest.raises(ModuleError, match="is invalid"):
        verify(package)


def test_classes_come_with_their_probe_clear_and_release() -> None:
    classes = {one.name: one for one in load(BEFORE).classes}
    assert set(classes) == {"MessageSerializer", "RegexEngine", "StateSerializer"}
    serializer = classes["MessageSerializer"]
    assert (serializer.probe, serializer.clear, serializer.release) == (
        "getBufferSize",
        "clearBuffer",
        "free",
    )
    assert "serializeMessage" in [one.name for one in serializer.methods]
    assert "clearBuffer" not in [one.name for one in serializer.methods]


def test_the_glue_tells_the_classes_where_there_are_no_declarations(tmp_path: Path) -> None:
    for suffix in ("_bg.wasm", ".js"):
        name = f"wasm_swarm_engine{suffix}"
        (tmp_path / name).write_bytes((BEFORE / name).read_bytes())
    bare, declared = load(tmp_path), load(BEFORE)
    assert {one.name for one in bare.functions} == {one.name for one in declared.functions}
    for mine, theirs in zip(bare.classes, declared.classes, strict=True):
        assert (mine.name, mine.probe, mine.clear) == (theirs.name, theirs.probe, theirs.clear)
        assert [one.parameters for one in mine.methods] == [
            one.parameters for one in theirs.methods
        ]


SNIPPET = """
        const zones = new Map();
        export function known(name) {
            return zones.has(name);
        }
        export default function make() { return known; }
"""


def test_snippets_from_inside_of_rust_are_indented() -> None:
    text = glue.to_function(SNIPPET)
    assert "export " not in text
    assert 'Object.defineProperty(exports, "known"' in text
    assert 'Object.defineProperty(exports, "default"' in text


def test_a_module_that_speaks_of_exports_is_a_module() -> None:
    source = "export const a = 1;\nfunction init(instance) { return instance.exports.f; }\n"
    assert glue.is_module(source)
    assert not glue.is_module("exports.a = 1;\n/*\nexport const a = 1;\n*/")


def test_a_bundlers_module_imports_its_snippets_by_their_paths(tmp_path: Path) -> None:
    wat = """(module
      (import "./box_bg.js" "__wbg_one" (func $one (result i32)))
      (import "./snippets/box-1/inline0.js" "two" (func $two (result i32)))
      (memory (export "memory") 1)
      (func (export "sum") (result i32) (i32.add (call $one) (call $two))))"""
    (tmp_path / "box_bg.wasm").write_bytes(bytes(wasmtime.wat2wasm(wat)))
    (tmp_path / "box.js").write_text(
        'import * as wasm from "./box_bg.wasm";\nexport * from "./box_bg.js";\n'
        'import { __wbg_set_wasm } from "./box_bg.js";\n__wbg_set_wasm(wasm);\n'
    )
    (tmp_path / "box_bg.js").write_text(
        "let wasm;\nexport function __wbg_set_wasm(val) { wasm = val; }\n"
        "export function __wbg_one() { return 1; }\nexport function sum() { return wasm.sum(); }\n"
    )
    (tmp_path / "box.d.ts").write_text("export function sum(): number;\n")
    (tmp_path / "snippets" / "box-1").mkdir(parents=True)
    (tmp_path / "snippets" / "box-1" / "inline0.js").write_text(
        "export function two() { return 2; }\n"
    )
    with Session(tmp_path) as session:
        (target,) = session.targets
        assert measure(session.observe, target, session.inputs).seen.call_ok
