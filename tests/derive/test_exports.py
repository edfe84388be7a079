"""Modules alone: what their exports say where neither typings nor glue lie beside them."""

from pathlib import Path

import pytest
import wasmtime

from cleanuplint.config import Configuration
from cleanuplint.contracts.model import Contract
from cleanuplint.contracts.writing import toml_of
from cleanuplint.derive import Derivations
from cleanuplint.derive.keeping import to_keep
from cleanuplint.errors import UserError
from cleanuplint.run import run_text
from tests.derive.conftest import results
from tests.derive.test_module import ENGINES
from wasm_verify.binary import read

GIVES = "(result i32) (i32.const 0)"
TAKES = "(param i32)"


def exported(**functions: str) -> str:
    """A module in text; `_` in front of a name stands for itself."""
    parts = (f'(func (export "{name}") {body})' for name, body in functions.items())
    return f"(module {' '.join(parts)})"


def derived(folder: Path, text: str) -> Contract | None:
    (folder / "m.wasm").write_bytes(bytes(wasmtime.wat2wasm(text)))
    return Derivations(lambda folder: None).contract_at(folder / "m.wasm")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("makes", "ends"),
    [
        ("malloc", "free"),
        ("alloc", "dealloc"),
        ("__wbindgen_malloc", "__wbindgen_free"),
        ("parser_create", "parser_destroy"),
        ("newParser", "freeParser"),
        ("engine_new", "__wbg_engine_free"),
    ],
)
def test_a_pair_of_exports_makes_and_ends_a_handle(tmp_path: Path, makes: str, ends: str) -> None:
    contract = derived(tmp_path, exported(**{makes: GIVES, ends: TAKES}))
    assert contract is not None
    made = contract.functions[makes]
    assert made.owned
    assert contract.classes[made.name].released_by == (ends,)
    assert contract.consumes == {ends: (0,)}


@pytest.mark.parametrize(
    "functions",
    [
        {"malloc": GIVES},
        {"malloc": GIVES, "free": ""},
        {"alloc": "", "dealloc": TAKES},
        {"db_open": GIVES, "db_close": TAKES},
        {"fd_allocate": GIVES, "fd_release": TAKES},
        {"parser_new": GIVES, "lexer_free": TAKES},
        {"__externref_table_alloc": GIVES, "__externref_table_dealloc": TAKES},
        {"renew": GIVES, "carefree": TAKES},
        {"a": GIVES, "b": TAKES},
    ],
    ids=" ".join,
)
def test_no_pair(tmp_path: Path, functions: dict[str, str]) -> None:
    assert derived(tmp_path, exported(**functions)) is None


def test_classes_are_spelled_as_the_module_still_tells(tmp_path: Path) -> None:
    text = """(module
      (func $app::Engine::new (export "engine_new") (result i32) (i32.const 0))
      (func $engine_parse (export "engine_parse") (param i32))
      (func (export "enginepart_size") (param i32))
      (func (export "engine_clearBuffer") (param i32))
      (func (export "__wbg_get_engine_depth") (param i32))
      (func (export "__wbg_enginepart_free") (param i32 i32))
      (func (export "__wbg_engine_free") (param i32 i32)))"""
    contract = derived(tmp_path, text)
    assert contract is not None
    engine = contract.classes["Engine"]
    assert engine.constructor
    assert engine.releases == {"free", "[Symbol.dispose]"}
    assert engine.clears == {"clearBuffer"}
    assert engine.members == {"parse", "clearBuffer", "depth", *engine.releases}
    assert "EnginePart" not in contract.classes
    assert results(contract) == {"engine_new": "engine_pointer"}


RESOURCES = """(core module
  (func (export "demo:shop/carts@0.1.0#[constructor]cart") (result i32) (i32.const 0))
  (func (export "demo:shop/carts@0.1.0#[method]cart.add-item") (param i32))
  (func (export "demo:shop/carts@0.1.0#[static]cart.parse-all") (result i32) (i32.const 0))
  (func (export "demo:shop/carts@0.1.0#[dtor]cart") (param i32))
  (func (export "[dtor]receipt-line") (param i32)))"""


@pytest.mark.parametrize(
    "text", [RESOURCES.replace("core module", "module"), f"(component {RESOURCES})"]
)
def test_resources_of_components(tmp_path: Path, text: str) -> None:
    contract = derived(tmp_path, text)
    assert contract is not None
    cart, line = (contract.classes[name] for name in ("carts.Cart", "ReceiptLine"))
    assert cart.constructor
    assert not line.constructor
    assert cart.releases == line.releases == {"[Symbol.dispose]"}
    assert cart.members == {"addItem", "[Symbol.dispose]"}


def test_signatures_are_those_that_a_runtime_sees() -> None:
    for path in ENGINES:
        exports = wasmtime.Module(wasmtime.Engine(), path.read_bytes()).exports
        seen = {
            one.name: (len(one.type.params), len(one.type.results))
            for one in exports
            if isinstance(one.type, wasmtime.FuncType)
        }
        found = read(path.read_bytes()).signatures()
        assert {name: (it.parameters, it.results) for name, it in found.items()} == seen


def test_the_module_of_the_example_alone(tmp_path: Path) -> None:
    (tmp_path / "engine_bg.wasm").write_bytes(ENGINES[0].read_bytes())
    contract = to_keep(Path("engine_bg.wasm"), lambda folder: None)
    assert contract.name == "engine"
    assert {name for name in contract.functions if not name.startswith("__")} == {
        "messageserializer_new", "regexengine_new", "stateserializer_new"
    }  # fmt: skip


def test_a_module_that_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "m.wasm").write_bytes(bytes(wasmtime.wat2wasm(exported(a=GIVES))))
    with pytest.raises(UserError, match=r"m.wasm: its exports name no class and nothing"):
        to_keep(Path("m.wasm"), lambda folder: None)


ALLOCATOR = exported(alloc=GIVES, dealloc=TAKES, encode=TAKES, clearBuffer="", getBufferSize=GIVES)
FOUND = [
    (
        "import { alloc, dealloc } from './m.wasm';\n"
        "export function f(work) { const p = alloc(8); work(p); dealloc(p); }\n",
        [(2, "release-not-on-every-path")],
    ),
    (
        "import * as m from './m.wasm';\n"
        "export function f(work) { const p = m.alloc(8); console.log(p); }\n",
        [(2, "missing-release")],
    ),
    (
        "import * as m from './m.wasm';\nexport function f(work) {\n"
        "  const p = m.alloc(8);\n  try { work(p); } finally { m.dealloc(p); }\n}\n",
        [],
    ),
]


@pytest.mark.parametrize(("code", "expected"), FOUND)
def test_what_imports_a_module_is_checked(
    tmp_path: Path, code: str, expected: list[tuple[int, str]]
) -> None:
    (tmp_path / "m.wasm").write_bytes(bytes(wasmtime.wat2wasm(ALLOCATOR)))
    path = tmp_path / "a.js"
    path.write_text(code)
    found = run_text(path, path.read_bytes(), Configuration()).findings
    assert [(one.start.line, one.rule) for one in found] == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("exports.encode(1);\nsend();\nexports.clearBuffer();", [(2, "clear-not-in-finally")]),
        ("try { exports.encode(1); send(); }\nfinally { exports.clearBuffer(); }", []),
        ("const p = instance.exports.alloc(8);\nsend();", [(2, "missing-release")]),
        ("const p = pool.alloc(8);\nsend();", []),
    ],
)
def test_a_contract_kept_of_a_module_knows_its_exports_by_their_name(
    tmp_path: Path, code: str, expected: list[tuple[int, str]]
) -> None:
    (tmp_path / "m.wasm").write_bytes(bytes(wasmtime.wat2wasm(ALLOCATOR)))
    (tmp_path / "m.toml").write_text(toml_of(to_keep(Path("m.wasm"), lambda folder: None)))
    (tmp_path / "cleanuplint.toml").write_text('contracts = ["m.toml"]\n')
    path = tmp_path / "a.js"
    path.write_text(f"export function f(exports, instance, pool, send) {{\n{code}\n}}\n")
    found = run_text(path, path.read_bytes(), Configuration()).findings
    assert [(one.start.line, one.rule) for one in found] == expected


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("send()\n    exports['slab_free'](store, p)", [(2, "release-not-on-every-path")]),
        ("exports['slab_free'](store, p)", []),
    ],
)
def test_a_runtime_in_python_wants_the_store_first(
    tmp_path: Path, last: str, expected: list[tuple[int, str]]
) -> None:
    module = exported(slab_alloc="(param i32) " + GIVES, slab_free=TAKES)
    (tmp_path / "m.wasm").write_bytes(bytes(wasmtime.wat2wasm(module)))
    (tmp_path / "m.toml").write_text(toml_of(to_keep(Path("m.wasm"), lambda folder: None)))
    (tmp_path / "cleanuplint.toml").write_text('contracts = ["m.toml"]\n')
    path = tmp_path / "a.py"
    path.write_text(
        f"def use(exports, store, send):\n    p = exports['slab_alloc'](store, 8)\n    {last}\n"
    )
    found = run_text(path, path.read_bytes(), Configuration()).findings
    assert [(one.start.line, one.rule) for one in found] == expected
