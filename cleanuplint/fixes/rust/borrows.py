"""What may still borrow a buffer where an error leaves: a second borrow there would not compile.

Types are not known, so what is not known to give up the buffer is taken to keep it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from cleanuplint.findings import Emptying
from cleanuplint.fixes.rust.file import File
from cleanuplint.languages.rust.parsing import code
from cleanuplint.languages.syntax import ancestors, text_of, within

OWNED = frozenset(
    {
        "len", "capacity", "is_empty", "clone", "to_vec", "to_owned", "to_string", "into_owned",
        "contains", "starts_with", "ends_with", "count", "sum", "product", "position", "any", "all",
        "is_ok", "is_err", "is_some", "is_none", "copied", "parse", "eq", "cmp", "flush",
    }
)  # fmt: skip
"""Methods whose result borrows nothing."""
WRITING = ("write", "try_reserve", "extend", "push", "reserve", "clear", "truncate", "resize")
"""Likewise, by how they begin."""
WRITING_MACROS = frozenset({"write", "writeln", "format", "assert", "assert_eq", "matches", "vec"})
PLAIN = frozenset(
    {
        "binary_expression", "index_expression", "assignment_expression", "closure_expression",
        "compound_assignment_expr", "type_cast_expression",
    }
)  # fmt: skip
"""Expressions whose value borrows nothing."""
ENDS = frozenset({"block", "match_block", "match_arm", "function_item", "closure_expression"})
TESTED = ("condition", "value")
MADE = re.compile(r"\b[A-Z]\w*(?:::<[^>]*>)?(?:::\w+\(| \{)")
"""`Sink::new(…)`, `Sink { … }`."""
WRAPPERS = frozenset({"Ok", "Err", "Some"})


@dataclass(frozen=True, slots=True)
class Borrows:
    """Of one buffer, in one function."""

    file: File
    function: Node
    place: str

    @classmethod
    def of(cls, file: File, function: Node, emptying: Emptying) -> "Borrows":
        """Before the edition of 2021 a closure borrows all of `self` for one field of it."""
        place = emptying.place if emptying.edition >= 2021 else emptying.place.partition(".")[0]
        return cls(file, function, place)

    def mentions(self, text: str, *names: str) -> bool:
        pattern = "|".join(rf"\b{re.escape(name)}\b" for name in (self.place, *names))
        return re.search(pattern, text) is not None

    def is_free_at(self, exit_: Node) -> bool:
        """No variable in scope may hold a borrow, nor does what is computed around the exit."""
        return not self.holders_at(exit_) and not self._is_used_around(exit_)

    def holders_at(self, exit_: Node) -> frozenset[str]:
        """Variables in scope that may borrow the buffer."""
        found: frozenset[str] = frozenset()
        for pattern, value in reversed(list(_bindings(exit_))):
            if self.may_borrow(value, found):
                found |= {text_of(it) for it in within(pattern) if it.type == "identifier"}
        return found

    def is_owned_at(self, exit_: Node) -> bool:
        """Some object in scope was given the buffer, which its `Drop` may use at the very end."""
        values = (value for _, value in _bindings(exit_) if self.may_borrow(value))
        return any(MADE.search(self.file.code(value)) for value in values)

    def _is_used_around(self, exit_: Node) -> bool:
        """`to_writer(&mut self.buffer, &read(x)?)` borrows before `read(x)` fails."""
        inner = exit_
        for around in ancestors(exit_):
            tested = [around.child_by_field_name(part) for part in TESTED]
            if around.type in ENDS or around.type.endswith(("_statement", "_declaration")):
                return False
            if around.type in ("if_expression", "match_expression", "for_expression"):
                return False
            if around.type in ("while_expression", "let_condition") and inner in tested:
                return False
            if any(it != inner and self.mentions(self.file.code(it)) for it in around.children):
                return True
            inner = around
        return False

    def may_borrow(self, node: Node, holders: frozenset[str] = frozenset()) -> bool:
        """Whether the value of an expression may keep a borrow of the buffer."""
        if node.type == "call_expression" and self._lends_itself(node):
            return True
        if not self.mentions(self.file.code(node), *holders) or node.type in PLAIN:
            return False
        match node.type:
            case "call_expression":
                return self._call(node, holders)
            case "macro_invocation":
                name = text_of(node.child_by_field_name("macro") or node)
                return name.rsplit("::", 1)[-1] not in WRITING_MACROS
            case "try_expression" | "await_expression" | "parenthesized_expression":
                return any(self.may_borrow(it, holders) for it in code(node)[:1])
            case "if_expression" | "match_expression" | "unsafe_block":
                return any(self.may_borrow(it, holders) for it in _results(node))
        return True

    def _call(self, call: Node, holders: frozenset[str]) -> bool:
        function, listed = (call.child_by_field_name(it) for it in ("function", "arguments"))
        arguments = code(listed) if listed is not None else []
        if function is not None and function.type == "generic_function":
            function = function.child_by_field_name("function")
        if function is None:
            return True
        if function.type == "field_expression":
            name = text_of(function.child_by_field_name("field") or function)
            receiver = function.child_by_field_name("value") or function
            if name in OWNED or name.startswith(WRITING):
                return False
            return self.may_borrow(receiver, holders) or self._keeps(arguments, holders)
        *before, name = text_of(function).split("::")
        if name in WRAPPERS or (before and before[-1][:1].isupper()):
            return any(self.may_borrow(it, holders) for it in arguments)
        return self._keeps(arguments, holders)

    def _keeps(self, arguments: list[Node], holders: frozenset[str]) -> bool:
        """A function that is lent the buffer to write to seldom returns a part of it."""
        shared = (it for it in arguments if not text_of(it).startswith("&mut "))
        return any(self.may_borrow(it, holders) for it in shared)

    def _lends_itself(self, call: Node) -> bool:
        """`self.text()` whose result is a reference."""
        name = text_of(call.child_by_field_name("function") or call).removeprefix("self.")
        for node in within(self.file.root):
            if node.type == "function_item":
                called, result = (node.child_by_field_name(it) for it in ("name", "return_type"))
                if called is not None and result is not None and text_of(called) == name:
                    return re.search(r"[&']", text_of(result)) is not None
        return False


def _bindings(exit_: Node) -> Iterator[tuple[Node, Node]]:
    """Patterns in scope at a place and what they are given, the nearest first."""
    inner = exit_
    for around in ancestors(exit_):
        if around.type in ("closure_expression", "function_item"):
            return
        if around.type == "block":
            before = [it for it in around.named_children if it.end_byte <= exit_.start_byte]
            yield from (pair for it in reversed(before) for pair in _bound(it))
        elif around.type in ("for_expression", "match_expression", "if_expression"):
            if inner != around.child_by_field_name("value"):
                condition = around.child_by_field_name("condition")
                yield from _bound(around if condition is None else condition)
        inner = around


def _bound(node: Node) -> Iterator[tuple[Node, Node]]:
    pattern, value = (node.child_by_field_name(it) for it in ("pattern", "value"))
    if node.type == "match_expression":
        pattern = node.child_by_field_name("body")
    if pattern is not None and value is not None:
        yield pattern, value
    elif node.type == "let_chain":
        yield from (pair for it in node.named_children for pair in _bound(it))


def _results(node: Node) -> Iterator[Node]:
    """The expressions that a construct may end in."""
    for part in code(node):
        if part.type in ("block", "match_block"):
            yield from code(part)[-1:] if part.type == "block" else code(part)
        elif part.type in ("else_clause", "if_expression", "match_expression"):
            yield from _results(part)
