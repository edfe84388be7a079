"""Resources in local variables: the statements that need one come under a guard that releases it.

const tree = parse(text);            const tree = parse(text);
visit(tree);                         try {
tree.delete();                →        visit(tree);
return 1;                            } finally {
                                       tree.delete();
                                     }
                                     return 1;
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from cleanuplint.findings import Edit, Finding, Fix, Remedy, Span
from cleanuplint.fixes.javascript import guard
from cleanuplint.fixes.javascript.cleanup import Cleanup
from cleanuplint.fixes.javascript.doubts import doubt
from cleanuplint.fixes.javascript.extent import Extent, after, extent
from cleanuplint.fixes.javascript.file import File, fix
from cleanuplint.fixes.javascript.tree import (
    declarators,
    mentions,
    names_in,
    statement_of,
    value_of,
)
from cleanuplint.languages.syntax import text_of


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    """Guards for what a declaration or an assignment acquires."""
    remedy = finding.remedy
    if remedy is None or not remedy.release:
        return
    node = file.at(remedy.origin)
    statement = statement_of(node) if node is not None else None
    if node is None or statement is None or not is_held(value_of(node), remedy.place):
        return
    yield from Guarding(file, remedy, statement).fixes()


def is_held(value: Node, place: str) -> bool:
    """The value goes straight into the variable of that name."""
    holder = value.parent
    if holder is None or not place:
        return False
    if holder.type == "variable_declarator":
        target = holder.child_by_field_name("name")
        return target is not None and mentions(target, frozenset({place.partition(".")[0]}))
    if holder.type == "assignment_expression":
        target = holder.child_by_field_name("left")
        alone = holder.parent is not None and holder.parent.type == "expression_statement"
        return alone and target is not None and text_of(target) == place
    return False


@dataclass(frozen=True, slots=True)
class Guarding:
    """One duty that arises in one statement, and is met by a guard after it."""

    file: File
    remedy: Remedy
    statement: Node

    @property
    def cleanup(self) -> Cleanup:
        return Cleanup(self.file.style, self.remedy)

    @property
    def root_name(self) -> str:
        return self.remedy.place.partition(".")[0]

    def fixes(self) -> Iterator[Fix]:
        following = after(self.statement)
        released = self._releases(following)
        if released is None:
            return
        at_the_end = next((one for one in released if one in following), None)
        covered = extent(following, frozenset({self.root_name}), at_the_end)
        if covered is None:
            yield from self._at_once(following, released)
            return
        unsafe = doubt(self.remedy, covered, self.file.own)
        taken = [guard.removed(self.file.style, node) for node in released]
        if (joined := self._joined(covered)) is not None:
            yield fix([*joined, *taken], unsafe)
        yield fix([*self._wrapped(covered), *taken], unsafe)

    def _releases(self, following: Sequence[Node]) -> list[Node] | None:
        """The statements that release it now; None where one is more than a statement."""
        found: list[Node] = []
        for span in self.remedy.existing:
            node = self.file.at(span)
            whole = None if node is None else value_of(node).parent
            if whole is None or whole.type != "expression_statement":
                return None
            if statement_of(whole.children[0]) != whole or not following:
                return None
            found.append(whole)
        return found

    def _at_once(self, following: Sequence[Node], released: Sequence[Node]) -> Iterator[Fix]:
        """Nothing uses it: no guard is needed."""
        if released or any(mentions(node, frozenset({self.root_name})) for node in following):
            return
        lines = self.cleanup.plain(self.remedy.place)
        yield fix(guard.after(self.file.style, self.statement, lines), "")

    def _wrapped(self, covered: Extent) -> Iterator[Edit]:
        style = self.file.style
        indent = guard.base_indentation(style, covered.nodes[0]) + style.unit
        lines = self.cleanup.safe(self.remedy.place, self.statement, indent)
        heads = tuple(head for node in covered.hoisted for head in hoisted_heads(self.file, node))
        yield from guard.wrapped(style, covered.nodes, lines, heads)
        for node in covered.hoisted:
            yield from unhoisted(self.file, node)

    def _joined(self, covered: Extent) -> list[Edit] | None:
        """The one statement to be covered is a `try`: it gets the release."""
        code = [node for node in covered.nodes if node.type != "comment"]
        if len(code) != 1 or code[0].type != "try_statement":
            return None
        finalizer = code[0].child_by_field_name("finalizer")
        if finalizer is not None and mentions(finalizer, covered.names):
            return None
        style = self.file.style
        indent = style.indentation(code[0].start_byte) + style.unit
        lines = self.cleanup.safe(self.remedy.place, self.statement, indent)
        return guard.with_finally(style, code[0], lines)


def hoisted_heads(file: File, declaration: Node) -> Iterator[str]:
    """`let size: number;` for each variable of a declaration that moves into a guard."""
    end = file.style.semicolon
    for declarator in declarators(declaration):
        name, typed = declarator.child_by_field_name("name"), declarator.child_by_field_name("type")
        if name is None:
            continue
        kind = text_of(typed) if typed is not None else ""
        if name.type == "identifier":
            yield f"let {text_of(name)}{kind}{end}"
        else:
            yield f"let {', '.join(names_in(name))}{end}"


def unhoisted(file: File, declaration: Node) -> Iterator[Edit]:
    """The declaration as an assignment, now that its names are declared before the guard."""
    found = declarators(declaration)
    start = declaration.start_byte
    pattern = found[0].child_by_field_name("name")
    bare = pattern is not None and pattern.type == "object_pattern"
    yield Edit(Span(start, found[0].start_byte), b"(" if bare else b"")
    for declarator in found:
        typed = declarator.child_by_field_name("type")
        if typed is not None:
            yield Edit(Span(typed.start_byte, typed.end_byte), b"")
    if bare:
        yield Edit(Span(found[-1].end_byte, found[-1].end_byte), b")")
