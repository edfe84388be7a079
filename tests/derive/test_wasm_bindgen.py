"""Each generation of what wasm-bindgen writes, and each target."""

import pytest

from cleanuplint.contracts.model import Contract
from tests.derive.conftest import Derive, results

HEAD = "/* tslint:disable */\n/* eslint-disable */\n"
MEMBERS = """
  area(): number;
  join(other: Shape): Shape;
  parts(): Shape[];
  later(): Promise<Shape>;
  first(): Shape | undefined;
  readonly outline: Outline;
  with_name(name: string): Shape;
  static square(side: number): Shape;
"""
GENERATIONS = {
    "free alone": (
        f"export class Shape {{\n  free(): void;\n{MEMBERS}\n  constructor(n: number);\n}}"
    ),
    "symbol": (
        "export class Shape {\n  free(): void;\n  [Symbol.dispose](): void;\n"
        f"{MEMBERS}\n  constructor(n: number);\n}}"
    ),
    "declared first, exported later": (
        f"declare class Shape {{\n  free(): void;\n{MEMBERS}\n  constructor(n: number);\n}}\n"
        "export { Shape };"
    ),
}
OUTLINE = "export class Outline {\n  private constructor();\n  free(): void;\n}\n"
FUNCTIONS = """
export function load(text: string): Shape;
export function all(): Shape[];
export function merge(a: Shape, b: Shape): void;
export default function init(module?: any): Promise<any>;
"""


def glue(pointer: str, taking: str, wrap: str = "__wrap") -> str:
    """The classes and functions of glue, as each generation takes and wraps pointers."""
    return f"""
class Shape {{
  static {wrap}(ptr) {{
    const obj = Object.create(Shape.prototype); obj.{pointer} = ptr; return obj;
  }}
  __destroy_into_raw() {{ const ptr = this.{pointer}; this.{pointer} = 0; return ptr; }}
  free() {{ const ptr = this.__destroy_into_raw(); wasm.__wbg_shape_free(ptr, 0); }}
  constructor(n) {{ const ret = wasm.shape_new(n); this.{pointer} = ret >>> 0; return this; }}
  area() {{ return wasm.shape_area(this.{pointer}); }}
  join(other) {{
    _assertClass(other, Shape);
    {taking}
    const ret = wasm.shape_join(this.{pointer}, ptr0);
    return Shape.{wrap}(ret);
  }}
  parts() {{
    const ret = wasm.shape_parts(this.{pointer});
    return getArrayJsValueFromWasm0(ret[0], ret[1]).slice();
  }}
  later() {{ const ret = wasm.shape_later(this.{pointer}); return takeObject(ret); }}
  first() {{
    const ret = wasm.shape_first(this.{pointer});
    return ret === 0 ? undefined : Shape.{wrap}(ret);
  }}
  get outline() {{ const ret = wasm.shape_outline(this.{pointer}); return Outline.{wrap}(ret); }}
  with_name(name) {{
    const ptr = this.__destroy_into_raw();
    const ret = wasm.shape_with_name(ptr, name);
    return Shape.{wrap}(ret);
  }}
  static square(side) {{ const ret = wasm.shape_square(side); return Shape.{wrap}(ret); }}
}}
class Outline {{
  static {wrap}(ptr) {{ const obj = Object.create(Outline.prototype); return obj; }}
  __destroy_into_raw() {{ const ptr = this.{pointer}; this.{pointer} = 0; return ptr; }}
  free() {{ const ptr = this.__destroy_into_raw(); wasm.__wbg_outline_free(ptr); }}
}}
function load(text) {{ const ret = wasm.load(text); return Shape.{wrap}(ret); }}
function all() {{ const ret = wasm.all(); return getArrayJsValueFromWasm0(ret[0], ret[1]); }}
function merge(a, b) {{
  _assertClass(a, Shape);
  _assertClass(b, Shape);
  var ptr0 = b.__destroy_into_raw();
  wasm.merge(a.{pointer}, ptr0);
}}
"""


IMPORTS = """
const imports = { wbg: {
  __wbg_shape_new: function(arg0) { const ret = Shape.__wrap(arg0); return addHeapObject(ret); },
  __wbindgen_throw: function(arg0) { throw new Error(arg0); },
} };
"""
POINTERS = {
    "ptr": ("ptr", "var ptr0 = other.ptr; other.ptr = 0;"),
    "destroyed": ("ptr", "var ptr0 = other.__destroy_into_raw();"),
    "__wbg_ptr": ("__wbg_ptr", "var ptr0 = other.__destroy_into_raw();"),
    "optional": (
        "__wbg_ptr",
        "let ptr0 = 0; if (!isLikeNone(other)) { ptr0 = other.__destroy_into_raw(); }",
    ),
}
TARGETS = {
    "nodejs": "{glue}\nexports.Shape = Shape; exports.load = load;\n{imports}",
    "web": "let wasm;\n{glue}\nexport { Shape, load };\n{imports}\nexport default init;",
    "no-modules": (
        "let wasm_bindgen = (function(exports) {\n{glue}\n{imports}\nexports.Shape = Shape;\n"
        "return Object.assign(init, exports);\n})({ __proto__: null });"
    ),
}


def text_of(target: str, pointer: str = "__wbg_ptr") -> str:
    code = glue(*POINTERS[pointer])
    return TARGETS[target].replace("{glue}", code).replace("{imports}", IMPORTS)


def check_whole(contract: Contract | None) -> None:
    assert contract is not None
    shape, outline = contract.classes["Shape"], contract.classes["Outline"]
    assert shape.constructor and not outline.constructor
    assert "free" in shape.releases and outline.releases
    assert results(shape) == {
        "join": "Shape",
        "parts": "Shape[]",
        "later": "Shape",
        "first": "Shape",
        "outline": "Outline",
        "with_name": "Shape",
        "square": "Shape",
    }
    assert dict(shape.consumes) == {"join": (0,), "with_name": (-1,)}
    assert results(contract) == {"load": "Shape", "all": "Shape[]"}
    assert dict(contract.consumes) == {"merge": (1,)}
    assert not shape.adopts
    assert {"area", "join", "free", "outline"} <= shape.members
    assert "square" not in shape.members


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("pointer", POINTERS)
def test_generations(derive: Derive, generation: str, pointer: str) -> None:
    typings = HEAD + OUTLINE + GENERATIONS[generation] + FUNCTIONS
    check_whole(derive({"pkg/s.js": text_of("nodejs", pointer), "pkg/s.d.ts": typings}))


@pytest.mark.parametrize("target", TARGETS)
def test_targets(derive: Derive, target: str) -> None:
    typings = HEAD + OUTLINE + GENERATIONS["symbol"] + FUNCTIONS
    check_whole(derive({"pkg/s.js": text_of(target), "pkg/s.d.ts": typings}))


def test_bundler_target(derive: Derive) -> None:
    door = 'import * as wasm from "./s_bg.wasm";\nexport * from "./s_bg.js";\n'
    typings = HEAD + OUTLINE + GENERATIONS["symbol"] + FUNCTIONS
    files = {"pkg/s.js": door, "pkg/s_bg.js": text_of("web"), "pkg/s.d.ts": typings}
    check_whole(derive(files))


def test_classes_of_bundled_glue_go_by_their_variables(derive: Derive) -> None:
    code = text_of("web").replace("class Shape {", "var Shape = class _Shape {")
    typings = HEAD + OUTLINE + GENERATIONS["symbol"] + FUNCTIONS
    renamed = code.replace("Shape.__wrap(", "_Shape.__wrap(")
    check_whole(derive({"pkg/s.mjs": renamed, "pkg/s.d.ts": typings}))


def test_functions_assigned_to_exports(derive: Derive) -> None:
    code = text_of("nodejs").replace(
        "function load(text) {", "module.exports.load = function(text) {"
    )
    typings = HEAD + OUTLINE + GENERATIONS["symbol"] + FUNCTIONS
    check_whole(derive({"pkg/s.js": code, "pkg/s.d.ts": typings}))


def test_glue_without_typings(derive: Derive) -> None:
    contract = derive({"pkg/s.js": text_of("nodejs")})
    assert contract is not None
    shape = contract.classes["Shape"]
    assert shape.constructor
    assert results(shape) == {
        "join": "Shape",
        "first": "Shape",
        "outline": "Outline",
        "with_name": "Shape",
        "square": "Shape",
    }
    assert dict(shape.consumes) == {"join": (0,), "with_name": (-1,)}
    assert results(contract) == {"load": "Shape"}


def test_typings_without_glue_leave_open_what_is_taken(derive: Derive) -> None:
    contract = derive({"pkg/s.d.ts": HEAD + OUTLINE + GENERATIONS["symbol"] + FUNCTIONS})
    assert contract is not None
    shape = contract.classes["Shape"]
    assert results(shape)["outline"] == "Outline"
    assert results(shape)["with_name"] == "&Shape", "it may be a builder that returns `this`"
    assert dict(shape.adopts) == {"join": (0,)}
    assert results(contract) == {"load": "Shape", "all": "Shape[]"}


def test_a_builder_that_returns_this_gives_nothing_new(derive: Derive) -> None:
    typings = HEAD + (
        "export class Path {\n  free(): void;\n  constructor();\n"
        "  lineTo(x: number): Path;\n  close(): this;\n}"
    )
    code = (
        "class Path {\n  static __wrap(ptr) { return ptr; }\n"
        "  free() { wasm.__wbg_path_free(this.__wbg_ptr); }\n"
        "  lineTo(x) { wasm.path_lineTo(this.__wbg_ptr, x); return this; }\n"
        "  close() { wasm.path_close(this.__wbg_ptr); return this; }\n}\n"
        "wasm.__wbindgen_start();"
    )
    contract = derive({"pkg/p.js": code, "pkg/p.d.ts": typings})
    assert contract is not None
    assert results(contract.classes["Path"]) == {"lineTo": "&Path"}


def test_a_value_that_rust_passes_on_is_not_new(derive: Derive) -> None:
    typings = HEAD + (
        "export class Doc {\n  free(): void;\n  constructor();\n"
        "  text(): Text;\n  find(): Text;\n}\nexport class Text {\n  free(): void;\n}"
    )
    code = (
        "class Doc {\n  free() { wasm.__wbg_doc_free(this.__wbg_ptr); }\n"
        "  text() { return Text.__wrap(wasm.doc_text(this.__wbg_ptr)); }\n"
        "  find() { return takeObject(wasm.doc_find(this.__wbg_ptr)); }\n}\n"
        "class Text { free() { wasm.__wbg_text_free(this.__wbg_ptr); } }\n"
        "wasm.__wbindgen_start();"
    )
    contract = derive({"pkg/p.js": code, "pkg/p.d.ts": typings})
    assert contract is not None
    assert results(contract.classes["Doc"]) == {"text": "Text", "find": "&Text"}


def test_namespaces(derive: Derive) -> None:
    typings = HEAD + (
        "declare class shapes__Box {\n  free(): void;\n  constructor();\n"
        "  twin(): shapes__Box;\n}\n"
        "declare function shapes__make(): shapes__Box;\n"
        "declare class shapes__flat__Dot {\n  private constructor();\n  free(): void;\n}\n"
        "export type { shapes__flat__Dot };\n"
        "export let shapes: {\n  Box: typeof shapes__Box,\n  make: typeof shapes__make,\n"
        "  flat: {\n    Dot: typeof shapes__flat__Dot,\n  },\n};"
    )
    code = (
        "class Box {\n  free() { wasm.__wbg_box_free(this.__wbg_ptr); }\n"
        "  twin() { return Box.__wrap(wasm.box_twin(this.__wbg_ptr)); }\n  constructor() {}\n}\n"
        "function make() { return Box.__wrap(wasm.make()); }\n"
        "class Dot { free() { wasm.__wbg_dot_free(this.__wbg_ptr); } }\nwasm.__wbindgen_start();"
    )
    contract = derive({"pkg/n.js": code, "pkg/n.d.ts": typings})
    assert contract is not None
    assert contract.classes.keys() == {"shapes.Box", "shapes.flat.Dot"}
    assert contract.classes["shapes.Box"].constructor
    assert results(contract.classes["shapes.Box"]) == {"twin": "shapes.Box"}
    assert results(contract) == {"shapes.make": "shapes.Box"}


def test_inheritance(derive: Derive) -> None:
    typings = HEAD + (
        "export class Animal {\n  free(): void;\n  constructor();\n  name(): string;\n"
        "  child(): Animal;\n}\n"
        "export class Dog extends Animal {\n  free(): void;\n  constructor();\n"
        "  bark(): string;\n}"
    )
    code = (
        "class Animal {\n  free() { wasm.__wbg_animal_free(this.__wbg_ptr); }\n"
        "  child() { return Animal.__wrap(wasm.animal_child(this.__wbg_ptr)); }\n}\n"
        "class Dog extends Animal {\n  free() { wasm.__wbg_dog_free(this.__wbg_ptr); }\n"
        "  bark() { return wasm.dog_bark(this.__wbg_ptr); }\n}\nwasm.__wbindgen_start();"
    )
    contract = derive({"pkg/z.js": code, "pkg/z.d.ts": typings})
    assert contract is not None
    dog = contract.classes["Dog"]
    assert results(dog) == {"child": "Animal"}
    assert dog.members == {"free", "bark", "name", "child"}


def test_a_class_of_which_something_is_declared_elsewhere_may_have_more(derive: Derive) -> None:
    typings = HEAD + "export class A extends Elsewhere {\n  free(): void;\n}"
    contract = derive({"pkg/a.d.ts": typings})
    assert contract is not None
    assert contract.classes["A"].members == frozenset()


def test_types_of_scripts_without_modules(derive: Derive) -> None:
    typings = (
        "declare namespace wasm_bindgen {\n  export class Shape {\n    free(): void;\n"
        "    constructor();\n  }\n}\n"
        "declare function wasm_bindgen(module?: InitInput): Promise<any>;\ntype InitInput = any;"
    )
    contract = derive({"pkg/a.d.ts": typings})
    assert contract is not None
    assert contract.globals == ("wasm_bindgen",)
    assert contract.classes.keys() == {"Shape"}


def test_a_constant_that_constructs(derive: Derive) -> None:
    typings = (
        "declare class Image { free(): void; readonly width: number; }\n"
        "export type InitInput = any;\n"
        "export declare const Renderer: {\n  new (svg: string): {\n    free(): void;\n"
        "    render(): Image;\n  };\n};"
    )
    contract = derive({"pkg/r.d.ts": typings})
    assert contract is not None
    assert contract.classes.keys() == {"Image", "Renderer"}
    renderer = contract.classes["Renderer"]
    assert renderer.constructor and not contract.classes["Image"].constructor
    assert results(renderer) == {"render": "Image"}


def test_typings_that_pass_on_others(derive: Derive) -> None:
    contract = derive(
        {
            "index.d.ts": 'export * from "./web/s";\nexport * as flat from "./flat";\n',
            "web/s.d.ts": HEAD + OUTLINE + GENERATIONS["symbol"] + FUNCTIONS,
            "web/s.js": text_of("web"),
            "flat.d.ts": HEAD + "export class Dot { free(): void; constructor(); }",
        }
    )
    assert contract is not None
    assert contract.classes.keys() == {"Shape", "Outline", "flat.Dot"}
    assert dict(contract.classes["Shape"].consumes) == {"join": (0,), "with_name": (-1,)}


def test_what_only_looks_like_it(derive: Derive) -> None:
    pool = "export class Pool {\n  free(): void;\n  constructor();\n}"
    assert derive({"node_modules/pool/index.d.ts": pool}) is None
    row = "export class Row {\n  delete(): void;\n}"
    assert derive({"node_modules/orm/index.d.ts": row}) is None
    assert derive({"src/a.js": "export const a = 1;"}) is None
    assert derive({"src/a.ts": "export class A { free() {} }"}) is None
    assert derive({"src/nothing.js.map": "{}"}) is None


def test_a_release_that_typings_do_not_show_is_nobody_s_duty(derive: Derive) -> None:
    typings = "export class Shape {\n  area(): number;\n  constructor(n: number);\n}"
    assert derive({"pkg/s.js": text_of("nodejs"), "pkg/s.d.ts": typings}) is None
