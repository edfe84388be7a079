"""Lives of resources that change hands or names: lazily made, swapped, chosen, wrapped, yielded."""

from .lifecycles import BodyOf, Lifecycle, acquire, fresh, guarded, line, released
from .syntax import Block, Statement
from .writer import Body, Variable, Writer


def lazy(w: Writer, body: BodyOf) -> list[Statement]:
    """Made in the first turn that needs it."""
    r = fresh(w)
    items = w.items()
    make = w.pick(
        (
            f"if (!{r.name}) {r.name} = {acquire(w, r)};",
            f"{r.name} ??= {acquire(w, r)};",
            f"if ({r.name} === null) {r.name} = {acquire(w, r)};",
        )
    )
    with w.inside(r, breakable=True, continuable=True, repeats=True):
        turn = (line(make, "lazy acquisition"), *body(w))
    loop = Block(((f"for (const item of {items}) {{", turn),), tag="for-of")
    last = () if w.forgets() else (line(f"{r.name}?.{r.release}();", "optional chaining"),)
    return [line(f"let {r.name} = null;"), guarded((loop,), last)]


def swapped(w: Writer, body: BodyOf) -> list[Statement]:
    """The new one takes the place of the old one."""
    r = fresh(w)
    items, new = w.items(), Variable(w.name("next"), r.cls)
    with w.inside(new, breakable=False, continuable=False, repeats=True):
        inner = body(w)
    made: Body = (line(f"const {new.name} = {acquire(w, r)};", "swapped"),)
    if w.chance(0.6):
        failed = (line(f"{new.name}.{r.release}();"), line("throw e;"))
        made = (*made, Block((("try {", inner), ("} catch (e) {", failed)), tag="release in catch"))
    else:
        made = (*made, *inner)
    change = (line(f"{r.name}?.{r.release}();"), line(f"{r.name} = {new.name};"))
    turn = (*made, *(change[1:] if w.forgets() else change))
    loop = Block(((f"for (const item of {items}) {{", turn),), tag="for-of")
    return [
        line(f"let {r.name} = null;"),
        guarded((loop,), (line(f"{r.name}?.{r.release}();"),)),
    ]


def chosen(w: Writer, body: BodyOf) -> list[Statement]:
    """One name for one of two resources."""
    first, second = Variable(w.name("r"), "Resource"), Variable(w.name("r"), "Resource")
    one = Variable(w.name("one"), "Resource")
    pick = line(f"const {one.name} = {w.condition()} ? {first.name} : {second.name};", "one of two")
    with w.inside(first, second, one):
        inner = body(w)
    both = (*released(w, first), *released(w, second))
    start = [
        line(f"const {first.name} = {acquire(w, first)};"),
        line(f"const {second.name} = {acquire(w, second)};"),
    ]
    if w.forgets():
        return [*start, pick, guarded(inner, released(w, one))]
    return [*start, guarded((pick, *inner), both)]


def either(w: Writer, body: BodyOf) -> list[Statement]:
    """Acquired on one of two ways, released once."""
    r = fresh(w)
    opened = f"{w.condition()} ? {acquire(w, r)} : {acquire(w, r)}"
    with w.inside(r):
        inner = body(w)
    first = line(f"const {r.name} = {opened};", "acquired either way")
    return [first, guarded(inner, () if w.forgets() else released(w, r))]


def again(w: Writer, body: BodyOf) -> list[Statement]:
    """Released, and the variable used for another."""
    r = fresh(w)
    with w.inside(r):
        inner = body(w)
        more = body(w)
    reset = (line(f"{r.name} = null;"),) if w.chance(0.7) else ()
    middle = (*inner, line(f"{r.name}.{r.release}();", "variable used again"), *reset)
    renewed = (line(f"{r.name} = {acquire(w, r)};"), *more)
    first = line(f"let {r.name} = {acquire(w, r)};")
    return [first, guarded((*middle, *renewed), (line(f"{r.name}?.{r.release}();"),))]


def nulled(w: Writer, body: BodyOf) -> list[Statement]:
    """Released on the good path and set to null, for the `finally` to see."""
    r = fresh(w)
    with w.inside(r):
        inner = body(w)
    early: Body = (line(f"{r.name}.{r.release}();", "nulled after release"),)
    if not w.forgets():
        early = (*early, line(f"{r.name} = null;"))
    last = line(f"if ({r.name}) {r.name}.{r.release}();", "null test")
    after = (line("work();"),) if w.chance(0.5) else ()
    return [
        line(f"let {r.name} = {acquire(w, r)};"),
        guarded((*inner, *early, *after), (last,)),
    ]


def told(w: Writer, body: BodyOf) -> list[Statement]:
    """A helper that releases when it is told to."""
    r = fresh(w)
    content = (line("if (!really) return;", "early return"), line(f"it.{r.release}();"))
    opening = "function NAME(it, really) {"
    helper = w.helper(f"maybeClose{r.cls}", opening, content, "helper releases if told")
    answer = w.pick(("true", "true", "false", w.flag()))
    with w.inside(r):
        inner = body(w)
    first = line(f"const {r.name} = {acquire(w, r)};")
    return [first, guarded(inner, (line(f"{helper}({r.name}, {answer});"),))]


def passed_through(w: Writer, body: BodyOf) -> list[Statement]:
    """A helper that returns what it is given."""
    r = fresh(w)
    content = (line("it.use();"), line("return it;"))
    helper = w.helper(f"warm{r.cls}", "function NAME(it) {", content, "helper returns its argument")
    other = Variable(w.name("a"), r.cls)
    with w.inside(r, other):
        inner = body(w)
    first = line(f"const {r.name} = {acquire(w, r)};")
    second = line(f"const {other.name} = {helper}({r.name});")
    final = () if w.forgets() else released(w, w.pick((r, other)))
    late = w.chance(0.5)
    if late:
        return [first, second, guarded(inner, final)]
    if final and other.name in str(final):
        final = released(w, r)
    return [first, guarded((second, *inner), final)]


def temporary(w: Writer, body: BodyOf) -> list[Statement]:
    """Used where it is made, and lost."""
    r = fresh(w)
    return [line(f"{acquire(w, r)}.use();", "temporary"), *body(w)]


def wrapped(w: Writer, body: BodyOf) -> list[Statement]:
    """Kept in a field of an object that can be disposed of."""
    r = Variable("this.it", "Resource")
    made = (line(f"this.it = {w.site('new Resource()')};"),)
    parts = (
        Block((("constructor() {", made),)),
        Block((("use() {", (line("return this.it.use();"),)),)),
        Block((("dispose() {", (line(f"this.it.{r.release}();"),)),)),
    )
    cls = w.helper("Holder", "class NAME {", parts, "class with dispose")
    h = Variable(w.name("h"), "Holder")
    with w.inside():
        inner = (line(f"{h.name}.use();"), *body(w))
    first = line(f"const {h.name} = {w.site(f'new {cls}()')};")
    if w.forgets():
        return [first, *inner, line(f"{h.name}.dispose();")]
    return [first, guarded(inner, (line(f"{h.name}.dispose();"),))]


def yielded(w: Writer, body: BodyOf) -> list[Statement]:
    """A generator that holds a resource while its consumer works."""
    made = line(f"const it = {w.site('new Resource()')};")
    turns = (line("yield it.use();"), line("yield 2;"))
    last = (line("it.release();"),)
    careful = w.chance(0.7)
    content = (made, guarded(turns, last)) if careful else (made, *turns, *last)
    source = w.helper("each", "function* NAME() {", content, "generator")
    with w.inside(breakable=True, continuable=True, repeats=True):
        inner = (line("work();"), *body(w))
    return [Block(((f"for (const item of {source}()) {{", inner),), tag="for-of generator")]


def promise_chain(w: Writer, body: BodyOf) -> list[Statement]:
    if not w.around.awaits:
        return either(w, body)
    r = fresh(w)
    call = f"{r.name}.{r.release}()"
    content = (line("await later();"), line("it.use();"))
    run = w.helper("run", "async function NAME(it) {", content, "async helper")
    chain = w.pick(
        (
            f"{run}({r.name}).finally(() => {call})",
            f"{run}({r.name}).finally(() => {{ {call}; }})",
            f"{run}({r.name}).then(() => {call})",
            f"{run}({r.name}).then(() => {call}, () => {call})",
            f"{run}({r.name}).then(() => work()).finally(() => {call})",
            f"{run}({r.name}).catch(() => work()).then(() => {call})",
        )
    )
    first = line(f"const {r.name} = {acquire(w, r)};")
    keyword = "return" if w.around.returns and w.chance(0.3) else "await"
    return [first, line(f"{keyword} {chain};", "promise chain")]


def unawaited(w: Writer, body: BodyOf) -> list[Statement]:
    """`return run(r)` in a guard that releases r, with and without `await`."""
    if not (w.around.awaits and w.around.returns):
        return either(w, body)
    r = fresh(w)
    content = (line("await later();"), line("it.use();"))
    run = w.helper("run", "async function NAME(it) {", content, "async helper")
    with w.inside(r):
        inner = body(w)
    wait = w.pick(("await ", "await ", ""))
    leave = line(f"return {wait}{run}({r.name});", "promise returned in a guard")
    first = line(f"const {r.name} = {acquire(w, r)};")
    return [first, guarded((*inner, leave), released(w, r))]


def called_in_place(w: Writer, body: BodyOf) -> list[Statement]:
    """A local function over the variables around it."""
    r = fresh(w)
    step = w.name("step")
    with w.closure(r):
        inner = body(w)
    local = Block(((f"const {step} = () => {{", inner),), end="};", tag="local closure")
    final = () if w.forgets() else released(w, r)
    first = line(f"const {r.name} = {acquire(w, r)};")
    return [first, local, guarded((line(f"{w.site(f'{step}()')};"),), final)]


def labelled(w: Writer, body: BodyOf) -> list[Statement]:
    """A labelled block that is left early."""
    r = fresh(w)
    label = w.name("part")
    with w.inside(r):
        inner = body(w)
    leave = line(f"if ({w.condition()}) break {label};", "labelled block")
    content = (*inner, leave, *(() if w.forgets() else released(w, r)))
    if w.chance(0.6):
        content = (guarded((*inner, leave), released(w, r)),)
    first = line(f"const {r.name} = {acquire(w, r)};")
    return [Block(((f"{label}: {{", (first, *content)),), tag="labelled block")]


MOVES: tuple[Lifecycle, ...] = (
    lazy,
    swapped,
    chosen,
    either,
    again,
    nulled,
    told,
    passed_through,
    temporary,
    wrapped,
    yielded,
    promise_chain,
    promise_chain,
    unawaited,
    unawaited,
    called_in_place,
    labelled,
)
