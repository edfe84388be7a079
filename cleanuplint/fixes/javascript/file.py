"""One file to be fixed: its tree, its ways, and what is known of its functions."""

from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from cleanuplint.findings import Edit, Fix, Span
from cleanuplint.fixes.javascript.guard import in_order
from cleanuplint.fixes.javascript.style import Style
from cleanuplint.fixes.javascript.tree import FUNCTIONS, NAMES, declared, function_of
from cleanuplint.languages.javascript.scopes import using_assignment
from cleanuplint.languages.syntax import ancestors, node_at, text_of, within
from cleanuplint.modules.disposal import knows_using


@dataclass(frozen=True)
class File:
    root: Node
    style: Style
    is_typed: bool
    """It is TypeScript."""
    path: str = ""
    """Empty for a text alone."""

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
    def has_using(self) -> bool:
        """`using` is a word of this file already, or of the project's TypeScript."""
        return (self.is_typed and bool(self.path) and knows_using(self.path)) or any(
            node.type == "using_declaration" or using_assignment(node) is not None
            for node in within(self.root)
        )

    def at(self, span: Span) -> Node | None:
        return node_at(self.root, span)

    def fresh(self, at: Node, *wishes: str) -> str:
        """The first name that neither the function around nor the module uses, or one like it."""
        taken = self._module_names | self._names_around(at)
        numbered = (f"{wishes[0]}{n}" for n in range(2, 1000))
        return next(name for name in (*wishes, *numbered) if name not in taken)

    @cached_property
    def _module_names(self) -> frozenset[str]:
        """What the module declares, and what it takes from elsewhere."""
        return frozenset(
            text_of(node)
            for statement in self.root.named_children
            if statement.type in ("import_statement", "lexical_declaration", "variable_declaration")
            for node in within(statement)
            if node.type in NAMES and function_of(node) is None
        )

    def _names_around(self, at: Node) -> frozenset[str]:
        functions = [node for node in ancestors(at) if node.type in FUNCTIONS]
        around = functions[-1] if functions else self.root
        return frozenset(text_of(node) for node in within(around) if node.type in NAMES)


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
