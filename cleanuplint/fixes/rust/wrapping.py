"""A function split in two: one that does the work, and one that empties the buffer if that fails.

pub fn encode(&mut self, text: &str) -> Result<u32, JsValue> {
    self.try_encode(text).inspect_err(|_| self.buffer.clear())
}

fn try_encode(&mut self, text: &str) -> Result<u32, JsValue> {
    …
"""

import re

from tree_sitter import Node

from cleanuplint.findings import Edit, Emptying, Span
from cleanuplint.fixes.rust.chains import widest_chain
from cleanuplint.fixes.rust.file import WIDTH, File, Lines, impl_of, receiver_of
from cleanuplint.languages.rust.parsing import code
from cleanuplint.languages.syntax import text_of

BORROWED = re.compile(r"[&']|\bimpl\b|\bdyn\b")


def wrapped(file: File, function: Node, emptying: Emptying) -> list[Edit] | None:
    """None where the result may borrow, or where no second function can stand."""
    body = function.child_by_field_name("body")
    result = function.child_by_field_name("return_type")
    arguments = _arguments(function)
    if body is None or result is None or arguments is None or _is_bound(function):
        return None
    if BORROWED.search(file.code(result)) or body.start_point.row == body.end_point.row:
        return None
    name = _fresh(file, file.code(function.child_by_field_name("name") or function))
    layout = file.layout
    outer = layout.indentation(function.start_byte)
    call = f"{_prefix(function)}{name}({', '.join(arguments)})"
    lines = _lines(file, call, _awaited(function), emptying, outer + layout.unit)
    inner = file.joined(outer + layout.unit, lines)
    signature = (*file.conditions(function), _signature(file, function, body, name))
    parts = ("", inner, f"{outer}}}", "", *(outer + line for line in signature))
    at = body.start_byte + 1
    return [*_without_mut(function), Edit(Span(at, at), layout.newline.join(parts).encode())]


def _is_bound(function: Node) -> bool:
    """Only what its trait names can stand beside it, or it is more than a plain function."""
    impl = impl_of(function)
    modifiers = next((it for it in function.children if it.type == "function_modifiers"), None)
    plain = modifiers is None or text_of(modifiers) == "async"
    return not plain or (impl is not None and impl.child_by_field_name("trait") is not None)


def _arguments(function: Node) -> list[str] | None:
    """The names of the parameters, if each has just one."""
    listed = function.child_by_field_name("parameters")
    found: list[str] = []
    for parameter in code(listed) if listed is not None else []:
        if parameter.type in ("self_parameter", "attribute_item"):
            continue
        pattern = parameter.child_by_field_name("pattern")
        if parameter.type != "parameter" or pattern is None or pattern.type != "identifier":
            return None
        found.append(text_of(pattern))
    return found


def _prefix(function: Node) -> str:
    if receiver_of(function) is not None:
        return "self."
    return "Self::" if impl_of(function) is not None else ""


def _awaited(function: Node) -> str:
    modifiers = (it for it in function.children if it.type == "function_modifiers")
    return ".await" if any("async" in text_of(it) for it in modifiers) else ""


def _fresh(file: File, name: str) -> str:
    words = set(re.findall(r"\w+", file.layout.text.decode()))
    wished = (f"try_{name}", f"{name}_inner", f"{name}_unguarded")
    return next(it for it in (*wished, f"{name}_{len(words)}") if it not in words)


def _lines(file: File, call: str, awaited: str, emptying: Emptying, indent: str) -> Lines:
    if not emptying.has_inspect_err:
        test = ("if result.is_err() {", f"{file.layout.unit}{emptying.clear};", "}")
        return (f"let result = {call}{awaited};", *test, "result")
    links = (*((awaited,) if awaited else ()), f".inspect_err(|_| {emptying.clear})")
    line = "".join((call, *links))
    widest = widest_chain(file) if call.startswith("self.") or awaited else WIDTH
    if len(line) <= widest and len(indent) + len(line) <= WIDTH:
        return (line,)
    return (call, *file.nested(links))


def _signature(file: File, function: Node, body: Node, name: str) -> str:
    """That of the function under another name, up to its brace."""
    first = next(it for it in function.children if it.type != "visibility_modifier")
    text = file.layout.text[first.start_byte : body.start_byte + 1].decode()
    renamed = re.sub(r"\bfn\s+\w+", f"fn {name}", text, count=1)
    indent = file.layout.indentation(function.start_byte)
    if "\n" in renamed or len(indent) + len(renamed) <= WIDTH:
        return renamed
    listed = function.child_by_field_name("parameters")
    inside = [file.code(it) for it in code(listed)] if listed is not None else []
    head, tail = renamed[: renamed.index("(") + 1], renamed[renamed.index(")") :]
    lines = file.joined(indent + file.layout.unit, tuple(f"{it}," for it in inside))
    return f"{head}{file.layout.newline}{lines}{file.layout.newline}{indent}{tail}"


def _without_mut(function: Node) -> list[Edit]:
    """The outer function only hands its parameters on."""
    listed = function.child_by_field_name("parameters")
    muts = (
        child
        for parameter in (code(listed) if listed is not None else [])
        if parameter.type == "parameter"
        for child in parameter.children
        if child.type == "mutable_specifier"
    )
    return [Edit(Span(it.start_byte, it.end_byte + 1), b"") for it in muts]
