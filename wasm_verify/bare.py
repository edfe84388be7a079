"""Glue for a module that comes without any: what takes nothing but a pointer can be called.

    class encoder { constructor() { this.__wbg_ptr = wasm.encoder_new(); } free() { … } … }

Every import traps. So a method that needs one says so by a trap, not by a wrong answer.
"""

from wasm_verify.types import ClassTypes

_HEAD = """
const wasm = (() => {
  const trap = (name) => () => { throw new Error(`no glue: import ${name}`); };
  const traps = new Proxy({}, { get: (_, name) => trap(name) });
  const imports = new Proxy({}, { get: () => traps });
  return new WebAssembly.Instance(new WebAssembly.Module(), imports).exports;
})();
const pointer = (one) => {
  if (!one.__wbg_ptr) throw new Error("null pointer passed to rust");
  return one.__wbg_ptr;
};
"""


def glue(classes: tuple[ClassTypes, ...]) -> str:
    """CommonJS that exports one class for each."""
    return _HEAD + "".join(map(_class, classes))


def _class(types: ClassTypes) -> str:
    name = types.name
    methods = [one.name for one in types.members if one.name not in ("constructor", "free")]
    return f"""
exports.{name} = class {name} {{
  constructor() {{ this.__wbg_ptr = wasm.{name}_new(); }}
  free() {{
    const ptr = pointer(this);
    this.__wbg_ptr = 0;
    wasm.__wbg_{name}_free(ptr, 0);
  }}
  {"".join(f"{one}() {{ return wasm.{name}_{one}(pointer(this)); }} " for one in methods)}
}};
"""
