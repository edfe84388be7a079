"""Variables that are declared outside of where they are given a resource.

let tree = null;                  let tree = null;
for (const text of texts) {       try {
  tree = parser.parse(text);  →     for (const text of texts) {
  …                                   …
}                                   }
                                  } finally {
                                    tree?.delete();
                                  }
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from cleanuplint.findings import Edit, Finding, Fix, Remedy, Span
from cleanuplint.fixes.javascript import guard
from cleanuplint.fixes.javascript.cleanup import Cleanup
from cleanuplint.fixes.javascript.doubts import doubt
from cleanuplint.fixes.javascript.extent import Extent, after, extent, hands_over
from cleanuplint.fixes.javascript.file import File, fix
from cleanuplint.fixes.javascript.hoisting import awaited, heads, unhoisted
from cleanuplint.fixes.javascript.releases import Releases
from cleanuplint.fixes.javascript.tree import FUNCTIONS, Held, declarators, siblings, statement_of
from cleanuplint.languages.syntax import ancestors, text_of

ABSENT = frozenset({"null", "undefined"})


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    """Guards around all that may give the variable its resource."""
    remedy = finding.remedy
    outer = None if remedy is None else Outer.of(file, remedy)
    if outer is not None:
        yield from outer.fixes()


@dataclass(frozen=True, slots=True)
class Outer:
    """A variable that is declared empty, and the statements after its declaration."""

    file: File
    remedy: Remedy
    declaration: Node
    declarator: Node
    first: Node
    """The statement, beside the declaration, in which it is given its resource."""

    @classmethod
    def of(cls, file: File, remedy: Remedy) -> "Outer | None":
        """None where the variable is not one that is declared empty further out."""
        node = file.at(remedy.origin)
        given = None if node is None else statement_of(node)
        if given is None or not remedy.place.isidentifier() or not remedy.release:
            return None
        inside: Node = given
        for parent in ancestors(given):
            if parent.type in FUNCTIONS:
                return None
            for statement in siblings(inside) if inside.parent is not None else ():
                declarator = _declarator(statement, remedy.place)
                if declarator is not None:
                    empty = _is_empty(declarator)
                    outer = cls(file, remedy, statement, declarator, inside)
                    return outer if empty and statement.end_byte <= inside.start_byte else None
            inside = parent
        return None

    def fixes(self) -> Iterator[Fix]:
        covered = self._covered()
        if covered is None:
            return
        unsafe = doubt(self.remedy, covered, self.file.own)
        for edits in self.edits():
            yield fix(edits, unsafe)

    def edits(self) -> Iterator[list[Edit]]:
        """Ways to guard it: by a `try` that is there, or by a new one."""
        covered, releases = self._covered(), Releases.of(self.file, self.remedy)
        if covered is None or releases is None:
            return
        typed = list(self._typed())
        if self.remedy.given or hands_over(covered, Held(frozenset({self.remedy.place}))):
            if not releases.statements and not covered.hoisted:
                yield [*self._rethrowing(covered), *typed]
            return
        taken = releases.taken(self.file.style)
        if (around := _only_try(covered)) is not None:
            indent = self.file.style.indentation(around.start_byte) + self.file.style.unit
            lines = releases.told(self._lines(indent), self.file.style)
            joined = guard.with_finally(self.file.style, around, lines, releases.gone)
            yield [*joined, *taken, *typed]
        yield [*self._wrapped(covered, releases), *taken, *typed]

    def _covered(self) -> Extent | None:
        following = after(self.declaration)
        start = next((n for n, node in enumerate(following) if node == self.first), None)
        releases = Releases.of(self.file, self.remedy)
        if start is None or releases is None:
            return None
        guarded, held = following[start:], Held(frozenset({self.remedy.place}))
        return extent(guarded, held, releases.at_the_end(guarded), releases.gone)

    def _rethrowing(self, covered: Extent) -> list[Edit]:
        style = self.file.style
        indent = guard.base_indentation(style, covered.nodes[0]) + style.unit
        return guard.rethrowing(style, covered.nodes, self._lines(indent))

    def _wrapped(self, covered: Extent, releases: Releases) -> Iterator[Edit]:
        style = self.file.style
        indent = guard.base_indentation(style, covered.nodes[0]) + style.unit
        before = tuple(head for node in covered.hoisted for head in heads(self.file, node))
        lines = releases.told(self._lines(indent), style)
        yield from guard.wrapped(style, covered.nodes, lines, before)
        for node in covered.hoisted:
            yield from unhoisted(self.file, node)
        yield from awaited(covered)

    def _lines(self, indent: str) -> tuple[str, ...]:
        cleanup = Cleanup(self.file.style, self.remedy)
        return cleanup.safe(self.remedy.place, self.first, indent, optional=True)

    def _typed(self) -> Iterator[Edit]:
        """`let tree: Tree;` is `Tree | undefined` where the guard looks at it."""
        typed = self.declarator.child_by_field_name("type")
        if typed is None or self.declarator.child_by_field_name("value") is not None:
            return
        if not any(word in text_of(typed) for word in ("undefined", "null", "any")):
            yield Edit(Span(typed.end_byte, typed.end_byte), b" | undefined")


def _declarator(statement: Node, name: str) -> Node | None:
    for declarator in declarators(statement):
        target = declarator.child_by_field_name("name")
        if target is not None and text_of(target) == name:
            return declarator
    return None


def _is_empty(declarator: Node) -> bool:
    value = declarator.child_by_field_name("value")
    return value is None or text_of(value) in ABSENT


def _only_try(covered: Extent) -> Node | None:
    code = [node for node in covered.nodes if node.type != "comment"]
    if len(code) != 1 or code[0].type != "try_statement":
        return None
    finalizer = code[0].child_by_field_name("finalizer")
    return None if finalizer is not None and covered.held.is_in(finalizer) else code[0]
