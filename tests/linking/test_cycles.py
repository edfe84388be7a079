"""Files that import each other: what they say does not depend on which is asked first."""

from itertools import permutations

import pytest

from tests.linking.conftest import Check

FILES = {
    "pool.js": "import { Parser } from 'web-tree-sitter';\n"
    "import { make } from './make.js';\n"
    "export class Pool { #p = new Parser(); parse(x) { return this.#p.parse(x); }\n"
    "  again(x) { return make(x); } stop() { this.#p.delete(); } }\n",
    "make.js": "import { Pool } from './pool.js';\nimport { free } from './free.js';\n"
    "export function make(x) { const pool = new Pool();\n"
    "  try { return pool.parse(x); } finally { free(pool); } }\n",
    "free.js": "import { make } from './make.js';\nexport const unused = make;\n"
    "export function free(x) { x.stop(); }\n",
    "use.js": "import { make } from './make.js';\nimport { free } from './free.js';\n"
    "import { Pool } from './pool.js';\n"
    "export function a() { const t = make('x'); return t.rootNode.text; }\n"
    "export function b() { const p = new Pool(); free(p); }\n"
    "export function c() { const p = new Pool(); p.again('x'); p.stop(); }\n",
}
EXPECTED = {("use.js", 4, "missing-release"), ("use.js", 6, "discarded-resource")}


def test_a_cycle_is_settled(check: Check) -> None:
    found = check(FILES)
    assert {one for one in found if one[1] != 6} == EXPECTED - {("use.js", 6, "discarded-resource")}
    assert ("use.js", 6, "discarded-resource") in found


@pytest.mark.parametrize("names", list(permutations(["pool.js", "make.js", "free.js"], 2)))
def test_the_answer_for_a_file_does_not_depend_on_the_others(
    check: Check, names: tuple[str, ...]
) -> None:
    whole = check(FILES)
    some = check({}, *names, "use.js")
    assert some == {one for one in whole if one[0] in (*names, "use.js")}


def test_files_that_import_each_other_and_say_nothing(check: Check) -> None:
    assert (
        check(
            {
                "one.js": "import { two } from './two.js';\nexport const one = two;\n",
                "two.js": "import { one } from './one.js';\nexport const two = 2;",
            }
        )
        == set()
    )
