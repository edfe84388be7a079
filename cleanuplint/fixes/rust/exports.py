"""New exports of a class: `cleanup`, `getBufferSize`, `getBufferCapacity`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tree_sitter import Node

from cleanuplint.findings import Edit, Emptying, Finding, Fix, Span
from cleanuplint.fixes.rust.file import File, Lines, attributes, fix

OUTDATED = frozenset({"binding-out-of-date"})
REBUILD = "the package that was built of the crate has to be built again to export it"
BINDGEN = re.compile(r"\bwasm_bindgen\b(\((?:[^()]|\([^()]*\))*\))?(?=[\])])")
CLEANUPS = ("cleanup cleanup", "release_memory releaseMemory")
SIZES = ("get_buffer_size getBufferSize", "buffer_size bufferSize")
SHOWN_AS = re.compile(r"\bjs_name\s*=\s*(\"?\w+\"?)")
LENGTH = re.compile(r"\.len\(\)")
SAYS_SIZE = re.compile(r"size|length|len", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Method:
    """A new one, but for its name."""

    doc: str
    signature: str
    body: Lines


def cleanup(finding: Finding, file: File, emptying: Emptying) -> Iterator[Fix]:
    """A method that gives the memory back while the object lives."""
    body = tuple(f"{line};" for line in emptying.release)
    names, struct = _names(emptying, CLEANUPS), file.named_by(finding.span, "struct_item")
    if body and names and struct is not None:
        doc = "Empties the working buffer and gives its memory back."
        yield _exported(struct, file, emptying, names, Method(doc, "(&mut self)", body))


def size(finding: Finding, file: File, emptying: Emptying) -> Iterator[Fix]:
    """A method that tells how much the buffers hold."""
    names, struct = _names(emptying, SIZES), file.named_by(finding.span, "struct_item")
    if emptying.size and names and struct is not None:
        method = Method("How much the working buffer holds.", "(&self) -> usize", (emptying.size,))
        yield _exported(struct, file, emptying, names, method)


def capacity(finding: Finding, file: File, emptying: Emptying) -> Iterator[Fix]:
    """A copy of the method that tells the length, which tells the capacity."""
    method = file.named_by(finding.span, "function_item")
    body = method.child_by_field_name("body") if method is not None else None
    if method is None or body is None or not LENGTH.search(file.code(body)):
        return
    name = _of_capacity(file.code(method.child_by_field_name("name") or method))
    if name in emptying.taken:
        return
    head = file.layout.text[method.start_byte : body.start_byte].decode()
    head = re.sub(r"\bfn\s+\w+", f"fn {name}", head)
    copied = f"{head}{LENGTH.sub('.capacity()', file.code(body))}"
    above = [_attribute_of_capacity(file.code(it)) for it in attributes(method)]
    doc = "/// How much the working buffer has allocated, full or empty."
    lines = (doc, *reversed(above), *_dedented(file, copied, method))
    yield _fix(file.after(method, lines), emptying)


def _of_capacity(name: str) -> str:
    """`get_buffer_capacity` of `get_buffer_size`, `bufferCapacity` of `bufferLength`."""
    for found in SAYS_SIZE.finditer(name):
        word = found[0]
        new = "Capacity" if word[0].isupper() else "capacity"
        return f"{name[: found.start()]}{new}{name[found.end() :]}"
    return f"{name}_capacity" if "_" in name or name.islower() else f"{name}Capacity"


def _attribute_of_capacity(attribute: str) -> str:
    """`js_name = getBufferCapacity`, `getter = capacity`."""
    renamed = r"(?P<key>\b(?:js_name|getter)\s*=\s*\"?)(?P<name>\w+)"
    return re.sub(renamed, lambda it: it["key"] + _of_capacity(it["name"]), attribute)


def _dedented(file: File, code: str, item: Node) -> Iterator[str]:
    indent = file.layout.indentation(item.start_byte)
    return (line.removeprefix(indent) for line in code.splitlines())


# ── where it goes, and what it is called ────────────────────────────────────────────────────────


def _names(emptying: Emptying, usual: tuple[str, ...]) -> str:
    """In Rust and in JavaScript; as the other classes have it, where they do."""
    known = filter(None, (emptying.exports, *usual))
    return next((names for names in known if names.split()[0] not in emptying.taken), "")


def _exported(struct: Node, file: File, emptying: Emptying, names: str, method: Method) -> Fix:
    """`names`: in Rust and in JavaScript."""
    name, shown = names.split()
    impls = [it for it in file.impls_of(struct) if file.is_exported(it) and not _is_of_trait(it)]
    around = impls[-1] if impls else struct
    bindgen = _bindgen(file, around, "" if shown == name else f"(js_name = {shown})")
    head = (f"/// {method.doc}", *((bindgen,) if shown != name else ()))
    signature = f"pub fn {name}{method.signature} {{"
    marked = (*head, signature, *file.nested(method.body), "}")
    beside = _method_at(file, emptying.beside, impls) or _last_item(impls)
    if beside is not None:
        return _fix(file.after(beside, marked), emptying)
    last = (file.impls_of(struct) or [struct])[-1]
    opening = f"impl {file.code(struct.child_by_field_name('name') or struct)} {{"
    opened = (*file.conditions(struct), _bindgen_of_impl(file, struct), opening)
    return _fix(file.after(last, (*opened, *file.nested(marked), "}")), emptying)


def _is_of_trait(impl: Node) -> bool:
    return impl.child_by_field_name("trait") is not None


def _bindgen(file: File, item: Node, options: str) -> str:
    """The attribute by which an item is exported, with other options."""
    above = (file.code(it) for it in attributes(item))
    mark = next((it for it in above if BINDGEN.search(it)), "#[wasm_bindgen]")
    return BINDGEN.sub(f"wasm_bindgen{options}", mark)


def _bindgen_of_impl(file: File, struct: Node) -> str:
    """A struct that has another name in JavaScript needs it at its `impl`s, too."""
    names = (SHOWN_AS.search(file.code(it)) for it in attributes(struct))
    shown = next((found[1] for found in names if found), "")
    return _bindgen(file, struct, f"(js_class = {shown})" if shown else "")


def _method_at(file: File, name: Span | None, impls: list[Node]) -> Node | None:
    method = file.named_by(name, "function_item") if name is not None else None
    around = method.parent.parent if method is not None and method.parent is not None else None
    return method if around in impls else None


def _last_item(impls: list[Node]) -> Node | None:
    """The last public method of the exported `impl`s."""
    bodies = (it.child_by_field_name("body") for it in reversed(impls))
    items = (it for body in bodies if body is not None for it in reversed(body.named_children))
    return next((it for it in items if it.type == "function_item" and _is_public(it)), None)


def _is_public(method: Node) -> bool:
    return any(it.type == "visibility_modifier" for it in method.children)


def _fix(edit: Edit, emptying: Emptying) -> Fix:
    """Where the package is there, it has to be built again."""
    if not emptying.is_built:
        return fix([edit])
    return replace(fix([edit], REBUILD), outdates=OUTDATED)
