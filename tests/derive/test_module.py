"""Exports of modules, held against the introspection of a runtime; artefacts that disagree."""

from pathlib import Path

import pytest
import wasmtime
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanuplint.derive.module import read_module
from tests.derive.conftest import Derive

EXAMPLES = Path(__file__).parents[2] / "examples"
ENGINES = sorted(EXAMPLES.glob("*/engine/pkg/*_bg.wasm"))


@pytest.mark.parametrize("path", ENGINES, ids=lambda path: path.parts[-4])
def test_exports_are_those_that_a_runtime_sees(path: Path) -> None:
    seen = wasmtime.Module(wasmtime.Engine(), path.read_bytes()).exports
    found = read_module(path)
    assert found is not None
    assert found.exports == {one.name for one in seen}
    assert found.classes == {"messageserializer", "regexengine", "stateserializer"}


@settings(deadline=None)
@given(st.integers(0, 4_000), st.binary(max_size=40))
def test_broken_modules_are_read_or_not(at: int, noise: bytes) -> None:
    path = Path("broken.wasm")
    whole = ENGINES[0].read_bytes()[:4_000]
    data = whole[:at] + noise + whole[at + len(noise) :]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "read_bytes", lambda self: data)
        read_module(path)


TYPINGS = """/* tslint:disable */
export class Shape {
  free(): void;
  constructor();
  area(): number;
}
"""
GLUE = """
class Shape {
  free() { wasm.__wbg_shape_free(this.__wbg_ptr, 0); }
  constructor() { this.__wbg_ptr = wasm.shape_new(); wasm.__wbindgen_start(); }
  area() { return wasm.shape_area(this.__wbg_ptr); }
}
"""


@pytest.mark.parametrize(
    ("exports", "told"),
    [
        (["__wbg_shape_free", "shape_new", "shape_area"], ""),
        (
            ["__wbg_shape_free", "shape_new"],
            "pkg/s.js calls `shape_area`, which s_bg.wasm does not export",
        ),
        (
            ["__wbg_shape_free", "shape_new", "shape_area", "__wbg_trace_free"],
            "s_bg.wasm exports a class `trace`, but pkg/s.js does not have it",
        ),
    ],
    ids=["all agree", "the module is older", "the glue is older"],
)
def test_glue_against_its_module(
    derive: Derive, tmp_path: Path, exports: list[str], told: str
) -> None:
    functions = " ".join(f'(func (export "{name}"))' for name in exports)
    (tmp_path / "pkg").mkdir()
    module = bytes(wasmtime.wat2wasm(f"(module {functions})"))
    (tmp_path / "pkg" / "s_bg.wasm").write_bytes(module)
    contract = derive({"pkg/s.js": GLUE, "pkg/s.d.ts": TYPINGS})
    assert contract is not None
    assert contract.mismatch == told


def test_packages_that_nobody_here_builds_are_left_alone(derive: Derive) -> None:
    typings = TYPINGS.replace("area(", "volume(")
    home = "node_modules/shapes"
    contract = derive({f"{home}/s.js": GLUE, f"{home}/s.d.ts": typings})
    assert contract is not None
    assert not contract.mismatch
    mended = derive({"pkg/s.js": GLUE, "pkg/s.d.ts": typings})
    assert mended is not None
    assert mended.mismatch == "pkg/s.d.ts declares `Shape.volume`, but pkg/s.js does not have it"
