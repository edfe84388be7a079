"""Resources of objects and modules: released by the teardown that forgets them, or by a new one."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import dropwhile

from tree_sitter import Node

from cleanuplint.findings import Edit, Finding, Fix, Remedy, Span
from cleanuplint.fixes.javascript import guard
from cleanuplint.fixes.javascript.cleanup import Cleanup, Lines
from cleanuplint.fixes.javascript.doubts import GUESS, handed_out
from cleanuplint.fixes.javascript.file import File, fix
from cleanuplint.fixes.javascript.naming import teardown_name
from cleanuplint.fixes.javascript.places import Place
from cleanuplint.fixes.javascript.statements import is_directive
from cleanuplint.fixes.javascript.tree import assigns
from cleanuplint.fixes.words import CLEANING
from cleanuplint.flow.words import BEGINS_AGAIN
from cleanuplint.languages.syntax import ancestors, text_of, within


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    """The release added to a teardown, or a teardown made for it."""
    remedy = finding.remedy
    if remedy is None or remedy.owner is None or not remedy.place or not remedy.release:
        return
    if finding.span == remedy.origin:
        yield from _made(remedy, file)
        return
    named = file.at(remedy.owner)
    teardown = named.parent if named is not None else None
    body = None if teardown is None else _body(teardown)
    if body is not None:
        yield from Forgetting(file, remedy, body).fixes()


def _body(teardown: Node) -> Node | None:
    """The block of a method, a function, or an arrow that a name is given."""
    if teardown.type == "variable_declarator":
        return _body(teardown.child_by_field_name("value") or teardown.children[0])
    body = teardown.child_by_field_name("body")
    return body if body is not None and body.type == "statement_block" else None


@dataclass(frozen=True, slots=True)
class Forgetting:
    """A teardown that does not release one place."""

    file: File
    remedy: Remedy
    body: Node

    @property
    def place(self) -> Place:
        return Place(self.file, self.remedy)

    def fixes(self) -> Iterator[Fix]:
        statements = [node for node in self.body.named_children if node.type != "comment"]
        overwriting = next((node for node in statements if self._overwrites(node)), None)
        if overwriting is not None:
            edits = guard.ahead(self.file.style, overwriting, self._release(""))
        elif all(_only_cleans(node) for node in statements):
            edits = guard.at_end(self.file.style, self.body, self._lines(""))
        else:
            edits = self._guarded()
        yield fix(edits, self._doubt())

    def _guarded(self) -> list[Edit]:
        """All that the teardown does comes under a guard that releases."""
        style = self.file.style
        indent = guard.block_indentation(style, self.body)
        nodes = list(dropwhile(is_directive, self.body.named_children))
        code = [node for node in nodes if node.type != "comment"]
        if code[-1].type == "try_statement":
            lines = self._lines(indent + style.unit)
            return guard.with_finally(style, code[-1], lines)
        return guard.wrapped(style, nodes, self._lines(indent + style.unit))

    def _overwrites(self, statement: Node) -> bool:
        """`this.trees = []`, after which nothing can be released any more."""
        return any(assigns(child, self.remedy.place) for child in statement.named_children)

    def _release(self, guarded: str) -> Lines:
        """The release, which must not throw where it is `guarded`."""
        cleanup = Cleanup(self.file.style, self.remedy)
        name, optional = self.remedy.place, self.place.may_be_absent
        if guarded:
            return cleanup.safe(name, self.body, guarded, optional)
        return cleanup.plain(name, optional)

    def _lines(self, guarded: str) -> Lines:
        """The release, and the place emptied."""
        lines, empty = self._release(guarded), self.place.empty
        if not empty:
            return lines
        return (*lines, f"{self.remedy.place} = {empty}{self.file.style.semicolon}")

    def _begins_again(self) -> str:
        """The object keeps what is released, and may be started once more."""
        owner = self.remedy.owner
        name = self.file.style.text[owner.start : owner.end].decode() if owner is not None else ""
        is_doubted = BEGINS_AGAIN.match(name) is not None and not self.place.empty
        return f"the object may be used again after `{name}`" if is_doubted else ""

    def _doubt(self) -> str:
        if self.remedy.assumed:
            return GUESS
        if "." in self.remedy.place:
            again = self._begins_again()
            return again or handed_out(self.file.root, self.remedy.place, self.body)
        return "" if self.place.is_asked_for else f"all of the module shares `{self.remedy.place}`"


def _only_cleans(statement: Node) -> bool:
    """A call that cleans up, or an assignment, and nothing that waits or leaves."""
    for node in within(statement):
        if node.type in (
            "await_expression",
            "return_statement",
            "throw_statement",
            "yield_expression",
        ):
            return False
        if node.type == "call_expression":
            callee = node.child_by_field_name("function")
            name = None if callee is None else callee.child_by_field_name("property") or callee
            if name is None or not CLEANING.match(text_of(name)):
                return False
    return True


def _made(remedy: Remedy, file: File) -> Iterator[Fix]:
    """A teardown at the end of the class."""
    origin = file.at(remedy.origin)
    body = (
        None
        if origin is None
        else next((node for node in ancestors(origin) if node.type == "class_body"), None)
    )
    if body is None or not remedy.place.startswith("this."):
        return
    style, place = file.style, Place(file, remedy)
    cleanup = Cleanup(style, remedy)
    name = teardown_name(body, file.root)
    lines = cleanup.plain(remedy.place, place.may_be_absent)
    if place.empty:
        lines = (*lines, f"{remedy.place} = {place.empty}{style.semicolon}")
    typed = ": void" if file.is_typed else ""
    method = (f"{name}(){typed} {{", *(style.unit + line for line in lines), "}")
    last = body.named_children[-1]
    indent = guard.base_indentation(style, last)
    text = style.newline * 2 + indent + f"{style.newline}{indent}".join(method)
    at = last.end_byte + (style.text[last.end_byte : last.end_byte + 1] == b";")
    yield fix(
        [Edit(Span(at, at), text.encode())],
        f"whoever makes one has to call `{name}()`",
    )
