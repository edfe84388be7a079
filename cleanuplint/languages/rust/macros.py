"""Macros: what stands in their parentheses, read as expressions where it is some."""

from tree_sitter import Node

from cleanuplint.flow.graph import Temp
from cleanuplint.languages.rust.body import Scope
from cleanuplint.languages.rust.matches import Matches
from cleanuplint.languages.rust.parsing import code, expression, leaves
from cleanuplint.languages.syntax import text_of

DIVERGING = frozenset({"panic", "unreachable", "todo", "unimplemented", "throw_str"})
FAILING = frozenset({"bail", "throw"})
"""Those of anyhow and the like that return an error."""
PLAIN = frozenset({"tuple_expression", "array_expression", "parenthesized_expression"})


class Macros(Matches):
    """Invocations of macros."""

    def macro(self, node: Node) -> Temp:
        name = text_of(node.child_by_field_name("macro") or node).rsplit("::", 1)[-1]
        span, tree = self.span(node), code(node)[-1]
        if name in ("defer", "defer_on_success"):
            return self._defer(node, tree)
        if name == "try":
            return self._try_macro(node, tree)
        callee = self.named(f"{name}!", span)
        out = self.call(span, callee, *self._arguments(tree))
        if name in DIVERGING:
            self.blocks.choose(span)
        elif name in FAILING:
            self.fail(span)
        elif name == "ensure":
            self._ensure(node)
        return out

    def _ensure(self, node: Node) -> None:
        span, fine, failed = self.span(node), self.blocks.reserve(), self.blocks.reserve()
        self.blocks.choose(span, fine, failed)
        self.blocks.start(failed)
        self.fail(span)
        self.blocks.start(fine)

    def _try_macro(self, node: Node, tree: Node) -> Temp:
        values = self._arguments(tree)
        self._ensure(node)
        return values[0] if values else self.literal(self.span(node))

    def _defer(self, node: Node, tree: Node) -> Temp:
        """`defer! { … }`: the block runs when the scope ends."""
        text = text_of(tree).strip()
        block = expression(("{" + text[1:-1] + "}").encode())
        offset = self.offset + tree.start_byte
        if block is not None:
            self.scopes[-1].endings.append(lambda: self._run_block(block, offset))
        return self.literal(self.span(node))

    def _run_block(self, block: Node, offset: int) -> None:
        before, self.offset = self.offset, offset
        self.scopes.append(Scope())
        self.value(block)
        self.scopes.pop()
        self.offset = before

    def _arguments(self, tree: Node) -> list[Temp]:
        """The values between the parentheses; of text that is no Rust, the places it names."""
        inside = expression(tree.text or b"")
        if inside is None or inside.type not in PLAIN:
            return self._mentioned(tree)
        before, self.offset = self.offset, self.offset + tree.start_byte
        values = [self.value(child) for child in code(inside)]
        self.offset = before
        return values

    def _mentioned(self, tree: Node) -> list[Temp]:
        """`self.a.b` and variables, wherever they stand among the tokens."""
        found: list[Temp] = []
        tokens = list(leaves(tree))
        for at, token in enumerate(tokens):
            before = text_of(tokens[at - 1]) if at else ""
            known = token.type == "self" or self.find(text_of(token)) is not None
            if known and before not in (".", "::"):
                found.append(self._chain(tokens[at:]))
        return found

    def _chain(self, tokens: list[Node]) -> Temp:
        span = self.span(tokens[0])
        place = self.named(text_of(tokens[0]), span)
        at = 1
        while at + 1 < len(tokens) and text_of(tokens[at]) == ".":
            if at + 2 < len(tokens) and text_of(tokens[at + 2]) in ("(", "::"):
                break
            place = self.member(span, place, text_of(tokens[at + 1]))
            at += 2
        return place
