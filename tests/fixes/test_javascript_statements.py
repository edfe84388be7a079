"""Fixes of JavaScript where statements begin and end, what they declare, and their comments."""

import pytest

from .test_javascript import body, mended


def is_mended(text: str, in_function: bool = True) -> bool:
    try:
        mended(f"async function f(a: any) {{ {text} }}\n" if in_function else text)
    except AssertionError:
        return False
    return True


def test_a_semicolon_that_begins_the_next_line_is_not_part_of_the_release() -> None:
    text = """\
  const tree = new Tree()
  const r = work(tree.id)
  tree.free()
  ;[1, 2].forEach(work)
  return r
"""
    assert "    const r = work(tree.id)\n    ;[1, 2].forEach(work)\n    return r\n" in body(text)


def test_what_a_semicolon_kept_apart_stays_apart_without_it() -> None:
    text = """\
  const tree = new Tree()
  const r = work(tree.id)
  tree.free();
  [1, 2].forEach(work)
  return r
"""
    assert "    const r = work(tree.id)\n    ;[1, 2].forEach(work)\n" in body(text)


def test_a_pattern_that_is_hoisted_does_not_go_on_with_the_line_before() -> None:
    text = """\
  const tree = new Tree()
  work(1)
  const [x, y] = work(tree.id)
  tree.free()
  for (const one of a) work(one, x)
  for (const one of a) work(one, y)
  for (const one of a) await one
"""
    assert "  let x, y\n  try {\n    work(1)\n    ;[x, y] = work(tree.id)\n" in body(text)


def test_a_guard_begins_before_the_semicolon_that_begins_its_line() -> None:
    text = "  work(1)\n  ;[a].map(new Tree().id)\n"
    after = body(text)
    assert "  work(1)\n  const tree = new Tree()" in after
    assert "  try {\n    ;[a].map(tree.id)\n" in after


@pytest.mark.parametrize(
    "text",
    [
        "if (a) work(new Tree().id);",
        "for (const one of a) work(new Tree().id);",
        "a?.work(new Tree().id);",
        "const { b = new Tree().id } = a; work(b);",
        "switch (a) { case 1: case new Tree().id: work(); }",
    ],
)
def test_what_is_made_only_sometimes_is_not_made_always(text: str) -> None:
    assert not is_mended(text)


@pytest.mark.parametrize(
    "text",
    [
        "const tree = new Tree(); work(tree.id); function g() {} tree.free(); return n;",
        "const g = () => x; const tree = new Tree(); class x {} work(tree.id); tree.free(); g();",
    ],
)
def test_what_is_seen_before_the_guard_does_not_move_into_it(text: str) -> None:
    assert not is_mended(f"const n = g(); {text}")


def test_a_variable_that_a_function_before_the_guard_reads_is_hoisted() -> None:
    text = """\
  const g = () => x;
  const tree = new Tree();
  const x = work(tree.id);
  work(x);
  tree.free();
  return work(g);
"""
    assert "  let x;\n  try {\n    x = work(tree.id);\n" in body(text)


def test_a_var_is_seen_from_everywhere_where_it_stands() -> None:
    text = """\
  if (a) {
    const tree = new Tree();
    var x = work(tree.id);
    tree.free();
    work(1);
    work(2);
    for (const one of a) work(one);
  }
  return x;
"""
    assert "    try {\n      var x = work(tree.id);\n    } finally {\n" in body(text)


def test_comments_go_with_the_release() -> None:
    text = """\
  const tree = new Tree();
  work(tree.id);

  // nobody needs it
  // any more
  tree.free(); // eslint-disable-line
  for (const one of a) work(one);
"""
    assert (
        body(text)
        == """\
  const tree = new Tree();
  try {
    work(tree.id);
  } finally {
    // nobody needs it
    // any more
    try {
      tree.free(); // eslint-disable-line
    } catch (cleanupError) {
      console.warn('tree was not released:', cleanupError);
    }
  }

  for (const one of a) work(one);
"""
    )


def test_comments_of_a_branch_stay_in_it() -> None:
    text = """\
  const tree = new Tree();
  if (work(tree.id)) {
    // too large
    tree.free(); // at once
    return;
  }
  tree.free();
"""
    kept = "    if (work(tree.id)) {\n      // too large\n      // at once\n      return;\n"
    assert kept in body(text)


def test_the_imports_and_exports_of_a_module_stay_where_they_are() -> None:
    text = "const tree = new Tree();\nexport const x = work(tree.id);\ntree.free();\n"
    assert not is_mended(text, in_function=False)


def test_directives_stay_at_the_start_of_a_function() -> None:
    text = """\
class A {
  tree = new Tree();
  dispose() {
    'use strict';
    return work(1);
  }
}
"""
    assert "    'use strict';\n    try {\n      return work(1);\n" in mended(text)[0]


def test_a_semicolon_at_the_start_of_a_line_is_no_sign_of_semicolons() -> None:
    text = "const g = (x) => work(new Tree().id)\n;[1].forEach(g)\n"
    after = mended(text, ".js")[0]
    assert "  const tree = new Tree()\n" in after and after.endswith("}\n;[1].forEach(g)\n")
