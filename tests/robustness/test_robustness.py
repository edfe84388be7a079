"""No text makes the analysis crash, hang or lose the rest of a file."""

from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanuplint.analysis import check_source
from cleanuplint.contracts.loading import Knowledge, load
from cleanuplint.rulebook import rules
from tests.pages.fences import SUFFIXES, cases_of

IMPORT = "import Parser from 'web-tree-sitter';\n"
DEEP = 3000
MANY = 200


@cache
def knowledge() -> Knowledge:
    return load()


def rules_found(text: str, suffix: str = ".ts") -> list[str]:
    findings, _ = check_source(text.encode(), suffix, knowledge())
    return [finding.rule for finding in findings]


@cache
def examples() -> tuple[tuple[bytes, str], ...]:
    return tuple(
        (case.source, SUFFIXES[case.language])
        for rule in rules().values()
        for case in cases_of(rule.id, rule.page)
        if case.language in SUFFIXES
    )


DEEP_SHAPES = {
    "parentheses": "x = " + "(" * DEEP + "1" + ")" * DEEP + ";",
    "calls in calls": "x = " + "f(" * DEEP + "1" + ")" * DEEP + ";",
    "a chain of calls": "x = a" + ".b()" * DEEP + ";",
    "a chain of promises": "x = p" + ".then((v) => v)" * 300 + ";",
    "a sum": "x = " + " + ".join(["a()"] * DEEP) + ";",
    "blocks": "{" * DEEP + "f()" + "}" * DEEP,
    "conditions": "function g(a) {" + "if (a) {" * DEEP + "f()" + "}" * DEEP + "}",
    "else if": "function g(a) {" + "else ".join(["if (a) { f() }"] * DEEP) + "}",
    "try in try": "try {" * 300 + "f()" + "} finally { g() }" * 300,
    "functions in functions": "function f() {" * 500 + "}" * 500,
    "arrows": "x = " + "(a) => " * DEEP + "1",
    "arrays": "x = " + "[" * DEEP + "]" * DEEP,
    "conditional expressions": "x = " + "a ? b : " * DEEP + "1",
}


@pytest.mark.parametrize("shape", DEEP_SHAPES)
def test_depth(shape: str) -> None:
    assert set(rules_found(IMPORT + DEEP_SHAPES[shape])) <= {"syntax-error"}


def test_every_one_of_many_handles_in_one_function_is_followed() -> None:
    body = "".join(f"const t{n} = p.parse('x'); g(t{n});\n" for n in range(MANY))
    freed = "".join(f"t{n}.delete();\n" for n in range(MANY))
    text = f"{IMPORT}function f(p: Parser) {{ {body}{freed} }}"
    assert rules_found(text) == ["release-not-on-every-path"] * MANY


def test_every_one_of_many_conditional_handles_is_followed() -> None:
    few = MANY // 4
    body = "".join(f"let t{n}; if (c{n}()) t{n} = p.parse('x');\n" for n in range(few))
    freed = "".join(f"if (t{n}) t{n}.delete();\n" for n in range(few))
    found = rules_found(f"{IMPORT}function f(p: Parser) {{ {body}{freed} }}")
    # Nothing that may throw comes between the last one and its release.
    assert found == ["release-not-on-every-path"] * (few - 1)


SLOW = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@SLOW
@given(st.data())
def test_a_file_cut_anywhere_is_read(data: st.DataObject) -> None:
    source, suffix = data.draw(st.sampled_from(examples()))
    check_source(source[: data.draw(st.integers(0, len(source)))], suffix, knowledge())


@SLOW
@given(st.data())
def test_a_file_with_a_piece_moved_is_read(data: st.DataObject) -> None:
    source, suffix = data.draw(st.sampled_from(examples()))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(source)), min_size=3, max_size=3)))
    first, second, third = cuts
    moved = source[:first] + source[second:third] + source[first:second] + source[third:]
    check_source(moved, suffix, knowledge())


@SLOW
@given(st.text(max_size=400), st.sampled_from(sorted(SUFFIXES.values())))
def test_any_text_is_read(text: str, suffix: str) -> None:
    source = (IMPORT + text).encode("utf-8", "replace")
    check_source(source, suffix, knowledge())
