"""The ways a program cares for a resource, right and wrong.

Each function writes the whole life of one resource around a body that the generator fills in.
Most can forget a release, or write it where not every path comes along.
"""

from collections.abc import Callable

from .syntax import Block, Line, Statement
from .writer import Body, Variable, Writer

OPENING = "\0"
"""Where a call with a closure is cut into its two lines."""

BodyOf = Callable[[Writer], Body]
Lifecycle = Callable[[Writer, BodyOf], list[Statement]]


def line(text: str, tag: str = "") -> Line:
    return Line(text, tag)


def guarded(body: Body, finalizer: Body, tag: str = "try/finally") -> Block:
    return Block((("try {", body), ("} finally {", finalizer)), tag=tag)


def fresh(w: Writer) -> Variable:
    cls = "Resource" if w.chance(0.8) else "Serializer"
    return Variable(w.name("r" if cls == "Resource" else "s"), cls)


def acquire(w: Writer, variable: Variable) -> str:
    """An expression that acquires, plainly or through a factory of the file."""
    if w.chance(0.75):
        return w.site(f"new {variable.cls}()")
    return w.site(f"{factory(w, variable.cls)}()")


def factory(w: Writer, cls: str) -> str:
    made = Variable("made", cls)
    inner = w.site(f"new {cls}()")
    kind = w.pick(("direct", "careful", "careless"))
    if kind == "direct":
        body: Body = (line(f"return {inner};"),)
    elif kind == "careless":
        body = (line(f"const made = {inner};"), line("made.use();"), line("return made;"))
    else:
        failed = (line(f"made.{made.release}();"), line("throw e;"))
        attempt = Block((("try {", (line("made.use();"),)), ("} catch (e) {", failed)))
        body = (line(f"const made = {inner};"), attempt, line("return made;"))
    return w.helper(f"create{cls}", "function NAME() {", body, "helper creates")


def released(w: Writer, variable: Variable) -> Body:
    """Statements that release a variable known to hold its resource."""
    name, method = variable.name, variable.release
    roll = w.random.random()
    if roll < 0.6:
        return (line(f"{name}.{method}();"),)
    if roll < 0.75:
        body = (line(f"it.{method}();"),)
        helper = w.helper(f"close{variable.cls}", "function NAME(it) {", body, "helper releases")
        return (line(f"{helper}({name});"),)
    if roll < 0.87:
        attempt = (line(f"{name}.{method}();"),)
        return (Block((("try {", attempt), ("} catch (e) {", ())), tag="release in its own try"),)
    return (line(f"{name}?.{method}();", "optional chaining"),)


def released_if_there(w: Writer, variable: Variable) -> Body:
    """Statements that release a variable that may be null."""
    name, method = variable.name, variable.release
    call = f"{name}.{method}()"
    forms = (
        line(f"{name}?.{method}();", "optional chaining"),
        line(f"if ({name}) {call};", "null test"),
        line(f"{name} && {call};", "null test"),
        Block(((f"if ({name} !== null) {{", (line(f"{call};"),)),), tag="null test"),
        Block(((f"if ({name} != null) {{", (line(f"{call};"),)),), tag="null test"),
        duck_typed(name, method),
    )
    return (w.pick(forms),)


def duck_typed(name: str, method: str) -> Block:
    attempt = Block((("try {", (line(f"{name}.{method}();"),)), ("} catch (e) {", ())))
    opening = f"if ({name} && typeof {name}.{method} === 'function') {{"
    return Block(((opening, (attempt,)),), tag="duck-typed guard")


def plain(w: Writer, body: BodyOf) -> list[Statement]:
    r = fresh(w)
    first: list[Statement] = [line(f"const {r.name} = {acquire(w, r)};", "plain release")]
    with w.inside(r):
        inner = body(w)
    return [*first, *inner, *(() if w.forgets() else released(w, r))]


def in_finally(w: Writer, body: BodyOf) -> list[Statement]:
    r = fresh(w)
    first: list[Statement] = [line(f"const {r.name} = {acquire(w, r)};")]
    if w.forgets():
        first.append(line("work();"))
    with w.inside(r):
        inner = body(w)
    return [*first, guarded(inner, released(w, r))]


def hoisted(w: Writer, body: BodyOf) -> list[Statement]:
    r = fresh(w)
    start = w.pick((f"let {r.name} = null;", f"let {r.name};"))
    with w.inside(r):
        inner = (line(f"{r.name} = {acquire(w, r)};"), *body(w))
    if w.forgets():
        inner = (Block(((f"if ({w.condition()}) {{", inner),), tag="if"),)
    final = () if w.chance(0.1) else released_if_there(w, r)
    if "= null" not in start:
        final = tuple(
            line(f"{r.name}?.{r.release}();") if "null" in str(part) else part for part in final
        )
    return [line(start, "hoisted let"), guarded(inner, final)]


def rethrown(w: Writer, body: BodyOf) -> list[Statement]:
    """Released in the catch and after it: right while nothing in between leaves the function."""
    r = fresh(w)
    with w.inside(r):
        inner = body(w)
    failed = (*(() if w.forgets() else released(w, r)), line("throw e;", "rethrow"))
    attempt = Block((("try {", inner), ("} catch (e) {", failed)), tag="release in catch")
    last = () if w.forgets() else released(w, r)
    return [line(f"const {r.name} = {acquire(w, r)};"), attempt, *last]


def flagged(w: Writer, body: BodyOf) -> list[Statement]:
    """Acquired and released under the same boolean."""
    r = fresh(w)
    flag = w.flag()
    maybe = f"const {r.name} = {flag} ? {acquire(w, r)} : null;"
    with w.inside():
        inner = (*body(w), line(f"{r.name}?.use();", "optional chaining"))
    test = w.flag() if w.forgets() else flag
    call = f"{r.name}?.{r.release}();" if test != flag else f"{r.name}.{r.release}();"
    final: Body = (line(f"if ({test}) {call}"),)
    if w.chance(0.3):
        final = (line(f"if (!{test}) work(); else {call}"),)
    return [line(maybe, "correlated flag"), guarded(inner, final)]


def done_flag(w: Writer, body: BodyOf) -> list[Statement]:
    r = fresh(w)
    done = w.name("done")
    with w.inside(r):
        inner = body(w)
    finish: Body = (*released(w, r), line(f"{done} = true;"))
    if w.forgets():
        finish = (line(f"{done} = true;"), line("work();"), *released(w, r))
    last = Block(((f"if (!{done}) {{", released(w, r)),), tag="done flag")
    first = f"const {r.name} = {acquire(w, r)};"
    return [line(f"let {done} = false;"), line(first), guarded((*inner, *finish), (last,))]


def aliased(w: Writer, body: BodyOf) -> list[Statement]:
    r = fresh(w)
    alias = Variable(w.name("a"), r.cls)
    with w.inside(r, alias):
        inner = body(w)
    final = () if w.forgets() else released(w, w.pick((r, alias)))
    first = [line(f"const {r.name} = {acquire(w, r)};"), line(f"const {alias.name} = {r.name};")]
    middle = [guarded(inner, final)] if w.chance(0.6) else [*inner, *final]
    return [line("", "alias"), *first, *middle][1:] if not middle else [*_tagged(first), *middle]


def _tagged(lines: list[Line]) -> list[Line]:
    return [Line(item.text, "alias") for item in lines]


def closure_releases(w: Writer, body: BodyOf) -> list[Statement]:
    r = fresh(w)
    close = w.name("close")
    with w.inside(r):
        inner = body(w)
    made = line(f"const {close} = () => {r.name}.{r.release}();", "closure releases")
    first: list[Statement] = [line(f"const {r.name} = {acquire(w, r)};"), made]
    call = line(f"{close}();")
    return [*first, guarded(inner, (call,))] if not w.forgets() else [*first, *inner, call]


def returned(w: Writer, body: BodyOf) -> list[Statement]:
    """Given to the caller, or released where that fails."""
    if not w.around.returns:
        return in_finally(w, body)
    r = fresh(w)
    with w.inside(r):
        inner = body(w)
    given = w.pick((f"return {r.name};", f"return {{ it: {r.name} }};", f"return [{r.name}, 1];"))
    failed = (*(() if w.forgets() else released(w, r)), line("throw e;", "rethrow"))
    attempt = Block((("try {", inner), ("} catch (e) {", failed)), tag="release in catch")
    leave = line(f"if ({w.condition()}) {given}", "returned resource")
    last = () if w.forgets() else released(w, r)
    return [line(f"const {r.name} = {acquire(w, r)};"), attempt, leave, *last]


def replaced(w: Writer, body: BodyOf) -> list[Statement]:
    """One variable for the resources of all turns."""
    r = fresh(w)
    items = w.items()
    with w.inside(r, breakable=True, continuable=True, repeats=True):
        inner = body(w)
    before = () if w.forgets() else (line(f"{r.name}?.{r.release}();", "optional chaining"),)
    reset = (line(f"{r.name} = null;"),) if before and w.chance(0.7) else ()
    turn = (*before, *reset, line(f"{r.name} = {acquire(w, r)};", "overwritten in a loop"), *inner)
    loop = Block(((f"for (const item of {items}) {{", turn),), tag="for-of")
    return [line(f"let {r.name} = null;"), guarded((loop,), released_if_there(w, r))]


def in_record(w: Writer, body: BodyOf) -> list[Statement]:
    r = fresh(w)
    box = w.name("box")
    inside = Variable(f"{box}.it", r.cls)
    with w.inside(inside):
        inner = body(w)
    first = line(f"const {box} = {{ it: {acquire(w, r)} }};", "held in a record")
    final = () if w.forgets() else (line(f"{inside.name}.{r.release}();"),)
    return [first, guarded(inner, final)]


def destructured(w: Writer, body: BodyOf) -> list[Statement]:
    """A factory that gives its resource in an object."""
    r = fresh(w)
    made = w.site(f"new {r.cls}()")
    content = (line(f"const it = {made};"), line("return { it, size: 1 };"))
    helper = w.helper(f"open{r.cls}", "function NAME() {", content, "helper creates")
    with w.inside(r):
        inner = body(w)
    first = line(f"const {{ it: {r.name} }} = {w.site(f'{helper}()')};", "destructured factory")
    return [first, guarded(inner, () if w.forgets() else released(w, r))]


def scoped(w: Writer, body: BodyOf) -> list[Statement]:
    """A helper that acquires, runs a callback and releases."""
    made = w.site("new Resource()")
    run = (line("run(it);"),)
    careful = w.chance(0.7)
    inner = (guarded(run, (line("it.release();"),)),) if careful else (*run, line("it.release();"))
    content = (line(f"const it = {made};"), *inner)
    helper = w.helper("withResource", "function NAME(run) {", content, "scope helper")
    r = Variable(w.name("r"), "Resource")
    with w.closure(r):
        callback = body(w)
    opening, end = w.site(f"{helper}(({r.name}) => {{{OPENING}}})").split(OPENING)
    return [Block(((opening, callback),), end=f"{end};", tag="scope helper")]


def misused(w: Writer, body: BodyOf) -> list[Statement]:
    """Released where it is still needed, or twice."""
    r = fresh(w)
    first = line(f"const {r.name} = {acquire(w, r)};", "released too early")
    early = released(w, r)
    if w.chance(0.5):
        early = (Block(((f"if ({w.condition()}) {{", early),), tag="if"),)
    with w.inside(r):
        inner = body(w)
    last = released(w, r) if w.chance(0.6) else (line(f"{r.name}.use();"),)
    return [first, *early, guarded(inner, last)]


LIFECYCLES: tuple[Lifecycle, ...] = (
    plain,
    in_finally,
    in_finally,
    hoisted,
    hoisted,
    rethrown,
    flagged,
    done_flag,
    aliased,
    closure_releases,
    returned,
    replaced,
    in_record,
    destructured,
    scoped,
    misused,
    misused,
)
