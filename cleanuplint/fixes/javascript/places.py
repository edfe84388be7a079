"""Fields and module variables: whether they may be empty, and how they are emptied."""

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from cleanuplint.findings import Remedy
from cleanuplint.fixes.javascript.file import File
from cleanuplint.fixes.javascript.tree import assigns, declarators, function_of, mentions_path
from cleanuplint.languages.syntax import ancestors, text_of, within

FIELDS = ("field_definition", "public_field_definition")
TESTS = ("if_statement", "ternary_expression")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object or a module keeps one resource."""

    file: File
    remedy: Remedy

    @property
    def path(self) -> str:
        return self.remedy.place

    @property
    def may_be_absent(self) -> bool:
        """It is not made once and for all with the object or the module."""
        origin = self.file.at(self.remedy.origin)
        if origin is None:
            return True
        around = function_of(origin)
        name = around.child_by_field_name("name") if around is not None else None
        made_with_it = around is None or (name is not None and text_of(name) == "constructor")
        return not made_with_it or self._is_nullable() or self._is_conditional(origin)

    def _is_conditional(self, origin: Node) -> bool:
        kinds = ("if_statement", "try_statement", "ternary_expression", "switch_statement")
        return any(each.type in kinds for each in ancestors(origin))

    @property
    def empty(self) -> str:
        """What to assign after the release; nothing where that would break a type or a `const`."""
        if self.remedy.many:
            return ""
        typed = self._type()
        if typed is not None:
            text = text_of(typed)
            return next((word for word in ("null", "undefined") if word in text), "")
        if self.file.is_typed and "." in self.path:
            return "null" if self._starts_with_null() else ""
        if "." not in self.path and not self._is_reassignable():
            return ""
        return "null" if self.may_be_absent else ""

    @property
    def is_asked_for(self) -> bool:
        """Every use of it is behind a test that it is there, so it may go at any time."""
        uses = [node for node in self._reads() if not _is_tested(node, self.path)]
        return bool(self.empty) and not uses

    def _reads(self) -> Iterator[Node]:
        for node in within(self.file.root):
            if node.type == "identifier" and text_of(node) == self.path:
                parent = node.parent
                if (
                    parent is None
                    or parent.type == "variable_declarator"
                    or assigns(parent, self.path)
                ):
                    continue
                yield node

    def _is_nullable(self) -> bool:
        typed = self._type()
        return typed is not None and any(w in text_of(typed) for w in ("null", "undefined"))

    def _declaration(self) -> Node | None:
        """The declarator of a module variable, or the definition of a field."""
        if "." not in self.path:
            for statement in self.file.root.named_children:
                inner = statement.child_by_field_name("declaration") or statement
                for declarator in declarators(inner):
                    target = declarator.child_by_field_name("name")
                    if target is not None and text_of(target) == self.path:
                        return declarator
            return None
        name = self.path.rpartition(".")[2]
        for node in within(self.file.root):
            if node.type in FIELDS:
                target = node.child_by_field_name("name") or node.child_by_field_name("property")
                if target is not None and text_of(target) == name:
                    return node
        return None

    def _type(self) -> Node | None:
        found = self._declaration()
        return None if found is None else found.child_by_field_name("type")

    def _starts_with_null(self) -> bool:
        found = self._declaration()
        value = None if found is None else found.child_by_field_name("value")
        return value is not None and text_of(value) == "null"

    def _is_reassignable(self) -> bool:
        found = self._declaration()
        statement = None if found is None else found.parent
        return statement is not None and not text_of(statement).startswith("const")


def _is_tested(node: Node, path: str) -> bool:
    """It is a test itself, or stands where a test of it has been passed."""
    inner = node
    for parent in ancestors(node):
        match parent.type:
            case "if_statement" | "ternary_expression":
                test = parent.child_by_field_name("condition")
                negative = parent.child_by_field_name("alternative")
                if test is not None and mentions_path(test, path) and inner != negative:
                    return True
            case "binary_expression":
                left, operator = (
                    parent.child_by_field_name("left"),
                    parent.child_by_field_name("operator"),
                )
                if (
                    left is not None
                    and operator is not None
                    and operator.type in ("&&", "!==", "===", "!=", "==")
                ):
                    if inner == left or mentions_path(left, path):
                        return True
            case "member_expression":
                if any(child.type == "optional_chain" for child in parent.children):
                    return True
        inner = parent
    return False
