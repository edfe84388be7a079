"""What runs, in which order, on which path: the flow graph of each construct of JavaScript."""

import pytest

from cleanuplint.languages.javascript import lower
from tests.lowering.paths import paths

CASES = {
    "a call may throw": ("a();", "a return | a! throw"),
    "finally runs on every way out": (
        "try { a(); } finally { quiet(); }",
        "a quiet return | a! quiet throw",
    ),
    "a return waits for finally": (
        "try { return a(); } finally { quiet(); } b();",
        "a quiet return | a! quiet throw",
    ),
    "finally goes on to what comes next": (
        "try { quiet1(); } finally { quiet2(); } quiet3();",
        "quiet1 quiet2 quiet3 return",
    ),
    "a catch ends the exception": (
        "try { a(); } catch { quiet(); }",
        "a return | a! quiet return",
    ),
    "what the catch throws passes through finally": (
        "try { a(); } catch (e) { throw e; } finally { quiet(); }",
        "a quiet return | a! quiet throw",
    ),
    "a return in finally swallows": (
        "try { a(); } finally { return 1; }",
        "a return | a! return",
    ),
    "nested finally, inner first": (
        "try { try { return 1; } finally { quietInner(); } } finally { quietOuter(); }",
        "quietInner quietOuter return",
    ),
    "break leaves through finally": (
        "for (;;) { try { break; } finally { quiet1(); } } quiet2();",
        "quiet1 quiet2 return",
    ),
    "a labelled continue goes to the outer loop": (
        "let n = 0; outer: while (n) { for (;;) { quiet(); continue outer; } }",
        "return | quiet return",
    ),
    "switch falls through": (
        "switch (p) { case 1: quiet1(); case 2: quiet2(); break; default: quiet3(); }",
        "quiet1 quiet2 return | quiet2 return | quiet3 return",
    ),
    "optional chaining skips the arguments": (
        "p?.quiet(quietArgument());",
        "return | quietArgument quiet return",
    ),
    "short circuit": ("p && quiet1();", "return | quiet1 return"),
    "nullish": ("const x = p ?? quiet();", "return | quiet return"),
    "a default is evaluated where there is no argument": (
        "const { x = quiet() } = p;",
        "return | quiet return",
    ),
    "using is disposed at the end of its block": (
        "{ using r = quiet1(); a(); } quiet2();",
        "quiet1 a dispose:r quiet2 return | quiet1 a dispose:r! throw | quiet1 a! dispose:r throw"
        " | quiet1 a! dispose:r! throw",
    ),
    "do runs once at least": ("do { quiet(); } while (p);", "quiet return | quiet quiet return"),
    "for of with continue": (
        "for (const x of p) { if (x) continue; quiet(); }",
        "return | quiet return",
    ),
    "the throw of a throw": ("throw quiet();", "quiet throw"),
    "a conditional": ("p ? quiet1() : quiet2();", "quiet1 return | quiet2 return"),
    "then after a promise": (
        "return quiet1().then(() => quiet2());",
        "quiet1 closure return | quiet1 closure! throw",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_paths(name: str) -> None:
    body, expected = CASES[name]
    program = lower(f"function f(p) {{ {body} }}".encode(), ".ts")
    assert paths(program) == {each.strip() for each in expected.split("|")}


def test_a_generator_may_be_left_at_each_yield() -> None:
    program = lower(b"function* f(p) { try { yield 1; } finally { quiet(); } }", ".js")
    assert paths(program) == {"quiet return"}


def test_nothing_of_the_language_is_opaque() -> None:
    source = b"""
    class A extends B { static #x = 1; static { init(); } get y() { return this.#x; } accessor = 2;
      async *[Symbol.asyncIterator]() { for await (const x of xs) yield* x; } }
    label: for (const [a, { b, ...rest }] of m) { if (a in b) break label; }
    const t = tag`x${1}`, r = /x/g, n = 10n, f = async ({ p = 1 } = {}, ...q) => await p;
    export default class extends (class {}) {}
    export * as ns from 'm'; import d, { e as g } from 'n' with { type: 'json' };
    new.target; import.meta.url; void 0, delete t.x, typeof t; x ||= y &&= z ??= w; x **= 2;
    """
    program = lower(source, ".js")
    assert program.opaque == 0
    assert not program.broken
