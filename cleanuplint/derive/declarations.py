"""What a TypeScript declaration file says: types, functions, values, exports, as plain data."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from tree_sitter import Node

from cleanuplint.flow.graph import TypeName
from cleanuplint.languages.javascript.nodes import inside, key_of, string_value
from cleanuplint.languages.javascript.parsing import parse
from cleanuplint.languages.javascript.types import types_in
from cleanuplint.languages.syntax import text_of

NEW = "constructor"
"""The name of a construct signature, and of a constructor."""
NO_MODULES = "wasm_bindgen"
"""The global namespace that wasm-bindgen declares for scripts without modules."""
ALL = "*"
INLINE = "#"
"""Between a type and the member whose own type is written inside it."""


@dataclass(frozen=True, slots=True)
class Member:
    """A method, property, accessor or signature; a function is a member of the module."""

    name: str
    gives: tuple[TypeName, ...] = ()
    """The classes of what a call or a read gives."""
    gives_this: bool = False
    takes: tuple[tuple[TypeName, ...], ...] = ()
    """The classes that each parameter names."""
    is_property: bool = False
    is_static: bool = False
    is_private: bool = False
    is_void: bool = False
    """A method that gives nothing and needs nothing, as releases do."""
    is_later: bool = False
    """It gives a promise."""
    is_itself: bool = False
    """`typeof C`: it is the class, not an object of it."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A class or an interface, or both of one name."""

    name: str
    members: tuple[Member, ...] = ()
    bases: tuple[str, ...] = ()
    """What it extends and implements, without type arguments."""
    is_class: bool = False

    def methods(self, name: str) -> Iterator[Member]:
        return (member for member in self.members if member.name == name)


@dataclass(frozen=True, slots=True)
class Forward:
    """`export {name as shown} from module`; `*` for all."""

    module: str
    name: str
    shown: str


@dataclass(frozen=True, slots=True)
class Declarations:
    """One declaration file."""

    types: Mapping[str, Declaration] = field(default_factory=dict)
    functions: Mapping[str, tuple[Member, ...]] = field(default_factory=dict)
    values: Mapping[str, Member] = field(default_factory=dict)
    """Constants."""
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """`type A = B & C`: the names on the right."""
    exports: Mapping[str, str] = field(default_factory=dict)
    """Exported names -> local ones, where they differ; `default` among them."""
    forwards: tuple[Forward, ...] = ()
    imports: Mapping[str, Forward] = field(default_factory=dict)
    globals: tuple[str, ...] = ()
    """Namespaces that are global variables."""


@lru_cache(maxsize=256)
def read_declarations(source: bytes) -> Declarations:
    """The declarations of a `.d.ts` file; what can't be read is left out."""
    reader = _Reader()
    reader.statements(parse(source, ".ts").named_children)
    return reader.declarations()


class _Reader:
    """Collects from the statements of one file."""

    def __init__(self) -> None:
        self._types: dict[str, Declaration] = {}
        self._functions: dict[str, list[Member]] = defaultdict(list)
        self._values: dict[str, Member] = {}
        self._aliases: dict[str, tuple[str, ...]] = {}
        self._exports: dict[str, str] = {}
        self._forwards: list[Forward] = []
        self._imports: dict[str, Forward] = {}
        self._globals: list[str] = []

    def declarations(self) -> Declarations:
        return Declarations(
            self._types,
            {name: tuple(overloads) for name, overloads in self._functions.items()},
            self._values,
            self._aliases,
            self._exports,
            tuple(self._forwards),
            self._imports,
            tuple(self._globals),
        )

    def statements(self, nodes: Iterable[Node], within: str = "") -> None:
        for node in nodes:
            self._statement(node, within)

    def _statement(self, node: Node, within: str) -> None:
        match node.type:
            case "export_statement":
                self._export(node, within)
            case "import_statement":
                self._import(node)
            case "ambient_declaration" | "expression_statement":
                self.statements(node.named_children, within)
            case "statement_block":  # declare global
                self.statements(node.named_children, within)
            case "class_declaration" | "abstract_class_declaration" | "interface_declaration":
                self._type(node, within)
            case "type_alias_declaration":
                self._alias(node, within)
            case "function_signature" | "function_declaration":
                member = _member(node)
                self._functions[within + member.name].append(member)
            case "lexical_declaration" | "variable_declaration":
                for declarator in node.named_children:
                    self._value(declarator, within)
            case "internal_module" | "module":
                self._namespace(node, within)

    def _export(self, node: Node, within: str) -> None:
        declared = node.child_by_field_name("declaration")
        value = node.child_by_field_name("value")
        clause = next((c for c in node.named_children if c.type == "export_clause"), None)
        module = string_value(node.child_by_field_name("source"))
        is_default = any(child.type == "default" for child in node.children)
        if declared is not None:
            self._statement(declared, within)
            name = declared.child_by_field_name("name")
            if is_default and name is not None:
                self._exports["default"] = text_of(name)
        elif value is not None and is_default:
            self._exports["default"] = text_of(value)
        elif clause is not None:
            self._clause(clause, module)
        elif module is not None:
            spaces = [c for c in node.named_children if c.type == "namespace_export"]
            shown = text_of(spaces[0].named_children[0]) if spaces else ALL
            self._forwards.append(Forward(module, ALL, shown))

    def _clause(self, clause: Node, module: str | None) -> None:
        for specifier in clause.named_children:
            name = specifier.child_by_field_name("name")
            if name is None:
                continue
            shown = text_of(specifier.child_by_field_name("alias") or name)
            if module is not None:
                self._forwards.append(Forward(module, text_of(name), shown))
            elif shown != text_of(name):
                self._exports[shown] = text_of(name)

    def _import(self, node: Node) -> None:
        module = string_value(node.child_by_field_name("source"))
        clause = next((c for c in node.named_children if c.type == "import_clause"), None)
        if module is None or clause is None:
            return
        for child in clause.named_children:
            if child.type == "namespace_import":
                self._imports[text_of(child.named_children[0])] = Forward(module, ALL, ALL)
            elif child.type == "identifier":
                self._imports[text_of(child)] = Forward(module, "default", text_of(child))
            for specifier in child.named_children if child.type == "named_imports" else ():
                name = specifier.child_by_field_name("name")
                if name is not None:
                    local = text_of(specifier.child_by_field_name("alias") or name)
                    self._imports[local] = Forward(module, text_of(name), local)

    def _type(self, node: Node, within: str) -> None:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None or body is None:
            return
        full = within + text_of(name)
        given = Declaration(
            full,
            tuple(self._members(body, full)),
            tuple(_bases(node)),
            is_class=node.type != "interface_declaration",
        )
        self._types[full] = _merged(self._types.get(full), given)

    def _members(self, body: Node, owner: str) -> Iterator[Member]:
        """The members of a class or object type; an object type inside is a type of its own."""
        for child in body.named_children:
            if child.type == "comment" or child.child_by_field_name("parameters") is None:
                shape = _object_type(child.child_by_field_name("type"))
                name = key_of(child.child_by_field_name("name"))
                if shape is not None and name is not None:
                    inner = f"{owner}{INLINE}{name}"
                    self._shape(inner, shape)
                    yield Member(name, (TypeName((inner,)),), is_property=True)
                    continue
            if child.child_by_field_name("name") is not None or child.type == "construct_signature":
                yield self._constructed(_member(child), child, owner)

    def _constructed(self, member: Member, node: Node, owner: str) -> Member:
        """`new(): { free(): void }` makes objects of a type that has no name but its maker's."""
        shape = _object_type(node.child_by_field_name("type"))
        if node.type != "construct_signature" or shape is None:
            return member
        made = f"{owner}()"
        self._shape(made, shape)
        return replace(member, gives=(TypeName((made,)),))

    def _shape(self, name: str, node: Node) -> None:
        given = Declaration(name, tuple(self._members(node, name)))
        self._types[name] = _merged(self._types.get(name), given)

    def _alias(self, node: Node, within: str) -> None:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None or value is None:
            return
        if value.type == "object_type":
            self._shape(within + text_of(name), value)
        elif value.type in ("intersection_type", "type_identifier", "generic_type"):
            named = types_in(value)
            self._aliases[within + text_of(name)] = tuple(".".join(one.path) for one in named)

    def _value(self, node: Node, within: str) -> None:
        name, annotation = node.child_by_field_name("name"), node.child_by_field_name("type")
        if name is None or annotation is None:
            return
        full = within + text_of(name)
        shape = _object_type(annotation)
        if shape is None:
            kind = inside(annotation)
            if kind is not None and kind.type == "function_type":
                self._functions[full].append(_function_type(full, kind))
            self._values[full] = replace(_member(node), name=full, is_property=True)
        else:
            self._shape(full, shape)
            self._values[full] = Member(full, (TypeName((full,)),), is_property=True)

    def _namespace(self, node: Node, within: str) -> None:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None or body is None:
            return
        if text_of(name) == NO_MODULES:
            self._globals.append(NO_MODULES)
            self.statements(body.named_children, within)
        elif node.type == "internal_module":
            self.statements(body.named_children, f"{within}{text_of(name)}.")


def _merged(known: Declaration | None, given: Declaration) -> Declaration:
    if known is None:
        return given
    return Declaration(
        known.name,
        known.members + given.members,
        known.bases + given.bases,
        known.is_class or given.is_class,
    )


def _object_type(node: Node | None) -> Node | None:
    if node is not None and node.type == "type_annotation":
        node = inside(node)
    return node if node is not None and node.type == "object_type" else None


def _bases(node: Node) -> Iterator[str]:
    for child in node.named_children:
        if child.type == "class_heritage":
            yield from _bases(child)
        elif child.type in ("extends_clause", "implements_clause", "extends_type_clause"):
            for base in child.named_children:
                named = base.named_children[0] if base.type == "generic_type" else base
                if named.type != "type_arguments":
                    yield text_of(named).replace(" ", "")


def _member(node: Node) -> Member:
    name = key_of(node.child_by_field_name("name")) or NEW
    result = node.child_by_field_name("return_type") or node.child_by_field_name("type")
    kind = inside(result) if result is not None and result.type == "type_annotation" else result
    if kind is not None and kind.type == "function_type":
        return _function_type(name, kind)
    parameters = node.child_by_field_name("parameters")
    takes = tuple(_parameters(parameters))
    modifiers = {child.type for child in node.children}
    access = next((text_of(c) for c in node.children if c.type == "accessibility_modifier"), "")
    return Member(
        name=name,
        gives=_named(kind),
        gives_this=kind is not None and kind.type == "this_type",
        takes=takes,
        is_property=parameters is None or bool(modifiers & {"get", "set"}),
        is_static="static" in modifiers,
        is_private=access in ("private", "protected"),
        is_void=parameters is not None and not takes and kind is not None and _is_void(kind),
        is_later=kind is not None and text_of(kind).startswith("Promise<"),
        is_itself=kind is not None and kind.type == "type_query",
    )


def _function_type(name: str, node: Node) -> Member:
    """A property or constant that holds a function is called like one."""
    result = node.child_by_field_name("return_type")
    takes = tuple(_parameters(node.child_by_field_name("parameters")))
    return Member(
        name,
        gives=_named(result),
        takes=takes,
        is_void=not takes and result is not None and _is_void(result),
        is_later=result is not None and text_of(result).startswith("Promise<"),
    )


def _is_void(kind: Node) -> bool:
    return text_of(kind) in ("void", "undefined", "any")


def _parameters(node: Node | None) -> Iterator[tuple[TypeName, ...]]:
    for child in node.named_children if node is not None else ():
        if child.type in ("required_parameter", "optional_parameter"):
            yield types_in(child.child_by_field_name("type"))


def _named(kind: Node | None) -> tuple[TypeName, ...]:
    """The classes that a type names; of `typeof ns.C` the whole path."""
    if kind is not None and kind.type == "type_query" and kind.named_children:
        return (TypeName(tuple(text_of(kind.named_children[0]).replace(" ", "").split("."))),)
    return types_in(kind)
