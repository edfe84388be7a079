"""A `catch` that falls back in silence gets a warning.

} catch {                    } catch (error) {
  return slow(x);       →      console.warn('engine.match failed:', error);
}                              return slow(x);
                             }
"""

from collections.abc import Iterator

from tree_sitter import Node

from cleanuplint.findings import Edit, Finding, Fix, Span
from cleanuplint.fixes.javascript.cleanup import logger_at
from cleanuplint.fixes.javascript.file import File, fix
from cleanuplint.fixes.javascript.tree import FUNCTIONS
from cleanuplint.languages.syntax import ancestors, text_of

LOGGED = "what was silent is logged"


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    call = file.at(finding.span)
    handler = _handler_of(call) if call is not None else None
    body = handler.child_by_field_name("body") if handler is not None else None
    if call is None or handler is None or body is None:
        return
    parameter = handler.child_by_field_name("parameter")
    if parameter is not None and parameter.type != "identifier":
        return
    name = file.fresh(handler, "error") if parameter is None else text_of(parameter)
    style = file.style
    made = call.child_by_field_name("function") or call.child_by_field_name("constructor") or call
    what = " ".join(text_of(made).split())
    message = f"{style.quote}{what} failed:{style.quote}"
    line = f"{logger_at(handler, file.root)}.warn({message}, {name}){style.semicolon}"
    edits = [_first(file, body, line)]
    if parameter is None:
        end = handler.children[0].end_byte
        edits.insert(0, Edit(Span(end, end), f" ({name})".encode()))
    yield fix(edits, LOGGED)


def _handler_of(call: Node) -> Node | None:
    """The `catch` that gets what the call throws."""
    inner = call
    for around in ancestors(call):
        if around.type in FUNCTIONS:
            return None
        handler = around.child_by_field_name("handler") if around.type == "try_statement" else None
        if handler is not None and inner == around.child_by_field_name("body"):
            return handler
        inner = around
    return None


def _first(file: File, body: Node, line: str) -> Edit:
    """A statement before all others in a block."""
    style = file.style
    outer = style.indentation(body.start_byte)
    start = f"{style.newline}{outer}{style.unit}"
    if body.start_point.row != body.end_point.row:
        return Edit(Span(body.start_byte + 1, body.start_byte + 1), f"{start}{line}".encode())
    lines = (line, *map(text_of, body.named_children))
    block = f"{{{''.join(start + it for it in lines)}{style.newline}{outer}}}"
    return Edit(Span(body.start_byte, body.end_byte), block.encode())
