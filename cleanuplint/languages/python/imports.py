"""Import statements."""

from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.flow import graph
from cleanuplint.flow.graph import VariableKind
from cleanuplint.languages.python.matching import Matching
from cleanuplint.languages.syntax import span_of, text_of


class Imports(Matching):
    """Enters what import statements bind."""

    def _import(self, node: Node) -> None:
        for item in node.children_by_field_name("name"):
            alias = item.child_by_field_name("alias")
            dotted = item.child_by_field_name("name") if alias is not None else item
            module = text_of(dotted or item)
            if alias is not None:
                self._bind(alias, module, "*")
                continue
            first = item.named_children[0] if item.named_children else item
            self._bind(first, text_of(first), "*")
            if "." in module and module not in self.file.modules:
                declare = self.file.variables.declare
                whole = declare(module, VariableKind.IMPORT, self.id, span_of(item))
                self.file.modules[module] = whole
                self.file.imports.append(graph.ImportBinding(whole, module, "*"))

    def _import_from(self, node: Node) -> None:
        module = module_of(node)
        for name, local in imported(node):
            self._bind(local, module, text_of(name))

    def _bind(self, local: Node, module: str, name: str) -> None:
        variable = self.variable(local)
        self.file.variables[variable].stores += 1
        self.file.imports.append(graph.ImportBinding(variable, module, name))


def module_of(statement: Node) -> str:
    """What `from … import` names: `a.b`, `.a`, `..`."""
    module = statement.child_by_field_name("module_name")
    return text_of(module).replace(" ", "") if module is not None else ""


def imported(statement: Node) -> Iterator[tuple[Node, Node]]:
    """The names that `from … import` imports, and what they are called here."""
    for item in statement.children_by_field_name("name"):
        alias = item.child_by_field_name("alias")
        name = item.child_by_field_name("name") if alias is not None else item
        yield name or item, alias or item
