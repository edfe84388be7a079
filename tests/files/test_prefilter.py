"""A file without any word of the contracts is not read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanuplint.files.prefilter import Prefilter

words = st.frozensets(st.text("ab.$(", min_size=1, max_size=4), max_size=6)


def is_in(word: str, text: str) -> bool:
    """As a part of the text; a name in use (`cv.`) as a whole name only."""
    starts = (at for at in range(len(text)) if text.startswith(word, at))
    if word[-1] != "." or not set(word[:-1]) <= set("ab$") or len(word) == 1:
        return any(True for _ in starts)
    return any(at == 0 or text[at - 1] not in "ab$" for at in starts)


@given(words, st.text("ab.$( ", max_size=40))
def test_it_passes_exactly_what_has_a_word(wanted: frozenset[str], text: str) -> None:
    prefilter = Prefilter(wanted, name_heuristics=False)
    assert prefilter.passes(text.encode()) == any(is_in(word, text) for word in wanted)


@pytest.mark.parametrize("name", ["wasmEngine", "useWasm", "WASM_ENGINE"])
def test_names_count_if_they_are_believed(name: str) -> None:
    assert Prefilter(["Parser"], name_heuristics=True).passes(name.encode())
    assert not Prefilter(["Parser"], name_heuristics=False).passes(name.encode())


def test_ignore_comments_count() -> None:
    assert Prefilter([], name_heuristics=False).passes(b"// cleanuplint: ignore[x]")


def test_utf_16_always_passes() -> None:
    assert Prefilter(["Parser"], name_heuristics=False).passes("é".encode("utf-16"))
