"""Resources that no variable holds: they get a name, and then a guard.

return parse(text).size;       const tree = parse(text);
                           →   try {
                                 return tree.size;
                               } finally {
                                 tree.delete();
                               }
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from cleanuplint.findings import Edit, Finding, Fix, Remedy, Span
from cleanuplint.fixes.javascript import guard
from cleanuplint.fixes.javascript.cleanup import Cleanup
from cleanuplint.fixes.javascript.doubts import GUESS, doubt, kept_by_callee, returned
from cleanuplint.fixes.javascript.extent import Extent, after, extent
from cleanuplint.fixes.javascript.file import File, fix
from cleanuplint.fixes.javascript.hoisting import awaited, heads, is_async, unhoisted
from cleanuplint.fixes.javascript.naming import names_for
from cleanuplint.fixes.javascript.statements import is_after_open
from cleanuplint.fixes.javascript.tree import FUNCTIONS, Held, arrow_of, statement_of, value_of
from cleanuplint.languages.syntax import ancestors, text_of

BRANCHES = frozenset({"ternary_expression", "binary_expression", "augmented_assignment_expression"})
LOOPS = frozenset({"for_statement", "while_statement", "do_statement"})
DECIDING = {
    "if_statement": "condition", "switch_statement": "value", "for_in_statement": "right",
    "assignment_pattern": "left", "object_assignment_pattern": "left", "with_statement": "object",
}  # fmt: skip
"""Nodes of which only one part runs in any case."""
CONTINUED = frozenset({"then", "catch", "finally"})
LINKS = frozenset({"call_expression", "member_expression", "subscript_expression"})
IMPURE = frozenset(
    {"call_expression", "new_expression", "await_expression", "yield_expression",
     "assignment_expression", "augmented_assignment_expression", "update_expression"}
)  # fmt: skip


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    """Names for what an expression makes and drops."""
    remedy = finding.remedy
    call = file.at(remedy.origin) if remedy is not None else None
    if remedy is None or call is None or not remedy.release or remedy.place:
        return
    value = _whole(call)
    if _is_promise(value):
        return
    arrow, statement = arrow_of(value), statement_of(value)
    if value.parent is not None and value.parent.type == "expression_statement":
        yield from _released_in_place(value, file, remedy)
    elif arrow is not None:
        body = arrow.child_by_field_name("body")
        if body is not None and _comes_first(value, body):
            yield from Naming(file, remedy, value).in_arrow(arrow, body)
    elif statement is not None and _comes_first(value, statement):
        yield from Naming(file, remedy, value).in_statement(statement)


def _whole(call: Node) -> Node:
    """The call with the `await` and the parentheses around it that its value passes through."""
    value = value_of(call)
    while value.type not in ("await_expression",) and value != call:
        inner = value.named_children[0]
        if inner.start_byte > call.start_byte or inner.end_byte < call.end_byte:
            break
        value = inner
    return value


def _is_promise(value: Node) -> bool:
    """`make().then(…)`: what gets a name would be the promise of it, which can't be released."""
    link = value.parent
    name = link.child_by_field_name("property") if link is not None else None
    return name is not None and text_of(name) in CONTINUED


def _released_in_place(value: Node, file: File, remedy: Remedy) -> Iterator[Fix]:
    """`make();` becomes `make().free();`."""
    text = text_of(value)
    release = Cleanup(file.style, remedy).call(
        f"({text})" if value.type == "await_expression" else text
    )
    apart = ";" if release.startswith("(") and value.parent and is_after_open(value.parent) else ""
    edit = Edit(Span(value.start_byte, value.end_byte), f"{apart}{release}".encode())
    yield fix([edit], GUESS if remedy.assumed else kept_by_callee(value, file.root))


def _comes_first(value: Node, top: Node) -> bool:
    """It is made once whenever the code runs, and before anything that has an effect."""
    node = value
    for parent in ancestors(value):
        if parent.type in FUNCTIONS or parent.type in LOOPS:
            return False
        if not _runs_with(parent, node):
            return False
        earlier = [c for c in parent.named_children if c.end_byte <= node.start_byte]
        if any(_has_effect(each) for each in earlier):
            return False
        if parent == top or node == top:
            return True
        node = parent
    return True


def _runs_with(parent: Node, node: Node) -> bool:
    """The part runs once whenever the whole does."""
    if parent.type in BRANCHES:
        return node == parent.named_children[0]
    if parent.type in DECIDING:
        return node == parent.child_by_field_name(DECIDING[parent.type])
    return not (node.type == "arguments" and _is_optional(parent))


def _is_optional(chain: Node | None) -> bool:
    """`a?.b(…)`: nothing of it runs behind a `?.` where there is no `a`."""
    while chain is not None and chain.type in LINKS:
        if any(child.type == "optional_chain" for child in chain.children):
            return True
        chain = chain.child_by_field_name("function") or chain.child_by_field_name("object")
    return False


def _has_effect(node: Node) -> bool:
    return node.type in IMPURE or any(_has_effect(child) for child in node.named_children)


@dataclass(frozen=True, slots=True)
class Naming:
    """One value that gets a name."""

    file: File
    remedy: Remedy
    value: Node

    @property
    def name(self) -> str:
        return self.file.fresh(self.value, *names_for(self.remedy.resource))

    @property
    def _may_be_absent(self) -> bool:
        """`make()!` and `make()?.size` say so."""
        parent = self.value.parent
        return parent is not None and (
            parent.type == "non_null_expression"
            or any(child.type == "optional_chain" for child in parent.children)
        )

    @property
    def _held(self) -> Held:
        return Held(frozenset({self.name}), Span(self.value.start_byte, self.value.end_byte))

    def in_statement(self, statement: Node) -> Iterator[Fix]:
        nodes = extent([statement, *after(statement)], self._held)
        if nodes is None:
            return
        style = self.file.style
        indent = guard.base_indentation(style, statement) + style.unit
        lines = Cleanup(style, self.remedy).safe(self.name, self.value, indent, self._may_be_absent)
        before = (
            *(h for node in nodes.hoisted for h in heads(self.file, node)),
            self._declared(indent.removesuffix(style.unit)),
        )
        edits = [*guard.wrapped(style, nodes.nodes, lines, before), self._replaced()]
        for node in nodes.hoisted:
            edits += unhoisted(self.file, node)
        edits += awaited(nodes)
        yield fix(edits, doubt(self.remedy, nodes, self.file.own))

    def in_arrow(self, arrow: Node, body: Node) -> Iterator[Fix]:
        style = self.file.style
        indent = style.indentation(arrow.start_byte) + 2 * style.unit
        lines = Cleanup(style, self.remedy).safe(self.name, self.value, indent, self._may_be_absent)
        before = (self._declared(indent.removesuffix(style.unit)),)
        word = "await " if body.type == "call_expression" and is_async(body) else ""
        edits = guard.with_body(style, body, lines, before, word)
        reason = next(returned(body, self._held), "")
        nodes = Extent((body,), (), self._held)
        yield fix([*edits, self._replaced()], reason or doubt(self.remedy, nodes, self.file.own))

    def _declared(self, indent: str) -> str:
        """The declaration; what stands on further lines keeps its depth below the first."""
        was = self.file.style.indentation(self.value.start_byte)
        text = text_of(self.value).replace(f"\n{was}", f"\n{indent}")
        return f"const {self.name} = {text}{self.file.style.semicolon}"

    def _replaced(self) -> Edit:
        """The name instead; alone among its parentheses it needs no lines of its own."""
        parent = self.value.parent
        if parent is not None and parent.type == "arguments" and parent.named_child_count == 1:
            return Edit(Span(parent.start_byte, parent.end_byte), f"({self.name})".encode())
        return Edit(Span(self.value.start_byte, self.value.end_byte), self.name.encode())
