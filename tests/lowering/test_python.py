"""What runs, in which order, on which path: the flow graph of each construct of Python."""

import textwrap

import pytest

from cleanuplint.flow import graph
from cleanuplint.languages.python import lower
from tests.lowering.paths import paths

CASES = {
    "a call may raise": ("a()", "a return | a! throw"),
    # ── try ─────────────────────────────────────────────────────────────────────────────────────
    "finally runs on every way out": (
        """
        try:
            a()
        finally:
            quiet()
        """,
        "a quiet return | a! quiet throw",
    ),
    "a return waits for finally": (
        """
        try:
            return a()
        finally:
            quiet()
        b()
        """,
        "a quiet return | a! quiet throw",
    ),
    "a return in finally swallows": (
        """
        try:
            a()
        finally:
            return 1
        """,
        "a return | a! return",
    ),
    "nested finally, inner first": (
        """
        try:
            try:
                return 1
            finally:
                quiet1()
        finally:
            quiet2()
        """,
        "quiet1 quiet2 return",
    ),
    "break leaves through finally": (
        """
        while True:
            try:
                break
            finally:
                quiet1()
        quiet2()
        """,
        "quiet1 quiet2 return",
    ),
    "a named exception may not match": (
        """
        try:
            a()
        except ValueError:
            quiet()
        """,
        "a return | a! quiet return | a! throw",
    ),
    "one of several clauses": (
        """
        try:
            a()
        except ValueError:
            quiet1()
        except (KeyError, OSError) as e:
            quiet2()
        """,
        "a return | a! quiet1 return | a! quiet2 return | a! throw",
    ),
    "a bare except catches all": (
        """
        try:
            a()
        except:
            quiet()
        """,
        "a return | a! quiet return",
    ),
    "Exception catches all that matters": (
        """
        try:
            a()
        except Exception as e:
            quiet()
        """,
        "a return | a! quiet return",
    ),
    "else runs where nothing was raised, outside the handlers": (
        """
        try:
            a()
        except Exception:
            quiet1()
        else:
            b()
        quiet2()
        """,
        "a b quiet2 return | a b! throw | a! quiet1 quiet2 return",
    ),
    "else is inside finally": (
        """
        try:
            quiet1()
        except Exception:
            quiet2()
        else:
            b()
        finally:
            quiet3()
        """,
        "quiet1 b quiet3 return | quiet1 b! quiet3 throw",
    ),
    "raise in a handler passes through finally": (
        """
        try:
            a()
        except Exception:
            raise
        finally:
            quiet()
        """,
        "a quiet return | a! quiet throw",
    ),
    "except* takes a part: the rest goes on": (
        """
        try:
            a()
        except* ValueError as group:
            quiet1()
        except* OSError:
            quiet2()
        """,
        "a return | a! quiet1 return | a! quiet2 return | a! throw"
        " | a! quiet1 quiet2 return | a! quiet1 throw | a! quiet2 throw | a! quiet1 quiet2 throw",
    ),
    "except without parentheses": (
        """
        try:
            a()
        except ValueError, OSError:
            quiet()
        """,
        "a return | a! quiet return | a! throw",
    ),
    # ── with ────────────────────────────────────────────────────────────────────────────────────
    "with is left in either way": (
        """
        with p as x:
            a()
        """,
        "__enter__ a dispose: return | __enter__ a dispose:! throw"
        " | __enter__! throw | __enter__ a! dispose: throw | __enter__ a! dispose:! throw",
    ),
    "several items nest": (
        """
        with quiet1() as x, quiet2() as y:
            quiet3()
        """,
        "quiet1 __enter__! throw | quiet1 __enter__ quiet2 __enter__! dispose: throw"
        " | quiet1 __enter__ quiet2 __enter__! dispose:! throw"
        " | quiet1 __enter__ quiet2 __enter__ quiet3 dispose: dispose: return"
        " | quiet1 __enter__ quiet2 __enter__ quiet3 dispose: dispose:! throw"
        " | quiet1 __enter__ quiet2 __enter__ quiet3 dispose:! dispose: throw"
        " | quiet1 __enter__ quiet2 __enter__ quiet3 dispose:! dispose:! throw",
    ),
    "return from with": (
        """
        with quiet1():
            return quiet2()
        """,
        "quiet1 __enter__! throw | quiet1 __enter__ quiet2 dispose: return"
        " | quiet1 __enter__ quiet2 dispose:! throw",
    ),
    "closing closes what it is given": (
        """
        with closing(quiet1()) as x:
            quiet2()
        """,
        "quiet1 __enter__! throw | quiet1 __enter__ quiet2 dispose: return"
        " | quiet1 __enter__ quiet2 dispose:! throw",
    ),
    "one item in parentheses": (
        """
        with (
            quiet1() as x
        ):
            quiet2()
        """,
        "quiet1 __enter__! throw | quiet1 __enter__ quiet2 dispose: return"
        " | quiet1 __enter__ quiet2 dispose:! throw",
    ),
    "suppress ends the exception": (
        """
        with suppress(ValueError, *p, q=q):
            a()
        quiet()
        """,
        "a quiet return | a! quiet return",
    ),
    "nullcontext does nothing": (
        """
        with nullcontext(p) as x:
            quiet()
        """,
        "quiet return",
    ),
    # ── branches and loops ──────────────────────────────────────────────────────────────────────
    "elif and else": (
        """
        if p:
            quiet1()
        elif q:
            quiet2()
        else:
            quiet3()
        """,
        "quiet1 return | quiet2 return | quiet3 return",
    ),
    "for may not turn at all": (
        """
        for x in p:
            quiet()
        """,
        "return | quiet return",
    ),
    "for else runs where no break left": (
        """
        for x in p:
            if x:
                break
            quiet1()
        else:
            quiet2()
        """,
        "return | quiet2 return | quiet1 return | quiet1 quiet2 return",
    ),
    "while else": (
        """
        while p:
            if q:
                break
            continue
        else:
            quiet()
        """,
        "return | quiet return",
    ),
    "while true is left by break alone": (
        """
        while True:
            if p:
                break
        quiet()
        """,
        "quiet return",
    ),
    # ── match ───────────────────────────────────────────────────────────────────────────────────
    "match tries each case": (
        """
        match p:
            case {"x": x}:
                quiet1()
            case [y, *rest] if y:
                quiet2()
            case Point(x=0):
                quiet3()
        """,
        "return | quiet1 return | quiet2 return | quiet3 return",
    ),
    "a name takes all the rest": (
        """
        match p:
            case 1 | 2:
                quiet1()
            case other:
                quiet2()
        """,
        "quiet1 return | quiet2 return",
    ),
    "the guard of a case is tried where it matches": (
        """
        match p:
            case _ if quiet1():
                quiet2()
            case _:
                quiet3()
        """,
        "quiet1 quiet2 return | quiet1 quiet3 return",
    ),
    # ── expressions ─────────────────────────────────────────────────────────────────────────────
    "short circuit": ("p and quiet1()", "return | quiet1 return"),
    "or": ("x = p or quiet()", "return | quiet return"),
    "a conditional": ("quiet1() if p else quiet2()", "quiet1 return | quiet2 return"),
    "the test of a conditional comes first": (
        "quiet1() if quiet2() else quiet3()",
        "quiet2 quiet1 return | quiet2 quiet3 return",
    ),
    "a chained comparison may stop early": (
        "quiet1() < quiet2() < quiet3()",
        "quiet1 quiet2 return | quiet1 quiet2 quiet3 return",
    ),
    "walrus": (
        """
        if (n := quiet1()) and p:
            quiet2()
        """,
        "quiet1 return | quiet1 quiet2 return",
    ),
    "assert raises": ("assert p, quiet()", "return | quiet throw"),
    "raise": ("raise quiet1() from quiet2()", "quiet1 quiet2 throw"),
    "a closed pair of braces in an f-string is text": ('f"{{a()}}"', "return"),
    "an f-string calls what is in it": ('f"{quiet1()!r:>{quiet2()}}"', "quiet1 quiet2 return"),
    "a comprehension turns where it stands": (
        "[quiet1(x) for x in p if quiet2(x)]",
        "return | quiet2 return | quiet2 quiet1 append return | quiet2 quiet1 append! throw"
        " | quiet2 quiet2 quiet1 append! throw | quiet2 quiet1 append quiet2 quiet1 append! throw",
    ),
    "a dictionary comprehension": (
        "{x: quiet(x) for x in p}",
        "return | quiet append return | quiet append! throw | quiet append quiet append! throw",
    ),
    "del of an entry is a call": ("del p[0]", "__delitem__ return | __delitem__! throw"),
    "a lambda runs later": ("x = lambda: a()", "return"),
    "defaults are evaluated where the function is made": (
        """
        def g(x=quiet1(), *, y=quiet2()):
            a()
        """,
        "quiet1 quiet2 return",
    ),
    "a decorator is called with what it decorates": (
        """
        @quiet1()
        def g():
            a()
        """,
        "quiet1 return",
    ),
    "a class body runs at once, its methods do not": (
        """
        class C(quiet1()):
            x = quiet2()
            def m(self):
                a()
        """,
        "quiet1 quiet2 return",
    ),
}


def lowered(body: str, head: str = "def f(p, q):") -> graph.Program:
    return lower(
        f"{head}\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n".encode(), ".py"
    )


@pytest.mark.parametrize("name", CASES)
def test_paths(name: str) -> None:
    body, expected = CASES[name]
    assert paths(lowered(body)) == {each.strip() for each in expected.split("|")}
