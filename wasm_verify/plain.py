"""Modules without glue, from C, Zig, AssemblyScript or by hand: a TOML names their exports.

    module = "codec.wasm"
    allocate = "malloc"               # takes a size, returns an address: for texts and bytes
    deallocate = "free"               # takes the address, and the size if it has two parameters
    failed = "< 0"                    # results that mean an error; an exception is thrown for them
    initialise = "_initialize"        # called once; optional

    [imports.env]                     # what imports of the module return; others throw
    abort = "throw"
    now = 1

    [classes.Encoder]
    constructor = { export = "encoder_new", parameters = ["number"] }
    free = "encoder_free"
    clearBuffer = "encoder_reset"
    getBufferSize = "encoder_size"
    encode = { export = "encoder_encode", parameters = ["handle", "bytes"] }

    [functions]
    checksum = { export = "crc32", parameters = ["text"] }

A parameter is `handle` (the object: the default for a method that lists none), `number`, `bigint`,
`text` (zero-terminated UTF-8) or `bytes` (address and length). Glue is written from this, so that a
plain module is driven, and broken, like any other.
"""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wasm_verify.errors import InputError
from wasm_verify.module import RELEASES
from wasm_verify.types import ClassTypes, Declarations, Field, Kind, Signature, Type

KEYS = {
    "module",
    "allocate",
    "deallocate",
    "failed",
    "initialise",
    "imports",
    "classes",
    "functions",
}
HANDLE = "handle"
PARAMETERS = {
    "number": Type(Kind.NUMBER),
    "bigint": Type(Kind.BIGINT),
    "text": Type(Kind.STRING),
    "bytes": Type(Kind.NAMED, "Uint8Array"),
}
IN_MEMORY = ("text", "bytes")
CONDITIONS = ("< 0", "== 0", "!= 0", "> 0", "== -1")


@dataclass(frozen=True, slots=True)
class Call:
    """How one method calls one export."""

    name: str
    export: str
    parameters: tuple[str, ...]

    @property
    def signature(self) -> Signature:
        given = [kind for kind in self.parameters if kind != HANDLE]
        fields = (Field(f"{kind}{at}", PARAMETERS[kind]) for at, kind in enumerate(given))
        return Signature(self.name, tuple(fields))


@dataclass(frozen=True, slots=True)
class Description:
    """What the TOML says."""

    wasm: Path
    source: dict[str, Any]
    classes: tuple[tuple[str, tuple[Call, ...]], ...]
    functions: tuple[Call, ...]

    @property
    def exports(self) -> set[str]:
        """All that must be there."""
        named = [self.source.get(key) for key in ("allocate", "deallocate", "initialise")]
        calls = [call.export for _, own in self.classes for call in own]
        return {*calls, *(call.export for call in self.functions), *filter(None, named)}

    @property
    def declarations(self) -> Declarations:
        classes = (
            ClassTypes(name, tuple(call.signature for call in calls))
            for name, calls in self.classes
        )
        return Declarations(tuple(classes), tuple(call.signature for call in self.functions))


def read(path: Path) -> Description:
    """Raises InputError with one line."""
    try:
        source = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: {error}") from error
    _check(path, source)
    classes = tuple(
        (name, _methods(path, name, own)) for name, own in source.get("classes", {}).items()
    )
    functions = (
        _call(path, name, name, said, ()) for name, said in source.get("functions", {}).items()
    )
    found = Description(path.parent / source["module"], source, classes, tuple(functions))
    _check_memory(path, found)
    return found


def _check(path: Path, source: dict[str, Any]) -> None:
    unknown = sorted(set(source) - KEYS)
    if unknown:
        raise InputError(f"{path}: unknown key `{unknown[0]}`; known are {', '.join(sorted(KEYS))}")
    if not isinstance(source.get("module"), str):
        raise InputError(f'{path}: `module` must name the .wasm file, like module = "codec.wasm"')
    if source.get("failed", "< 0") not in CONDITIONS:
        raise InputError(f"{path}: `failed` must be one of {', '.join(CONDITIONS)}")
    for name, own in source.get("classes", {}).items():
        if not any(release in own for release in RELEASES):
            raise InputError(f"{path}: class `{name}` has no release: one of {', '.join(RELEASES)}")


def _methods(path: Path, name: str, own: dict[str, Any]) -> tuple[Call, ...]:
    return tuple(_call(path, f"{name}.{one}", one, said, (HANDLE,)) for one, said in own.items())


def _call(path: Path, where: str, name: str, said: Any, default: tuple[str, ...]) -> Call:
    if isinstance(said, str):
        return Call(name, said, () if name == "constructor" else default)
    if not isinstance(said, dict) or not isinstance(said.get("export"), str):
        raise InputError(f"{path}: `{where}` must name an export, or be a table with `export`")
    listed = said.get("parameters", list(default))
    for kind in listed:
        if kind != HANDLE and kind not in PARAMETERS:
            known = ", ".join((HANDLE, *PARAMETERS))
            raise InputError(f"{path}: `{where}` takes `{kind}`; known are {known}")
    return Call(name, said["export"], tuple(listed))


def _check_memory(path: Path, found: Description) -> None:
    calls = [call for _, own in found.classes for call in own] + [*found.functions]
    needs = any(kind in IN_MEMORY for call in calls for kind in call.parameters)
    if needs and "allocate" not in found.source:
        raise InputError(f"{path}: texts and bytes need `allocate`, an export that reserves memory")


def glue(found: Description) -> str:
    """CommonJS in the shape of wasm-bindgen's."""
    settings = {key: found.source.get(key) for key in ("allocate", "deallocate", "initialise")}
    head = f"const settings = {json.dumps(settings)};\n"
    imports = f"const returns = {json.dumps(found.source.get('imports', {}))};\n"
    failed = found.source.get("failed")
    fails = f"const fails = (result) => {f'result {failed}' if failed else 'false'};\n"
    classes = "".join(_class(name, calls) for name, calls in found.classes)
    functions = "".join(
        f"exports.{call.name} = function {call.name}(...given) {{ {_body(call)} }};\n"
        for call in found.functions
    )
    return head + imports + fails + _SUPPORT + classes + functions


def _class(name: str, calls: tuple[Call, ...]) -> str:
    methods = "\n".join(_method(call) for call in calls)
    return f"exports.{name} = class {name} {{\n{methods}\n}};\n"


def _method(call: Call) -> str:
    if call.name == "constructor":
        return f"  constructor(...given) {{ this.__wbg_ptr = made({_arguments(call)}); }}"
    end = "this.__wbg_ptr = 0; " if call.name in RELEASES else ""
    return f"  {call.name}(...given) {{ const self = pointer(this); {end}{_body(call)} }}"


def _body(call: Call) -> str:
    return f"return run({_arguments(call)});"


def _arguments(call: Call) -> str:
    kinds = json.dumps(call.parameters)
    handle = "self" if HANDLE in call.parameters else "0"
    return f'"{call.export}", {kinds}, {handle}, given'


_SUPPORT = """
const trap = (name) => () => { throw new Error(`import ${name} throws`); };
const imports = new Proxy({}, { get: (_, module) => new Proxy({}, { get: (_, name) => {
  const value = returns[module]?.[name];
  return value === undefined || value === "throw" ? trap(name) : () => value;
} }) });
const wasm = new WebAssembly.Instance(new WebAssembly.Module(), imports).exports;
if (settings.initialise) wasm[settings.initialise]();
const pointer = (one) => {
  if (!one.__wbg_ptr) throw new Error("this object was released");
  return one.__wbg_ptr;
};
const utf8 = new TextEncoder();
const bytesOf = { text: (value) => utf8.encode(value + "\\0"), bytes: (value) => value };
function put(kind, value, kept) {
  const bytes = bytesOf[kind](value);
  const at = wasm[settings.allocate](bytes.length) >>> 0;
  if (at === 0 && bytes.length > 0) throw new Error("out of memory");
  kept.push([at, bytes.length]);
  new Uint8Array(wasm.memory.buffer).set(bytes, at);
  return kind === "text" ? [at] : [at, bytes.length];
}
function run(name, kinds, self, given) {
  const kept = [], values = [];
  let next = 0;
  try {
    for (const kind of kinds) {
      if (kind === "handle") values.push(self);
      else if (kind in bytesOf) values.push(...put(kind, given[next++], kept));
      else values.push(given[next++]);
    }
    const result = wasm[name](...values);
    if (fails(result)) throw new Error(`${name} returned ${result}`);
    return result;
  } finally {
    if (settings.deallocate) for (const [at, size] of kept) wasm[settings.deallocate](at, size);
  }
}
function made(name, kinds, self, given) {
  const found = run(name, kinds, self, given);
  if (!found) throw new Error(`${name} made nothing`);
  return found;
}
"""
