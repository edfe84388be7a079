"""Code that moves a field out of an object: what has a `Drop` may not be taken apart (E0509)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from tree_sitter import Node

from cleanuplint.fixes.rust.file import File, impl_of, owner_of, receiver_of
from cleanuplint.languages.rust.types import type_of
from cleanuplint.languages.syntax import ancestors, text_of, within

COPIED = frozenset(
    {
        "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
        "f32", "f64", "bool", "char", "&", "*",
    }
)  # fmt: skip
CONSUMING = frozenset(
    {
        "unwrap", "expect", "unwrap_or", "unwrap_or_else", "unwrap_or_default", "map", "and_then",
        "ok_or", "ok_or_else", "join", "freeze",
    }
)  # fmt: skip
LOOKING = frozenset(
    {
        "reference_expression", "unary_expression", "binary_expression", "index_expression",
        "type_cast_expression", "compound_assignment_expr",
    }
)  # fmt: skip
"""What uses a place without moving out of it."""


class Answer(IntEnum):
    NO = 0
    MAYBE = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class TakenApart:
    """Whether the code of one file moves a field out of a struct."""

    file: File
    name: str
    fields: frozenset[str]
    """Those that are moved and not copied."""

    @classmethod
    def of(cls, file: File, struct: Node) -> "TakenApart":
        name = struct.child_by_field_name("name")
        listed = struct.child_by_field_name("body")
        every = listed.named_children if listed is not None else []
        fields = (it for it in every if it.type == "field_declaration")
        moved = (it for it in fields if type_of(it.child_by_field_name("type")).name not in COPIED)
        names = (it.child_by_field_name("name") for it in moved)
        return cls(file, text_of(name or struct), frozenset(text_of(it) for it in names if it))

    def answer(self) -> Answer:
        return max((self._of(node) for node in within(self.file.root)), default=Answer.NO)

    def _of(self, node: Node) -> Answer:
        match node.type:
            case "base_field_initializer":
                made = node.parent.parent if node.parent is not None else None
                return Answer.YES if made is not None and self._names(made) else Answer.NO
            case "struct_pattern" if self._names(node, "type"):
                return self._by_pattern(node)
            case "field_expression" if self._is_owned(node):
                return _moved(node)
        return Answer.NO

    def _names(self, node: Node, part: str = "name") -> bool:
        """A struct expression or pattern is of the struct."""
        name = type_of(node.child_by_field_name(part)).name
        return name == self.name or (name == "Self" and self.name in _owners(node))

    def _by_pattern(self, pattern: Node) -> Answer:
        """`let Self { a, b } = self` moves nothing where `self` is a borrow."""
        value = _matched(pattern)
        if value is None:
            return Answer.MAYBE
        code = self.file.code(value)
        borrowed = code.startswith("&") or (code == "self" and not _consumes(value))
        return Answer.NO if borrowed else Answer.YES

    def _is_owned(self, field: Node) -> bool:
        """`self.buffer` where `self` is given by value, `encoder.buffer` of a local."""
        base, name = (field.child_by_field_name(part) for part in ("value", "field"))
        if base is None or name is None or text_of(name) not in self.fields:
            return False
        if base.type == "self":
            return _consumes(base) and self.name in _owners(base)
        return base.type == "identifier" and self._is_local(base)

    def _is_local(self, name: Node) -> bool:
        function = _function_of(name)
        nodes = within(function) if function is not None else ()
        return any(self._binds(node, text_of(name)) for node in nodes)

    def _binds(self, node: Node, name: str) -> bool:
        """The parameter or `let` gives the name an object of the struct."""
        pattern = node.child_by_field_name("pattern")
        if node.type not in ("parameter", "let_declaration") or pattern is None:
            return False
        if text_of(pattern).removeprefix("mut ") != name:
            return False
        value = node.child_by_field_name("value")
        made = text_of(value) if value is not None else ""
        typed = type_of(node.child_by_field_name("type")).name == self.name
        return typed or made.startswith((f"{self.name}::", f"{self.name} {{", "Self::", "Self {"))


def _moved(place: Node) -> Answer:
    """Whether the place of a field is moved out of by what stands around it."""
    around = place.parent
    match around.type if around is not None else "":
        case "field_expression" if around is not None:
            return _by_member(around)
        case "assignment_expression" if around is not None:
            return Answer.NO if around.child_by_field_name("left") == place else Answer.YES
        case "match_expression" | "let_condition" | "await_expression" | "try_expression":
            return Answer.MAYBE
        case kind if kind in LOOKING or kind == "token_tree" or kind.startswith("expression_st"):
            return Answer.NO
    return Answer.YES


def _by_member(member: Node) -> Answer:
    call = member.parent
    if call is None or call.type != "call_expression":
        return _moved(member)
    if call.child_by_field_name("function") != member:
        return _moved(member)
    name = text_of(member.child_by_field_name("field") or member)
    consumed = name.startswith("into") or name in CONSUMING
    return Answer.MAYBE if consumed else Answer.NO


def _matched(pattern: Node) -> Node | None:
    """The value that a pattern is held against."""
    for around in ancestors(pattern):
        value = around.child_by_field_name("value")
        if around.type in ("let_declaration", "let_condition", "match_expression"):
            return value
        if around.type in ("parameter", "closure_expression", "function_item"):
            return None
    return None


def _function_of(node: Node) -> Node | None:
    return next((it for it in ancestors(node) if it.type == "function_item"), None)


def _consumes(node: Node) -> bool:
    """The function around is given `self` by value."""
    function = _function_of(node)
    receiver = receiver_of(function) if function is not None else None
    return receiver is not None and "&" not in {part.type for part in receiver.children}


def _owners(node: Node) -> Iterator[str]:
    function = _function_of(node)
    impl = impl_of(function) if function is not None else None
    if impl is not None:
        yield owner_of(impl)
