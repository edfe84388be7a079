"""What can't be verified is said in one line."""

from pathlib import Path

import pytest
import wasmtime

from tests.verify.modules import BEFORE, box, write_package
from wasm_verify import ModuleError, load, verify

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
