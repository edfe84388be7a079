"""Types that are no classes, as evidence: aliases, interfaces, JSDoc; in and across files."""

import pytest

from tests.linking.conftest import Check

LEAK = "\n  const tree = {parser}.parse(text);\n  tree.rootNode.toString();\n}}\n"
IN_FILE = {
    "an alias": (
        "a.ts",
        'import type { Parser } from "web-tree-sitter";\ntype P = Parser | undefined;\n'
        "export function f(p: P, text: string) {" + LEAK.format(parser="p"),
    ),
    "an interface": (
        "a.ts",
        'import type { Parser } from "web-tree-sitter";\n'
        "interface Host { readonly parser: Parser }\n"
        "export function f(host: Host, text: string) {" + LEAK.format(parser="host.parser"),
    ),
    "an interface that extends a class": (
        "a.ts",
        'import type { Parser } from "web-tree-sitter";\n'
        "interface Mine extends Parser { name: string }\n"
        "export function f(mine: Mine, text: string) {" + LEAK.format(parser="mine"),
    ),
    "an object type": (
        "a.ts",
        'import type { Parser } from "web-tree-sitter";\n'
        "type Host = { parser: Parser } & { name: string };\n"
        "export function f(host: Host, text: string) {" + LEAK.format(parser="host.parser"),
    ),
    "an import as a type": (
        "a.ts",
        "\n\nexport function f(p: import('web-tree-sitter').Parser, text: string) {"
        + LEAK.format(parser="p"),
    ),
    "an import as a type in a comment": (
        "a.js",
        "/**\n * @param {import('web-tree-sitter').Parser} p\n * @param {string} text\n */\n"
        "export function f(p, text) {" + LEAK.format(parser="p"),
    ),
    "a typedef": (
        "a.js",
        "/** @typedef {import('web-tree-sitter').Parser} P */\n"
        "/** @param {P} p */\nexport function f(p, text) {" + LEAK.format(parser="p"),
    ),
    "a typedef with properties": (
        "a.js",
        "/**\n * @typedef {Object} Host\n * @property {import('web-tree-sitter').Parser} parser\n"
        " */\n/** @param {Host} host */\nexport function f(host, text) {"
        + LEAK.format(parser="host.parser"),
    ),
}


@pytest.mark.parametrize("name", IN_FILE)
def test_in_a_file(check: Check, name: str) -> None:
    file, text = IN_FILE[name]
    line = text[: text.index(".parse(")].count("\n") + 1
    assert check({file: text}) == {(file, line, "missing-release")}


TYPES = """import type { Parser } from "web-tree-sitter";
export type P = Parser;
export interface Host { parser: Parser }
"""
ACROSS = {
    "an alias": "import type { P } from './types';\nexport function f(p: P, text: string) {"
    + LEAK.format(parser="p"),
    "an interface": "import type { Host } from './types';\n"
    "export function f(host: Host, text: string) {" + LEAK.format(parser="host.parser"),
    "an import as a type": "\nexport function f(p: import('./types').P, text: string) {"
    + LEAK.format(parser="p"),
}


@pytest.mark.parametrize("name", ACROSS)
def test_across_files(check: Check, name: str) -> None:
    assert check({"types.ts": TYPES, "a.ts": ACROSS[name]}, "a.ts") == {
        ("a.ts", 3, "missing-release")
    }


def test_types_that_name_each_other(check: Check) -> None:
    text = (
        'import type { Parser } from "web-tree-sitter";\n'
        "type A = B | Parser;\ntype B = A;\ninterface C extends C { c: C }\n"
        "export function f(b: B, c: C, text: string) { b.parse(text).delete(); c.c.c; }\n"
    )
    assert check({"a.ts": text}) == set()
