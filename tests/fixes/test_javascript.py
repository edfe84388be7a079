"""Single fixes of JavaScript and TypeScript: one for each thing to get right."""

import pytest

from cleanuplint.analysis import check_source
from cleanuplint.contracts.loading import Knowledge, load
from cleanuplint.findings import Finding
from cleanuplint.fixes.repair import Aim, Repair
from cleanuplint.rulebook import rules

KNOWLEDGE: Knowledge = load(
    classes={
        "Tree": {"releases": ["free", "[Symbol.dispose]"]},
        "Encoder": {"releases": ["free"], "clears": ["clearBuffer"], "fills": ["encode"]},
    }
)
IMPORT = "import { Tree, Encoder } from 'trees';\n"


def mended(text: str, suffix: str = ".ts") -> tuple[str, list[str]]:
    """The text after all fixes, without the import; and why each was unsafe."""

    def check(data: bytes) -> list[Finding]:
        on = {rule.id for rule in rules().values() if rule.default}
        return [one for one in check_source(data, suffix, KNOWLEDGE)[0] if one.rule in on]

    data = (IMPORT + text).encode()
    repair = Repair(data, suffix, check(data), check)
    repair.run(Aim(frozenset(rules()), unsafe=True))
    assert repair.cured, "nothing was fixed"
    return repair.text.decode().removeprefix(IMPORT), [one.fix.unsafe for one in repair.cured]


def body(text: str) -> str:
    return mended(f"function f(a: any) {{\n{text}}}\n")[0].removeprefix("function f(a: any) {\n")[
        :-2
    ]


WRAPPED = """\
    try {
      tree.free();
    } catch (cleanupError) {
      console.warn('tree was not released:', cleanupError);
    }
"""


def test_types_and_patterns_are_hoisted_no_further_than_needed() -> None:
    text = """\
  const tree = new Tree();
  const size: number = tree.size;
  const { x, y: [z] } = a.point();
  work(tree.id);
  tree.free();
  for (const one of a) one(size);
  log(x, z);
"""
    assert (
        body(text)
        == f"""\
  const tree = new Tree();
  let size: number;
  let x, z;
  try {{
    size = tree.size;
    ({{ x, y: [z] }} = a.point());
    work(tree.id);
  }} finally {{
{WRAPPED}  }}
  for (const one of a) one(size);
  log(x, z);
"""
    )


def test_a_test_of_absence_stays_before_the_guard() -> None:
    text = """\
  const tree = a.ok ? new Tree() : null;
  const other = new Tree();
  if (!other) return;
  work(other.id);
  other.free();
"""
    after = body(text)
    assert "  if (!other) return;\n  try {\n    work(other.id);\n" in after
    assert "other.free();" in after


def test_what_may_be_absent_is_asked() -> None:
    text = "  const tree = new Tree();\n  if (tree) work(tree.id);\n"
    assert "      tree?.free();\n" in body(text)


def test_one_guard_for_several() -> None:
    text = """\
  const tree = new Tree();
  const other = new Tree();
  work(tree.id, other.id);
  tree.free();
  other.free();
"""
    after = body(text)
    assert after.startswith(
        "  const tree = new Tree();\n  let other;\n  try {\n    other = new Tree();\n"
    )
    assert after.index("other?.free()") < after.index("tree.free()")
    assert after.count("finally") == 1


def test_a_guard_that_begins_too_late_begins_earlier() -> None:
    text = """\
  const tree = new Tree();
  work(a);
  try {
    work(tree.id);
  } finally {
    tree.free();
  }
"""
    assert (
        body(text)
        == f"""\
  const tree = new Tree();
  try {{
    work(a);
    work(tree.id);
  }} finally {{
{WRAPPED}  }}
"""
    )


def test_what_is_given_to_the_caller_is_released_by_errors_alone() -> None:
    text = "  const tree = new Tree();\n  work(tree.id);\n  return tree;\n"
    after = body(text)
    assert "  } catch (error) {\n" in after
    assert after.endswith("    throw error;\n  }\n")
    assert "finally" not in after


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("  const tree = new Tree();\n  return tree.root;\n", "what is returned"),
        ("  const tree = new Tree();\n  a.root = tree.root;\n", "may need it later"),
        ("  const tree = new Tree();\n  a.draw(tree);\n", "`a.draw` may keep it"),
        ("  const tree = new Tree();\n  return `${tree.size}`;\n", ""),
        ("  const tree = new Tree();\n  work(tree.size);\n", ""),
        ("  const tree = new Tree();\n  a.map((x: any) => x + tree.size);\n", ""),
    ],
)
def test_doubts(text: str, reason: str) -> None:
    _, reasons = mended(f"function f(a: any) {{\n{text}}}\n")
    assert len(reasons) == 1
    assert reason in reasons[0] and bool(reason) == bool(reasons[0])


def test_a_promise_is_awaited_within_the_guard() -> None:
    text = (
        "async function f(a: any) {\n  const tree = new Tree();\n  return a.send(tree.size());\n}\n"
    )
    assert "    return await a.send(tree.size());\n" in mended(text)[0]


def test_the_logger_of_the_code_reports() -> None:
    text = """\
class A {
  f(a: any) {
    this.logger.warn('begins');
    const tree = new Tree();
    work(tree.id);
  }
}
"""
    assert "this.logger.warn('tree was not released:', cleanupError);" in mended(text)[0]


def test_the_ways_of_the_file_are_kept() -> None:
    text = 'function f(a) {\n\tconst tree = new Tree()\n\twork(tree.id, "a")\n}\nwork("b", "c")\n'
    after, _ = mended(text.replace("\n", "\r\n"), ".js")
    expected = """\
function f(a) {
\tconst tree = new Tree()
\ttry {
\t\twork(tree.id, "a")
\t} finally {
\t\ttry {
\t\t\ttree.free()
\t\t} catch (cleanupError) {
\t\t\tconsole.warn("tree was not released:", cleanupError)
\t\t}
\t}
}
work("b", "c")
"""
    assert after == expected.replace("\n", "\r\n")


def test_lines_of_a_template_stay_where_they_are() -> None:
    text = "  const tree = new Tree();\n  work(tree.id, `\none\n  two`);\n"
    assert "    work(tree.id, `\none\n  two`);\n" in body(text)


def test_a_file_with_using_gets_using() -> None:
    text = """\
function f(a: any) {
  using first = new Tree();
  const tree = new Tree();
  work(first.id, tree.id);
  tree.free();
}
"""
    assert (
        mended(text)[0]
        == """\
function f(a: any) {
  using first = new Tree();
  using tree = new Tree();
  work(first.id, tree.id);
}
"""
    )


def test_a_buffer_is_cleared_before_anything_waits() -> None:
    text = """\
async function f(encoder: Encoder, a: any) {
  const text: string = encoder.encode(a);
  await a.send(text);
}
"""
    assert (
        mended(text)[0]
        == """\
async function f(encoder: Encoder, a: any) {
  let text: string;
  try {
    text = encoder.encode(a);
  } finally {
    try {
      encoder.clearBuffer();
    } catch (cleanupError) {
      console.warn('encoder was not cleared:', cleanupError);
    }
  }
  await a.send(text);
}
"""
    )


def test_a_release_of_the_object_is_not_taken_for_a_clear_of_its_buffer() -> None:
    text = """\
  const encoder = new Encoder();
  encoder.encode(a);
  if (a.kept) return encoder;
  encoder.free();
"""
    assert body(text).endswith("  if (a.kept) return encoder;\n  encoder.free();\n")


def test_what_is_used_after_the_block_is_not_released_in_it() -> None:
    text = """\
  let tree: Tree | null = null;
  if (a.wanted) {
    tree = new Tree();
    work(tree.id);
  }
  work(a);
  inspect(tree);
"""
    assert (
        body(text)
        == f"""\
  let tree: Tree | null = null;
  try {{
    if (a.wanted) {{
      tree = new Tree();
      work(tree.id);
    }}
    work(a);
    inspect(tree);
  }} finally {{
{WRAPPED.replace("tree.free", "tree?.free")}  }}
"""
    )


ALIVE = "what met a released object until now goes on with a living one"


def test_a_release_that_comes_first_moves_behind_the_last_use() -> None:
    text = "function f() {\n  const tree = new Tree();\n  tree.free();\n  log(tree.size());\n}\n"
    after, unsafe = mended(text)
    assert unsafe == [ALIVE]
    assert after == (
        "function f() {\n  const tree = new Tree();\n  try {\n    log(tree.size());\n"
        f"  }} finally {{\n{WRAPPED}  }}\n}}\n"
    )


GUARDED = """\
async function draw(tree: Tree) {{
  await ready();
  await send(tree.size());
}}

async function f() {{
  const tree = new Tree();
  try {{
    return draw(tree);
  }} {handler}finally {{
    {release}
  }}
}}
"""
QUIET = "try { tree.free(); } catch (e) { console.warn(e); }"


def test_a_promise_that_outlives_its_guard_is_awaited() -> None:
    after, unsafe = mended(GUARDED.format(handler="", release=QUIET))
    assert "    return await draw(tree);\n" in after
    assert unsafe == [ALIVE]


def test_a_promise_whose_error_would_be_caught_then_is_left_alone() -> None:
    text = IMPORT + GUARDED.format(handler="catch (e) { log(e); } ", release=QUIET)
    found, _ = check_source(text.encode(), ".ts", KNOWLEDGE)
    assert "use-after-release" in {one.rule for one in found}
    with pytest.raises(AssertionError, match="nothing was fixed"):
        mended(text.removeprefix(IMPORT))


@pytest.mark.parametrize(
    ("handler", "after"),
    [
        ("catch {\n    return null;\n  }", "catch (error) {\n    {log}\n    return null;\n  }"),
        ("catch (e) { return null; }", "catch (e) {\n    {log}\n    return null;\n  }"),
        ("catch {}", "catch (error) {\n    {log}\n  }"),
    ],
)
def test_a_silent_fallback_is_logged(handler: str, after: str) -> None:
    text = f"function f(a: Encoder) {{\n  try {{\n    return a.size();\n  }} {handler}\n}}\n"

    def check(data: bytes) -> list[Finding]:
        found = check_source(data, ".ts", KNOWLEDGE)[0]
        return [one for one in found if one.rule == "swallowed-wasm-error"]

    data = (IMPORT + text).encode()
    repair = Repair(data, ".ts", check(data), check)
    repair.run(Aim(frozenset({"swallowed-wasm-error"}), unsafe=True))
    name = "e" if "(e)" in handler else "error"
    log = f"console.warn('a.size failed:', {name});"
    assert after.replace("{log}", log) in repair.text.decode()
    assert [one.fix.unsafe for one in repair.cured] == ["what was silent is logged"]


def test_what_a_call_made_many_of_is_released_one_by_one() -> None:
    text = """\
  const trees = a.map((b: any) => new Tree(b));
  for (const tree of trees) log(tree.id);
"""
    released = body(text).partition("finally {")[2]
    assert "      trees.forEach((each) => each.free());\n" in released


def test_a_teardown_releases_before_it_forgets() -> None:
    text = """\
class Store {
  trees: Tree[];
  constructor(a: any) {
    this.trees = a.map((b: any) => new Tree(b));
  }
  destroy() {
    this.trees = [];
  }
}
"""
    released = "    this.trees.forEach((each) => each.free());\n    this.trees = [];\n"
    assert released in mended(text)[0]


def test_a_promise_gets_no_name_to_be_released_by() -> None:
    call = "ort.InferenceSession.create(path).then((it) => it.run(feeds))"
    text = f"import * as ort from 'onnxruntime-web';\nconst run = (path, feeds) => {call};\n"
    with pytest.raises(AssertionError, match="nothing was fixed"):
        mended(text, ".js")
