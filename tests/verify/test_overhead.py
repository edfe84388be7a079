"""What a guard costs: measured on a module whose clear is known to be slow, or to be nothing."""

import shutil
from pathlib import Path

import pytest

from tests.verify.modules import AFTER, box, write_package
from wasm_verify import InputError, Options, Overhead, overhead

FILL = """
  (func (export "box_fill") (param $ptr i32) (param $n i32) (result i32)
    local.get $ptr local.get $n i32.store offset=4
    local.get $n)
"""
TYPES = "  fill(n: number): number;\n  getBufferSize(): number;\n  clearBuffer(): void;"
PROBE = "getBufferSize() { return wasm.box_size(this.__wbg_ptr); }"
METHOD = "fill(n) { return wasm.box_fill(this.__wbg_ptr, n); }"
CLEAR = "clearBuffer() { wasm.box_clear(this.__wbg_ptr); }"
SLOW_CLEAR = "clearBuffer() { for (let n = 0; n < 20000; n++); wasm.box_clear(this.__wbg_ptr); }"
CONSUMING = "fill(n) { if (this.used) throw new Error('used'); this.used = true; return n; }"


def measured(tmp_path: Path, *methods: str, **options: object) -> Overhead:
    path = write_package(tmp_path / "pkg", box(FILL), "\n".join((*methods, PROBE)), TYPES)
    return overhead(path, Options(**options))  # type: ignore[arg-type]


def test_a_clear_that_takes_a_hundred_times_as_long_is_seen(tmp_path: Path) -> None:
    (cost,) = measured(tmp_path, METHOD, SLOW_CLEAR).costs
    assert cost.name == "Box.fill" and cost.ratio > 3
    low, high = cost.spread
    assert low <= cost.ratio <= high and cost.guarded > cost.bare > 0


def test_a_guard_of_the_user_is_timed(tmp_path: Path) -> None:
    guard = tmp_path / "guard.js"
    body = "for (let n = 0; n < 20000; n++); return object[method](...args);"
    guard.write_text(f"export async function guarded(object, method, args) {{ {body} }}")
    found = measured(tmp_path, METHOD, CLEAR, guard=str(guard))
    assert found.guard == "guard.js" and found.costs[0].ratio > 3


def test_a_method_that_works_once_is_not_measured(tmp_path: Path) -> None:
    found = measured(tmp_path, CONSUMING, CLEAR)
    assert not found.costs
    (one,) = found.not_verified
    assert (one.what, one.reason) == (
        "Box.fill", "it can't be called again and again: Error: used",
    )  # fmt: skip


def test_no_guard_has_no_overhead(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="`none` costs nothing"):
        measured(tmp_path, METHOD, CLEAR, guard="none")


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
def test_it_is_measured_in_node() -> None:
    options = Options(class_name="MessageSerializer", method="serializeMessage", engine="node")
    found = overhead(AFTER, options)
    assert found.engine.startswith("node ")
    assert [one.name for one in found.costs] == ["MessageSerializer.serializeMessage"]
    assert found.to_json("1")["costs"][0]["ratio"] == found.costs[0].ratio
