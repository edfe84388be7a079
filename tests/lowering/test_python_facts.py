"""What the front end for Python finds out besides paths: names, conditions, calls, classes."""

import pytest

from cleanuplint.flow import graph
from cleanuplint.languages.python import lower
from tests.lowering.paths import paths
from tests.lowering.test_python import lowered


def test_a_generator_may_be_left_at_each_yield() -> None:
    program = lowered(
        """
        try:
            yield 1
        finally:
            quiet()
        """
    )
    assert paths(program) == {"quiet return"}
    assert function(program, "f").is_generator
    assert yields_that_may_raise(program) == 1


def test_a_fixture_is_resumed_whatever_the_test_did() -> None:
    program = lowered("yield p", "@pytest.fixture\ndef f(p):")
    assert yields_that_may_raise(program) == 0


def test_async_with_and_async_for_wait() -> None:
    program = lowered(
        """
        async with p as x:
            async for y in q:
                await x
        """,
        "async def f(p, q):",
    )
    waits = [op for op in operations(program, "f") if isinstance(op, graph.Suspend)]
    assert len(waits) == 3
    assert function(program, "f").is_async


@pytest.mark.parametrize(
    "text",
    ["p.clear()", 'getattr(p, "clear")()', 'getattr(p, "clear", None)()', "(p).clear()"],
)
def test_ways_to_call_a_method(text: str) -> None:
    (call,) = (op for op in operations(lowered(text), "f") if isinstance(op, graph.Call))
    assert call.method == "clear"
    assert call.receiver is not None


@pytest.mark.parametrize(
    "text",
    [
        'hasattr(p, "clear")',
        'callable(getattr(p, "clear", None))',
        "callable(p.clear)",
        'getattr(p, "clear", None)',
        'p is not None and hasattr(p, "clear")',
        'bool(hasattr(p, "clear"))',
    ],
)
def test_ways_to_ask_for_a_method(text: str) -> None:
    assert ("has-method", "clear") in conditions(lowered(f"if {text}:\n    a()"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("p is None", "absent"),
        ("p is not None", "absent"),
        ("None is p", "absent"),
        ("p != None", "absent"),
        ("p == 0", "zero"),
        ("p != 0", "zero"),
        ("p", "truthy"),
        ("not p", "truthy"),
        ("bool(p)", "truthy"),
        ("isinstance(p, C)", "instance"),
        ("p in q", "other"),
    ],
)
def test_conditions(text: str, kind: str) -> None:
    assert [found for found, _ in conditions(lowered(f"if {text}:\n    a()"))] == [kind]


def test_conditions_that_are_the_same_share_a_key() -> None:
    program = lowered(
        """
        if p.own and q:
            a()
        if not p.own:
            b()
        """
    )
    branches = [block.terminator for block in function(program, "f").blocks]
    keys = [one.test.key for one in branches if isinstance(one, graph.Branch)]
    assert sorted(keys, key=keys.count)[1:] == ["#1.own", "#1.own"]


def test_names_belong_where_they_are_bound() -> None:
    program = lower(
        b"""
count = 0
def outer():
    inner_one = 1
    def inner():
        global count
        nonlocal inner_one
        count, inner_one = 1, 2
        [x for x in own]
        own = 3
    return inner
""",
        ".py",
    )
    owners = {v.name: program.functions[v.owner].name for v in program.variables if v.name}
    assert owners["count"] == ""
    assert owners["inner_one"] == "outer"
    assert owners["own"] == "inner"


def test_names_of_a_class_body_are_unknown_to_its_methods() -> None:
    program = lower(
        b"""
size = 1
class C:
    size = 2
    def m(self):
        return size
""",
        ".py",
    )
    (loaded,) = (op for op in operations(program, "m") if isinstance(op, graph.LoadVariable))
    assert program.variables[loaded.variable].owner == program.module
    assert program.variables[loaded.variable].span.start == 1


def test_a_class_with_what_it_is_made_of() -> None:
    program = lower(
        b"""
@dataclass
class Host(Base):
    store: Store
    parts: list["Part"] = field(default_factory=list)
    engine: "Engine | None" = None

    def __post_init__(self): ...
    @property
    def size(self): ...
    @size.setter
    def size(self, value): ...
    @staticmethod
    def make(path): ...
    @classmethod
    def load(cls, path): ...
    async def close(self): ...
""",
        ".py",
    )
    (cls,) = program.classes
    assert cls.superclass == ("Base",)
    assert set(cls.methods) == {"constructor", "size", "make", "load", "close"}
    assert cls.getters == {"size"}
    assert {one.name: one.types for one in cls.fields} == {
        "store": (graph.TypeName(("Store",)),),
        "parts": (graph.TypeName(("Part",), container=True),),
        "engine": (graph.TypeName(("Engine",)),),
    }
    assert cls.initializer is not None
    assert function(program, "load").is_static
    assert len(function(program, "make").parameters) == 1


def test_imports_of_every_form() -> None:
    program = lower(
        b"""
from __future__ import annotations
import os, a.b.c, d.e as f
from .near import (x, y as z,)
from ..far import *
from . import sibling
if TYPE_CHECKING:
    from wasmtime import Store
try:
    import fast
except ImportError:
    import slow as fast
""",
        ".py",
    )
    found = {(program.variables[b.variable].name, b.module, b.name) for b in program.imports}
    assert found == {
        ("os", "os", "*"),
        ("a", "a", "*"),
        ("a.b.c", "a.b.c", "*"),
        ("f", "d.e", "*"),
        ("x", ".near", "x"),
        ("z", ".near", "y"),
        ("sibling", ".", "sibling"),
        ("Store", "wasmtime", "Store"),
        ("fast", "fast", "*"),
        ("fast", "slow", "*"),
    }
    assert graph.Export("*", "*", "..far") in program.exports


def test_nothing_of_the_language_is_opaque() -> None:
    source = b"""
type Pair[T: int, *Ts, **P] = tuple[T, *Ts]
def first[T](items: list[T], /, a=1, *args: int, b: str = "", **kwargs) -> T | None: ...
class Box[T](Base, metaclass=Meta, flag=True):
    x: int
    y: ClassVar[int] = 1
async def g():
    async with a as b, c() as (d, *e), f:
        return [x async for x in y if await x], {k: v for k, v in z}, {*p}, (q for q in r)
    yield
    await asyncio.sleep(1)
def h():
    global G
    x = yield from g()
    x[1:2, ::3, ...] @= ~y if not z else lambda *a, k=1, **b: (a, k, b)
    x.a[0], (b, *c), *d = e = 1, 2j, 0x_ff, 1_000.5e-3, b"x" rb'y', u"z", True, None, ...
    del x.a, y[0], (z, w)
    print(f"{x!r:>{width}} {y=} {{}}", t"{z}", *args, sep="", **kw)
    if (n := len(x)) > 1 < 2 != 3 is not None not in w: pass
    assert x, "message"
    with (open(a) as b, open(c) as d,): pass
    match x, y:
        case (1, "a") | [None, *_] | {"k": v, **rest} | Point(x=0, y=[q]) | -1 | a.b as w if v: pass
        case str() | b"x" | 1 + 2j: pass
    try: raise X from y
    except* (A, B) as e: pass
    else: pass
    finally: pass
    for i, in x: break
    else: pass
    while x: continue
    else: pass
    return -x ** +y // z % w << 1 >> 2 & 3 | 4 ^ 5
"""
    program = lower(source, ".py")
    assert program.opaque == 0
    assert not program.broken


def function(program: graph.Program, name: str) -> graph.Function:
    (found,) = (each for each in program.functions if each.name == name)
    return found


def operations(program: graph.Program, name: str) -> list[graph.Operation]:
    return [op for block in function(program, name).blocks for op in block.operations]


def yields_that_may_raise(program: graph.Program) -> int:
    return sum(isinstance(op, graph.Suspend) for op in operations(program, "f"))


def conditions(program: graph.Program) -> list[tuple[str, str]]:
    ends = [block.terminator for block in function(program, "f").blocks]
    return [(end.test.kind, end.test.name) for end in ends if isinstance(end, graph.Branch)]


@pytest.mark.parametrize(
    "text",
    [
        "def f[T = int, *Ts = *tuple[int]](p): p.close()",
        "class C[T: int = bool]:\n    def f(self, p): p.close()",
        "type X[T = int] = list[T]\ndef f(p): p.close()",
        "def f(p):\n    lazy import a\n    lazy from b import c\n    p.close()",
        "def f(p):\n    try:\n        pass\n    except A, B:\n        p.close()",
        "def f(p): p.close(t'{p}')",
    ],
)
def test_syntax_of_recent_versions_is_read_whole(text: str) -> None:
    program = lower(text.encode(), ".py")
    assert not program.broken
    calls = [op for op in operations(program, "f") if isinstance(op, graph.Call)]
    assert "close" in {call.method for call in calls}


def test_a_lazy_import_imports() -> None:
    program = lower(b"lazy from a import b\nlazy import c\n", ".py")
    assert {(one.module, one.name) for one in program.imports} >= {("a", "b")}
    assert {one.module for one in program.imports} == {"a", "c"}
