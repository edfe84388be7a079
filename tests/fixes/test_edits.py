"""Edits and fixes: what can't be built, and what they do to a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanuplint.findings import Edit, Fix, Span
from cleanuplint.fixes.applying import applied, are_apart, moved


def test_an_edit_changes_something() -> None:
    with pytest.raises(ValueError, match="changes nothing"):
        Edit(Span(3, 3), b"")


@pytest.mark.parametrize(
    "spans",
    [
        [(0, 4), (2, 6)],
        [(4, 6), (0, 2)],
        [(3, 3), (3, 3)],
        [(0, 4), (0, 4)],
        [],
    ],
)
def test_edits_of_a_fix_are_in_order_and_apart(spans: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match=r"fix|edits"):
        Fix(tuple(Edit(Span(*span), b"x") for span in spans))


def test_an_insertion_may_touch_a_replacement() -> None:
    fix = Fix((Edit(Span(2, 2), b"a"), Edit(Span(2, 4), b"b"), Edit(Span(4, 4), b"c")))
    assert applied(b"012345", fix.edits) == b"01abc45"


def test_fixes_apart() -> None:
    one, other = Fix((Edit(Span(0, 2), b"a"),)), Fix((Edit(Span(4, 6), b"b"),))
    assert are_apart((one, other))
    assert not are_apart((one, other, Fix((Edit(Span(1, 5), b"c"),))))
    assert are_apart((Fix((Edit(Span(2, 2), b"a"), Edit(Span(2, 4), b"b"))),))


@st.composite
def _edits(draw: st.DrawFn) -> tuple[bytes, list[Edit]]:
    text = draw(st.binary(min_size=1, max_size=30))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    spans = [Span(*pair) for pair in dict.fromkeys(pairs)]
    return text, [Edit(span, draw(st.binary(min_size=1, max_size=3))) for span in spans]


@given(_edits())
def test_what_is_outside_of_the_edits_is_where_it_was_moved(case: tuple[bytes, list[Edit]]) -> None:
    text, edits = case
    after = applied(text, edits)
    for offset, byte in enumerate(text):
        there = moved(offset, edits)
        replaced = any(edit.span.start <= offset < edit.span.end for edit in edits)
        assert (there is None) == replaced
        assert there is None or after[there] == byte
