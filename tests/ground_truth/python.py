"""The generated programs in Python: the same statements, written in its syntax.

The generator writes a program once, in the notation of JavaScript; here its syntax tree is written
again. What Python has no word for (labels, a `switch` that falls through, promises that nobody
awaits) is left out with the whole program.

    items0.forEach((item) => { … })     for item in items0: …
    r0?.release();                      if r0 is not None: r0.release()
    do { … } while (more(0));           while True: … if not more(0): break
    const r0 = new Resource();          with Resource() as r0: …
    try { … } finally { r0.release(); } with ExitStack() as stack: …
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from cleanuplint.languages.javascript.parsing import parse
from cleanuplint.languages.syntax import text_of

from .syntax import CLOSE, HEADER, MARK, MIDDLE, OPEN, Program, Rendered

PYTHON_HEADER = """\
from contextlib import ExitStack

from elsewhere import check, choose, inspect, later, more, some, work
from ground_truth_lib import Resource, Serializer, shared

"""
STACK = "from contextlib import ExitStack\n"
CAUGHT = "\x04"
"""A line of its own, where a handler begins."""
NAMES = {"list": "some", "Error": "RuntimeError", "this": "self", "undefined": "None"}
LITERALS = {"null": "None", "undefined": "None", "true": "True", "false": "False"}
OPERATORS = {"&&": "and", "||": "or", "===": "==", "!==": "!=", "==": "==", "!=": "!="}
FUNCTIONS = frozenset(
    {
        "function_declaration", "generator_function_declaration", "arrow_function",
        "function_expression", "method_definition",
    }
)  # fmt: skip
LEAVING = ("break", "return", "raise", "continue")


class Untranslatable(Exception):
    """Python says this otherwise, or not at all."""


@dataclass(frozen=True)
class PythonProgram(Rendered):
    """A generated program in Python."""

    lines: str
    """With all marks."""
    parameters: tuple[str, ...]
    """What kind of value `main` takes for each."""
    is_async: bool
    tags: frozenset[str]

    suffix = ".py"
    header = PYTHON_HEADER

    @cached_property
    def marked(self) -> str:
        return re.sub(rf"[ ]*{CAUGHT}\n", "", self.lines)

    @cached_property
    def instrumented(self) -> str:
        """What CPython runs: definitions, `main` among them."""
        text = MARK.sub(lambda m: f"at_({m[1]}, lambda: " if m[1] else ")", self.lines)
        return STACK + text.replace(CAUGHT, "caught_()")


def in_python(program: Program) -> PythonProgram | None:
    """The same program in Python; None if Python has no way to say it."""
    writer = _Writer(program)
    try:
        lines = writer.lines()
    except Untranslatable:
        return None
    kinds = tuple(p.kind for p in program.used(program.marked.partition("main(")[2]))
    return PythonProgram(
        "\n".join(lines) + "\n", kinds, program.is_async, program.tags | writer.tags
    )


def _spans(program: Program) -> dict[tuple[int, int], list[int]]:
    """Where each site is in the source: start and end to the sites there, outermost first."""
    found: dict[tuple[int, int], list[int]] = {}
    removed, open_sites = 0, []
    for mark in MARK.finditer(HEADER + program.marked):
        at = mark.start() - removed
        removed += len(mark.group())
        if mark[1]:
            open_sites.append((at, int(mark[1])))
        else:
            start, number = open_sites.pop()
            found.setdefault((start, at), []).insert(0, number)
    return found


class _Writer:
    """Writes the syntax tree of one program."""

    def __init__(self, program: Program) -> None:
        self._root = parse(program.source.encode(), ".js")
        self._sites = _spans(program)
        self._before: list[str] = []
        """Lines that the statement being written needs in front of it."""
        self._scopes: list[set[str]] = [set()]
        self._closures = 0
        self._guards = len(program.source) % 3  # so that programs begin with different forms
        self.tags: frozenset[str] = frozenset()
        """Constructs that only the text in Python has."""

    def lines(self) -> list[str]:
        lines: list[str] = []
        for one in self._root.named_children:
            node = one.child_by_field_name("declaration") or one
            if node.type not in ("import_statement", "comment"):
                lines += self._statement(node)
        return lines

    # ── statements ──────────────────────────────────────────────────────────────────────────────

    def _statement(self, node: Node) -> list[str]:
        write = getattr(self, f"_{node.type}", None)
        if write is None:
            raise Untranslatable(node.type)
        outer, self._before = self._before, []
        written = write(node)
        lines, self._before = [*self._before, *written], outer
        return lines

    def _body(self, node: Node | None) -> list[str]:
        """The statements of a block, indented."""
        if node is None:
            raise Untranslatable("no body")
        inside = node.named_children if node.type == "statement_block" else [node]
        return self._indented(self._sequence(inside))

    def _indented(self, lines: Iterator[str]) -> list[str]:
        return [f"    {line}" for line in lines] or ["    pass"]

    def _statement_block(self, node: Node) -> list[str]:
        return list(self._sequence(node.named_children))

    def _sequence(self, nodes: list[Node]) -> Iterator[str]:
        waiting = list(nodes)
        while waiting:
            first = waiting.pop(0)
            guarded = waiting[0] if waiting and _guards(first, waiting[0]) else None
            form = self._form() if guarded is not None else None
            if guarded is None or form is None:
                yield from self._statement(first)
            else:
                yield from form(first.named_children[0], waiting.pop(0))

    def _form(self) -> "_Form | None":
        """In turn: `try` and `finally`, `with`, a stack."""
        self._guards += 1
        return (None, self._with, self._stack)[self._guards % 3]

    def _with(self, made: Node, guarded: Node) -> list[str]:
        self.tags |= {"with"}
        name, value = _field(made, "name"), self._expression(_field(made, "value"))
        self._scopes[-1].add(text_of(name))
        return [f"with {value} as {text_of(name)}:", *self._body(_field(guarded, "body"))]

    def _stack(self, made: Node, guarded: Node) -> list[str]:
        self.tags |= {"ExitStack"}
        name = text_of(_field(made, "name"))
        release = _method(_released(guarded))
        self._scopes[-1].add(name)
        return [
            f"with ExitStack() as stack{self._guards}:",
            f"    {name} = {self._expression(_field(made, 'value'))}",
            f"    stack{self._guards}.callback({name}.{release})",
            *self._body(_field(guarded, "body")),
        ]

    def _empty_statement(self, node: Node) -> list[str]:
        return []

    def _expression_statement(self, node: Node) -> list[str]:
        return self._effect(node.named_children[0])

    def _effect(self, node: Node) -> list[str]:
        """An expression for what it does."""
        match node.type:
            case "sequence_expression":
                return [line for one in node.named_children for line in self._effect(one)]
            case "unary_expression" if _operator(node) == "void":
                return self._effect(_field(node, "argument"))
            case "assignment_expression":
                left = _field(node, "left")
                return [f"{self._expression(left)} = {self._expression(_field(node, 'right'))}"]
            case "augmented_assignment_expression":
                return self._augmented(node)
            case "call_expression" if _is_optional(node):
                receiver = self._expression(_field(_field(node, "function"), "object"))
                return [f"if {receiver} is not None:", f"    {self._call(node)}"]
            case "call_expression" if _method(node) == "forEach":
                return self._for_each(node)
        return [self._expression(node)]

    def _augmented(self, node: Node) -> list[str]:
        if _operator(node) != "??=":
            raise Untranslatable("operator")
        left = self._expression(_field(node, "left"))
        return [f"if {left} is None:", f"    {left} = {self._expression(_field(node, 'right'))}"]

    def _for_each(self, node: Node) -> list[str]:
        """`forEach` is a loop, as long as its function does not return early."""
        callback = _field(node, "arguments").named_children[0]
        if any(inner.type == "return_statement" for inner in _inner(callback)):
            raise Untranslatable("return in forEach")
        items = self._expression(_field(_field(node, "function"), "object"))
        (name,) = _parameters(callback)
        return [f"for {name} in {items}:", *self._body(_field(callback, "body"))]

    def _lexical_declaration(self, node: Node) -> list[str]:
        lines = []
        for one in node.named_children:
            name, value = _field(one, "name"), one.child_by_field_name("value")
            if name.type != "identifier":
                raise Untranslatable("pattern")
            self._scopes[-1].add(text_of(name))
            if value is not None and value.type in ("arrow_function", "function_expression"):
                lines += self._function(value, text_of(name))
            else:
                lines.append(f"{text_of(name)} = {self._expression(value) if value else 'None'}")
        return lines

    def _return_statement(self, node: Node) -> list[str]:
        value = node.named_children
        return [f"return {self._expression(value[0])}" if value else "return"]

    def _throw_statement(self, node: Node) -> list[str]:
        value = node.named_children[0]
        return ["raise" if text_of(value) == "e" else f"raise {self._expression(value)}"]

    def _break_statement(self, node: Node) -> list[str]:
        if node.named_children:
            raise Untranslatable("label")
        return [node.type.removesuffix("_statement")]

    _continue_statement = _break_statement

    def _if_statement(self, node: Node) -> list[str]:
        lines = [f"if {self._condition(node)}:", *self._body(_field(node, "consequence"))]
        otherwise = node.child_by_field_name("alternative")
        if otherwise is not None:
            lines += ["else:", *self._body(otherwise.named_children[0])]
        return lines

    def _while_statement(self, node: Node) -> list[str]:
        return [f"while {self._condition(node)}:", *self._body(_field(node, "body"))]

    def _do_statement(self, node: Node) -> list[str]:
        body = _field(node, "body")
        if any(_jumps(body, "continue_statement")):
            raise Untranslatable("continue in do")
        test = [f"    if not {self._condition(node)}:", "        break"]
        return ["while True:", *self._body(body), *test]

    def _for_statement(self, node: Node) -> list[str]:
        found = re.fullmatch(r"let (\w+) = 0; \1 < (\w+); \1\+\+", _head(node))
        if found is None:
            raise Untranslatable("for")
        self._scopes[-1].add(found[1])
        return [f"for {found[1]} in range({found[2]}):", *self._body(_field(node, "body"))]

    def _for_in_statement(self, node: Node) -> list[str]:
        name = text_of(_field(node, "left"))
        self._scopes[-1].add(name)
        head = f"for {name} in {self._expression(_field(node, 'right'))}:"
        return [head, *self._body(_field(node, "body"))]

    def _switch_statement(self, node: Node) -> list[str]:
        lines = [f"match {self._expression(_field(node, 'value'))}:"]
        cases = _field(node, "body").named_children
        for case in cases:
            value = case.child_by_field_name("value")
            body = [one for one in case.named_children if one != value]
            written = [line for one in body for line in self._case(one)]
            if written[-1:] == ["break"]:
                written.pop()
            elif case != cases[-1] and not (written and written[-1].startswith(LEAVING)):
                raise Untranslatable("falls through")
            head = f"case {self._expression(value)}:" if value is not None else "case _:"
            lines += [f"    {line}" for line in (head, *self._indented(iter(written)))]
        return lines

    def _case(self, node: Node) -> list[str]:
        """A statement of a case; a `break` of the `switch` in the middle is no word of Python."""
        inside = node.named_children if node.type == "statement_block" else [node]
        for one in inside[:-1] if inside and inside[-1].type == "break_statement" else inside:
            if any(_jumps(one, "break_statement", ("switch_statement",))):
                raise Untranslatable("break in a case")
        return self._statement(node)

    def _try_statement(self, node: Node) -> list[str]:
        lines = ["try:", *self._body(_field(node, "body"))]
        handler, final = node.child_by_field_name("handler"), node.child_by_field_name("finalizer")
        if handler is not None:
            body = self._body(_field(handler, "body"))
            lines += ["except Exception:", f"    {CAUGHT}", *body]
        if final is not None:
            lines += ["finally:", *self._body(_field(final, "body"))]
        return lines

    # ── functions and classes ───────────────────────────────────────────────────────────────────

    def _function_declaration(self, node: Node) -> list[str]:
        name = text_of(_field(node, "name"))
        self._scopes[-1].add(name)
        return self._function(node, name)

    _generator_function_declaration = _function_declaration

    def _function(self, node: Node, name: str, *first: str) -> list[str]:
        body = _field(node, "body")
        parameters = [*first, *_parameters(node)]
        with self._inside(node, parameters) as outer_names:
            if body.type == "statement_block":
                written = self._body(body)
            else:
                written = self._indented(iter(self._result(body)))
        keyword = "async def" if any(c.type == "async" for c in node.children) else "def"
        return [f"{keyword} {name}({', '.join(parameters)}):", *outer_names, *written]

    def _result(self, node: Node) -> list[str]:
        lines = self._effect(node)
        if len(lines) > 1 or node.type == "assignment_expression":
            return lines
        return [f"return {lines[0]}"]

    @contextmanager
    def _inside(self, node: Node, parameters: list[str]) -> Iterator[list[str]]:
        """The lines that say which names of outer functions a function stores to."""
        outer, self._before = self._before, []
        own = {*parameters, *_declared(node)}
        stored = set(_stored(node)) - own
        of_module = sorted(stored & self._scopes[0])
        of_functions = sorted(stored & set().union(*self._scopes[1:]) - self._scopes[0])
        self._scopes.append(own)
        lines = [f"    global {', '.join(of_module)}"] if of_module else []
        lines += [f"    nonlocal {', '.join(of_functions)}"] if of_functions else []
        yield lines
        self._scopes.pop()
        self._before = outer

    def _class_declaration(self, node: Node) -> list[str]:
        lines = [f"class {text_of(_field(node, 'name'))}:"]
        for one in _field(node, "body").named_children:
            if one.type != "method_definition":
                raise Untranslatable(one.type)
            name = text_of(_field(one, "name")).replace("#", "_")
            name = "__init__" if name == "constructor" else name
            lines += self._indented(iter(self._function(one, name, "self")))
        return lines

    # ── expressions ─────────────────────────────────────────────────────────────────────────────

    def _condition(self, node: Node) -> str:
        return self._expression(_bare(_field(node, "condition")))

    def _expression(self, node: Node) -> str:
        text = self._plain(node)
        for number in reversed(self._sites.get((node.start_byte, node.end_byte), ())):
            if "await" in text or ":=" in text:
                raise Untranslatable("cannot wait in a lambda")
            text = f"{OPEN}{number}{MIDDLE}{text}{CLOSE}"
        return text

    def _plain(self, node: Node) -> str:
        match node.type:
            case "identifier" | "this":
                return NAMES.get(text_of(node), text_of(node))
            case "null" | "undefined" | "true" | "false":
                return LITERALS[node.type]
            case "number" | "string":
                return text_of(node)
            case "parenthesized_expression":
                return self._in_parentheses(_bare(node))
            case "new_expression":
                return f"{self._expression(_field(node, 'constructor'))}({self._arguments(node)})"
            case "call_expression":
                return self._call_expression(node)
            case "member_expression" if not _has_chain(node):
                name = text_of(_field(node, "property")).replace("#", "_")
                return f"{self._expression(_field(node, 'object'))}.{name}"
            case "await_expression":
                return f"await {self._expression(node.named_children[0])}"
            case "yield_expression":
                return f"yield {self._expression(node.named_children[0])}"
            case "array":
                return f"[{', '.join(map(self._expression, node.named_children))}]"
            case "arrow_function" | "function_expression":
                return self._closure(node)
        return self._operator(node)

    def _in_parentheses(self, node: Node) -> str:
        if node.type == "assignment_expression":
            left, right = _field(node, "left"), _field(node, "right")
            if left.type != "identifier":
                raise Untranslatable("assignment in an expression")
            return f"({self._expression(left)} := {self._expression(right)})"
        return f"({self._expression(node)})"

    def _operator(self, node: Node) -> str:
        match node.type:
            case "ternary_expression":
                test, then, otherwise = (
                    self._expression(_field(node, name))
                    for name in ("condition", "consequence", "alternative")
                )
                return f"({then} if {test} else {otherwise})"
            case "unary_expression" if _operator(node) == "!":
                return f"not {self._expression(_field(node, 'argument'))}"
            case "binary_expression":
                return self._binary(node)
        raise Untranslatable(node.type)

    def _binary(self, node: Node) -> str:
        left, right, operator = _field(node, "left"), _field(node, "right"), _operator(node)
        if left.type == "unary_expression" and _operator(left) == "typeof":
            member = _field(left, "argument")
            name = text_of(_field(member, "property"))
            return (
                f'callable(getattr({self._expression(_field(member, "object"))}, "{name}", None))'
            )
        if operator not in OPERATORS:
            raise Untranslatable(operator)
        word = OPERATORS[operator]
        if right.type in ("null", "undefined") or text_of(right) == "undefined":
            word = "is" if word == "==" else "is not"
        return f"{self._expression(left)} {word} {self._expression(right)}"

    def _call_expression(self, node: Node) -> str:
        if _is_optional(node):
            receiver = self._expression(_field(_field(node, "function"), "object"))
            return f"({self._call(node)} if {receiver} is not None else None)"
        return self._call(node)

    def _call(self, node: Node) -> str:
        callee = _field(node, "function")
        if callee.type != "member_expression":
            return f"{self._expression(callee)}({self._arguments(node)})"
        name = {"push": "append"}.get(_method(node), _method(node)).replace("#", "_")
        if name in ("then", "catch", "finally", "forEach", "map"):
            raise Untranslatable(name)
        return f"{self._expression(_field(callee, 'object'))}.{name}({self._arguments(node)})"

    def _arguments(self, node: Node) -> str:
        given = node.child_by_field_name("arguments")
        return ", ".join(map(self._expression, given.named_children if given is not None else ()))

    def _closure(self, node: Node) -> str:
        """A function as a value: defined in front of the statement, and named."""
        name = f"turn{self._closures}"
        self._closures += 1
        self._before += self._function(node, name)
        return name


_Form = Callable[[Node, Node], list[str]]


def _guards(first: Node, second: Node) -> bool:
    """`const r = …; try { … } finally { r.release(); }` of what is always there."""
    if first.type != "lexical_declaration" or not text_of(first).startswith("const "):
        return False
    if second.type != "try_statement" or second.child_by_field_name("handler") is not None:
        return False
    made, call = first.named_children[0], _released(second)
    value = made.child_by_field_name("value")
    if call is None or value is None or value.type != "new_expression" or _is_optional(call):
        return False
    receiver = _field(_field(call, "function"), "object")
    return _method(call) in ("release", "free") and text_of(receiver) == text_of(made.children[0])


def _released(guarded: Node) -> Node | None:
    """The call that is all there is in a `finally`."""
    final = guarded.child_by_field_name("finalizer")
    statements = _field(final, "body").named_children if final is not None else []
    if len(statements) != 1 or statements[0].type != "expression_statement":
        return None
    call = statements[0].named_children[0]
    is_method = call.type == "call_expression" and bool(_method(call))
    return call if is_method else None


def _field(node: Node, name: str) -> Node:
    found = node.child_by_field_name(name)
    if found is None:
        raise Untranslatable(f"{node.type} without {name}")
    return found


def _bare(node: Node) -> Node:
    while node.type == "parenthesized_expression":
        node = node.named_children[0]
    return node


def _operator(node: Node) -> str:
    return text_of(_field(node, "operator"))


def _method(call: Node) -> str:
    callee = _field(call, "function")
    return text_of(_field(callee, "property")) if callee.type == "member_expression" else ""


def _has_chain(node: Node) -> bool:
    return any(child.type == "optional_chain" for child in node.children)


def _is_optional(call: Node) -> bool:
    return _has_chain(call) or _has_chain(_field(call, "function"))


def _head(node: Node) -> str:
    """What is between the parentheses of a `for`."""
    text = text_of(node)
    return text[text.index("(") + 1 : text.index(")")]


def _parameters(node: Node) -> list[str]:
    listed = node.child_by_field_name("parameters")
    found = listed.named_children if listed is not None else [_field(node, "parameter")]
    if any(one.type != "identifier" for one in found):
        raise Untranslatable("pattern")
    return [text_of(one) for one in found]


def _inner(node: Node) -> Iterator[Node]:
    """All nodes below, but not those of functions inside."""
    for child in node.named_children:
        yield child
        if child.type not in FUNCTIONS:
            yield from _inner(child)


def _jumps(node: Node, kind: str, kept: tuple[str, ...] = ()) -> Iterator[Node]:
    """The `break` or `continue` statements that leave a node."""
    loops = ("while_statement", "do_statement", "for_statement", "for_in_statement", *kept)
    if node.type == kind:
        yield node
    for child in node.named_children if node.type not in (*loops, *FUNCTIONS) else ():
        yield from _jumps(child, kind, kept)


def _declared(function: Node) -> Iterator[str]:
    for node in _inner(_field(function, "body")):
        if node.type in ("variable_declarator", "function_declaration", "for_in_statement"):
            name = node.child_by_field_name("left" if node.type == "for_in_statement" else "name")
            if name is not None:
                yield text_of(name)


def _stored(function: Node) -> Iterator[str]:
    body = _field(function, "body")
    for node in (body, *_inner(body)):
        if node.type in ("assignment_expression", "augmented_assignment_expression"):
            yield text_of(_field(node, "left"))
