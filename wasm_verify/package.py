"""Finds a module in a directory, as wasm-pack and npm lay it out, or takes a `.wasm` as it is."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from wasm_verify import bare, binary, plain, typings
from wasm_verify.errors import ModuleError
from wasm_verify.module import SUFFIXES, Glue, Module, classes_of, functions_of
from wasm_verify.types import ClassTypes, Declarations, Signature

SKIPPED = ("node_modules", ".git")
WASI = re.compile(r"^wasi(_|:)")
NAPI = re.compile(r"^napi_")
_TAKES_INSTANCE = re.compile(r"^export function __wbg_set_wasm\b", re.M)
GLUE_MARK = re.compile(r"__wbindgen_|__wbg_|wasm_bindgen")
# Written for Node first: it needs the least that is not there.
PREFERRED = ("node", "nodejs", "pkg", "web", "bundler", "dist", "lib")


def load(path: str | Path) -> Module:
    """What a package directory, a `.wasm` file or a TOML of plain.py offers.

    Raises ModuleError with one line, and InputError for the TOML.
    """
    place = Path(path)
    if not place.exists():
        raise ModuleError(f"{path}: there is no such file or directory")
    if place.suffix == ".toml":
        return _plain(str(path), place)
    wasm = place if place.is_file() else _find_wasm(place)
    outside = _read_binary(wasm)
    glue = _find_glue(wasm)
    if glue is None:
        return _bare(str(path), wasm, outside)
    declarations = _declarations(glue, place)
    return Module(
        str(path),
        wasm,
        glue,
        declarations,
        classes_of(declarations),
        functions_of(declarations),
    )


def _find_wasm(place: Path) -> Path:
    found = sorted(_below(place, ".wasm"), key=lambda one: _rank(place, one))
    if not found:
        native = next(_below(place, ".node"), None)
        if native:
            raise ModuleError(f"{place}: is a native addon ({native.name}), not WebAssembly")
        raise ModuleError(f"{place}: holds no .wasm file; build the package, or name the file")
    return found[0]


def _below(place: Path, suffix: str) -> Iterator[Path]:
    for directory in (place, *sorted(one for one in place.rglob("*") if one.is_dir())):
        if not any(part in SKIPPED for part in directory.relative_to(place).parts):
            yield from sorted(directory.glob(f"*{suffix}"))


def _rank(place: Path, wasm: Path) -> tuple[int, int, int, int, str]:
    """Nearest first: with glue beside it, named by package.json, for Node, high up."""
    parts = wasm.relative_to(place).parts[:-1]
    target = min((PREFERRED.index(part) for part in parts if part in PREFERRED), default=9)
    named = int(not any(wasm.parent == entry.parent for entry in _entries(place)))
    return (int(_find_glue(wasm) is None), named, target, len(parts), wasm.name)


def _entries(place: Path) -> list[Path]:
    try:
        package = json.loads((place / "package.json").read_text("utf-8"))
    except (OSError, ValueError):
        return []
    named = [package.get(key) for key in ("main", "module", "types")]
    return [place / one for one in named if isinstance(one, str)]


def _read_binary(wasm: Path) -> binary.Binary:
    try:
        outside = binary.read(wasm.read_bytes())
    except OSError as error:
        raise ModuleError(f"{wasm}: can't be read: {error.strerror}") from error
    except ModuleError as error:
        raise ModuleError(f"{wasm}: {error}") from error
    for one in outside.imports:
        if WASI.match(one.module):
            raise ModuleError(
                f"{wasm}: is a WASI module (imports {one.module}); "
                "it would need files and processes, which no module is given here"
            )
        if NAPI.match(one.name):
            raise ModuleError(
                f"{wasm}: is built by napi-rs (imports {one.module}.{one.name}); "
                "only wasm-bindgen's glue and plain exports can be driven"
            )
    return outside


def _find_glue(wasm: Path) -> Glue | None:
    stem = wasm.stem.removesuffix("_bg")
    for name in (stem, f"{stem}_bg", wasm.stem):
        for suffix in SUFFIXES:
            path = wasm.with_name(name + suffix)
            source = path.read_text("utf-8", "replace") if path.is_file() else ""
            # A bundler's entry only joins the two others.
            if GLUE_MARK.search(source) and not _joins(source):
                style = "bundler" if _TAKES_INSTANCE.search(source) else "script"
                return Glue(path, source, style)
    return None


def _joins(source: str) -> bool:
    return bool(re.search(r"^import .*\.wasm[\"'];?\s*$", source, re.M))


def _declarations(glue: Glue, place: Path) -> Declarations:
    """From the `.d.ts` of the glue or of the package, else from the glue itself."""
    stem = glue.path.stem.removesuffix("_bg")
    names = (f"{stem}.d.ts", f"{stem}.d.cts", f"{stem}.d.mts", f"{glue.path.stem}.d.ts")
    beside = [glue.path.with_name(name) for name in names]
    for path in (*beside, *_entries(place)):
        if path.suffix.endswith("ts") and path.is_file():
            declared = typings.read(path.read_text("utf-8", "replace"))
            if declared.classes or declared.functions:
                return declared
    return _offered(typings.read(glue.source), glue.source)


def _offered(declared: Declarations, source: str) -> Declarations:
    """Without the functions that the glue keeps to itself."""
    functions = tuple(one for one in declared.functions if _exports(source, one.name))
    return Declarations(declared.classes, functions, declared.aliases)


def _exports(source: str, name: str) -> bool:
    own = re.escape(name)
    return bool(re.search(rf"exports\.{own}\b|^export function {own}\b", source, re.M))


def _plain(path: str, place: Path) -> Module:
    found = plain.read(place)
    if not found.wasm.is_file():
        raise ModuleError(f"{path}: its module {found.wasm} does not exist")
    exported = {one.name for one in _read_binary(found.wasm).exports if one.kind == "func"}
    if missing := sorted(found.exports - exported):
        raise ModuleError(f"{path}: {found.wasm.name} exports no function `{missing[0]}`")
    glue = Glue(place, plain.glue(found), "script")
    declared = found.declarations
    return Module(path, found.wasm, glue, declared, classes_of(declared), functions_of(declared))


# Without glue

_FREE = re.compile(r"^__wbg_(\w+)_free$")


def _bare(path: str, wasm: Path, outside: binary.Binary) -> Module:
    """What can be called without glue: what takes nothing but a pointer."""
    names = {one.name for one in outside.exports if one.kind == "func"}
    declared = Declarations(
        tuple(
            _bare_class(found[1], names) for name in sorted(names) if (found := _FREE.match(name))
        )
    )
    if not declared.classes:
        raise ModuleError(
            f"{wasm}: has no JavaScript glue beside it ({wasm.stem.removesuffix('_bg')}.js), "
            "and exports no class; name its exports in a TOML"
        )
    glue = Glue(wasm, bare.glue(declared.classes), "script")
    return Module(path, wasm, glue, declared, classes_of(declared), (), bare=True)


def _bare_class(name: str, exports: set[str]) -> ClassTypes:
    methods = sorted(one.removeprefix(f"{name}_") for one in exports if one.startswith(f"{name}_"))
    members = [Signature(one) for one in methods if one != "new"]
    constructor = Signature("constructor", private="new" not in methods)
    return ClassTypes(name, (constructor, Signature("free"), *members))
