"""Control by value: conditions, `Ok` and `Err`, patterns that may not fit, `match`.

A value that is `Ok` or `Err` is lowered to two ways, and everything that is said of it afterwards
(`map_err`, `?`, `if let`, `match`, a tail) is said on its way:

    to_writer(&mut b, v).map_err(|e| { b.clear(); e })?

    call ──ok──▶ …                      the closure is inlined on the way it runs on,
      └──err──▶ b.clear() ──▶ Err exit  so that no state has to remember which was which
"""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from tree_sitter import Node

from cleanuplint.flow.graph import BlockId, Temp
from cleanuplint.languages.rust.body import Either, Scope
from cleanuplint.languages.rust.parsing import code
from cleanuplint.languages.rust.patterns import Patterns, always_fits, contents, side_of
from cleanuplint.languages.syntax import text_of

Sink = Callable[[Node | None], None]
"""Takes the expression that a construct ends in, if any, and leaves nothing to fall through."""

PASSING = frozenset(
    {
        "ok_or", "ok", "context", "as_ref", "as_mut", "as_deref", "as_deref_mut", "cloned",
        "copied", "into_iter", "into_future",
    }
)  # fmt: skip
"""Methods that keep which of the two a value is."""
ON_OK = frozenset({"map", "inspect", "and_then"})
ON_ERR = frozenset({"map_err", "inspect_err", "or_else", "ok_or_else", "with_context"})
SPLITTING = frozenset({"and_then", "or_else"})
"""Their closure decides anew."""
IS_OK = frozenset({"is_ok", "is_some"})
IS_ERR = frozenset({"is_err", "is_none"})


@dataclass(frozen=True, slots=True)
class Chained:
    """A method call, taken apart."""

    receiver: Node
    name: str
    arguments: list[Node]

    @property
    def closure(self) -> Node | None:
        last = self.arguments[-1] if self.arguments else None
        return last if last is not None and last.type == "closure_expression" else None


def chained(node: Node) -> Chained | None:
    """The parts of `receiver.name(arguments)`, or None."""
    if node.type != "call_expression":
        return None
    function = node.child_by_field_name("function")
    if function is not None and function.type == "generic_function":
        function = function.child_by_field_name("function")
    if function is None or function.type != "field_expression":
        return None
    receiver, name = (function.child_by_field_name(part) for part in ("value", "field"))
    arguments = node.child_by_field_name("arguments")
    if receiver is None or name is None:
        return None
    return Chained(receiver, text_of(name), code(arguments) if arguments is not None else [])


class Outcomes(Patterns):
    """Conditions and outcomes."""

    @abstractmethod
    def block(self, node: Node, sink: Sink) -> None:
        """Lower a block; its tail goes to the sink."""

    @abstractmethod
    def match(self, node: Node, sink: Sink) -> None:
        """Lower a `match`; the arm that is taken goes to the sink."""

    # ── constructs that end in one of several expressions ───────────────────────────────────────

    def into(self, node: Node | None, sink: Sink) -> None:
        """Send the expressions that a construct can end in to a sink."""
        match None if node is None else node.type:
            case "block" if node is not None and label_of(node) is None:
                self.block(node, sink)
            case (
                "unsafe_block" | "const_block" | "parenthesized_expression" | "expression_statement"
            ):
                self.into(code(node)[0] if node is not None and code(node) else None, sink)
            case "if_expression" if node is not None:
                self._if(node, sink)
            case "match_expression" if node is not None:
                self.match(node, sink)
            case _:
                sink(node)

    def merged(self, node: Node) -> Temp:
        """The value of a construct with several ends."""
        span = self.span(node)
        result, after, depth = self.synthetic(span), self.blocks.reserve(), len(self.scopes)

        def keep(leaf: Node | None) -> None:
            value = self.literal(span) if leaf is None else self.value(leaf)
            self.store(result, value, span, declares=False)
            self.go(depth, after)

        self.into(node, keep)
        self.blocks.start(after)
        return self.load(result, span)

    def _if(self, node: Node, sink: Sink) -> None:
        condition = node.child_by_field_name("condition")
        yes, no = self.blocks.reserve(), self.blocks.reserve()
        self.scopes.append(Scope())
        self.condition(condition, yes, no)
        self.blocks.start(yes)
        self.into(node.child_by_field_name("consequence"), sink)
        self.scopes.pop()
        self.blocks.start(no)
        otherwise = node.child_by_field_name("alternative")
        self.into(code(otherwise)[0] if otherwise is not None else None, sink)

    # ── conditions ──────────────────────────────────────────────────────────────────────────────

    def condition(self, node: Node | None, yes: BlockId, no: BlockId) -> None:
        """Lower a test; names that it binds are those of the innermost scope."""
        if node is None:
            self.blocks.jump(yes)
            return
        match node.type:
            case "parenthesized_expression" if code(node):
                self.condition(code(node)[0], yes, no)
            case "unary_expression" if node.children[0].type == "!":
                self.condition(code(node)[0], no, yes)
            case "let_chain":
                self._all(code(node), yes, no)
            case "let_condition":
                pattern, value = (node.child_by_field_name(it) for it in ("pattern", "value"))
                if pattern is not None and value is not None:
                    self.fits(pattern, value, yes, no)
            case "binary_expression" if operator_of(node) == "&&":
                self._all(code(node), yes, no)
            case "binary_expression" if operator_of(node) == "||":
                self._any(code(node), yes, no)
            case _:
                self._test(node, yes, no)

    def _all(self, parts: list[Node], yes: BlockId, no: BlockId) -> None:
        for part in parts:
            further = self.blocks.reserve()
            self.condition(part, further, no)
            self.blocks.start(further)
        self.blocks.jump(yes)

    def _any(self, parts: list[Node], yes: BlockId, no: BlockId) -> None:
        for part in parts:
            further = self.blocks.reserve()
            self.condition(part, yes, further)
            self.blocks.start(further)
        self.blocks.jump(no)

    def _test(self, node: Node, yes: BlockId, no: BlockId) -> None:
        asked = chained(node)
        if asked is not None and asked.name in IS_OK | IS_ERR:
            either = self.either(self.span(node))
            self.outcome(asked.receiver, either)
            same = asked.name in IS_OK
            for block, target in ((either.ok, yes), (either.err, no)):
                self.blocks.start(block)
                self.blocks.jump(target if same else yes if target == no else no)
        elif text_of(node) in ("true", "false"):
            self.blocks.jump(yes if text_of(node) == "true" else no)
        else:
            value = self.value(node)
            self.branch(self.span(node), value, f"true({value})", yes, no)

    def fits(self, pattern: Node, node: Node, yes: BlockId, no: BlockId) -> None:
        """Lower `let pattern = node` as a test."""
        side = side_of(pattern)
        if side is None:
            self._fits_value(pattern, self.value(node), yes, no)
            return
        either = self.either(self.span(node))
        self.outcome(node, either)
        self.blocks.start(either.err if side else either.ok)
        self.blocks.jump(no)
        self.blocks.start(either.ok if side else either.err)
        value = self.load(either.content, self.span(node))
        self._fits_inside(contents(pattern), value, yes, no)

    def _fits_inside(self, inside: list[Node], value: Temp, yes: BlockId, no: BlockId) -> None:
        if len(inside) == 1:
            self._fits_value(inside[0], value, yes, no)
        else:
            self.blocks.jump(yes)

    def _fits_value(self, pattern: Node, value: Temp, yes: BlockId, no: BlockId) -> None:
        if not always_fits(pattern):
            further = self.blocks.reserve()
            self.blocks.choose(self.span(pattern), further, no)
            self.blocks.start(further)
        self.bind(pattern, value)
        self.blocks.jump(yes)

    # ── Ok and Err ──────────────────────────────────────────────────────────────────────────────

    def outcome(self, node: Node, either: Either) -> None:
        """Lower a value to its two ways."""
        self.into(node, lambda leaf: self._outcome(leaf, either))

    def settle(self, either: Either, ok: bool, value: Temp | None = None) -> None:
        if value is not None:
            self.store(either.content, value, self.file.variables[either.content].span, False)
        self.go(either.depth, either.ok if ok else either.err)

    def _outcome(self, node: Node | None, either: Either) -> None:
        if node is None:
            self.settle(either, ok=True)
            return
        call, made = chained(node), _made(node)
        if made is not None:
            ok, content = made
            self.settle(either, ok, None if content is None else self.value(content))
        elif call is not None and self._is_combinator(call):
            self._combined(call, either)
        elif node.type in ("await_expression", "reference_expression") and code(node):
            self.outcome(code(node)[-1], either)
        elif node.type == "async_block":
            self.run(None, code(node)[-1:], [], either, splits=True)
        else:
            self._split(node, either)

    def _split(self, node: Node, either: Either) -> None:
        value = self.value(node)
        yes, no = self.blocks.reserve(), self.blocks.reserve()
        self.branch(self.span(node), value, f"ok({value})", yes, no)
        for block, ok in ((yes, True), (no, False)):
            self.blocks.start(block)
            self.settle(either, ok, value)

    def _is_combinator(self, call: Chained) -> bool:
        return call.name in PASSING or (call.name in ON_OK | ON_ERR and bool(call.arguments))

    def _combined(self, call: Chained, either: Either) -> None:
        """`x.map_err(f)`: what it says of one way, on that way."""
        inner = self.either(self.span(call.receiver))
        self.outcome(call.receiver, inner)
        for block, ok in ((inner.ok, True), (inner.err, False)):
            self.blocks.start(block)
            value = self.load(inner.content, self.span(call.receiver))
            applies = call.name in (ON_OK if ok else ON_ERR)
            if applies and call.closure is not None:
                self._apply(call, call.closure, value, either, ok)
                continue
            if not ok or call.name not in ON_OK | ON_ERR:
                for argument in call.arguments:
                    if argument.type != "closure_expression":
                        self.value(argument)
            self.settle(either, ok, value)

    def _apply(self, call: Chained, closure: Node, value: Temp, either: Either, ok: bool) -> None:
        if call.name in SPLITTING:
            self.run(closure, body_of(closure), [value], either, splits=True)
            return
        done = self.blocks.reserve()
        plain = Either(done, done, self.synthetic(self.span(closure)), len(self.scopes))
        self.run(closure, body_of(closure), [value], plain, splits=False)
        self.blocks.start(done)
        self.settle(either, ok, self.load(plain.content, self.span(closure)))

    def run(
        self, closure: Node | None, body: list[Node], values: list[Temp], to: Either, splits: bool
    ) -> None:
        """Inline the body of a closure or async block."""
        self.scopes.append(Scope(closure=to))
        for pattern, value in zip(_parameters(closure), values, strict=False):
            self.bind(pattern, value)

        def keep(leaf: Node | None) -> None:
            self.settle(to, True, None if leaf is None else self.value(leaf))

        for node in body:
            if splits:
                self.outcome(node, to)
            else:
                self.into(node, keep)
        self.scopes.pop()

    def split_and_merged(self, node: Node) -> Temp:
        """The value of `x.map_err(…)` where its two ways meet again.

        The two tests let the analysis remember by which way it came.
        """
        span = self.span(node)
        either, result = self.either(span), self.synthetic(span)
        after, never = self.blocks.reserve(), self.blocks.reserve()
        self.outcome(node, either)
        for block, ok in ((either.ok, True), (either.err, False)):
            self.blocks.start(block)
            self.store(result, self.load(either.content, span), span, declares=False)
            known = self.load(result, span)
            self.branch(span, known, f"ok({known})", *((after, never) if ok else (never, after)))
        self.blocks.start(after)
        return self.load(result, span)


def _made(node: Node) -> tuple[bool, Node | None] | None:
    """What `Ok(x)`, `Err(x)`, `Some(x)` and `None` are made of."""
    if node.type in ("identifier", "scoped_identifier"):
        return (False, None) if text_of(node) == "None" else None
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    arguments = node.child_by_field_name("arguments")
    if function is None or arguments is None:
        return None
    if function.type == "generic_function":
        function = function.child_by_field_name("function") or function
    name = text_of(function).rsplit("::", 1)[-1]
    if name not in ("Ok", "Err", "Some"):
        return None
    return name != "Err", next(iter(code(arguments)), None)


def operator_of(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return text_of(operator) if operator is not None else ""


def label_of(node: Node) -> str | None:
    """`'a` of `'a: loop`, `'a: {`, `break 'a`."""
    return next((text_of(it).strip(":") for it in node.children if it.type == "label"), None)


def _parameters(closure: Node | None) -> list[Node]:
    listed = closure.child_by_field_name("parameters") if closure is not None else None
    if listed is None:
        return []
    return [child.child_by_field_name("pattern") or child for child in code(listed)]


def body_of(closure: Node) -> list[Node]:
    body = closure.child_by_field_name("body")
    return [body] if body is not None else []
