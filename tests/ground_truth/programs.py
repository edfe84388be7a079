"""Generates programs: lives of resources nested in loops, tests, exits and closures."""

from collections.abc import Callable

from . import fillings, forms, lifecycles, moves, objects
from .lifecycles import line
from .syntax import Block, Line, Program, Statement
from .writer import Body, Variable, Writer

MAX_DEPTH = 3
LIVES = (*lifecycles.LIFECYCLES, *moves.MOVES, *forms.FORMS, *objects.OBJECTS)
Statements = list[Statement]
MaybeStatements = Callable[[Writer, int], Statements]


def program(seed: int) -> Program:
    """The program of a seed: the same on every machine."""
    w = Writer(seed)
    start = (_life if w.chance(0.6) else _filling)(w, 1)
    rest = () if _leaves(start) else _body(w, 2)
    return w.program((*start, *rest))


def _body(w: Writer, depth: int) -> Body:
    """A few statements; nothing follows one that leaves."""
    found: Statements = []
    for _ in range(w.pick((1, 1, 2) if depth > 1 else (1, 2, 3))):
        found.extend(_statements(w, depth))
        if _leaves(found):
            break
    return tuple(found)


def _leaves(statements: Statements) -> bool:
    last = statements[-1] if statements else None
    words = ("return", "throw ", "break", "continue")
    return isinstance(last, Line) and last.text.startswith(words)


def _statements(w: Writer, depth: int) -> Statements:
    simple: tuple[MaybeStatements, ...] = (_use, _use, _use, _work, _exit)
    nested = (_life, _filling, _if, _loop, _try, _switch, _for_each)
    if depth > MAX_DEPTH or w.chance(0.45):
        return w.pick(simple)(w, depth)
    return w.pick(nested)(w, depth)


def _inner(depth: int) -> Callable[[Writer], Body]:
    return lambda w: _body(w, depth + 1)


def _life(w: Writer, depth: int) -> Statements:
    return w.pick(LIVES)(w, _inner(depth))


def _filling(w: Writer, depth: int) -> Statements:
    return w.pick(fillings.FILLINGS)(w, _inner(depth))


def _use(w: Writer, depth: int) -> Statements:
    if not w.scope:
        return _work(w, depth)
    variable = w.pick(w.scope)
    if variable.cls == "Serializer" and w.chance(0.3):
        return [fillings.fill(w, variable)]
    return [line(_use_of(w, variable))]


def _use_of(w: Writer, variable: Variable) -> str:
    if w.chance(0.25):
        return f"inspect({variable.name});"
    if w.chance(0.15):
        content = (line("it.use();"),)
        helper = w.helper("apply", "function NAME(it) {", content, "helper uses")
        return f"{helper}({variable.name});"
    if w.around.awaits and w.chance(0.3):
        return f"await later({variable.name});"
    return f"{variable.name}.use();"


def _work(w: Writer, depth: int) -> Statements:
    return (
        [line("await later();", "await")]
        if w.around.awaits and w.chance(0.5)
        else [line("work();")]
    )


def _exit(w: Writer, depth: int) -> Statements:
    around = w.around
    options = ["return;", "throw new Error('stop');"]
    options += ["break;"] * around.breakable + ["continue;"] * around.continuable
    options += [f"{word} {label};" for label in around.labels for word in ("break", "continue")]
    text = w.pick(options)
    tag = "labelled exit" if text.split()[-1].startswith("outer") else text.split(";")[0].split()[0]
    tag = {"return": "early return"}.get(tag, tag)
    return [line(f"if ({w.condition()}) {text}", tag)]


def _if(w: Writer, depth: int) -> Statements:
    parts = [(f"if ({w.condition()}) {{", _body(w, depth + 1))]
    if w.chance(0.4):
        parts.append(("} else {", _body(w, depth + 1)))
    return [Block(tuple(parts), tag="if")]


def _loop(w: Writer, depth: int) -> Statements:
    labels = (w.name("outer"),) if w.chance(0.2) else ()
    changes = {"labels": w.around.labels + labels, "breakable": True, "continuable": True}
    opening, end, tag = _loop_shape(w)
    with w.inside(repeats=True, **changes):
        inner = _body(w, depth + 1)
    if tag == "while (true)":
        inner = (line(f"if (!more({w.name('turn')[4:]})) break;"), *inner)
    prefix = f"{labels[0]}: " if labels else ""
    return [Block(((prefix + opening, inner),), end=end, tag=tag)]


def _loop_shape(w: Writer) -> tuple[str, str, str]:
    kind = w.pick(("for", "for-of", "while", "do", "while (true)"))
    if kind == "for" and not w.around.repeats:
        i = w.name("i")
        return f"for (let {i} = 0; {i} < {w.parameter('count')}; {i}++) {{", "}", "for"
    if kind == "for-of" and w.around.awaits and w.chance(0.5):
        return f"for await (const item of {w.items()}) {{", "}", "for await"
    if kind in ("for", "for-of"):
        return f"for (const item of {w.items()}) {{", "}", "for-of"
    turn = f"more({w.name('turn')[4:]})"
    if kind == "while":
        return f"while ({turn}) {{", "}", "while"
    return ("do {", f"}} while ({turn});", "do") if kind == "do" else ("while (true) {", "}", kind)


def _try(w: Writer, depth: int) -> Statements:
    parts = [("try {", _body(w, depth + 1))]
    kind = w.pick(("try/catch", "try/catch", "try/catch/finally", "try/finally"))
    if "catch" in kind:
        failed = _body(w, depth + 1)
        if w.chance(0.4) and not _leaves(list(failed)):
            failed = (*failed, line("throw e;", "rethrow"))
        parts.append(("} catch (e) {", failed))
    if "finally" in kind:
        parts.append(("} finally {", _body(w, depth + 1)))
    return [Block(tuple(parts), tag=kind)]


def _switch(w: Writer, depth: int) -> Statements:
    parts = [("switch (choose()) {", ())]
    for label in ("case 0:", "case 1:", "default:")[: w.pick((2, 3))]:
        with w.inside(breakable=True):
            inner = _body(w, depth + 1)
        if w.chance(0.7) and not _leaves(list(inner)):
            inner = (*inner, line("break;"))
        opening = f"{label} {{" if len(parts) == 1 else f"}} {label} {{"
        parts.append((opening, inner))
    return [Block(tuple(parts), end="} }", tag="switch")]


def _for_each(w: Writer, depth: int) -> Statements:
    opening = f"{w.items()}.forEach((item) => {{"
    with w.closure(), w.inside(repeats=True):
        inner = _body(w, depth + 1)
    return [Block(((opening, inner),), end="});", tag="forEach closure")]
