"""Classes: methods, fields, and what runs where the class is made."""

from abc import abstractmethod

from tree_sitter import Node

from cleanuplint.flow import graph
from cleanuplint.flow.graph import ClassId, FunctionId, Temp
from cleanuplint.languages.names import Scope
from cleanuplint.languages.python.bindings import bindings
from cleanuplint.languages.python.body import ClassBody
from cleanuplint.languages.python.nodes import (
    arguments_of,
    called_name,
    decorator_names,
    parts,
)
from cleanuplint.languages.python.statements import Statements
from cleanuplint.languages.python.types import types_in
from cleanuplint.languages.syntax import span_of, text_of

PROPERTIES = frozenset({"property", "cached_property", "classproperty", "abstractproperty"})
OTHER_ACCESSORS = frozenset({"setter", "deleter"})
HARMLESS = frozenset({"dataclass", "define", "frozen", "attrs", "final", "total_ordering"})
"""Decorators that leave a class with the members that it has."""
CONSTRUCTORS = frozenset({"__init__", "__post_init__", "__attrs_post_init__"})
CONSTRUCTOR = "constructor"
"""The name of the flow graph for what runs when an object is made."""


class Classes(Statements):
    """Lowers class statements."""

    @abstractmethod
    def lower_function(self, node: Node, name: str, cls: ClassId | None) -> FunctionId:
        """Lower a function inside this one, or a method of `cls`."""

    @abstractmethod
    def lower_initializer(self, cls: Node, id: ClassId, fields: list[Node]) -> FunctionId:
        """Lower the values of fields that each object of a class gets anew."""

    def make_class(self, node: Node, name: str = "") -> Temp:
        superclasses = node.child_by_field_name("superclasses")
        for child in parts(superclasses) if superclasses is not None else ():
            value = child.child_by_field_name("value")
            self.expression(value if child.type == "keyword_argument" else child)
        out = self.blocks.temp()
        around = self.class_body.around if self.class_body is not None else self.scope
        made = ClassBody(self.file.reserve_class(), out, around)
        self.blocks.emit(graph.MakeClass(span_of(node), out, made.id))
        self._body_of_class(node, made)
        self._freeze_class(node, made)
        return out

    def _body_of_class(self, node: Node, made: ClassBody) -> None:
        body = node.child_by_field_name("body")
        outer, class_body = self.scope, self.class_body
        self.scope, self.class_body = Scope(outer=outer), made
        if body is not None:
            self.declare(bindings(body))
            self.block(body)
        self.scope, self.class_body = outer, class_body

    def _freeze_class(self, node: Node, made: ClassBody) -> None:
        name = node.child_by_field_name("name")
        text = text_of(name) if name is not None else ""
        late = made.made_late
        self.file.classes[made.id] = graph.Class(
            id=made.id,
            name=text,
            span=span_of(node),
            name_span=span_of(name) if name is not None else span_of(node),
            variable=self.variable(name) if name is not None else None,
            superclass=_superclass(node),
            methods=made.methods,
            getters=frozenset(made.getters),
            fields=tuple(made.fields),
            initializer=self.lower_initializer(node, made.id, late) if late else None,
            is_exported=text in self.file.exported,
            is_open=_is_open(node),
        )

    def method(self, made: ClassBody, node: Node) -> None:
        name = text_of(node.child_by_field_name("name") or node)
        known = CONSTRUCTOR if name in CONSTRUCTORS else name
        scope, class_body = self.scope, self.class_body
        self.scope, self.class_body = made.around, None
        function = self.lower_function(node, name, made.id)
        self.scope, self.class_body = scope, class_body
        accessors = decorator_names(node)
        if accessors & OTHER_ACCESSORS:
            return
        if known not in made.methods or name == "__init__":
            made.methods[known] = function
        if accessors & PROPERTIES:
            made.getters.add(name)

    def field_of_class(self, made: ClassBody, node: Node, value: Node | None) -> bool:
        """Note the field; true if each object gets its value anew (`field(default_factory=…)`)."""
        left = node.child_by_field_name("left")
        if left is None or left.type != "identifier":
            return False
        types = types_in(node.child_by_field_name("type"))
        if types:
            made.fields.append(graph.Field(text_of(left), span_of(node), types))
        if value is None or value.type != "call" or called_name(value) not in ("field", "Factory"):
            return False
        made.made_late.append(node)
        return True


def factory_of(node: Node) -> Node | None:
    """What makes the value of a dataclass field."""
    value = node.child_by_field_name("right")
    for argument in arguments_of(value) if value is not None else ():
        if argument.type != "keyword_argument":
            continue
        if text_of(argument.child_by_field_name("name") or argument) in (
            "default_factory",
            "factory",
        ):
            return argument.child_by_field_name("value")
    return None


def _is_open(node: Node) -> bool:
    """More than the first name in the list of superclasses says what its objects have."""
    superclasses = node.child_by_field_name("superclasses")
    inherited = parts(superclasses) if superclasses is not None else []
    is_named = all(child.type in ("identifier", "attribute") for child in inherited)
    return len(inherited) > 1 or not is_named or not decorator_names(node) <= HARMLESS


def _superclass(node: Node) -> tuple[str, ...]:
    superclasses = node.child_by_field_name("superclasses")
    for child in parts(superclasses) if superclasses is not None else ():
        if child.type in ("identifier", "attribute"):
            return tuple(text_of(child).split("."))
    return ()
