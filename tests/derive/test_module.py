"""The reader of modules, held against the introspection of a runtime."""

import contextlib
from pathlib import Path

import pytest
import wasmtime
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanuplint.derive.module import NoModule, read_module

EXAMPLES = Path(__file__).parents[2] / "examples"
ENGINES = sorted(EXAMPLES.glob("*/engine/pkg/*_bg.wasm"))


@pytest.mark.parametrize("path", ENGINES, ids=lambda path: path.parts[-4])
def test_exports_are_those_that_a_runtime_sees(path: Path) -> None:
    data = path.read_bytes()
    seen = wasmtime.Module(wasmtime.Engine(), data).exports
    found = read_module(data)
    assert found.exports == {one.name for one in seen}
    assert found.classes == {"messageserializer", "regexengine", "stateserializer"}
    assert "clearBuffer" in found.methods("messageserializer")
    assert "producers" in found.custom


def test_names_of_any_kind() -> None:
    text = '(module (func (export "a_b")) (func (export "ä")) (memory (export "memory") 1))'
    module = read_module(bytes(wasmtime.wat2wasm(text)))
    assert module.exports == {"a_b", "ä", "memory"}
    assert module.methods("a") == {"b"}


def test_a_method_is_of_the_longest_class() -> None:
    names = ["__wbg_doc_free", "__wbg_doc_view_free", "doc_open", "doc_view_open"]
    functions = " ".join(f'(func (export "{name}"))' for name in names)
    module = read_module(bytes(wasmtime.wat2wasm(f"(module {functions})")))
    assert module.methods("doc") == {"open"}
    assert module.methods("doc_view") == {"open"}


@pytest.mark.parametrize(
    "data",
    [b"", b"\0asm", b"(module)", b"\0asm\x0d\0\1\0", b"\0asm\1\0\0\0\7\x80\x80\x80\x80\x80\x80"],
    ids=["nothing", "cut", "text", "component", "number"],
)
def test_what_is_no_module_is_refused(data: bytes) -> None:
    with pytest.raises(NoModule):
        read_module(data)


@settings(deadline=None)
@given(st.integers(0, 400), st.binary(max_size=40))
def test_broken_modules_are_refused_or_read(at: int, noise: bytes) -> None:
    whole = ENGINES[0].read_bytes()[:4_000]
    with contextlib.suppress(NoModule):
        read_module(whole[:at] + noise + whole[at + len(noise) :])
