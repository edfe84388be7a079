"""The items of one file: structs, functions, statics, in modules and in each other's bodies."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from cleanuplint.flow import graph
from cleanuplint.flow.graph import FunctionKind, VariableKind
from cleanuplint.languages.rust.attributes import ROLES, Attributes, attributes_of
from cleanuplint.languages.rust.body import Declared, File
from cleanuplint.languages.rust.functions import is_self, lower_function
from cleanuplint.languages.rust.parsing import COMMENTS, code, leaves, parse, unread
from cleanuplint.languages.rust.types import type_of
from cleanuplint.languages.syntax import comments, deep_recursion, is_malformed, span_of, text_of
from cleanuplint.rust.model import (
    Export,
    Field,
    FileItems,
    ItemMacro,
    Module,
    Receiver,
    Routine,
    RustType,
    Static,
    Struct,
)

THREAD_LOCAL = re.compile(r"static\s+(?:ref\s+)?(?P<name>\w+)\s*:\s*(?P<type>[^=;]+?)\s*=")
FILLER = b"type T = %s;"


@dataclass(frozen=True, slots=True)
class _Around:
    """What an item stands in."""

    owner: str = ""
    trait: str = ""
    export: Attributes | None = None
    """The attributes of an exported `impl`."""
    is_test: bool = False
    is_conditional: bool = False
    modules: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    structs: list[Struct] = field(default_factory=list)
    routines: list[Routine] = field(default_factory=list)
    statics: list[Static] = field(default_factory=list)
    aliases: dict[str, RustType] = field(default_factory=dict)
    macros: list[ItemMacro] = field(default_factory=list)
    defined: list[ItemMacro] = field(default_factory=list)
    modules: list[Module] = field(default_factory=list)


def read_items(source: bytes, path: str) -> FileItems:
    """Parse one file of canonical UTF-8 and lower its functions."""
    root = parse(source)
    reader = _Reader(path)
    with deep_recursion():
        reader.read(root, _Around())
    file, found = reader.file, reader.found
    program = graph.Program(
        functions=tuple(function for function in file.functions if function is not None),
        classes=(),
        variables=tuple(map(_frozen, range(len(file.variables)), file.variables)),
        imports=(),
        exported=frozenset(),
        module=0,
        comments=comments(root, COMMENTS),
        broken=unread(root),
        is_malformed=is_malformed(root),
        opaque=file.opaque,
        globals=dict(file.globals),
    )
    return FileItems(
        path,
        program,
        tuple(found.structs),
        tuple(found.routines),
        tuple(found.statics),
        found.aliases,
        tuple(found.macros),
        tuple(found.defined),
        tuple(found.modules),
    )


def _frozen(number: int, item: Declared) -> graph.Variable:
    limit = 0 if item.kind in (VariableKind.PARAMETER, VariableKind.THIS) else 1
    once = item.stores <= limit and item.kind is not VariableKind.GLOBAL
    return graph.Variable(number, item.name, item.kind, item.owner, item.span, once, item.types)


class _Reader:
    def __init__(self, path: str) -> None:
        self.path = path
        self.file = File()
        self.found = _Found()

    def read(self, container: Node, around: _Around) -> None:
        """The items of a file, module or `impl`, and those inside function bodies."""
        for node in code(container):
            attributes = attributes_of(node)
            if attributes.is_elsewhere and node.type != "mod_item":
                continue
            inside = replace(
                around,
                is_test=around.is_test or attributes.is_test,
                is_conditional=around.is_conditional or attributes.is_conditional,
            )
            self._item(node, attributes, inside)

    def _item(self, node: Node, attributes: Attributes, around: _Around) -> None:
        match node.type:
            case "mod_item":
                self._module(node, attributes, around)
            case "struct_item":
                self.found.structs.append(self._struct(node, attributes, around))
            case "impl_item" if (body := node.child_by_field_name("body")) is not None:
                self.read(body, _impl(node, attributes, around))
            case "function_item":
                self._function(node, attributes, around)
            case "type_item" if not around.owner:
                name = text_of(node.child_by_field_name("name") or node)
                self.found.aliases[name] = type_of(node.child_by_field_name("type"))
            case "static_item":
                self._static(node, around)
            case "macro_invocation":
                self._macro(node, around)
            case "macro_definition":
                self.found.defined.append(
                    ItemMacro(text_of(node.child_by_field_name("name") or node), _words(node))
                )
            case "expression_statement" if code(node) and code(node)[0].type == "macro_invocation":
                self._macro(code(node)[0], around)

    def _module(self, node: Node, attributes: Attributes, around: _Around) -> None:
        name = text_of(node.child_by_field_name("name") or node).removeprefix("r#")
        inside = replace(around, modules=(*around.modules, name))
        body = node.child_by_field_name("body")
        left_out = attributes.is_elsewhere or around.is_test
        if body is None:
            self.found.modules.append(
                Module(inside.modules, attributes.path, left_out, around.is_conditional)
            )
        elif not attributes.is_elsewhere:
            self.read(body, inside)

    # ── structs ─────────────────────────────────────────────────────────────────────────────────

    def _struct(self, node: Node, attributes: Attributes, around: _Around) -> Struct:
        name = node.child_by_field_name("name") or node
        body = node.child_by_field_name("body")
        export = _export(attributes.bindgen, text_of(name))
        return Struct(
            name=text_of(name),
            file=self.path,
            span=span_of(node),
            name_span=span_of(name),
            fields=tuple(_fields(body, export is not None)) if body is not None else (),
            export=export,
            derives=attributes.derives,
            is_test=around.is_test,
            is_conditional=around.is_conditional,
        )

    # ── functions ───────────────────────────────────────────────────────────────────────────────

    def _function(self, node: Node, attributes: Attributes, around: _Around) -> None:
        name = node.child_by_field_name("name") or node
        body = node.child_by_field_name("body")
        result = type_of(node.child_by_field_name("return_type"))
        receiver = _receiver(node)
        export = _routine_export(node, attributes, around)
        function, parameters = lower_function(
            self.file,
            node,
            text_of(name),
            FunctionKind.METHOD if receiver else FunctionKind.FUNCTION,
            export is not None,
            result.is_result,
        )
        start = "start" in (attributes.bindgen or {})
        routine = Routine(
            name=text_of(name),
            file=self.path,
            span=span_of(node),
            name_span=span_of(name),
            owner=around.owner,
            trait=around.trait,
            receiver=receiver,
            parameters=parameters,
            result=result,
            body=function,
            export=export,
            is_public=_is_public(node),
            is_test=around.is_test,
            is_conditional=around.is_conditional,
            is_start=start or (text_of(name) == "main" and not around.owner),
            symbol=attributes.symbol_of(text_of(name)),
        )
        self.found.routines.append(routine)
        if body is not None:
            self.read(body, _Around(is_test=around.is_test))

    # ── the rest ────────────────────────────────────────────────────────────────────────────────

    def _static(self, node: Node, around: _Around) -> None:
        name = text_of(node.child_by_field_name("name") or node)
        type_ = type_of(node.child_by_field_name("type"))
        self.found.statics.append(Static(name, self.path, span_of(node), type_, around.is_test))

    def _macro(self, node: Node, around: _Around) -> None:
        name = text_of(node.child_by_field_name("macro") or node).rsplit("::", 1)[-1]
        if name in ("thread_local", "lazy_static"):
            for match in THREAD_LOCAL.finditer(text_of(node)):
                type_ = type_of(_type_node(match["type"]))
                static = Static(match["name"], self.path, span_of(node), type_, around.is_test)
                self.found.statics.append(static)
        self.found.macros.append(ItemMacro(name, _words(node)))


def _words(node: Node) -> frozenset[str]:
    return frozenset(text_of(leaf) for leaf in leaves(node))


def _type_node(text: str) -> Node | None:
    root = parse(FILLER % text.encode())
    item = root.named_children[0] if root.named_children else None
    return item.child_by_field_name("type") if item is not None else None


def _has_visibility(node: Node) -> bool:
    return any(it.type == "visibility_modifier" for it in node.children)


def _is_public(node: Node) -> bool:
    """`pub`, not `pub(crate)`."""
    return any(it.type == "visibility_modifier" and text_of(it) == "pub" for it in node.children)


def _impl(node: Node, attributes: Attributes, around: _Around) -> _Around:
    trait = node.child_by_field_name("trait")
    return _Around(
        owner=type_of(node.child_by_field_name("type")).name,
        trait=type_of(trait).name if trait is not None else "",
        export=attributes if attributes.bindgen is not None else None,
        is_test=around.is_test,
        is_conditional=around.is_conditional,
    )


def _fields(body: Node, exported: bool) -> Iterator[Field]:
    if body.type == "field_declaration_list":
        for node in code(body):
            name = node.child_by_field_name("name")
            if node.type == "field_declaration" and name is not None:
                options = attributes_of(node).bindgen or {}
                shown = exported and _is_public(node) and "skip" not in options
                called = options.get("js_name") or text_of(name)
                type_ = type_of(node.child_by_field_name("type"))
                private = not _has_visibility(node)
                yield Field(text_of(name), span_of(node), type_, called if shown else "", private)
        return
    visibility = ""
    number = 0
    for node in code(body):
        if node.type == "visibility_modifier":
            visibility = text_of(node)
        elif node.type != "attribute_item":
            called = str(number) if exported and visibility == "pub" else ""
            yield Field(str(number), span_of(node), type_of(node), called, not visibility)
            number, visibility = number + 1, ""


def _receiver(node: Node) -> Receiver | None:
    listed = node.child_by_field_name("parameters")
    for child in code(listed) if listed is not None else []:
        if is_self(child):
            by_type = child.child_by_field_name("type") or child
            kinds = {part.type for part in by_type.children}
            if "&" not in kinds:
                return Receiver.CONSUMED
            return Receiver.MUTABLE if "mutable_specifier" in kinds else Receiver.SHARED
    return None


def _export(options: dict[str, str] | None, name: str) -> Export | None:
    if options is None:
        return None
    return Export(
        name=options.get("js_name") or name,
        role=next((role for role in ROLES if role in options), ""),
        extends=options.get("extends", "").rsplit("::", 1)[-1],
        cloning_getters="getter_with_clone" in options,
    )


def _routine_export(node: Node, attributes: Attributes, around: _Around) -> Export | None:
    """Free functions by their own attribute, methods by that of their `impl`."""
    options = attributes.bindgen
    name = text_of(node.child_by_field_name("name") or node)
    if around.owner:
        if around.export is None or not _is_public(node) or "skip" in (options or {}):
            return None
        options = options or {}
    export = _export(options, name)
    if export is None or not export.role or export.name != name:
        return export
    # `#[wasm_bindgen(getter = size)]` names the property
    return replace(export, name=(options or {}).get(export.role) or name)
