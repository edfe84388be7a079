"""One guard for several resources: a declaration inside a guard gets its release there.

const a = make();                 const a = make();
try {                             let b;
  const b = make();               try {
  use(a, b);                  →     b = make();
} finally {                         use(a, b);
  a.free();                       } finally {
}                                   b?.free();
                                    a.free();
                                  }
"""

import re

from tree_sitter import Node

from cleanuplint.findings import Edit, Span
from cleanuplint.fixes.javascript import guard
from cleanuplint.fixes.javascript.cleanup import Lines
from cleanuplint.fixes.javascript.extent import Extent, is_short
from cleanuplint.fixes.javascript.file import File
from cleanuplint.fixes.javascript.statements import code, keyword_end
from cleanuplint.fixes.javascript.tree import FUNCTIONS, Held, declarators, function_of, siblings
from cleanuplint.fixes.words import RELEASING
from cleanuplint.languages.syntax import text_of, within

CALL = re.compile(r"[\w.?$#]+\.(\w+)\(\)")
"""`encoder.free()`"""


def guard_around(file: File, declaration: Node, covered: Extent, names: Held) -> Node | None:
    """The `try` whose body holds the declaration, and whose `finally` does nothing but release."""
    body = declaration.parent
    around = body.parent if body is not None else None
    if around is None or around.type != "try_statement":
        return None
    if around.child_by_field_name("body") != body or not _only_releases(around):
        return None
    name = _single(declaration)
    if name is None or (file.is_typed and _is_captured(declaration, names)):
        return None
    tail = [n for n in siblings(declaration) if n.start_byte > covered.nodes[-1].start_byte]
    return around if is_short(tail) else None


def joined(file: File, declaration: Node, around: Node, cleanup: Lines) -> list[Edit]:
    """The declaration before the guard, the value where it was, the release first in the guard."""
    style, found = file.style, declarators(declaration)[0]
    name, typed = found.child_by_field_name("name"), found.child_by_field_name("type")
    value = found.child_by_field_name("value")
    if name is None or value is None:
        return []
    kind = f"{text_of(typed)} | undefined" if typed is not None else ""
    head = f"let {text_of(name)}{kind}{style.semicolon}"
    return [
        *guard.ahead(style, around, (head,)),
        Edit(Span(declaration.start_byte, keyword_end(declaration)), b""),
        *([Edit(Span(typed.start_byte, typed.end_byte), b"")] if typed is not None else []),
        *guard.with_finally(style, around, cleanup),
    ]


def _only_releases(around: Node) -> bool:
    finalizer = around.child_by_field_name("finalizer")
    body = finalizer.child_by_field_name("body") if finalizer is not None else None
    inside = [] if body is None else _code(body)
    return bool(inside) and all(map(_is_release, inside))


def _code(body: Node) -> list[Node]:
    return [node for node in body.named_children if node.type != "comment"]


def _is_release(statement: Node) -> bool:
    if statement.type == "try_statement":
        body = statement.child_by_field_name("body")
        return body is not None and all(map(_is_release, _code(body)))
    if statement.type == "if_statement":
        body = statement.child_by_field_name("consequence")
        inside = _code(body) if body is not None else []
        return bool(inside) and all(map(_is_release, inside))
    call = CALL.fullmatch(code(statement))
    return call is not None and RELEASING.match(call[1]) is not None


def _single(declaration: Node) -> Node | None:
    """The one plain name that it declares."""
    found = declarators(declaration)
    name = found[0].child_by_field_name("name") if len(found) == 1 else None
    return name if name is not None and name.type == "identifier" else None


def _is_captured(declaration: Node, names: Held) -> bool:
    """A function inside mentions it, where TypeScript could not tell its type."""
    around = function_of(declaration)
    return around is not None and any(
        names.is_in(node) for node in within(around) if node.type in FUNCTIONS and node != around
    )
