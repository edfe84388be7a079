"""One `Err` exit of a function, and how a buffer is emptied on the way out.

check(x)?                   check(x).inspect_err(|_| self.buffer.clear())?
return Err(e);              self.buffer.clear();
                            return Err(e);
check(x).map_err(|e| {      the first statement of that closure
"""

from dataclasses import dataclass

from tree_sitter import Node

from cleanuplint.findings import Edit, Emptying, Span
from cleanuplint.fixes.rust import blocks
from cleanuplint.fixes.rust.borrows import Borrows
from cleanuplint.fixes.rust.chains import CHAINABLE, Chain
from cleanuplint.fixes.rust.file import File
from cleanuplint.languages.rust.outcomes import chained
from cleanuplint.languages.rust.parsing import code
from cleanuplint.languages.syntax import ancestors, text_of

MAPPING = frozenset({"map_err", "ok_or_else", "inspect_err"})
RETURNING = frozenset({"bail", "throw"})
"""Macros that return an error."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """The exits of one function."""

    file: File
    emptying: Emptying
    borrows: Borrows

    def edits(self, span: Span) -> list[Edit] | None:
        """What empties the buffer at one exit; None where that can't be written there."""
        node = self.file.at(span)
        if node is None or any(it.type == "token_tree" for it in ancestors(node)):
            return None
        inner = node.children[0] if node.type == "try_expression" else node
        error = _error_of(inner)
        if error is not None:
            return self._ahead(node, error)
        if node.type == "macro_invocation":
            name = text_of(node.child_by_field_name("macro") or node).rsplit("::", 1)[-1]
            return self._ahead(node, code(node)[-1]) if name in RETURNING else None
        return self._on_err(inner, node)

    # ── before what is surely an error ──────────────────────────────────────────────────────────

    def _ahead(self, leaf: Node, error: Node) -> list[Edit] | None:
        if self.borrows.is_owned_at(leaf):
            return None
        holders = self.borrows.holders_at(leaf)
        text = self.file.code(error)
        clear = f"{self.emptying.clear};"
        if self.borrows.mentions(text, *holders, "self"):
            if leaf.type == "macro_invocation":
                return None
            question = "?" if leaf.type == "try_expression" else ""
            lines, instead = (f"let error = {text};", clear), f"Err(error){question}"
            edit = blocks.ahead(self.file, leaf, lines, instead)
        else:
            edit = blocks.ahead(self.file, leaf, (clear,))
        return None if edit is None else [edit]

    # ── on the way of an error that there may be ────────────────────────────────────────────────

    def _on_err(self, value: Node, exit_: Node) -> list[Edit] | None:
        if self.borrows.may_borrow(value) or not self.borrows.is_free_at(exit_):
            return None
        body = _body_on_err(value)
        if body is not None and body.type == "block":
            return self._first_in(body)
        if value.type not in CHAINABLE:
            return None
        if not self.emptying.has_inspect_err:
            return self._mapped(value, body, exit_)
        tail = self.file.layout.text[value.end_byte : self._end(exit_)].decode()
        link = f".inspect_err(|_| {self.emptying.clear})"
        return Chain(self.file, value).followed_by(link, tail)

    def _end(self, exit_: Node) -> int:
        return max(exit_.end_byte, self.file.layout.line_end(exit_.end_byte))

    def _first_in(self, body: Node) -> list[Edit] | None:
        if self.borrows.mentions(self.file.code(body)):
            return None
        edit = blocks.at_start(self.file, body, (f"{self.emptying.clear};",))
        return None if edit is None else [edit]

    def _mapped(self, value: Node, body: Node | None, exit_: Node) -> list[Edit] | None:
        """With `map_err`, which every compiler has."""
        file = self.file
        clear = f"{self.emptying.clear};"
        outer = file.layout.indentation(exit_.start_byte)
        inner = outer + file.layout.unit
        newline = file.layout.newline
        if body is None:
            lines = file.joined(inner, (clear, "error"))
            link = f".map_err(|error| {{{newline}{lines}{newline}{outer}}})"
            return [Edit(Span(value.end_byte, value.end_byte), link.encode())]
        if self.borrows.mentions(file.code(body)) or body.start_point.row != body.end_point.row:
            return None
        outer = file.layout.indentation(body.start_byte)
        lines = file.joined(outer + file.layout.unit, (clear, file.code(body)))
        block = f"{{{newline}{lines}{newline}{outer}}}"
        return [Edit(Span(body.start_byte, body.end_byte), block.encode())]


def _error_of(leaf: Node) -> Node | None:
    """`e` of `Err(e)`."""
    function = leaf.child_by_field_name("function") if leaf.type == "call_expression" else None
    listed = leaf.child_by_field_name("arguments")
    if function is None or listed is None or len(code(listed)) != 1:
        return None
    return code(listed)[0] if text_of(function).rsplit("::", 1)[-1] == "Err" else None


def _body_on_err(value: Node) -> Node | None:
    """The body of the closure by which a chain ends that runs on an error only."""
    call = chained(value)
    closure = call.closure if call is not None and call.name in MAPPING else None
    if closure is None or closure.children[0].type == "move":
        return None
    return closure.child_by_field_name("body")
