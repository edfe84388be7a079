"""Classes of other files that own a resource: what makes them resources, and who owes what."""

import pytest

from tests.linking.conftest import Check

TREE_SITTER = "import { Parser } from 'web-tree-sitter';\n"
USE = "import { Wrapper } from './wrapper.js';\n"
LEAK = USE + "export function a(x) { const w = new Wrapper(x); return w.name; }\n"
SAFE = (
    USE
    + "export function a(x, f) { const w = new Wrapper(x); try { f(w); } finally { w.end(); } }\n"
)

WRAPPERS = {
    "made in the constructor": "export class Wrapper { constructor() { this.p = new Parser(); }",
    "made in a field": "export class Wrapper { #p = new Parser();",
    "made in what the constructor calls": (
        "export class Wrapper { constructor() { this.setUp(); }\nsetUp() { this.p = new Parser(); }"
    ),
    "a subclass of a library's class": "export class Wrapper extends Parser {",
}


def wrapper(head: str) -> str:
    field = "#p" if "#p" in head else "p"
    release = "super.delete" if "extends Parser" in head else f"this.{field}.delete"
    return f"{TREE_SITTER}{head}\n  end() {{ {release}(); }}\n}}\n"


@pytest.mark.parametrize("name", WRAPPERS)
def test_its_users_owe_the_release(check: Check, name: str) -> None:
    files = {"wrapper.js": wrapper(WRAPPERS[name])}
    assert check({**files, "use.js": LEAK}) == {("use.js", 2, "missing-release")}
    if "extends Parser" not in WRAPPERS[name]:
        assert check({**files, "use.js": SAFE}) == set()


def test_a_static_factory(check: Check) -> None:
    text = TREE_SITTER + (
        "export class Wrapper {\n"
        "  static async create() {\n"
        "    const made = new Wrapper(); made.p = new Parser(); return made;\n"
        "  }\n"
        "  end() { this.p.delete(); }\n"
        "}\n"
    )
    use = USE + (
        "export async function a() { const w = await Wrapper.create(); return w.name; }\n"
        "export async function b(f) {\n"
        "  const w = await Wrapper.create(); try { f(w); } finally { w.end(); }\n"
        "}\n"
    )
    found = check({"wrapper.js": text, "use.js": use})
    assert found == {("use.js", 2, "missing-release")}


HANDED = "export class Wrapper { constructor(x) { this.x = x; } end() { this.x.delete(); } }\n"


def test_what_is_handed_to_the_constructor(check: Check) -> None:
    """The class is a resource where it is given one, and then it owns that one."""
    use = (
        TREE_SITTER
        + USE
        + (
            "const parser = new Parser();\n"
            "export function a() { const w = new Wrapper(parser.parse('x')); return w.name; }\n"
            "export function b() { const w = new Wrapper(new Map()); return w.name; }\n"
            "export function c(f) {\n"
            "  const w = new Wrapper(parser.parse('x')); try { f(w); } finally { w.end(); }\n"
            "}\n"
        )
    )
    assert check({"wrapper.js": HANDED, "use.js": use}) == {("use.js", 4, "missing-release")}


def test_who_releases_the_argument_has_lent_it(check: Check) -> None:
    use = (
        TREE_SITTER
        + USE
        + (
            "const parser = new Parser();\n"
            "export function a(f) {\n"
            "  const tree = parser.parse('x');\n"
            "  try { f(new Wrapper(tree)); } finally { tree.delete(); }\n"
            "}\n"
        )
    )
    assert check({"wrapper.js": HANDED, "use.js": use}) == set()


def test_a_class_that_only_borrows(check: Check) -> None:
    text = "export class Wrapper { constructor(x) { this.x = x; } end() { this.x = null; } }\n"
    use = (
        TREE_SITTER
        + USE
        + (
            "const parser = new Parser();\n"
            "export function a() { const w = new Wrapper(parser.parse('x')); w.end(); }\n"
            "export function b(f) {\n"
            "  const t = parser.parse('x'); try { f(new Wrapper(t)); } finally { t.delete(); }\n"
            "}\n"
        )
    )
    assert check({"wrapper.js": text, "use.js": use}) == set()


CHAIN = {
    "package.json": '{"workspaces": ["packages/*"]}',
    "packages/core/package.json": '{"name": "@w/core", "main": "dist/index.js"}',
    "packages/core/src/index.ts": "export * from './pool';\n",
    "packages/core/src/pool.ts": TREE_SITTER
    + "export class Pool { private p = new Parser(); close(): void { this.p.delete(); } }\n",
    "packages/lang/package.json": '{"name": "@w/lang", "exports": {"./service": "./service.js"}}',
    "packages/lang/service.ts": "import { Pool } from '@w/core';\n"
    "export class Service { readonly pool: Pool = new Pool(); stop() { this.pool.close(); } }\n",
    "packages/app/package.json": '{"name": "app"}',
    "packages/app/main.ts": "import { Service } from '@w/lang/service';\n"
    "export function a() {\n"
    "  const service = new Service(); return service.pool.size;\n"
    "}\n",
}  # fmt: skip


def test_transitively_across_packages(check: Check) -> None:
    assert check(CHAIN) == {("packages/app/main.ts", 3, "missing-release")}


def test_a_wrapper_without_a_release_is_the_finding_not_its_users(check: Check) -> None:
    text = TREE_SITTER + "export class Wrapper { p = new Parser(); end() { this.p = null; } }\n"
    found = check({"wrapper.js": text, "use.js": LEAK})
    assert found == {("wrapper.js", 2, "missing-teardown-release")}


def test_a_subclass_in_another_file(check: Check) -> None:
    files = {
        "wrapper.js": wrapper(WRAPPERS["made in a field"]),
        "sub.js": USE + "export class Sub extends Wrapper { more() {} }\n",
        "use.js": "import { Sub } from './sub.js';\nexport function a() { new Sub().more(); }\n",
    }
    assert check(files) == {("use.js", 2, "discarded-resource")}


def test_methods_that_return_the_object(check: Check) -> None:
    text = TREE_SITTER + (
        "export class Wrapper { #p = new Parser(); set(x) { return this; }\n"
        "end() { this.#p.delete(); } }\n"
    )
    use = USE + (
        "export function a(f) {\n"
        "  const w = new Wrapper().set(1); try { f(); } finally { w.end(); }\n"
        "}\n"
    )
    assert check({"wrapper.js": text, "use.js": use}) == set()


PARTS = TREE_SITTER + (
    "const parser = new Parser();\n"
    "export function both(text) {\n"
    "  const tree = parser.parse(text); return { tree, text };\n"
    "}\n"
    "export async function later(text) { return { tree: parser.parse(text), ok: true }; }\n"
    "export const pair = (text) => [parser.parse(text), null];\n"
)


def test_a_resource_within_a_result(check: Check) -> None:
    use = (
        "import { both, later, pair } from './parts.js';\n"
        "export function a() { const { tree } = both('x'); return tree.rootNode.text; }\n"
        "export async function b() { const r = await later('x'); return r.tree.rootNode.text; }\n"
        "export function c() { const [tree] = pair('x'); return tree.rootNode.text; }\n"
        "export function d(f) {\n"
        "  const r = both('x'); try { f(r.text); } finally { r.tree.delete(); }\n"
        "}\n"
        "export const e = (text) => both(text);\n"
    )
    found = check({"parts.js": PARTS, "use.js": use})
    assert {line for _, line, _ in found} == {2, 3, 4}


def test_a_method_that_goes_on_with_another_is_no_release(check: Check) -> None:
    wrapper = (
        "import { endOf } from './end.js';\n"
        "export class Wrapper {\n"
        "  constructor(x) { this.x = x; }\n"
        "  replace(x) { this.x.delete(); this.x = x; this.draw(); }\n"
        "  draw() {}\n"
        "  destroy() { endOf(this); }\n"
        "}\n"
    )
    use = (
        TREE_SITTER
        + USE
        + (
            "const parser = new Parser();\n"
            "export function a() { const w = new Wrapper(parser.parse('x')); w.draw(); }\n"
        )
    )
    assert check({"wrapper.js": wrapper, "use.js": use}) == set()
