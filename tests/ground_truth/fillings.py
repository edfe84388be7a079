"""The ways a program fills a buffer, with and without clearing it."""

from collections.abc import Callable

from .lifecycles import BodyOf, duck_typed, guarded, line
from .syntax import Block, Statement
from .writer import Body, Variable, Writer

Filling = Callable[[Writer, BodyOf], list[Statement]]


def serializer(w: Writer) -> tuple[list[Statement], Variable]:
    """A serializer to fill: one in scope, one of the module, or a shared one fetched here."""
    known = [v for v in w.scope if v.cls == "Serializer" and not v.nullable]
    if known and w.chance(0.6):
        return [], w.pick(known)
    if w.chance(0.5):
        return [], Variable(module_serializer(w), "Serializer")
    s = Variable(w.name("s"), "Serializer")
    return [line(f"const {s.name} = shared();")], s


def module_serializer(w: Writer) -> str:
    if "const common = shared();" not in {getattr(h, "text", "") for h in w.helpers}:
        w.module_line("const common = shared();")
    return "common"


def fill(w: Writer, s: Variable) -> Statement:
    roll = w.random.random()
    call = w.site(f"{s.name}.fill()")
    if roll < 0.2:
        content = (line(f"return {w.site('it.fill()')};"),)
        helper = w.helper("encode", "function NAME(it) {", content, "helper fills")
        call = w.site(f"{helper}({s.name})")
    elif roll < 0.3:
        last = (line("it.clear();"),)
        content = (guarded((line(f"return {w.site('it.fill()')};"),), last),)
        helper = w.helper("safeEncode", "function NAME(it) {", content, "helper fills and clears")
        call = w.site(f"{helper}({s.name})")
    return line(f"{call};") if w.chance(0.6) else line(f"const {w.name('text')} = {call};")


def cleared(w: Writer, s: Variable) -> Body:
    roll = w.random.random()
    if roll < 0.6:
        return (line(f"{s.name}.clear();"),)
    if roll < 0.8:
        return (duck_typed(s.name, "clear"),)
    content = (line("it.clear();"),)
    helper = w.helper("wipe", "function NAME(it) {", content, "helper clears")
    return (line(f"{helper}({s.name});"),)


def unguarded(w: Writer, body: BodyOf) -> list[Statement]:
    first, s = serializer(w)
    with w.inside(s):
        inner = body(w) if w.chance(0.5) else ()
    last = () if w.forgets() else cleared(w, s)
    return [*first, fill(w, s), *inner, *last]


def in_finally(w: Writer, body: BodyOf) -> list[Statement]:
    first, s = serializer(w)
    with w.inside(s):
        inner = (fill(w, s), *body(w))
    final = () if w.chance(0.1) else cleared(w, s)
    return [*first, guarded(inner, final, "clear in finally")]


def wrong_receiver(w: Writer, body: BodyOf) -> list[Statement]:
    first, s = serializer(w)
    other = w.name("s")
    start = line(f"const {other} = shared();")
    final = (line(f"{other}.clear();"),)
    return [start, *first, guarded((fill(w, s),), final, "two serializers")]


def in_catch(w: Writer, body: BodyOf) -> list[Statement]:
    first, s = serializer(w)
    failed = (*(() if w.forgets() else cleared(w, s)), line("throw e;", "rethrow"))
    attempt = Block((("try {", (fill(w, s),)), ("} catch (e) {", failed)), tag="clear in catch")
    return [*first, attempt, *(() if w.forgets() else cleared(w, s))]


def when_used(w: Writer, body: BodyOf) -> list[Statement]:
    first, s = serializer(w)
    used = w.name("used")
    mark, call = line(f"{used} = true;"), fill(w, s)
    inner = (call, mark) if w.forgets() else (mark, call)
    final = Block(((f"if ({used}) {{", cleared(w, s)),), tag="done flag")
    with w.inside(s):
        more = body(w) if w.chance(0.5) else ()
    start = line(f"let {used} = false;")
    return [*first, start, guarded((*inner, *more), (final,), "clear in finally")]


def per_item(w: Writer, body: BodyOf) -> list[Statement]:
    first, s = serializer(w)
    items = w.items()
    if w.chance(0.5):
        opening, end, tag = f"{items}.forEach((item) => {{", "});", "forEach closure"
    else:
        opening, end, tag = f"for (const item of {items}) {{", "}", "for-of"
    turn: Body = (fill(w, s),)
    careful = w.chance(0.4)
    if careful:
        turn = (guarded(turn, cleared(w, s), "clear in finally"),)
    loop = Block(((opening, turn),), end=end, tag=tag)
    if careful or w.forgets():
        return [*first, loop]
    return [*first, guarded((loop,), cleared(w, s), "clear in finally")]


def returned(w: Writer, body: BodyOf) -> list[Statement]:
    if not w.around.returns:
        return unguarded(w, body)
    first, s = serializer(w)
    leave = line(f"return {w.site(f'{s.name}.fill()')};", "return in try")
    final = () if w.forgets() else cleared(w, s)
    return [*first, guarded((leave,), final, "clear in finally")]


FILLINGS: tuple[Filling, ...] = (
    unguarded,
    in_finally,
    in_finally,
    wrong_receiver,
    in_catch,
    when_used,
    per_item,
    returned,
)
