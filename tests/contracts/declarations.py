"""What the type declarations of a package declare: names, types, and the members of each type."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

_TYPESCRIPT = Parser(Language(tree_sitter_typescript.language_typescript()))
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
_TYPES = {"class_declaration", "abstract_class_declaration", "interface_declaration"}
_MEMBERS = {
    "method_signature", "abstract_method_signature", "method_definition", "property_signature",
    "public_field_definition",
}  # fmt: skip
_DECLARING = {"function_signature", "function_declaration", "variable_declarator", *_MEMBERS}


@dataclass
class Declarations:
    """Errs towards *declared*: types of one name, in whatever file or namespace, are one type."""

    names: set[str] = field(default_factory=set)
    """Everything that has a name: types, functions, variables, members."""
    members: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Of each type, its own ones; static members are among them."""
    parents: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """What a type extends, is an alias of, or what a value of its name is declared to be."""
    is_typed: bool = True

    @classmethod
    def of(cls, texts: Iterable[bytes]) -> Declarations:
        found = cls()
        for text in texts:
            found._read(_TYPESCRIPT.parse(text).root_node)
        return found

    @classmethod
    def of_plain_code(cls, texts: Iterable[bytes]) -> Declarations:
        """Of a package without declarations: whatever its text names."""
        found = cls(is_typed=False)
        for text in texts:
            found.names.update(_IDENTIFIER.findall(text.decode(errors="replace")))
        return found

    def declares(self, name: str) -> bool:
        return name in self.names

    def has(self, cls: str, member: str) -> bool:
        """Whether the class has it, or a parent; of a class of which nothing is told, anything."""
        if self.is_typed and not (self.members.get(cls) or self.parents.get(cls)):
            return self.declares(cls)
        owned = self._all_members(cls) if self.is_typed else self.names
        return any(fnmatchcase(name, member) for name in owned)

    def _all_members(self, name: str) -> set[str]:
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            seen.add(current := waiting.pop())
            waiting.extend(self.parents.get(current, set()) - seen)
        return {member for each in seen for member in self.members.get(each, ())}

    def _read(self, node: Node, scope: str | None = None) -> None:
        """`scope` is the type or namespace around the node."""
        name = _name(node)
        if node.type in _DECLARING and name:
            self._declare(name, scope)
            self.parents[name].update(_types_named(node.child_by_field_name("type")))
        elif (node.type in _TYPES or node.type == "type_alias_declaration") and name:
            self._declare(name, scope)
            self.parents[name].update(_bases(node))
        elif node.type in ("internal_module", "module") and name:
            self._declare(name, scope)
        elif node.type == "export_specifier" and (alias := node.child_by_field_name("alias")):
            self._declare(_text(alias), scope)
            self.parents[_text(alias)].add(name)
            return
        else:
            name = scope or ""
        for child in node.named_children:
            self._read(child, name or None)

    def _declare(self, name: str, scope: str | None) -> None:
        self.names.add(name)
        if scope:
            self.members[scope].add(name)


def _name(node: Node) -> str:
    named = node.child_by_field_name("name")
    return _text(named).strip("\"'") if named else ""


def _text(node: Node) -> str:
    return (node.text or b"").decode()


def _bases(node: Node) -> Iterator[str]:
    """What stands behind `extends`, or behind the `=` of an alias."""
    for child in node.named_children:
        if child.type in ("class_heritage", "extends_type_clause", "extends_clause"):
            yield from _types_named(child)
    yield from _types_named(node.child_by_field_name("value"))


def _types_named(node: Node | None) -> Iterator[str]:
    """The types that a type expression consists of, without their arguments and members."""
    if node is None or node.type in ("type_arguments", "object_type", "function_type"):
        return
    if node.type in ("type_identifier", "identifier", "property_identifier"):
        yield _text(node)
    for child in node.named_children:
        yield from _types_named(child)
