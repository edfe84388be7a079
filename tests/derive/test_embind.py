"""Typings of Emscripten, before and after `ClassHandle`, and written by hand."""

from tests.derive.conftest import Derive, results

MODULE = """
interface EmbindModule {
  Mesh: {
    new(_0: number): Mesh;
    cube(_0: number): Mesh;
  };
  Point: {};
  Kind: { Solid: KindValue<0> };
  load(_0: string): Mesh | null;
  version(): string;
}
export type MainModule = WasmModule & EmbindModule;
export default function MainModuleFactory (options?: unknown): Promise<MainModule>;
"""
BEFORE = """
interface WasmModule {}
export interface Mesh {
  size: number;
  center(): Point;
  smooth(): Mesh;
  delete(): void;
}
export interface Point {
  delete(): void;
}
"""
AFTER = """
interface WasmModule {}
export interface ClassHandle {
  isAliasOf(other: ClassHandle): boolean;
  delete(): void;
  deleteLater(): this;
  isDeleted(): boolean;
  // @ts-ignore
  [Symbol.dispose](): void;
  clone(): this;
}
export interface Mesh extends ClassHandle {
  size: number;
  center(): Point;
  smooth(): Mesh;
}
export interface Point extends ClassHandle {}
"""


def test_a_property_gives_a_copy_each_time(derive: Derive) -> None:
    """Only generated typings are believed: others may describe a field of JavaScript."""
    properties = "  readonly origin: Point;\n  parent: Mesh;\n  size: number;"
    for typings, getters in ((AFTER, {"origin"}), (BEFORE, set[str]())):
        text = typings.replace("  size: number;", properties) + MODULE.replace("EmbindModule", "M")
        contract = derive({"out/mesh.d.ts": text, "out/mesh.wasm": ""})
        assert contract is not None
        assert contract.classes["Mesh"].getters == getters


def test_before_class_handle(derive: Derive) -> None:
    contract = derive({"out/mesh.d.ts": BEFORE + MODULE, "out/mesh.wasm": ""})
    assert contract is not None
    assert contract.classes.keys() == {"Mesh", "Point"}
    mesh = contract.classes["Mesh"]
    assert mesh.releases == {"delete"}
    assert mesh.constructor and not contract.classes["Point"].constructor
    assert results(mesh) == {"center": "Point", "smooth": "&Mesh", "cube": "Mesh"}
    assert results(contract) == {"MainModuleFactory": "module", "load": "Mesh"}
    assert contract.default == "MainModuleFactory"


def test_since_class_handle(derive: Derive) -> None:
    contract = derive({"out/mesh.d.ts": AFTER + MODULE})
    assert contract is not None
    assert contract.classes.keys() == {"Mesh", "Point"}
    mesh = contract.classes["Mesh"]
    assert mesh.releases == {"delete", "[Symbol.dispose]"}
    assert results(mesh) == {
        "center": "Point",
        "smooth": "&Mesh",
        "clone": "Mesh",
        "cube": "Mesh",
    }
    assert {"size", "isDeleted", "delete"} <= mesh.members


def test_typings_by_hand(derive: Derive) -> None:
    """What a method gives may belong to the object: a factory's or a constructor's does not."""
    text = """
    export default function KitInit(): Promise<Kit>;
    export interface Kit {
      readonly Paint: PaintConstructor;
      readonly Path: typeof Path;
      readonly Pen: DefaultConstructor<Pen>;
      MakeSurface(width: number): Surface | null;
      defaultPaint: Paint;
    }
    export interface EmbindObject { delete(): void; deleteLater(): void; isDeleted(): boolean; }
    export interface DefaultConstructor<T> { new (): T; }
    export interface PaintConstructor { new (): Paint; }
    export interface Paint extends EmbindObject { copy(): Paint; }
    export interface Pen extends EmbindObject {}
    export class Path { constructor(); static star(n: number): Path; lineTo(x: number): Path;
      delete(): void; }
    export interface Surface extends EmbindObject { getCanvas(): Canvas; }
    export interface Canvas extends EmbindObject {}
    """
    contract = derive({"types/kit.d.ts": text})
    assert contract is not None
    made = {name for name, cls in contract.classes.items() if cls.constructor}
    assert made == {"Paint", "Path", "Pen"}
    assert results(contract.classes["Path"]) == {"star": "Path", "lineTo": "&Path"}
    assert results(contract.classes["Paint"]) == {"copy": "&Paint"}
    assert results(contract.classes["Surface"]) == {"getCanvas": "&Canvas"}
    assert results(contract) == {"KitInit": "module", "MakeSurface": "Surface"}


def test_classes_of_another_file(derive: Derive) -> None:
    contract = derive(
        {
            "shape.d.ts": (
                "import * as T from './types';\n"
                "export interface Toplevel { Solid: typeof T.Solid; cube: typeof T.cube; }\n"
                "export default function Module(): Promise<Toplevel>;"
            ),
            "types.d.ts": (
                "export class Solid { constructor(n: number); static union(): Solid;"
                " delete(): void; }"
            ),
            "shape.wasm": "",
        }
    )
    assert contract is not None
    assert contract.classes.keys() == {"Solid"}
    assert contract.classes["Solid"].constructor
    assert results(contract.classes["Solid"]) == {"union": "Solid"}


def test_a_delete_that_asks_what_to_delete_is_another(derive: Derive) -> None:
    text = "export class Store { constructor(); delete(quad: Quad): void; isDeleted(): boolean; }"
    assert derive({"store.d.ts": text, "store.wasm": ""}) is None
