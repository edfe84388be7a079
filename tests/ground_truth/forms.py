"""More ways of writing the same: conditions that assign, patterns, collections, several at once."""

from .lifecycles import BodyOf, Lifecycle, acquire, fresh, guarded, line, released
from .syntax import Block, Statement
from .writer import Variable, Writer


def polled(w: Writer, body: BodyOf) -> list[Statement]:
    """`while ((r = next()) !== null)`."""
    r = fresh(w)
    turn = w.name("turn")[4:]
    content = (line(f"return more({turn}) ? {w.site(f'new {r.cls}()')} : null;"),)
    helper = w.helper(f"next{r.cls}", "function NAME() {", content, "helper creates or not")
    with w.inside(r, breakable=True, continuable=True, repeats=True):
        inner = body(w)
    opening = f"while (({r.name} = {w.site(f'{helper}()')}) !== null) {{"
    turns = (guarded(inner, released(w, r)),)
    if w.forgets():
        turns = (*inner, *released(w, r))
    return [line(f"let {r.name};"), Block(((opening, turns),), tag="assignment in a condition")]


def maybe_made(w: Writer, body: BodyOf) -> list[Statement]:
    """A factory that gives null at times."""
    r = fresh(w)
    failed = (line("return null;"),)
    content = (
        Block((("if (!check()) {", failed),)),
        line(f"return {w.site(f'new {r.cls}()')};"),
    )
    helper = w.helper(f"try{r.cls}", "function NAME() {", content, "helper creates or not")
    with w.inside(r):
        inner = body(w)
    first = line(f"const {r.name} = {w.site(f'{helper}()')};")
    given_up = line(f"if ({r.name} === null) return;", "null test")
    if w.forgets():
        return [first, given_up, *inner, *released(w, r)]
    return [first, given_up, guarded(inner, released(w, r))]


def by_pattern(w: Writer, body: BodyOf) -> list[Statement]:
    """A helper that takes its parameter apart."""
    r = fresh(w)
    content = (line(f"it.{r.release}();"),)
    opening = "function NAME({ it, size = 1 }) {"
    helper = w.helper(f"shut{r.cls}", opening, content, "destructured parameter")
    with w.inside(r):
        inner = body(w)
    first = line(f"const {r.name} = {acquire(w, r)};")
    last = () if w.forgets() else (line(f"{helper}({{ it: {r.name} }});"),)
    return [first, guarded(inner, last)]


def both_at_once(w: Writer, body: BodyOf) -> list[Statement]:
    """Two acquisitions, and a helper that releases what is there of both."""
    first, second = Variable(w.name("r"), "Resource"), Variable(w.name("r"), "Resource")
    content = (line("a?.release();"), line("b?.release();"))
    helper = w.helper("closeBoth", "function NAME(a, b) {", content, "helper releases two")
    with w.inside(first, second):
        inner = body(w)
    start = (
        line(f"{first.name} = {acquire(w, first)};"),
        line(f"{second.name} = {acquire(w, second)};"),
    )
    if w.forgets():
        return [
            *(line(f"const {one.text}") for one in start),
            guarded(inner, (line(f"{helper}({first.name}, {second.name});"),)),
        ]
    names = line(f"let {first.name} = null, {second.name} = null;", "two in one declaration")
    final = (line(f"{helper}({first.name}, {second.name});"),)
    return [names, guarded((*start, *inner), final)]


def by_expression(w: Writer, body: BodyOf) -> list[Statement]:
    """Released in an expression: a conditional, a short circuit, a sequence."""
    r = fresh(w)
    flag = w.flag()
    call = f"{r.name}.{r.release}()"
    forms = (
        f"{flag} ? {call} : {call};",
        f"{flag} ? {call} : 0;",
        f"{flag} && {call};",
        f"{flag} || {call};",
        f"void {call};",
        f"{call}, work();",
    )
    with w.inside(r):
        inner = body(w)
    last = line(w.pick(forms), "release in an expression")
    return [line(f"const {r.name} = {acquire(w, r)};"), guarded(inner, (last,))]


def collected(w: Writer, body: BodyOf) -> list[Statement]:
    """Kept in an array, whose elements are released at the end."""
    r, all_of_them = fresh(w), w.name("all")
    items = w.items()
    with w.inside(breakable=True, continuable=True, repeats=True):
        inner = body(w)
    turn = (line(f"{all_of_them}.push({acquire(w, r)});", "collection"), *inner)
    loop = Block(((f"for (const item of {items}) {{", turn),), tag="for-of")
    each = Block(((f"for (const it of {all_of_them}) {{", (line(f"it.{r.release}();"),)),))
    if w.chance(0.4):
        opening = f"{all_of_them}.forEach((it) => {{"
        each = Block(((opening, (line(f"it.{r.release}();"),)),), end="});")
    first = line(f"const {all_of_them} = [];")
    return [first, guarded((loop,), (each,))]


def returned_in_place(w: Writer, body: BodyOf) -> list[Statement]:
    """`return r.use()` inside the guard."""
    if not w.around.returns:
        return by_expression(w, body)
    r = fresh(w)
    with w.inside(r):
        inner = body(w)
    leave = line(f"return {r.name}.use();", "return in try")
    final = () if w.forgets() else released(w, r)
    return [line(f"const {r.name} = {acquire(w, r)};"), guarded((*inner, leave), final)]


def recovered(w: Writer, body: BodyOf) -> list[Statement]:
    """A second attempt in the catch."""
    r = fresh(w)
    with w.inside(r):
        inner = body(w)
    first = (line(f"{r.name} = {acquire(w, r)};"), line(f"{r.name}.use();"))
    second = (
        *(() if w.forgets() else (line(f"{r.name}?.{r.release}();"),)),
        line(f"{r.name} = {acquire(w, r)};", "second attempt"),
    )
    attempt = Block((("try {", first), ("} catch (e) {", second)), tag="try/catch")
    final = (line(f"{r.name}?.{r.release}();", "optional chaining"),)
    return [line(f"let {r.name} = null;"), guarded((attempt, *inner), final)]


FORMS: tuple[Lifecycle, ...] = (
    polled,
    maybe_made,
    by_pattern,
    both_at_once,
    by_expression,
    collected,
    returned_in_place,
    recovered,
)
