"""One file to be fixed: its tree, its ways, and what is known of its functions."""

from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from cleanuplint.findings import Edit, Fix, Span
from cleanuplint.fixes.javascript.guard import in_order
from cleanuplint.fixes.javascript.style import Style
from cleanuplint.fixes.javascript.tree import declared, node_at, within
from cleanuplint.languages.syntax import text_of


@dataclass(frozen=True)
class File:
    root: Node
    style: Style
    is_typed: bool
    """It is TypeScript."""

    @cached_property
    def own(self) -> frozenset[str]:
        """Functions and methods of the file, whose handling of arguments the solver has read."""
        found: set[str] = set()
        for node in within(self.root):
            if node.type in ("function_declaration", "generator_function_declaration"):
                found |= declared(node)
            elif node.type == "method_definition":
                name = node.child_by_field_name("name")
                found.add(f"this.{text_of(name)}" if name is not None else "")
        return frozenset(found)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name in the file: what is new must be none of them."""
        kinds = ("identifier", "shorthand_property_identifier", "type_identifier")
        return frozenset(text_of(node) for node in within(self.root) if node.type in kinds)

    def at(self, span: Span) -> Node | None:
        return node_at(self.root, span)

    def fresh(self, wish: str) -> str:
        """The name, or one like it that the file does not use."""
        numbered = (f"{wish}{n}" for n in range(2, 1000))
        return next(n for n in (wish, *numbered) if n not in self.names)


def fix(edits: list[Edit], unsafe: str = "") -> Fix:
    """The edits as one fix. No line that is taken away is indented first."""
    replaced = [edit for edit in edits if edit.span.start < edit.span.end]
    kept = [edit for edit in edits if not any(_goes_with(edit, one) for one in replaced)]
    return Fix(in_order(kept), unsafe)


def _goes_with(edit: Edit, replaced: Edit) -> bool:
    """The edit only indents or takes away what the other one replaces."""
    one, gone = edit.span, replaced.span
    if edit.text.strip() or edit == replaced:
        return False
    if one.start < one.end:
        return gone.start <= one.start and one.end <= gone.end
    return gone.start < one.start < gone.end or (gone.start == one.start and not replaced.text)
