"""Typings of components."""

from tests.derive.conftest import Derive, results

INTERFACE = """
/** @module Interface test:shapes/canvas@1.0.0 **/
export function open(path: string): Picture;
export function all(): Array<Layer>;
export function close(it: Picture): void;

export class Layer implements Disposable {
  /**
   * This type does not have a public constructor.
   */
  private constructor();
  name(): string;
  [Symbol.dispose](): void;
}

export class Picture implements Disposable {
  constructor(width: number)
  copy(): Picture;
  merge(other: Picture, used: Picture): Layer;
  static empty(): Picture;
  [Symbol.dispose](): void;
}
"""


def test_an_interface(derive: Derive) -> None:
    contract = derive({"interfaces/test-shapes-canvas.d.ts": INTERFACE})
    assert contract is not None
    picture, layer = contract.classes["Picture"], contract.classes["Layer"]
    assert picture.constructor and not layer.constructor
    assert picture.releases == {"[Symbol.dispose]"}
    assert results(picture) == {"copy": "Picture", "merge": "Layer", "empty": "Picture"}
    assert results(contract) == {"open": "Picture", "all": "Layer[]"}
    assert dict(picture.adopts) == {"merge": (0, 1)}, "which of them is taken, typings don't say"


def test_a_world_has_its_interfaces_as_namespaces(derive: Derive) -> None:
    contract = derive(
        {
            "shapes.d.ts": (
                "// world test:shapes/shapes@1.0.0\n"
                "export * as canvas from './interfaces/test-shapes-canvas.js';"
            ),
            "interfaces/test-shapes-canvas.d.ts": INTERFACE,
        }
    )
    assert contract is not None
    assert contract.classes.keys() == {"canvas.Picture", "canvas.Layer"}
    assert results(contract) == {"canvas.open": "canvas.Picture", "canvas.all": "canvas.Layer[]"}
    assert results(contract.classes["canvas.Picture"])["merge"] == "canvas.Layer"


def test_older_typings_say_only_that_it_is_disposable(derive: Derive) -> None:
    text = INTERFACE.replace("  [Symbol.dispose](): void;\n", "")
    contract = derive({"canvas.d.ts": text})
    assert contract is not None
    assert contract.classes["Layer"].releases == {"[Symbol.dispose]"}


def test_a_disposable_of_node_is_no_component(derive: Derive) -> None:
    text = "export class Timer {\n  [Symbol.dispose](): void;\n}"
    assert derive({"timer.d.ts": text}) is None
