"""What findings say: the code that they quote is the user's."""

from cleanuplint.analysis import check_source
from cleanuplint.contracts.loading import load

KNOWLEDGE = load(classes={"Encoder": {"clears": ["clear_buffer"], "fills": ["encode"]}})


def test_a_conditional_expression_is_quoted_as_it_stands() -> None:
    text = b"""\
from trees import Encoder

def encode(x):
    e = Encoder()
    e.encode(1 if x else 2)
    return e
"""
    (found,) = check_source(text, ".py", KNOWLEDGE)[0]
    assert found.rule == "unguarded-call"
    assert "`, also if `e.encode(1 if x else 2)` on line 5 raises" in found.because
