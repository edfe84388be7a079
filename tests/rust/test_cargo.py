"""Which files make a crate, and which of them are looked at."""

import tomllib
from pathlib import Path

import pytest

from cleanuplint.cargo import Cargo
from cleanuplint.config import Configuration
from cleanuplint.run import run_text

from .conftest import MANIFEST, Check

STRUCT = """\
use wasm_bindgen::prelude::*;
#[wasm_bindgen]
pub struct Engine {
    pub(crate) buffer: Vec<u8>,
}
"""
METHOD = """\
use crate::Engine;
#[wasm_bindgen::prelude::wasm_bindgen]
impl Engine {
    pub fn size(&mut self, text: &str) -> usize {
        self.buffer.clear();
        self.buffer.extend_from_slice(text.as_bytes());
        self.buffer.len()
    }
}
"""
DROP = """\
use crate::Engine;
impl Drop for Engine {
    fn drop(&mut self) {
        self.buffer = Vec::new();
    }
}
"""
MISSING = {(3, "missing-drop")}


def write(package: Path, **files: str) -> None:
    for name, text in files.items():
        path = package / "src" / (name.replace("__", "/") + ".rs")
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)


def test_the_method_is_in_another_file(package: Path, check: Check) -> None:
    write(package, lib="mod method;" + STRUCT, method=METHOD)
    assert check("src/lib.rs") == MISSING


@pytest.mark.parametrize(
    "files",
    [
        {"lib": "mod method; mod drop;", "drop": DROP},
        {"lib": "mod method; mod drop;", "drop__mod": DROP},
        {"lib": "mod method; mod a;", "a": "mod drop;", "a__drop": DROP},
        {"lib": "mod method; mod a { mod drop; }", "a__drop": DROP},
        {"lib": 'mod method; #[path = "odd_name.rs"] mod drop;', "odd_name": DROP},
        {"lib": 'mod method; #[cfg(target_arch = "wasm32")] mod drop;', "drop": DROP},
    ],
    ids=["file", "folder", "deeper", "inline", "path", "cfg wasm32"],
)
def test_drop_is_found_wherever_the_module_lies(
    package: Path, check: Check, files: dict[str, str]
) -> None:
    files["lib"] += STRUCT
    write(package, method=METHOD, **files)
    assert check("src/lib.rs") == set()


@pytest.mark.parametrize(
    "attribute",
    ["cfg(test)", 'cfg(not(target_arch = "wasm32"))', 'cfg(not(target_family = "wasm"))'],
)
def test_a_drop_of_another_build_does_not_count(
    package: Path, check: Check, attribute: str
) -> None:
    write(package, lib=f"mod method; #[{attribute}] mod drop;{STRUCT}", method=METHOD, drop=DROP)
    assert check("src/lib.rs") == MISSING
    assert Cargo().crate(package / "src/drop.rs") is None
    assert check("src/drop.rs") == set()


def test_a_file_that_no_module_names_is_no_part_of_the_crate(package: Path, check: Check) -> None:
    write(package, lib="mod method;" + STRUCT, method=METHOD, drop=DROP)
    assert check("src/lib.rs") == MISSING
    assert check("src/drop.rs") == set()


def test_a_loose_file_is_a_crate_of_its_own(package: Path, check: Check) -> None:
    (package / "Cargo.toml").unlink()
    (package / "loose.rs").write_text(STRUCT + METHOD)
    assert check("loose.rs") == MISSING


def test_modules_that_name_each_other_come_to_an_end(package: Path, check: Check) -> None:
    write(package, lib='#[path = "lib.rs"] mod again; mod method;' + STRUCT, method=METHOD)
    assert check("src/lib.rs") == MISSING


def test_the_library_of_the_manifest(package: Path, check: Check) -> None:
    (package / "Cargo.toml").write_text(MANIFEST + '[lib]\npath = "engine.rs"\n')
    (package / "engine.rs").write_text("mod method;" + STRUCT)
    (package / "method.rs").write_text(METHOD)
    assert check("engine.rs") == MISSING


def test_a_text_that_is_not_on_disk(package: Path) -> None:
    write(package, lib="mod method; mod drop;" + STRUCT, method=METHOD, drop="")
    drop = package / "src/drop.rs"
    before = run_text(
        package / "src/lib.rs", (package / "src/lib.rs").read_bytes(), Configuration()
    )
    assert [one.rule for one in before.findings] == ["missing-drop"]
    crate = Cargo().crate(drop, DROP.encode())
    assert crate is not None
    assert not any(crate.findings.values())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("pub fn plain() {}", False),
        ("use wasm_bindgen::prelude::*;", True),
        ('#[no_mangle] extern "C" fn f() {}', False),
        ('#[no_mangle] extern "C" fn f() {} // for wasm32', True),
        ("fn f(export_name: &str, no_mangled: u8) {} // for wasm32", False),
        ("// cleanuplint: ignore-file", True),
    ],
)
def test_crates_that_export_nothing_are_not_read(
    package: Path, source: str, expected: bool
) -> None:
    write(package, lib=source)
    assert Cargo().concerns(package / "src/lib.rs", source.encode()) is expected


def test_macro_crates_run_on_the_host(package: Path) -> None:
    (package / "Cargo.toml").write_text(MANIFEST + "[lib]\nproc-macro = true\n")
    write(package, lib="pub mod a;", a="// quotes #[wasm_bindgen]")
    assert not Cargo().concerns(package / "src/lib.rs", b"pub mod a;")


def test_a_broken_manifest_is_for_cargo_to_tell(package: Path, check: Check) -> None:
    (package / "Cargo.toml").write_text("[package")
    write(package, lib=STRUCT + METHOD)
    assert check("src/lib.rs") == MISSING


@pytest.mark.parametrize(
    "manifest",
    [
        'lib = "src"\n' + MANIFEST,
        "bin = 3\n" + MANIFEST,
        MANIFEST + "[lib]\npath = 3\n",
        MANIFEST + "[[bin]]\npath = []\n",
        "bin = [1]\nworkspace = 2\n" + MANIFEST,
        MANIFEST + "edition.workspace = true\nrust-version = 1.8\n[workspace]\npackage = 1\n",
    ],
)
def test_a_manifest_of_another_shape_stops_nothing(
    manifest: str, package: Path, check: Check
) -> None:
    (package / "Cargo.toml").write_text(manifest)
    write(package, lib=STRUCT + METHOD)
    assert check("src/lib.rs") == MISSING


def test_a_manifest_is_not_read_for_each_file(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The features of a large crate take longer to read than its code."""
    names = [f"part{number}" for number in range(9)]
    write(
        package,
        lib=STRUCT + "".join(f"mod {name};" for name in names),
        **dict.fromkeys(names, METHOD),
    )
    read: list[str] = []
    loads = tomllib.loads

    def counted(text: str) -> dict[str, object]:
        read.append(text)
        return loads(text)

    monkeypatch.setattr("cleanuplint.modules.manifests.tomllib.loads", counted)
    cargo = Cargo()
    for path in sorted(package.rglob("*.rs")):
        assert cargo.crate(path, path.read_bytes())
    assert len(read) == 1


def test_comments_suppress(package: Path, check: Check) -> None:
    comment = "// cleanuplint: ignore[missing-drop] freed by the pool\n"
    write(package, lib=STRUCT.replace("pub struct", comment + "pub struct") + METHOD)
    assert check("src/lib.rs") == set()


def test_a_comment_that_suppresses_nothing(package: Path, check: Check) -> None:
    write(package, lib="// cleanuplint: ignore[missing-drop]\npub fn f() {}\n")
    assert check("src/lib.rs") == {(1, "unused-suppression")}


def test_what_cannot_be_parsed_is_told(package: Path, check: Check) -> None:
    write(package, lib=STRUCT + METHOD + "fn broken( {\n")
    assert {rule for _, rule in check("src/lib.rs")} == {"missing-drop", "syntax-error"}


def test_tests_are_asked_for(package: Path, check: Check) -> None:
    (package / "tests").mkdir()
    (package / "tests/web.rs").write_text(STRUCT + METHOD)
    assert check("tests/web.rs") == set()
