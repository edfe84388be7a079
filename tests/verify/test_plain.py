"""A module without glue, whose exports a TOML names."""

from pathlib import Path

import pytest
import wasmtime

from wasm_verify import Fault, InputError, ModuleError, Options, Verdict, load, verify

WAT = """
(module
  (import "env" "now" (func $now (result i32)))
  (memory (export "memory") 1)
  (global $top (mut i32) (i32.const 4096))
  (func (export "reserve") (param i32) (result i32)
    global.get $top
    global.get $top local.get 0 i32.add i32.const 8 i32.add i32.const -8 i32.and global.set $top)
  (func (export "codec_new") (param i32) (result i32) i32.const 1024)
  (func (export "codec_free") (param i32))
  (func (export "codec_reset") (param i32) local.get 0 i32.const 0 i32.store)
  (func (export "codec_size") (param i32) (result i32) local.get 0 i32.load)
  ;; Fills, asks for the time, and refuses what is longer than 100 bytes.
  (func (export "codec_encode") (param i32 i32 i32) (result i32)
    local.get 0 local.get 2 i32.store
    call $now drop
    local.get 2 i32.const 100 i32.gt_u if (result i32) i32.const -1 else i32.const 0 end)
  (func (export "length") (param i32) (result i32) i32.const 1))
"""
TOML = """
module = "codec.wasm"
allocate = "reserve"
failed = "< 0"

[imports.env]
now = 1

[classes.Codec]
constructor = { export = "codec_new", parameters = ["number"] }
free = "codec_free"
clearBuffer = "codec_reset"
getBufferSize = "codec_size"
encode = { export = "codec_encode", parameters = ["handle", "bytes"] }

[functions]
length = { export = "length", parameters = ["text"] }
"""


@pytest.fixture
def described(tmp_path: Path) -> Path:
    (tmp_path / "codec.wasm").write_bytes(bytes(wasmtime.wat2wasm(WAT)))
    path = tmp_path / "codec.toml"
    path.write_text(TOML)
    return path


def test_a_plain_module_is_verified_like_any_other(described: Path) -> None:
    report = verify(described, Options(faults=(Fault.CALLER_THROW, Fault.HOST_THROW)))
    found = {(one.fault, one.guard): one.verdict for one in report.results if one.class_name}
    assert found == {
        (Fault.CALLER_THROW, "none"): Verdict.RESIDUE,
        (Fault.CALLER_THROW, "clear"): Verdict.CLEARED,
        (Fault.HOST_THROW, "none"): Verdict.RESIDUE,
        (Fault.HOST_THROW, "clear"): Verdict.CLEARED,
    }
    assert report.passed


def test_what_it_offers(described: Path) -> None:
    module = load(described)
    assert [one.name for one in module.functions] == ["length"]
    assert [(one.name, one.probe, one.clear) for one in module.classes] == [
        ("Codec", "getBufferSize", "clearBuffer")
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("module = ", "modul = "), "unknown key `modul`"),
        (('module = "codec.wasm"', "module = 3"), "must name the .wasm file"),
        (('"< 0"', '"is odd"'), "`failed` must be one of"),
        (('free = "codec_free"', ""), "class `Codec` has no release"),
        (('"handle", "bytes"', '"handle", "blob"'), "`Codec.encode` takes `blob`"),
        (('allocate = "reserve"', ""), "texts and bytes need `allocate`"),
        (("[functions]", "[functions"), "Expected"),
    ],
)
def test_a_description_that_is_wrong_is_one_line(
    described: Path, change: tuple[str, str], words: str
) -> None:
    described.write_text(TOML.replace(*change))
    with pytest.raises(InputError) as caught:
        load(described)
    assert words in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("codec_encode", "codec_incode"), "exports no function `codec_incode`"),
        (("codec.wasm", "absent.wasm"), "does not exist"),
    ],
)
def test_a_description_that_does_not_fit_the_module(
    described: Path, change: tuple[str, str], words: str
) -> None:
    described.write_text(TOML.replace(*change))
    with pytest.raises(ModuleError, match=words):
        load(described)
