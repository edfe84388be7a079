"""What functions of other files do with their arguments."""

import pytest

from tests.linking.conftest import Check

TREE = "import { parser } from './parser.js';\nconst f = (g) => g();\n"
PARSER = "import { Parser } from 'web-tree-sitter';\nexport const parser = new Parser();\n"
HELPERS = """
export function done(x) { x.delete(); }
export const doneLater = (x) => { try { x.delete(); } catch {} };
export function maybe(x, really) { if (really) x.delete(); }
export function measure(x) { return x.rootNode.endIndex; }
export function same(x) { return x; }
const kept = [];
export function keep(x) { kept.push(x); }
let last;
export function remember(x) { last = x; }
export function forget() { last.delete(); }
export function quiet(n) { return n + 1; }
export async function later(x) { await null; x.delete(); }
export function first(x, ...more) { x.delete(); for (const each of more) console.log(each); }
export function every(...all) { for (const each of all) each.delete(); }
"""
USE = (
    "import { done, doneLater, maybe, measure, same, keep, remember, quiet, later, "
    "first, every } "
    "from './h.js';\n"
)


def use(body: str) -> dict[str, str]:
    text = TREE + USE + "export async function a() {\n" + body + "\n}\n"
    return {"parser.js": PARSER, "h.js": HELPERS, "use.js": text}


SILENT = {
    "released by a helper whose name does not say so": (
        "const t = parser.parse('x'); try { f(t); } finally { done(t); }"
    ),
    "released by an arrow function": (
        "const t = parser.parse('x'); try { f(t); } finally { doneLater(t); }"
    ),
    "released by an async helper": (
        "const t = parser.parse('x'); try { f(t); } finally { await later(t); }"
    ),
    "released on a condition: it can't be told": "const t = parser.parse('x'); maybe(t, f());",
    "released by a helper that takes more, too": (
        "const t = parser.parse('x'); try { f(t); } finally { first(t, 1, 2); }"
    ),
    "released by a helper that takes any number": (
        "const t = parser.parse('x'); try { f(t); } finally { every(t); }"
    ),
    "kept by a collection of another file": "const t = parser.parse('x'); keep(t);",
    "kept by a variable of another file": "const t = parser.parse('x'); remember(t);",
    "what a helper returns is its argument": (
        "const t = same(parser.parse('x')); try { f(t); } finally { t.delete(); }"
    ),
    "a helper that throws nothing": (
        "const t = parser.parse('x'); const n = quiet(1); t.delete(); return n;"
    ),
}


@pytest.mark.parametrize("name", SILENT)
def test_nothing_to_say(check: Check, name: str) -> None:
    assert check(use(SILENT[name]), "use.js") == set()


LEAKS = {
    "borrowed by a helper": ("const t = parser.parse('x'); return measure(t);", "missing-release"),
    "released twice": (
        "const t = parser.parse('x'); try { f(t); } finally { done(t); t.delete(); }",
        "double-release",
    ),
    "used after its release": (
        "const t = parser.parse('x'); done(t); t.edit({});",
        "use-after-release",
    ),
    "a helper that throws": (
        "const t = parser.parse('x'); measure(0); done(t);",
        None,
    ),
}


@pytest.mark.parametrize("name", LEAKS)
def test_leaks(check: Check, name: str) -> None:
    body, rule = LEAKS[name]
    assert check(use(body), "use.js") == ({("use.js", 5, rule)} if rule else set())


def test_a_helper_in_a_barrel_is_the_helper(check: Check) -> None:
    files = use("const t = parser.parse('x'); try { f(t); } finally { done(t); }")
    files["use.js"] = files["use.js"].replace("./h.js", "./all.js")
    files["all.js"] = "export * from './deeper.js';\n"
    files["deeper.js"] = "export * from './h.js';\n"
    assert check(files, "use.js") == set()


LENDING = """
import { Parser } from 'web-tree-sitter';
const parser = new Parser();
export async function withTree(text, run) {
  const tree = parser.parse(text);
  try { return await run(tree); } finally { tree.delete(); }
}
export class Pool {
  #parser = new Parser();
  use(run) { return run(this.#parser); }
  dispose() { this.#parser.delete(); }
}
"""


def test_a_callback_knows_what_it_is_lent(check: Check) -> None:
    text = (
        "import { withTree, Pool } from './lend.js';\n"
        "export const a = () => withTree('x', (tree) => { const b = tree.copy(); b.rootNode; });\n"
        "export function c(pool = new Pool()) {\n"
        "  pool.use((parser) => { const t = parser.parse('x'); return t.rootNode.text; });\n"
        "}\n"
        "export const d = () => withTree('x', (tree) => tree.rootNode.text);\n"
    )
    found = check({"lend.js": LENDING, "use.js": text}, "use.js")
    assert {(line, rule) for _, line, rule in found if line != 3} == {
        (2, "missing-release"),
        (4, "missing-release"),
    }


BUFFER = """
import { MessageSerializer } from '../wasm-regex-engine/pkg/wasm_regex_engine.js';
import { encode, encodeSafely, wipe, viaEncode } from './encode.js';
const serializer = new MessageSerializer();
export function unsafe(m) { return encode(serializer, m); }
export function unsafeToo(m) { return viaEncode(serializer, m); }
export function safe(m) { return encodeSafely(serializer, m); }
export function safeToo(m) { try { return encode(serializer, m); } finally { wipe(serializer); } }
"""
ENCODE = """
export const encode = (s, m) => s.serializeMessage(m);
export function viaEncode(s, m) { return encode(s, m); }
export function wipe(s) { s.clearBuffer(); }
export function encodeSafely(s, m) {
  try { return s.serializeMessage(m); } finally { s.clearBuffer(); }
}
"""


def test_helpers_pass_on_what_they_fill_and_clear(check: Check) -> None:
    found = check({"use.js": BUFFER, "encode.js": ENCODE})
    assert found == {("use.js", 5, "unguarded-call"), ("use.js", 6, "unguarded-call")}


ENGINE = """
import { MessageSerializer } from '../wasm-regex-engine/pkg/wasm_regex_engine.js';
export class Engine {
  #s = new MessageSerializer();
  send(m) { return this.#s.serializeMessage(m); }
  name() { return 'engine'; }
  clearBuffer() { this.#s.clearBuffer(); }
  free() { this.#s.free(); }
}
"""


def test_a_class_that_fills_and_offers_a_clear_is_buffered(check: Check) -> None:
    text = (
        "import { Engine } from './engine.js';\n"
        "const engine = new Engine();\n"
        "export const a = (m) => engine.send(m);\n"
        "export function b(m) {"
        "  try { return engine.send(m); } finally { engine.clearBuffer(); }\n"
        "}\n"
        "export const c = () => engine.name();\n"
    )
    found = check({"engine.js": ENGINE, "use.js": text})
    assert found == {("use.js", 3, "unguarded-call")}


CHOICE = """
import { Parser } from 'web-tree-sitter';
const parser = new Parser();
export async function read(text, { as = 'plain' } = {}) {
  if (as === 'tree') {
    const tree = await parser.parse(text);
    if (!tree) throw new Error('no tree');
    return tree;
  }
  const plain = await plainly(text);
  return plain;
}
export function perhaps(text) {
  if (!text) return null;
  return parser.parse(text);
}
"""


def test_a_function_that_gives_another_thing_on_request_makes_no_duty(check: Check) -> None:
    user = (
        "import { read, perhaps } from './choice.js';\n"
        "export async function f(text) { const it = await read(text); return it.length; }\n"
        "export function g(text) { return perhaps(text).rootNode.endIndex; }\n"
    )
    found = check({"choice.js": CHOICE, "user.js": user}, "user.js")
    assert {(file, line) for file, line, _ in found} == {("user.js", 3)}
