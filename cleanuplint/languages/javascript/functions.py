"""Functions and classes: what each is called, takes and returns, and its lowered body."""

from tree_sitter import Node

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import (
    CallForm,
    ClassId,
    FunctionId,
    FunctionKind,
    Temp,
    TypeName,
    VariableId,
    VariableKind,
)
from cleanuplint.languages.javascript.nodes import key_of
from cleanuplint.languages.javascript.scopes import CLASSES, hoisted, names_in
from cleanuplint.languages.javascript.statements import Statements
from cleanuplint.languages.javascript.types import documentation, documented, types_in
from cleanuplint.languages.names import declare_all
from cleanuplint.languages.syntax import span_of, text_of

FIELDS = frozenset({"field_definition", "public_field_definition"})
Documented = list[tuple[str, str, TypeName]]


class FunctionBody(Statements):
    """Lowers one function and what is nested in it."""

    def make_function(self, node: Node, name: str = "") -> Temp:
        function = lower_function(self, node, name)
        out = self.blocks.temp()
        self.blocks.emit(graph.MakeFunction(span_of(node), out, function))
        return out

    def make_class(self, node: Node, name: str = "") -> Temp:
        lowering = _ClassLowering(self, node, name)
        cls = lowering.run()
        out = self.blocks.temp()
        self.blocks.emit(graph.MakeClass(span_of(node), out, cls))
        for member in lowering.static:
            self._static(member, out)
        return out

    def _static(self, member: Node, cls: Temp) -> None:
        """A static field or block, run where the class is made."""
        span = span_of(member)
        if member.type == "class_static_block":
            callee = self.make_function(member, "static")
            out = self.blocks.temp()
            self.blocks.emit(graph.Call(span, out, CallForm.CALL, (), callee=callee))
            return
        key = key_of(_name_of(member))
        value = member.child_by_field_name("value")
        if key is not None and value is not None:
            stored = self.named_expression(value, key)
            self.blocks.emit(graph.StoreMember(span, cls, key, stored))

    def initialise(self, fields: list[Node]) -> None:
        """The field initialisers of a class."""
        for member in fields:
            key = key_of(_name_of(member))
            value = member.child_by_field_name("value")
            if key is not None and value is not None:
                stored = self.named_expression(value, key)
                self.store_field(key, stored, span_of(member))

    def store_field(self, name: str, value: Temp, span: Span) -> None:
        this = self.load(self.this_variable(), span)
        self.blocks.emit(graph.StoreMember(span, this, name, value))

    def enter(
        self, node: Node, docs: Documented, parameters: list[Node]
    ) -> tuple[list[VariableId], VariableId | None]:
        """Declare and bind the parameters; gives their variables, and that of the rest."""
        found: list[VariableId] = []
        bindings: list[tuple[Node, VariableId, Node | None]] = []
        rest: VariableId | None = None
        for parameter in parameters:
            pattern, default, is_rest = _parts(parameter)
            variable = self._declare_parameter(parameter, pattern, docs)
            found.append(variable)
            rest = variable if is_rest else rest
            if default is not None or pattern.type != "identifier":
                bindings.append((pattern, variable, default))
        declare_all(self.file.variables, self.scope, self.id, hoisted(node))
        for pattern, variable, default in bindings:
            self._bind_parameter(pattern, variable, default)
        for parameter, variable in zip(parameters, found, strict=True):
            if _is_property(parameter):
                value = self.load(variable, span_of(parameter))
                name = self.file.variables[variable].name
                self.store_field(name, value, span_of(parameter))
        return [variable for variable in found if variable != rest], rest

    def _declare_parameter(self, parameter: Node, pattern: Node, docs: Documented) -> VariableId:
        types = types_in(parameter.child_by_field_name("type"))
        name = text_of(pattern) if pattern.type == "identifier" else ""
        types += tuple(t for tag, of, t in docs if tag == "param" and of == name and name)
        kind = VariableKind.PARAMETER if name else VariableKind.SYNTHETIC
        variable = self.file.variables.declare(name, kind, self.id, span_of(pattern), types)
        if name:
            self.scope.names[name] = variable
        else:
            inner = ((n, VariableKind.LOCAL, ()) for n in names_in(pattern))
            declare_all(self.file.variables, self.scope, self.id, inner)
        return variable

    def _bind_parameter(self, pattern: Node, variable: VariableId, default: Node | None) -> None:
        span = span_of(pattern)
        value = self.load(variable, span)
        if default is not None:
            value = self.defaulted(value, default, span)
        if pattern.type != "identifier":
            self.assign(pattern, value, span, declares=True)
        else:
            self.blocks.emit(graph.StoreVariable(span, variable, value, declares=True))

    def frozen(
        self,
        node: Node,
        name: str,
        name_span: Span,
        kind: FunctionKind,
        parameters: list[VariableId],
        rest: VariableId | None,
        modifiers: frozenset[str],
        returns: tuple[TypeName, ...],
    ) -> FunctionId:
        """Finish: enter the function into the file."""
        exported = name in self.file.exported and _is_outermost(self)
        self.file.functions[self.id] = graph.Function(
            id=self.id,
            name=name,
            kind=kind,
            span=span_of(node),
            name_span=name_span,
            parent=self.outer.id if self.outer is not None else None,
            cls=self.cls,
            parameters=tuple(parameters),
            rest=rest,
            this=self.this,
            is_async="async" in modifiers,
            is_generator="*" in modifiers,
            is_static="static" in modifiers,
            is_private=name.startswith(("#", "_")) or "private" in modifiers,
            is_exported=exported or (name == "default" and self.outer is not None),
            blocks=self.blocks.freeze(),
            entry=self.blocks.entry,
            normal_exit=self.blocks.normal_exit,
            exceptional_exit=self.blocks.exceptional_exit,
            captured=frozenset(self.captured),
            returns=returns,
        )
        return self.id


def _is_outermost(body: FunctionBody) -> bool:
    return body.outer is not None and body.outer.outer is None and body.cls is None


def lower_function(
    outer: FunctionBody, node: Node, name: str = "", cls: ClassId | None = None
) -> FunctionId:
    """Lower one function; `cls` is the class of a method."""
    is_arrow = node.type == "arrow_function"
    body = FunctionBody(outer.file, outer, outer.cls if is_arrow else cls, binds_this=not is_arrow)
    name_node = node.child_by_field_name("name")
    if name_node is not None:
        name = key_of(name_node) or name
    docs = list(documented(documentation(node)))
    parameters, rest = body.enter(node, docs, _parameters(node))
    if name_node is not None and node.type in ("function_expression", "generator_function"):
        _bind_own_name(body, name_node)
    returns = types_in(node.child_by_field_name("return_type"))
    returns += tuple(t for tag, _, t in docs if tag.startswith("return"))
    content = node.child_by_field_name("body")
    if content is not None and content.type != "statement_block":
        value = body.expression(content)
        body.blocks.end(graph.Return(span_of(content), value, body.blocks.leaving()))
    elif content is not None:
        body.statements(content.named_children)
    name_span = span_of(name_node) if name_node is not None else span_of(node)
    modifiers = _modifiers(node)
    kind = _kind(node, name, modifiers)
    return body.frozen(node, name, name_span, kind, parameters, rest, modifiers, returns)


def _bind_own_name(body: FunctionBody, name: Node) -> None:
    """A function expression sees itself by its name."""
    text = text_of(name)
    if text in body.scope.names:
        return
    variable = body.file.variables.declare(text, VariableKind.FUNCTION, body.id, span_of(name))
    body.scope.names[text] = variable
    out = body.blocks.temp()
    body.blocks.emit(graph.MakeFunction(span_of(name), out, body.id))
    body.store(variable, out, span_of(name), declares=True)


def _parameters(node: Node) -> list[Node]:
    single = node.child_by_field_name("parameter")
    if single is not None:
        return [single]
    listed = node.child_by_field_name("parameters")
    if listed is None:
        return []
    return [
        child
        for child in listed.named_children
        if child.type not in ("comment", "decorator") and _parts(child)[0].type != "this"
    ]


def _parts(parameter: Node) -> tuple[Node, Node | None, bool]:
    """The pattern of a parameter, its default, and whether it is a rest."""
    pattern = parameter.child_by_field_name("pattern") or parameter
    default = parameter.child_by_field_name("value")
    if pattern.type == "assignment_pattern":
        default = pattern.child_by_field_name("right")
        pattern = pattern.child_by_field_name("left") or pattern
    if pattern.type == "rest_pattern" and pattern.named_children:
        return pattern.named_children[0], default, True
    return pattern, default, False


def _is_property(parameter: Node) -> bool:
    """A TypeScript parameter property: `constructor(private parser: Parser)`."""
    return any(c.type in ("accessibility_modifier", "readonly") for c in parameter.children)


def _modifiers(node: Node) -> frozenset[str]:
    words = {
        child.type
        for child in node.children
        if child.type in ("async", "*", "static", "get", "set")
    }
    words.update(text_of(c) for c in node.children if c.type == "accessibility_modifier")
    if node.type.startswith("generator_function"):
        words.add("*")
    return frozenset(words)


def _kind(node: Node, name: str, modifiers: frozenset[str]) -> FunctionKind:
    if node.type == "arrow_function":
        return FunctionKind.ARROW
    if node.type != "method_definition":
        return FunctionKind.FUNCTION
    if "get" in modifiers:
        return FunctionKind.GETTER
    if "set" in modifiers:
        return FunctionKind.SETTER
    return FunctionKind.CONSTRUCTOR if name == "constructor" else FunctionKind.METHOD


# ── classes ─────────────────────────────────────────────────────────────────────────────────────


class _ClassLowering:
    """One class: its members, sorted by what happens to them."""

    def __init__(self, outer: FunctionBody, node: Node, name: str) -> None:
        self._outer = outer
        self._node = node
        self._name_node = node.child_by_field_name("name")
        self._name = text_of(self._name_node) if self._name_node is not None else name
        self._id = outer.file.reserve_class()
        self._methods: dict[str, FunctionId] = {}
        self._getters: set[str] = set()
        self._fields: list[graph.Field] = []
        self._initialised: list[Node] = []
        self.static: list[Node] = []

    def run(self) -> ClassId:
        body = self._node.child_by_field_name("body")
        for member in body.named_children if body is not None else ():
            self._member(member)
        initializer = self._initializer() if self._initialised else None
        name = self._name_node
        self._outer.file.classes[self._id] = graph.Class(
            id=self._id,
            name=self._name,
            span=span_of(self._node),
            name_span=span_of(name) if name is not None else span_of(self._node),
            variable=self._outer.variable(name) if name is not None and self._declares() else None,
            superclass=_superclass(self._node),
            methods=self._methods,
            getters=frozenset(self._getters),
            fields=tuple(self._fields),
            initializer=initializer,
            is_exported=self._name in self._outer.file.exported or self._name == "default",
        )
        return self._id

    def _declares(self) -> bool:
        return self._node.type != "class" and self._node.type in CLASSES

    def _member(self, member: Node) -> None:
        is_static = any(child.type == "static" for child in member.children)
        if member.type == "class_static_block" or (member.type in FIELDS and is_static):
            self.static.append(member)
        elif member.type in FIELDS:
            self._field(member)
        elif member.type == "method_definition":
            self._method(member)

    def _field(self, member: Node) -> None:
        key = key_of(_name_of(member))
        if key is None:
            return
        types = types_in(member.child_by_field_name("type"))
        types += tuple(t for tag, _, t in documented(documentation(member)) if tag == "type")
        self._fields.append(graph.Field(key, span_of(member), types))
        if member.child_by_field_name("value") is not None:
            self._initialised.append(member)

    def _method(self, member: Node) -> None:
        name = key_of(member.child_by_field_name("name"))
        function = lower_function(self._outer, member, name or "", self._id)
        if name is None:
            return
        if any(child.type == "set" for child in member.children):
            return
        self._methods[name] = function
        if any(child.type == "get" for child in member.children):
            self._getters.add(name)
        if name == "constructor":
            self._properties(member)

    def _properties(self, constructor: Node) -> None:
        for parameter in _parameters(constructor):
            pattern = _parts(parameter)[0]
            if _is_property(parameter) and pattern.type == "identifier":
                types = types_in(parameter.child_by_field_name("type"))
                self._fields.append(graph.Field(text_of(pattern), span_of(parameter), types))

    def _initializer(self) -> FunctionId:
        body = FunctionBody(self._outer.file, self._outer, self._id, binds_this=True)
        body.initialise(self._initialised)
        return body.frozen(
            self._node,
            "",
            span_of(self._initialised[0]),
            FunctionKind.INITIALIZER,
            [],
            False,
            frozenset(),
            (),
        )


def _name_of(member: Node) -> Node | None:
    return member.child_by_field_name("property") or member.child_by_field_name("name")


def _superclass(node: Node) -> tuple[str, ...]:
    heritage = next((c for c in node.children if c.type == "class_heritage"), None)
    if heritage is None or not heritage.named_children:
        return ()
    first = heritage.named_children[0]
    if first.type == "extends_clause":
        first = first.child_by_field_name("value") or first
    elif first.type == "implements_clause":
        return ()
    return tuple(text_of(first).split("."))
