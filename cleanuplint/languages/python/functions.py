"""Functions: what each is called, takes and returns, and its lowered body."""

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import (
    ClassId,
    FunctionId,
    FunctionKind,
    LiteralKind,
    Temp,
    TypeName,
    VariableId,
    VariableKind,
)
from cleanuplint.languages.python.bindings import bindings
from cleanuplint.languages.python.classes import CONSTRUCTORS, PROPERTIES, Classes, factory_of
from cleanuplint.languages.python.expressions import CONSTANTS
from cleanuplint.languages.python.nodes import (
    bare,
    decorator_names,
    has_token,
    inside,
    parts,
    yields,
)
from cleanuplint.languages.python.types import types_in
from cleanuplint.languages.syntax import span_of, text_of

FIXTURES = frozenset({"fixture"})
CONTEXTS = frozenset({"contextmanager", "asynccontextmanager"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as it is written."""

    name: str
    node: Node
    types: tuple[TypeName, ...]
    default: Node | None
    is_rest: bool
    """`*args` or `**kwargs`."""
    is_keywords: bool
    """`**kwargs`."""
    by_name_only: bool


class FunctionBody(Classes):
    """Lowers one function and what is nested in it."""

    def make_function(self, node: Node, name: str = "") -> Temp:
        function = self.lower_function(node, name, None)
        out = self.blocks.temp()
        self.blocks.emit(graph.MakeFunction(span_of(node), out, function))
        return out

    def lower_function(self, node: Node, name: str, cls: ClassId | None) -> FunctionId:
        found = list(parameters(node))
        for one in found:
            if one.default is not None:
                self.expression(one.default)
        return _Lowering(self, node, name, cls, found).run()

    def lower_initializer(self, cls: Node, id: ClassId, fields: list[Node]) -> FunctionId:
        body = FunctionBody(self.file, self, id, binds_this=True)
        for field in fields:
            name = text_of(field.child_by_field_name("left") or field)
            span = span_of(field)
            factory = factory_of(field)
            if factory is None:
                continue
            callee = body.expression(factory)
            out = body.blocks.temp()
            body.blocks.emit(graph.Call(span, out, graph.CallForm.CALL_OR_NEW, (), callee))
            this = body.load(body.this_variable(), span)
            body.blocks.emit(graph.StoreMember(span, this, name, out))
        return body.frozen(cls, Shape("", span_of(cls), FunctionKind.INITIALIZER))

    def frozen(self, node: Node, shape: "Shape") -> FunctionId:
        """Finish: enter the function into the file."""
        outer = self.outer
        outermost = outer is not None and outer.outer is None and self.cls is None
        self.file.functions[self.id] = graph.Function(
            id=self.id,
            name=shape.name,
            kind=shape.kind,
            span=span_of(node),
            name_span=shape.name_span,
            parent=outer.id if outer is not None else None,
            cls=self.cls,
            parameters=shape.parameters,
            positional=shape.positional,
            defaults=shape.defaults,
            rest=shape.rest,
            this=self.this,
            is_async=has_token(node, "async"),
            is_generator=shape.is_generator,
            is_static=shape.is_static,
            is_private=shape.name.startswith("_") and not shape.name.endswith("__"),
            is_exported=outermost and shape.name in self.file.exported,
            blocks=self.blocks.freeze(),
            entry=self.blocks.entry,
            normal_exit=self.blocks.normal_exit,
            exceptional_exit=self.blocks.exceptional_exit,
            captured=frozenset(self.captured),
            returns=shape.returns,
        )
        return self.id


@dataclass(frozen=True, slots=True)
class Shape:
    """What a finished function is, besides its body."""

    name: str
    name_span: Span
    kind: FunctionKind
    parameters: tuple[VariableId, ...] = ()
    positional: int | None = None
    rest: VariableId | None = None
    defaults: tuple[tuple[VariableId, LiteralKind], ...] = ()
    returns: tuple[TypeName, ...] = ()
    is_generator: bool = False
    is_static: bool = False


class _Lowering:
    """One function or lambda on its way into the file."""

    def __init__(
        self,
        outer: FunctionBody,
        node: Node,
        name: str,
        cls: ClassId | None,
        given: list[Parameter],
    ) -> None:
        self._node = node
        self._given = given
        self._name_node = node.child_by_field_name("name")
        self._name = text_of(self._name_node) if self._name_node is not None else name
        self._is_method = cls is not None
        self._decorators = decorator_names(node) if node.type != "lambda" else frozenset()
        self._is_static = self._name in ("__new__", "__init_subclass__", "__class_getitem__")
        around = outer.cls if cls is None else cls
        self._body = FunctionBody(outer.file, outer, around, binds_this=False)
        self._body.is_fixture = bool(self._decorators & FIXTURES)
        self._body.is_context = bool(self._decorators & CONTEXTS)

    def run(self) -> FunctionId:
        shape = self._enter()
        content = self._node.child_by_field_name("body")
        body = self._body
        if self._node.type == "lambda":
            value = body.expression(content)
            body.blocks.end(
                graph.Return(span_of(content or self._node), value, body.blocks.leaving())
            )
        elif content is not None:
            body.declare(bindings(content))
            body.block(content)
        return body.frozen(self._node, shape)

    def _enter(self) -> Shape:
        """Declare the parameters."""
        found: list[VariableId] = []
        defaults: list[tuple[VariableId, LiteralKind]] = []
        positional, rest = 0, None
        for number, one in enumerate(self._given):
            if number == 0 and self._is_method and "staticmethod" not in self._decorators:
                self._bind_self(one)
                continue
            variable = self._declare(one)
            if one.is_rest:
                rest = rest if one.is_keywords else variable
                continue
            found.append(variable)
            positional += not one.by_name_only
            kind = CONSTANTS.get(bare(one.default).type) if one.default is not None else None
            if kind is not None:
                defaults.append((variable, kind))
        name, node = self._name_node, self._node
        return Shape(
            self._name,
            span_of(name if name is not None else node),
            self._kind(),
            tuple(found),
            positional,
            rest,
            tuple(defaults),
            types_in(node.child_by_field_name("return_type")),
            node.type != "lambda" and yields(node),
            self._is_static or "classmethod" in self._decorators,
        )

    def _bind_self(self, one: Parameter) -> None:
        """The first parameter of a method is the object itself, or the class."""
        body = self._body
        this = body.file.variables.declare(one.name, VariableKind.THIS, body.id, span_of(one.node))
        body.this = this
        body.scope.names[one.name] = this

    def _declare(self, one: Parameter) -> VariableId:
        body = self._body
        variable = body.file.variables.declare(
            one.name, VariableKind.PARAMETER, body.id, span_of(one.node), one.types
        )
        body.scope.names[one.name] = variable
        return variable

    def _kind(self) -> FunctionKind:
        if self._node.type == "lambda":
            return FunctionKind.ARROW
        if not self._is_method:
            return FunctionKind.FUNCTION
        if self._name in CONSTRUCTORS:
            return FunctionKind.CONSTRUCTOR
        if self._decorators & PROPERTIES:
            return FunctionKind.GETTER
        return FunctionKind.SETTER if "setter" in self._decorators else FunctionKind.METHOD


def parameters(function: Node) -> Iterator[Parameter]:
    """The parameters of a function or lambda."""
    listed = function.child_by_field_name("parameters")
    by_name_only = False
    for node in parts(listed) if listed is not None else ():
        if node.type == "keyword_separator":
            by_name_only = True
            continue
        found = _parameter(node, by_name_only)
        if found is not None:
            by_name_only = by_name_only or found.is_rest
            yield found


def _parameter(node: Node, by_name_only: bool) -> Parameter | None:
    name = node.child_by_field_name("name") or node
    if node.type == "typed_parameter":
        name = inside(node) or node
    is_rest = name.type in ("list_splat_pattern", "dictionary_splat_pattern")
    is_keywords = name.type == "dictionary_splat_pattern"
    if is_rest:
        name = inside(name) or name
    if name.type != "identifier":
        return None
    types = types_in(node.child_by_field_name("type"))
    default = node.child_by_field_name("value")
    types = () if is_rest else types
    return Parameter(text_of(name), name, types, default, is_rest, is_keywords, by_name_only)
