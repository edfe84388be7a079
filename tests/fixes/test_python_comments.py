"""Fixes of Python lose no comment, and leave each where it says something."""

import pytest

from cleanuplint.analysis import check_source
from cleanuplint.contracts.loading import load
from cleanuplint.findings import Finding
from cleanuplint.fixes.repair import Check
from cleanuplint.rulebook import rules

from .test_laws import ALL, hold_to_the_laws
from .test_python import case

KNOWLEDGE = load(
    classes={
        "Engine": {"releases": ["close"]},
        "Encoder": {"releases": ["free"], "clears": ["clear_buffer"], "fills": ["encode"]},
    }
)


def check(text: bytes) -> list[Finding]:
    return [one for one in check_source(text, ".py", KNOWLEDGE)[0] if one.rule in rules()]


def mended(text: str, check: Check = check) -> str:
    repair = hold_to_the_laws(
        f"from trees import Encoder, Engine\n{text}".encode(), ".py", check, ALL
    )
    assert repair.cured, "nothing was fixed"
    return repair.text.decode()


def test_a_with_statement_keeps_the_comments_of_the_acquisition() -> None:
    text = case("""
        def f(use):
            # the engine
            engine = Engine()  # type: ignore
            # used
            use(engine)  # here
            engine.close()
            return 1
        """)
    assert """\
    # the engine
    with closing(Engine()) as engine:  # type: ignore
        # used
        use(engine)  # here
    return 1
""" in mended(text)


def test_what_is_said_of_a_release_goes_with_it() -> None:
    text = case("""
        def f(use):
            engine = Engine()
            use(engine)
            # before it
            engine.close()  # type: ignore
            return 1
        """)
    after = mended(text)
    assert "    finally:\n        # before it\n" in after
    assert "            engine.close()  # type: ignore\n" in after


def test_what_is_said_of_a_branch_stays_in_it() -> None:
    text = case("""
        def f(use):
            engine = Engine()
            if use(engine):
                # too large
                engine.close()  # at once
                return
            use(2)
            engine.close()  # at last
        """)
    after = mended(text)
    assert "            # too large\n            # at once\n            return\n" in after
    assert "engine.close()  # at last\n" in after


@pytest.mark.parametrize(
    "text",
    [
        """
        def f(use):
            encoder = Encoder()
            try:
                use(encoder)
            except ValueError:  # noqa: B904
                encoder.free()  # a
                raise  # b
            encoder.free()  # c
        """,
        """
        def f(use):
            encoder = Encoder()
            use(encoder)
            encoder.free()  # once
            # and
            encoder.free()  # again
        """,
        """
        class Holder:
            def __init__(self):
                self.engine = Engine()  # kept

            def close(self):
                pass  # nothing yet
        """,
        """
        class Holder:
            def __init__(self):
                self.engines = {}

            def add(self, name):
                self.engines[name] = Engine()

            def drop(self, name):
                # by its name
                del self.engines[name]  # gone
        """,
        """
        def f(use):
            encoder = Encoder()
            try:
                use(encoder)
            finally:
                # here
                encoder.free()  # there
                # and below
        """,
        """
        def f(use):
            use(Encoder().size)  # a
            # b
        """,
    ],
)
def test_no_comment_is_lost(text: str) -> None:
    mended(case(text))
