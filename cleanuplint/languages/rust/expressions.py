"""Expressions."""

from collections.abc import Callable

from tree_sitter import Node

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import LiteralKind, Temp
from cleanuplint.languages.rust.body import Either, Loop, Scope
from cleanuplint.languages.rust.macros import Macros
from cleanuplint.languages.rust.outcomes import (
    ON_ERR,
    ON_OK,
    Chained,
    body_of,
    chained,
    label_of,
    operator_of,
)
from cleanuplint.languages.rust.parsing import code
from cleanuplint.languages.rust.types import type_of
from cleanuplint.languages.syntax import text_of

LITERALS = {
    "integer_literal": LiteralKind.NUMBER,
    "float_literal": LiteralKind.NUMBER,
    "string_literal": LiteralKind.STRING,
    "raw_string_literal": LiteralKind.STRING,
    "char_literal": LiteralKind.STRING,
    "boolean_literal": LiteralKind.OTHER,
    "unit_expression": LiteralKind.OTHER,
    "negative_literal": LiteralKind.NUMBER,
}
NAMES = frozenset(
    {"identifier", "self", "scoped_identifier", "super", "crate", "metavariable", "primitive_type"}
)
LENDING = frozenset({"with", "with_borrow", "with_borrow_mut", "with_mut"})
"""Methods that hand to a closure what their receiver holds."""
MERGED = frozenset({"if_expression", "match_expression", "unsafe_block", "const_block"})


class Expressions(Macros):
    """Every expression to a temp."""

    def value(self, node: Node) -> Temp:
        kind = node.type
        if kind in NAMES:
            return self.named(_path(node), self.span(node))
        if kind in LITERALS:
            return self.literal(self.span(node), LITERALS[kind], text_of(node))
        if kind in MERGED:
            return self.merged(node)
        lower = _LOWERINGS.get(kind)
        if lower is not None:
            return lower(self, node)
        return self.opaque(self.span(node), *self._parts(node))

    def _parts(self, node: Node) -> list[Temp]:
        return [self.value(child) for child in code(node)]

    def _computed(self, node: Node) -> Temp:
        return self.compute(self.span(node), *self._parts(node))

    def _inner(self, node: Node) -> Temp:
        inside = code(node)
        return self.value(inside[-1]) if inside else self.literal(self.span(node))

    # ── places ──────────────────────────────────────────────────────────────────────────────────

    def _member(self, node: Node) -> Temp:
        base, name = code(node)[0], code(node)[-1]
        return self.member(self.span(node), self.value(base), text_of(name))

    def _element(self, node: Node) -> Temp:
        base, index = self._parts(node)[:2]
        out = self.blocks.temp()
        self.blocks.emit(graph.LoadElement(self.span(node), out, base, index))
        return out

    def _reference(self, node: Node) -> Temp:
        mutable = any(child.type == "mutable_specifier" for child in node.children)
        inner = self._inner(node)
        return self.method(self.span(node), inner, "&mut") if mutable else inner

    def _unary(self, node: Node) -> Temp:
        return self._inner(node) if node.children[0].type == "*" else self._computed(node)

    def _assignment(self, node: Node) -> Temp:
        left, right = (node.child_by_field_name(part) for part in ("left", "right"))
        value = self.value(right) if right is not None else self.literal(self.span(node))
        if left is not None:
            self._assign(left, value, node)
        return self.literal(self.span(node))

    def _assign(self, left: Node, value: Temp, node: Node) -> None:
        span = self.span(node)
        match left.type:
            case "identifier" | "scoped_identifier" if text_of(left) != "_":
                self.store(self.variable(_path(left), span), value, span, declares=False)
            case "field_expression":
                base, name = self.value(code(left)[0]), text_of(code(left)[-1])
                self.blocks.emit(graph.StoreMember(span, base, name, value))
            case "index_expression":
                base, index = self._parts(left)[:2]
                self.blocks.emit(graph.StoreElement(span, base, index, value))
            case "unary_expression":
                # `*x = y`: to the analyses the whole of x, as if a method replaced it
                self.method(span, self._inner(left), "*=", value)
            case "parenthesized_expression" if code(left):
                self._assign(code(left)[0], value, node)
            case "tuple_expression":
                for number, part in enumerate(code(left)):
                    self._assign(part, self.member(span, value, str(number)), node)
            case _ if text_of(left) != "_":
                self.opaque(span, value, *self._parts(left))

    def _compound(self, node: Node) -> Temp:
        left, right = (node.child_by_field_name(part) for part in ("left", "right"))
        if left is None or right is None:
            return self._computed(node)
        added = self.value(right)
        return self.method(self.span(node), self.value(left), "+=", added)

    # ── calls ───────────────────────────────────────────────────────────────────────────────────

    def _inner_path(self, node: Node) -> Temp:
        return self.value(_without_types(node))

    def _call(self, node: Node) -> Temp:
        method = chained(node)
        if method is not None:
            return self._method(node, method)
        function, arguments = (node.child_by_field_name(it) for it in ("function", "arguments"))
        if function is None or arguments is None:
            return self.opaque(self.span(node), *self._parts(node))
        callee = self.value(_without_types(function))
        return self.call(self.span(node), callee, *self._passed(code(arguments)))

    def _method(self, node: Node, call: Chained) -> Temp:
        if call.name in ON_OK | ON_ERR and call.closure is not None:
            return self.split_and_merged(node)
        receiver = self.value(call.receiver)
        if call.name in LENDING and call.closure is not None:
            arguments = [self._lent(call.closure, receiver)]
        else:
            arguments = self._passed(call.arguments)
        return self.method(self.span(node), receiver, call.name, *arguments)

    def _lent(self, closure: Node, given: Temp) -> Temp:
        """A closure that runs once, on what it is given."""
        span, after, body = self.span(closure), self.blocks.reserve(), body_of(closure)
        to = Either(after, after, self.synthetic(span), len(self.scopes))
        self.run(closure, body, [given], to, splits=False)
        self.blocks.start(after)
        return self.load(to.content, span)

    def _passed(self, arguments: list[Node]) -> list[Temp]:
        return [self.value(argument) for argument in arguments]

    def _closure(self, node: Node) -> Temp:
        """A closure is inlined where it stands, as code that may run any number of times."""
        span = self.span(node)
        again, once, after = (self.blocks.reserve() for _ in range(3))
        self.blocks.go_on(again)
        self.blocks.choose(span, once, after)
        self.blocks.start(once)
        to = Either(again, again, self.synthetic(span), len(self.scopes))
        values = [self.literal(span)] * 8
        self.run(node, body_of(node), values, to, splits=False)
        self.blocks.start(after)
        return self.literal(span)

    def _async(self, node: Node) -> Temp:
        span, after = self.span(node), self.blocks.reserve()
        to = Either(after, after, self.synthetic(span), len(self.scopes))
        self.run(None, code(node)[-1:], [], to, splits=False)
        self.blocks.start(after)
        return self.load(to.content, span)

    # ── errors and ways out ─────────────────────────────────────────────────────────────────────

    def _try(self, node: Node) -> Temp:
        span, either = self.span(node), self.either(self.span(node))
        self.outcome(code(node)[0], either)
        self.blocks.start(either.err)
        self.fail(span)
        self.blocks.start(either.ok)
        return self.load(either.content, span)

    def _return(self, node: Node) -> Temp:
        inside = code(node)
        self.into(inside[0] if inside else None, self.leave_with)
        return self.literal(self.span(node))

    def leave_with(self, leaf: Node | None) -> None:
        """Return what an expression yields; an `Err` leads to the other exit."""
        span = self.span(leaf) if leaf is not None else Span(0, 0)
        if leaf is None:
            self.leave(span, None)
            return
        either = self.either(span)
        if not self.fallible and all(scope.closure is None for scope in self.scopes):
            self.leave(span, self.value(leaf))
            return
        self.outcome(leaf, either)
        self.blocks.start(either.err)
        self.fail(span)
        self.blocks.start(either.ok)
        self.leave(span, self.load(either.content, span))

    def _break(self, node: Node) -> Temp:
        label = label_of(node)
        for child in code(node):
            if child.type != "label":
                self.value(child)
        found = self.loop_of(label, again=node.type == "continue_expression")
        if found is None:
            self.blocks.choose(self.span(node))
        else:
            self.go(*found)
        return self.literal(self.span(node))

    # ── loops and blocks ────────────────────────────────────────────────────────────────────────

    def _block(self, node: Node) -> Temp:
        label = label_of(node)
        if label is None:
            return self.merged(node)
        after, depth = self.blocks.reserve(), len(self.scopes)

        def end(leaf: Node | None) -> None:
            if leaf is not None:
                self.value(leaf)
            self.go(depth, after)

        self.scopes.append(Scope(loop=Loop(label, after, None)))
        self.block(node, end)
        self.scopes.pop()
        self.blocks.start(after)
        return self.literal(self.span(node))

    def _loop(self, node: Node) -> Temp:
        again, after = self.blocks.reserve(), self.blocks.reserve()
        self.blocks.go_on(again)
        self._turns(node, again, after)
        return self.literal(self.span(node))

    def _while(self, node: Node) -> Temp:
        again, after, body = (self.blocks.reserve() for _ in range(3))
        self.blocks.go_on(again)
        self.scopes.append(Scope())
        self.condition(node.child_by_field_name("condition"), body, after)
        self.blocks.start(body)
        self._turns(node, again, after)
        self.scopes.pop()
        return self.literal(self.span(node))

    def _for(self, node: Node) -> Temp:
        pattern, iterable = (node.child_by_field_name(it) for it in ("pattern", "value"))
        over = self.value(iterable) if iterable is not None else self.literal(self.span(node))
        again, after, body = (self.blocks.reserve() for _ in range(3))
        self.blocks.go_on(again)
        item = self.blocks.temp()
        self.blocks.emit(graph.Next(self.span(node), item, over))
        self.blocks.choose(self.span(node), body, after)
        self.blocks.start(body)
        self.scopes.append(Scope())
        if pattern is not None:
            self.bind(pattern, item)
        self._turns(node, again, after)
        self.scopes.pop()
        return self.literal(self.span(node))

    def _turns(self, node: Node, again: graph.BlockId, after: graph.BlockId) -> None:
        depth = len(self.scopes)
        self.scopes.append(Scope(loop=Loop(label_of(node), after, again)))
        body = node.child_by_field_name("body")

        def turn(leaf: Node | None) -> None:
            if leaf is not None:
                self.value(leaf)
            self.go(depth, again)

        self.into(body, turn)
        self.scopes.pop()
        self.blocks.start(after)

    # ── values made of parts ────────────────────────────────────────────────────────────────────

    def _struct(self, node: Node) -> Temp:
        body = node.child_by_field_name("body")
        entries = [self._entry(child) for child in code(body)] if body is not None else []
        out = self.blocks.temp()
        name = type_of(node.child_by_field_name("name")).name
        made = graph.Compose(self.span(node), out, graph.ComposeForm.OBJECT, tuple(entries), name)
        self.blocks.emit(made)
        return out

    def _entry(self, node: Node) -> graph.Entry:
        name = node.child_by_field_name("field")
        value = node.child_by_field_name("value") or code(node)[-1]
        if node.type == "base_field_initializer":
            return graph.Entry(self.value(value), spread=True)
        return graph.Entry(self.value(value), text_of(name if name is not None else value))

    def _sequence(self, node: Node) -> Temp:
        entries = [graph.Entry(temp, str(at)) for at, temp in enumerate(self._parts(node))]
        out = self.blocks.temp()
        made = graph.Compose(self.span(node), out, graph.ComposeForm.ARRAY, tuple(entries))
        self.blocks.emit(made)
        return out

    def _range(self, node: Node) -> Temp:
        if not code(node):
            return self.literal(self.span(node), LiteralKind.OTHER, text_of(node))
        return self._computed(node)

    def _cast(self, node: Node) -> Temp:
        out, value = self.blocks.temp(), self.value(code(node)[0])
        type_ = type_of(node.child_by_field_name("type"))
        name = type_.arguments[0].name if type_.name == "*" else type_.name
        self.blocks.emit(graph.Compute(self.span(node), out, (value,), name))
        return out

    def _truth(self, node: Node) -> Temp:
        """A condition as a value."""
        if node.type == "binary_expression" and operator_of(node) not in ("&&", "||"):
            return self._computed(node)
        yes, no, after = (self.blocks.reserve() for _ in range(3))
        self.condition(node, yes, no)
        for block in (yes, no):
            self.blocks.start(block)
            self.blocks.jump(after)
        self.blocks.start(after)
        return self.literal(self.span(node))

    def _macro(self, node: Node) -> Temp:
        return self.macro(node)


_LOWERINGS: dict[str, Callable[[Expressions, Node], Temp]] = {
    "array_expression": Expressions._sequence,
    "assignment_expression": Expressions._assignment,
    "async_block": Expressions._async,
    "await_expression": Expressions._inner,
    "binary_expression": Expressions._truth,
    "block": Expressions._block,
    "break_expression": Expressions._break,
    "call_expression": Expressions._call,
    "closure_expression": Expressions._closure,
    "compound_assignment_expr": Expressions._compound,
    "continue_expression": Expressions._break,
    "expression_statement": Expressions._inner,
    "field_expression": Expressions._member,
    "for_expression": Expressions._for,
    "generic_function": Expressions._inner_path,
    "index_expression": Expressions._element,
    "let_chain": Expressions._truth,
    "let_condition": Expressions._truth,
    "loop_expression": Expressions._loop,
    "macro_invocation": Expressions._macro,
    "parenthesized_expression": Expressions._inner,
    "range_expression": Expressions._range,
    "reference_expression": Expressions._reference,
    "return_expression": Expressions._return,
    "struct_expression": Expressions._struct,
    "try_expression": Expressions._try,
    "tuple_expression": Expressions._sequence,
    "type_cast_expression": Expressions._cast,
    "unary_expression": Expressions._unary,
    "while_expression": Expressions._while,
    "yield_expression": Expressions._inner,
}


def _path(node: Node) -> str:
    """The text of a path without its generic arguments."""
    if node.type != "scoped_identifier":
        return text_of(node)
    path, name = (node.child_by_field_name(part) for part in ("path", "name"))
    before = "" if path is None else _path(_without_types(path))
    return f"{before}::{'' if name is None else text_of(name)}"


def _without_types(node: Node) -> Node:
    """`f` of `f::<T>`, `Vec` of `Vec<u8>` and of `<Vec<u8>>`."""
    if node.type == "bracketed_type" and code(node):
        return _without_types(code(node)[0])
    if node.type in ("generic_function", "generic_type", "generic_type_with_turbofish"):
        for part in ("function", "type"):
            inner = node.child_by_field_name(part)
            if inner is not None:
                return _without_types(inner)
    return node
