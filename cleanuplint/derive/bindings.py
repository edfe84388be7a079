"""From the typings and the glue of one module to its contract."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from cleanuplint.contracts.model import Contract
from cleanuplint.derive import embind, jco, wasm_bindgen
from cleanuplint.derive.agreement import disagreement
from cleanuplint.derive.artefacts import TYPINGS, Artefacts, has_module, is_installed, locate
from cleanuplint.derive.bundle import Bundle, bundled
from cleanuplint.derive.declarations import Declarations
from cleanuplint.derive.glue import Glue, read_glue
from cleanuplint.files.generated import is_generated
from cleanuplint.files.naming import shown

WASM_BINDGEN = re.compile(rb"\A/\* tslint:disable \*/|\b(?:Sync)?InitInput\b|__wbg")
"""In the typings that wasm-bindgen writes."""
LARGEST = 2 << 20
"""Bytes beyond which a script has its module inside, as text."""
GLUE = b"__wbg_"
"""In glue of wasm-bindgen, and in none of Emscripten."""
JCO = re.compile(rb"@module (?:Interface|World)\b|\bimplements Disposable\b")


def of_artefacts(artefacts: Artefacts) -> Contract | None:
    """What typings and glue say; None where they are not those of a WebAssembly module."""
    bundle = bundled(artefacts.typings) if artefacts.typings is not None else None
    glue, is_glue = _glue(artefacts, bundle)
    if bundle is not None and bundle.texts:  # what typings don't show is nobody's to release
        folders = {path.parent for path in (*bundle.texts, *artefacts.glue)}
        of_wasm = is_glue or artefacts.wasm is not None or any(map(has_module, folders))
        found = _of_typings(bundle, glue, shown(next(iter(bundle.texts))), of_wasm)
        if found is None:
            return None
        scripts = sorted(path.name for path in artefacts.glue) if glue.classes else []
        source = ", ".join((found.source, *scripts))
        return _with_mismatch(replace(found, source=source), artefacts, bundle, glue)
    if glue.classes and artefacts.glue:
        return wasm_bindgen.from_glue(glue, shown(artefacts.glue[0]))
    return None


def _of_typings(bundle: Bundle, glue: Glue, source: str, of_wasm: bool) -> Contract | None:
    declared, texts = bundle.declared, bundle.texts.values()
    generated = any(WASM_BINDGEN.search(text) for text in texts)
    found: list[Contract] = []
    if glue.classes or generated or of_wasm:
        found.append(wasm_bindgen.from_typings(declared, glue, source, generated))
    if of_wasm or _tells_of_embind(declared):
        found.append(embind.from_typings(declared, source))
    if any(JCO.search(text) for text in texts):
        found.append(jco.from_typings(declared, source))
    return next((one for one in found if one.classes), None)


def _with_mismatch(
    contract: Contract, artefacts: Artefacts, bundle: Bundle, glue: Glue
) -> Contract:
    """Packages that nobody here can build again, and typings of several files, are left alone."""
    if not glue.classes or len(bundle.texts) > 1 or is_installed(next(iter(bundle.texts))):
        return contract
    script = shown(artefacts.glue[0])
    text = next(iter(bundle.texts.values()))
    return replace(contract, mismatch=disagreement(contract, text, glue, script, artefacts.wasm))


def _tells_of_embind(declared: Declarations) -> bool:
    members = (member.name for one in declared.types.values() for member in one.members)
    return bool(embind.GENERATED & declared.types.keys()) or not embind.TELLING.isdisjoint(members)


def _glue(artefacts: Artefacts, bundle: Bundle | None) -> tuple[Glue, bool]:
    """The glue beside the typings, and beside all that those import; is any of it generated?"""
    paths = dict.fromkeys(artefacts.glue)
    for typings in bundle.texts if bundle is not None else ():
        near = locate(typings)
        paths.update(dict.fromkeys(near.glue if near is not None else ()))
    texts = [data for data in map(_bytes, paths) if data is not None and is_generated(data)]
    return _united(read_glue(data) for data in texts if GLUE in data), bool(texts)


def _united(parts: Iterable[Glue]) -> Glue:
    found = Glue()
    for part in parts:
        found = found | part
    return found


def _bytes(path: Path) -> bytes | None:
    try:
        if path.name.endswith(TYPINGS) or path.stat().st_size > LARGEST:
            return None
        return path.read_bytes()
    except OSError:
        return None
