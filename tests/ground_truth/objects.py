"""Objects of the program's own classes: they fill, hold and release on behalf of their users."""

from .lifecycles import BodyOf, Lifecycle, guarded, line
from .syntax import Block, Statement
from .writer import Body, Variable, Writer


def method(opening: str, body: Body) -> Block:
    return Block(((f"{opening} {{", body),))


def messenger(w: Writer, body: BodyOf) -> list[Statement]:
    """A class that fills a serializer which it was given or fetched."""
    number = len(w.helpers)
    private = w.pick(("_encode", "#encode"))
    fill = w.site("this.s.fill()")
    if w.chance(0.5):
        fill = w.site(f"this.{private}()")
    sending = w.pick((line(f"return {fill};"), line(f"const text = {fill};")))
    more = (line("work();"),) if w.chance(0.5) else ()
    clear = w.pick((line("this.s.clear();"), line("this.s?.clear();"), line("this._wipe();")))
    content: Body = (*more, guarded((sending,), (clear,)))
    if w.forgets():
        content = (*more, sending)
    elif w.chance(0.2):
        content = (line(f"{fill};"), *more, clear)
    given = w.chance(0.4)
    parts = (
        method("constructor(s)" if given else "constructor()", _field(given)),
        method(f"{private}()", (line(f"return {w.site('this.s.fill()')};"),)),
        method("_wipe()", (line("this.s.clear();"),)),
        method("send()", content),
    )
    cls = w.helper(f"Messenger{number}x", "class NAME {", parts, "class that fills")
    m = w.name("m")
    made = f"const {m} = new {cls}({'shared()' if given else ''});"
    return [line(made), line(f"{m}.send();", "method that fills"), *body(w)]


def _field(given: bool) -> Body:
    return (line("this.s = s;" if given else "this.s = shared();"),)


def lazy_holder(w: Writer, body: BodyOf) -> list[Statement]:
    """A class that makes its resource at the first use and releases it in its teardown."""
    number = len(w.helpers)
    make = w.pick(
        (
            f"this.held ??= {w.site('new Resource()')};",
            f"if (!this.held) this.held = {w.site('new Resource()')};",
            f"if (this.held === null) this.held = {w.site('new Resource()')};",
        )
    )
    release: Body = (line("this.held?.release();"), line("this.held = null;"))
    if w.chance(0.3):
        release = (Block((("if (this.held) {", (line("this.held.release();"),)),)),)
    teardown = w.pick(("dispose", "close", "destroy"))
    parts = (
        method("constructor()", (line("this.held = null;"),)),
        method("use()", (line(make), line("return this.held.use();"))),
        method(f"{teardown}()", (line("work();"),) if w.forgets() else release),
    )
    cls = w.helper(f"Lazy{number}x", "class NAME {", parts, "class that acquires lazily")
    h = w.name("h")
    inner = (line(f"{h}.use();"), *body(w))
    return [line(f"const {h} = new {cls}();"), guarded(inner, (line(f"{h}.{teardown}();"),))]


def borrower(w: Writer, body: BodyOf) -> list[Statement]:
    """An object that works with a resource which stays its caller's."""
    r = Variable(w.name("r"), "Resource")
    parts = (
        method("constructor(it)", (line("this.it = it;"),)),
        method("run()", (line("return this.it.use();"),)),
    )
    cls = w.helper("Worker", "class NAME {", parts, "class that borrows")
    name = w.name("worker")
    with w.inside(r):
        inner = (
            line(f"const {name} = new {cls}({r.name});", "borrowed by an object"),
            line(f"{name}.run();"),
            *body(w),
        )
    first = line(f"const {r.name} = {w.site('new Resource()')};")
    last = line(f"{r.name}.release();")
    return [first, *inner, last] if w.forgets() else [first, guarded(inner, (last,))]


OBJECTS: tuple[Lifecycle, ...] = (messenger, lazy_holder, borrower)
