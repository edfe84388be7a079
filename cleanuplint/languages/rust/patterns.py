"""Patterns: the names they bind, and whether they can fail."""

from tree_sitter import Node

from cleanuplint.flow.graph import Temp, TypeName
from cleanuplint.languages.rust.body import Body
from cleanuplint.languages.rust.parsing import code
from cleanuplint.languages.syntax import text_of

OK = frozenset({"Ok", "Some"})
ERR = frozenset({"Err", "None"})
WRAPPERS = frozenset(
    {"ref_pattern", "mut_pattern", "reference_pattern", "match_pattern", "parenthesized_pattern"}
)


def side_of(pattern: Node) -> bool | None:
    """True for `Ok(…)` and `Some(…)`, False for `Err(…)` and `None`, None for anything else."""
    inner = unwrapped(pattern)
    if inner.type == "or_pattern":
        sides = {side_of(child) for child in code(inner)}
        return sides.pop() if len(sides) == 1 else None
    if inner.type == "tuple_struct_pattern":
        inner = inner.child_by_field_name("type") or inner
    name = text_of(inner).rsplit("::", 1)[-1]
    return True if name in OK else False if name in ERR else None


def unwrapped(pattern: Node) -> Node:
    """The pattern without `&`, `ref`, `mut`, parentheses and a guard."""
    while pattern.type in WRAPPERS and code(pattern):
        last = pattern.type in ("mut_pattern", "ref_pattern", "reference_pattern")
        pattern = code(pattern)[-1 if last else 0]
    return pattern


def contents(pattern: Node) -> list[Node]:
    """What stands inside the parentheses of `Ok(…)`."""
    inner = unwrapped(pattern)
    if inner.type == "or_pattern":
        inner = unwrapped(code(inner)[0])
    if inner.type != "tuple_struct_pattern":
        return []
    path = inner.child_by_field_name("type")
    return [child for child in code(inner) if child != path]


def always_fits(pattern: Node) -> bool:
    """Whether a pattern takes every value of its type, as far as syntax shows it."""
    inner = unwrapped(pattern)
    match inner.type:
        case "identifier":
            return not text_of(inner)[:1].isupper()
        case "_" | "remaining_field_pattern":
            return True
        case "tuple_pattern":
            return all(always_fits(child) for child in code(inner))
        case _:
            return text_of(inner) == "_"


class Patterns(Body):
    """Binding the names of patterns."""

    def bind(self, pattern: Node, value: Temp, types: tuple[TypeName, ...] = ()) -> None:
        """Declare what a pattern names; `ref`, `&`, `Ok` and `Some` are seen through."""
        inner = unwrapped(pattern)
        match inner.type:
            case "identifier" | "shorthand_field_identifier":
                if always_fits(inner) or inner.type != "identifier":
                    variable = self.declare(inner, types)
                    self.store(variable, value, self.span(inner), declares=True)
            case "captured_pattern":
                for child in code(inner):
                    self.bind(child, value)
            case "or_pattern":
                self.bind(code(inner)[0], value)
            case "tuple_pattern":
                self._bind_each(inner, code(inner), value)
            case "tuple_struct_pattern":
                self._bind_variant(inner, value)
            case "struct_pattern":
                self._bind_fields(inner, value)
            case "slice_pattern":
                for child in code(inner):
                    self.bind(child, self.opaque(self.span(child), value))

    def _bind_each(self, node: Node, patterns: list[Node], value: Temp) -> None:
        for number, pattern in enumerate(patterns):
            self.bind(pattern, self.member(self.span(node), value, str(number)))

    def _bind_variant(self, node: Node, value: Temp) -> None:
        inside = contents(node)
        if side_of(node) is not None and len(inside) == 1:
            self.bind(inside[0], value)
        else:
            self._bind_each(node, inside, value)

    def _bind_fields(self, node: Node, value: Temp) -> None:
        for entry in code(node):
            name = entry.child_by_field_name("name")
            if entry.type != "field_pattern" or name is None:
                continue
            member = self.member(self.span(entry), value, text_of(name))
            self.bind(entry.child_by_field_name("pattern") or name, member)
