"""Hosts that call a module without bindings, and the crate that it is built from."""

from pathlib import Path

import pytest
import wasmtime

from cleanuplint.config import Configuration
from cleanuplint.run import Plans
from tests.linking.conftest import Check

C = '#[no_mangle] pub extern "C" fn'


def manifest(name: str, more: str = "") -> str:
    return f'[package]\nname = "{name}"\nversion = "0.1.0"\n{more}'


CODEC = (
    "static OUT: Mutex<Vec<u8>> = Mutex::new(Vec::new());"
    f"{C} pack(p: *const u8, n: usize) -> usize {{ let mut o = OUT.lock().unwrap(); o.clear();"
    " o.extend_from_slice(std::slice::from_raw_parts(p, n)); o.len() }"
    f"{C} wipe() {{ OUT.lock().unwrap().clear() }}"
    f"{C} start() -> *const u8 {{ OUT.lock().unwrap().as_ptr() }}"
    f"{C} open(n: u32) -> *mut Codec {{ Box::into_raw(Box::new(Codec(n))) }}"
    f"{C} done(it: *mut Codec) {{ drop(Box::from_raw(it)) }}"
)
CRATE = {"codec/Cargo.toml": manifest("codec"), "codec/src/lib.rs": CODEC}
LOAD = 'module = Module.from_file(engine, "build/codec.wasm")\n'
"""One line; what follows is on the second."""


def wasm(*exports: str) -> bytes:
    functions = (
        f'(func (export "{name}") (param i32) (result i32) (i32.const 0))' for name in exports
    )
    return bytes(wasmtime.wat2wasm(f"(module {' '.join(functions)})"))


PYTHON = {
    "a fill without a guard": (
        "def f(instance, store, p, n):\n"
        "    e = instance.exports(store)\n"
        '    return e["pack"](store, p, n)\n',
        {(4, "unguarded-call")},
    ),
    "cleared, but not in a finally": (
        "def f(instance, store, p, n):\n"
        '    size = instance.exports(store)["pack"](store, p, n)\n'
        '    instance.exports(store)["wipe"](store)\n'
        "    return size\n",
        {(3, "clear-not-in-finally")},
    ),
    "cleared in a finally": (
        "def f(instance, store, p, n):\n"
        "    exports = instance.exports(store)\n"
        "    try:\n"
        '        return exports["pack"](store, p, n)\n'
        "    finally:\n"
        '        exports["wipe"](store)\n',
        set(),
    ),
    "functions that are kept": (
        "def f(instance, store, p, n):\n"
        "    exports = instance.exports(store)\n"
        '    pack = exports["pack"]\n'
        '    wipe = exports["wipe"]\n'
        "    size = pack(store, p, n)\n"
        "    wipe(store)\n"
        "    return size\n",
        {(6, "clear-not-in-finally")},
    ),
    "functions that are kept, with a guard": (
        "def f(instance, store, p, n):\n"
        "    exports = instance.exports(store)\n"
        '    pack, wipe = exports["pack"], exports["wipe"]\n'
        "    try:\n"
        "        return pack(store, p, n)\n"
        "    finally:\n"
        "        wipe(store)\n",
        set(),
    ),
    "one of them kept": (
        "def f(instance, store, p, n):\n"
        '    pack = instance.exports(store)["pack"]\n'
        "    try:\n"
        "        return pack(store, p, n)\n"
        "    finally:\n"
        '        instance.exports(store)["wipe"](store)\n',
        set(),
    ),
    "kept in fields": (
        "class Host:\n"
        "    def __init__(self, instance, store):\n"
        "        exports = instance.exports(store)\n"
        '        self._pack = exports["pack"]\n'
        '        self._wipe = exports["wipe"]\n'
        "\n"
        "    def late(self, store, p, n):\n"
        "        size = self._pack(store, p, n)\n"
        "        self._wipe(store)\n"
        "        return size\n"
        "\n"
        "    def well(self, store, p, n):\n"
        "        try:\n"
        "            return self._pack(store, p, n)\n"
        "        finally:\n"
        "            self._wipe(store)\n",
        {(9, "clear-not-in-finally")},
    ),
    "as attributes": (
        "def f(instance, p, n):\n    return instance.exports.pack(p, n)\n",
        {(3, "unguarded-call")},
    ),
    "by a linker": (
        "def f(linker, store, p, n):\n"
        "    instance = linker.instantiate(store, module)\n"
        '    return instance.exports(store)["pack"](store, p, n)\n',
        {(4, "unguarded-call")},
    ),
    "a handle": (
        "def f(instance, store):\n"
        "    exports = instance.exports(store)\n"
        '    codec = exports["open"](store, 3)\n'
        '    exports["start"](store)\n'
        '    exports["done"](store, codec)\n',
        {(4, "release-not-on-every-path")},
    ),
    "a handle in a finally": (
        "def f(instance, store):\n"
        "    exports = instance.exports(store)\n"
        '    codec = exports["open"](store, 3)\n'
        "    try:\n"
        '        exports["start"](store)\n'
        "    finally:\n"
        '        exports["done"](store, codec)\n',
        set(),
    ),
    "a handle that nobody gives back": (
        "def f(instance, store):\n"
        '    codec = instance.exports(store)["open"](store, 3)\n'
        '    return instance.exports(store)["pack_of"](store, codec)\n',
        set(),  # the module has no `pack_of`: it is another one
    ),
}


@pytest.mark.parametrize("name", PYTHON)
def test_python(check: Check, name: str) -> None:
    source, expected = PYTHON[name]
    found = check({**CRATE, "host.py": LOAD + source}, "host.py")
    assert {(line, rule) for _, line, rule in found} == expected


JAVASCRIPT = {
    "members of the exports": (
        "const { instance } = await WebAssembly.instantiateStreaming(fetch('/codec.wasm'));\n"
        "export function f(p, n) { return instance.exports.pack(p, n); }\n",
        {(2, "unguarded-call")},
    ),
    "cleared in a finally": (
        "const { instance } = await WebAssembly.instantiate(await read('codec.wasm'));\n"
        "export function f(p, n) {\n"
        "  try { return instance.exports.pack(p, n); } finally { instance.exports.wipe(); }\n"
        "}\n",
        set(),
    ),
    "taken apart": (
        "const { instance } = await WebAssembly.instantiate(await read('codec.wasm'));\n"
        "export function f(p, n) {\n"
        "  const { pack, wipe } = instance.exports;\n"
        "  const size = pack(p, n);\n"
        "  wipe();\n"
        "  return size;\n"
        "}\n",
        {(4, "clear-not-in-finally")},
    ),
    "a script's own exports": (
        "const codec = require('fs').readFileSync('codec.wasm');\n"
        "exports.pack = (p, n) => p + n;\n"
        "exports.again = (p, n) => exports.pack(p, n) + module.exports.pack(n, p);\n",
        set(),
    ),
}


@pytest.mark.parametrize("name", JAVASCRIPT)
def test_javascript(check: Check, name: str) -> None:
    source, expected = JAVASCRIPT[name]
    found = check({**CRATE, "host.js": source}, "host.js")
    assert {(line, rule) for _, line, rule in found} == expected


# ── which module a host drives ──────────────────────────────────────────────────────────────────

FILL = 'def f(exports, store):\n    return exports["pack"](store, 1, 2)\n'
BOTH = (
    'def f(exports, store):\n    exports["pack"](store, 1, 2)\n    return exports["start"](store)\n'
)
OTHER = CODEC.replace("fn wipe", "fn reset").replace("o.clear();", "o.push(1);")

MATCHED = {
    "the name of the crate": {"host.py": f'W = "codec.wasm"\n{FILL}'},
    "with hyphens": {
        "codec/Cargo.toml": manifest("my-codec"),
        "host.py": f'W = "target/wasm32-wasip1/release/my_codec.wasm"\n{FILL}',
    },
    "the name of the library": {
        "codec/Cargo.toml": manifest("swarm", '[lib]\nname = "codec"\n'),
        "host.py": f'W = "codec.wasm"\n{FILL}',
    },
    "the name of a program": {
        "codec/Cargo.toml": manifest("swarm", '[[bin]]\nname = "codec"\npath = "src/lib.rs"\n'),
        "host.py": f'W = "codec.wasm"\n{FILL}',
    },
    "behind what is computed": {"host.py": f'W = f"{{HERE}}/codec.wasm"\n{FILL}'},
    "in a file that it imports": {
        "host.py": f"from loader import load\n{FILL}",
        "loader.py": 'def load():\n    return open("codec.wasm", "rb")\n',
    },
    "nowhere, and the exports are those of one crate": {"host.py": f"import wasmtime\n{BOTH}"},
    "plugins of one interface": {
        "host.py": f"import wasmtime\n{BOTH}",
        "other/Cargo.toml": manifest("other"),
        "other/src/lib.rs": CODEC,
    },
    "what it is linked with exports some": {
        "codec/Cargo.toml": manifest("codec", '[dependencies]\nabi = { path = "../abi" }\n'),
        "abi/Cargo.toml": manifest("abi"),
        "abi/src/lib.rs": f"{C} version() -> u32 {{ 1 }}",
        "host.py": f'W = "codec.wasm"\n{FILL}\n\ndef g(exports):\n    exports["version"](1)\n',
    },
    "by way of the workspace": {
        "Cargo.toml": '[workspace]\nmembers = ["*"]\n[workspace.dependencies]\n'
        'abi = { path = "abi" }\n',
        "codec/Cargo.toml": manifest("codec", "[dependencies]\nabi.workspace = true\n"),
        "abi/Cargo.toml": manifest("abi"),
        "abi/src/lib.rs": f"{C} version() -> u32 {{ 1 }}",
        "host.py": f'W = "codec.wasm"\n{FILL}\n\ndef g(exports):\n    exports["version"](1)\n',
    },
    "two modules, each with names of its own": {
        "other/Cargo.toml": manifest("other"),
        "other/src/lib.rs": f"{C} hash(n: u32) -> u32 {{ n }}",
        "host.py": 'W = "codec.wasm", "other.wasm"\n' + FILL + "\ndef g(exports):\n"
        '    exports["hash"](1)\n',
    },
}


@pytest.mark.parametrize("name", MATCHED)
def test_the_crate_of_a_host(check: Check, name: str) -> None:
    found = check({**CRATE, **MATCHED[name]}, "host.py")
    assert {rule for _, _, rule in found} == {"unguarded-call"}


UNMATCHED = {
    "another module is named": {"host.py": f'W = "other.wasm"\nimport wasmtime\n{FILL}'},
    "no module is named, and one name in common": {"host.py": f"import wasmtime\n{FILL}"},
    "it calls what the crate does not export": {
        "host.py": f'W = "codec.wasm"\n{FILL}\n\ndef g(exports):\n    exports["hash"](1)\n'
    },
    "crates that do not agree": {
        "host.py": f"import wasmtime\n{BOTH}",
        "other/Cargo.toml": manifest("other"),
        "other/src/lib.rs": OTHER,
    },
    "two modules that both have the name": {
        "other/Cargo.toml": manifest("other"),
        "other/src/lib.rs": OTHER,
        "host.py": f'W = "codec.wasm", "other.wasm"\n{FILL}',
    },
    "two crates of the same name": {
        "other/Cargo.toml": manifest("codec"),
        "other/src/lib.rs": OTHER,
        "host.py": f'W = "codec.wasm"\n{FILL}',
    },
    "an object that is not called exports": {
        "host.py": 'W = "codec.wasm"\ndef f(api, store):\n    return api["pack"](store, 1, 2)\n'
    },
    "another project": {
        "app/pyproject.toml": "",
        "app/.git/HEAD": "",
        "app/host.py": f'W = "codec.wasm"\n{FILL}',
    },
    "a dependency that somebody installed": {
        "codec/Cargo.toml": "",
        "node_modules/codec/Cargo.toml": manifest("codec"),
        "node_modules/codec/src/lib.rs": CODEC,
        "host.py": f'W = "codec.wasm"\n{FILL}',
    },
}


@pytest.mark.parametrize("name", UNMATCHED)
def test_a_coincidence_of_names(check: Check, name: str) -> None:
    files = UNMATCHED[name]
    assert check({**CRATE, **files}, next(it for it in files if it.endswith("host.py"))) == set()


# ── modules that are there ──────────────────────────────────────────────────────────────────────


def test_a_module_of_another_name_is_told_by_its_exports(check: Check, tmp_path: Path) -> None:
    (tmp_path / "engine.wasm").write_bytes(wasm("pack", "wipe", "start", "open", "done"))
    found = check({**CRATE, "host.py": f'W = "engine.wasm"\n{FILL}'}, "host.py")
    assert {rule for _, _, rule in found} == {"unguarded-call"}


def test_a_module_that_was_built_from_something_else(check: Check, tmp_path: Path) -> None:
    (tmp_path / "codec.wasm").write_bytes(wasm("compress", "expand"))
    assert check({**CRATE, "host.py": f'W = "codec.wasm"\n{FILL}'}, "host.py") == set()


@pytest.mark.parametrize("name", ["host.py", "host.js"])
def test_a_module_without_sources_by_its_names(check: Check, tmp_path: Path, name: str) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/parser.wasm").write_bytes(wasm("parser_new", "parser_free", "parse"))
    python = (
        'W = "lib/parser.wasm"\ndef f(exports, store):\n    p = exports["parser_new"](store, 1)\n'
        '    exports["parse"](store, p)\n    exports["parser_free"](store, p)\n'
    )
    script = (
        "const W = new URL('./lib/parser.wasm', import.meta.url);\nexport function f(i) {\n"
        "const p = i.exports.parser_new(1);\ni.exports.parse(p);\ni.exports.parser_free(p); }"
    )
    found = check({"host.py": python, "host.js": script}, name)
    assert found == {(name, 3, "release-not-on-every-path")}


def test_an_allocator_gives_null_and_does_not_throw(check: Check, tmp_path: Path) -> None:
    (tmp_path / "codec.wasm").write_bytes(wasm("malloc", "free", "codec_alloc", "codec_dealloc"))
    host = (
        'W = "codec.wasm"\ndef f(exports, store):\n    p = exports["malloc"](store, 4)\n'
        '    q = exports["codec_alloc"](store, 4)\n    try:\n        measure(p, q)\n    finally:\n'
        '        exports["codec_dealloc"](store, q)\n        exports["free"](store, p)\n'
    )
    assert check({"host.py": host}, "host.py") == set()


def test_what_the_module_says_goes_before_what_allocators_are_usually_called(check: Check) -> None:
    crate = {
        "codec/Cargo.toml": manifest("codec"),
        "codec/src/lib.rs": (
            f"{C} alloc(n: usize) -> *mut u8 {{ vec![0u8; n].leak().as_mut_ptr() }}"
            f"{C} give_back(p: *mut u8, n: usize) {{ drop(Vec::from_raw_parts(p, n, n)) }}"
        ),
    }
    host = (
        'W = "codec.wasm"\ndef f(exports, store):\n    p = exports["alloc"](store, 8)\n'
        "    try:\n        measure(p)\n    finally:\n"
    )
    well = host + '        exports["give_back"](store, p, 8)\n'
    assert check({**crate, "host.py": well}, "host.py") == set()
    badly = host + "        pass\n"
    assert check({**crate, "host.py": badly}, "host.py") == {("host.py", 3, "missing-release")}


def test_the_finding_names_the_crate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in {**CRATE, "host.py": LOAD + FILL, "pyproject.toml": ""}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    linker = Plans(Configuration(isolated=True)).of(tmp_path / "host.py").project.linker
    linked = linker.contracts_for(tmp_path / "host.py", (LOAD + FILL).encode())
    assert [(one.name, one.source) for one in linked] == [("exports of codec", "codec")]
