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
from cleanuplint.fixes.javascript.cleanup import Cleanup, Lines, report
from cleanuplint.fixes.javascript.doubts import doubt
from cleanuplint.fixes.javascript.extent import Extent, after, extent, hands_over
from cleanuplint.fixes.javascript.file import File, fix
from cleanuplint.fixes.javascript.hoisting import awaited, heads, unhoisted
from cleanuplint.fixes.javascript.joining import guard_around
from cleanuplint.fixes.javascript.joining import joined as join
from cleanuplint.fixes.javascript.releases import Releases
from cleanuplint.fixes.javascript.tests import asks, leaves_without
from cleanuplint.fixes.javascript.tree import (
    NAMES,
    Held,
    declarators,
    declared,
    function_of,
    statement_of,
    value_of,
)
from cleanuplint.languages.syntax import ancestors, text_of, within


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    """Guards for what a declaration or an assignment acquires."""
    guarding = Guarding.of(finding, file)
    if guarding is not None:
        yield from guarding.fixes()


def is_held(value: Node, place: str) -> bool:
    """The value goes straight into the variable of that name, or is one of two that may."""
    holder = value.parent
    if holder is not None and holder.type == "ternary_expression" and _is_alike(holder):
        holder = value_of(holder).parent
    if holder is None or not place:
        return False
    if holder.type == "variable_declarator":
        target = holder.child_by_field_name("name")
        return target is not None and Held(frozenset({place.partition(".")[0]})).is_in(target)
    if holder.type == "assignment_expression":
        target = holder.child_by_field_name("left")
        alone = holder.parent is not None and holder.parent.type == "expression_statement"
        return alone and target is not None and text_of(target) == place
    return False


def _is_alike(choice: Node) -> bool:
    """Either way it is made by the same call, so what releases one releases the other."""
    ways = [choice.child_by_field_name(way) for way in ("consequence", "alternative")]
    makers = [
        way.child_by_field_name("constructor") or way.child_by_field_name("function")
        for way in ways
        if way is not None
    ]
    texts = {text_of(maker) if maker is not None else "" for maker in makers}
    return len(makers) == 2 and len(texts) == 1 and "" not in texts


def _releases_in_finally(node: Node, releases: Sequence[Node]) -> bool:
    finalizer = node.child_by_field_name("finalizer") if node.type == "try_statement" else None
    return finalizer is not None and any(
        finalizer.start_byte < one.start_byte < finalizer.end_byte for one in releases
    )


def _is_other_way(node: Node, block: Node) -> bool:
    """It stands in the `else` of the block."""
    return any(
        each.type == "else_clause" and each.parent == block.parent for each in ancestors(node)
    )


@dataclass(frozen=True, slots=True)
class Guarding:
    """One duty that arises in one statement, and is met by a guard after it."""

    file: File
    remedy: Remedy
    statement: Node

    @classmethod
    def of(cls, finding: Finding, file: File) -> "Guarding | None":
        """None where the resource does not go straight into a variable."""
        remedy = finding.remedy
        if remedy is None or not remedy.release:
            return None
        node = file.at(remedy.origin)
        statement = statement_of(node) if node is not None else None
        if node is None or statement is None or not is_held(value_of(node), remedy.place):
            return None
        return cls(file, remedy, statement)

    @property
    def cleanup(self) -> Cleanup:
        return Cleanup(self.file.style, self.remedy)

    @property
    def held(self) -> Held:
        return Held(frozenset({self.remedy.place.partition(".")[0]}))

    def fixes(self) -> Iterator[Fix]:
        following = self._after_tests()
        releases = Releases.of(self.file, self.remedy)
        if releases is None:
            return
        at_the_end = releases.at_the_end(following)
        if at_the_end is None and self._is_used_afterwards(releases):
            return
        covered = extent(following, self.held, at_the_end, releases.gone)
        if covered is None:
            yield from self._at_once(following, releases)
            return
        unsafe = doubt(self.remedy, covered, self.file.own, releases.end(following))
        if self.remedy.given or hands_over(covered, self.held):
            yield from self._given(covered, releases)
            return
        if (declared_so := self._by_using(releases)) is not None:
            yield fix(declared_so, unsafe)
        if (moved := self._moved_up(following, releases)) is not None:
            yield fix(moved, unsafe)
        if releases.leave_nothing:
            return
        taken = releases.taken(self.file.style)
        around = guard_around(self.file, self.statement, covered, self.held)
        if around is not None and not covered.hoisted:
            indent = self.file.style.indentation(around.start_byte) + self.file.style.unit
            lines = self.cleanup.safe(self.remedy.place, self.statement, indent, optional=True)
            lines = releases.told(lines, self.file.style)
            yield fix([*join(self.file, self.statement, around, lines), *taken], unsafe)
        if (joined := self._joined(covered, releases)) is not None:
            yield fix([*joined, *taken], unsafe)
        yield fix([*self._wrapped(covered, releases), *taken], unsafe)

    def behind_uses(self) -> Iterator[Fix]:
        """The release comes first of all: it moves into a guard around what it came before."""
        releases = Releases.of(self.file, self.remedy)
        following = self._after_tests()
        if releases is None or releases.leave_nothing or not releases.statements:
            return
        while following and following[0] in releases.statements:
            following.pop(0)
        covered = extent(following, self.held, gone=releases.gone)
        if covered is not None and not any(it in releases.statements for it in covered.nodes):
            taken = releases.taken(self.file.style)
            yield fix([*self._wrapped(covered, releases), *taken])

    def _after_tests(self) -> list[Node]:
        """What follows, without a first `if (!tree) return` that says there is nothing to do."""
        following = after(self.statement)
        place = self.remedy.place
        while following and leaves_without(following[0], place):
            following.pop(0)
        return following

    def _is_used_afterwards(self, releases: Releases) -> bool:
        """A variable of a block further out is looked at after this one, which would end it."""
        block, around = self.statement.parent, function_of(self.statement) or self.file.root
        if block is None or declared(self.statement) or not self.remedy.place.isidentifier():
            return False
        return any(
            self.held.is_in(node)
            for node in within(around)
            if node.type in NAMES
            and node.start_byte > block.end_byte
            and not any(one in releases.statements for one in ancestors(node))
            and not _is_other_way(node, block)
        )

    def _may_be_absent(self, nodes: Sequence[Node]) -> bool:
        place = self.remedy.place
        return any(asks(each, place) for node in nodes for each in within(node))

    def _given(self, covered: Extent, releases: Releases) -> Iterator[Fix]:
        """Somebody else owns it where nothing throws: only an error releases it."""
        if self.remedy.raised is None or releases.statements or covered.hoisted:
            return
        style = self.file.style
        indent = guard.base_indentation(style, covered.nodes[0]) + style.unit
        optional = self._may_be_absent(covered.nodes)
        lines = self.cleanup.safe(self.remedy.place, self.statement, indent, optional)
        yield fix(guard.rethrowing(style, covered.nodes, lines))

    def _at_once(self, following: Sequence[Node], releases: Releases) -> Iterator[Fix]:
        """Nothing uses it: no guard is needed."""
        if releases.statements or any(self.held.is_in(node) for node in following):
            return
        lines = self.cleanup.plain(self.remedy.place)
        yield fix(guard.after(self.file.style, self.statement, lines))

    def _lines(self, indent: str, releases: Releases, covered: Extent) -> Lines:
        if releases.helper:
            lines = self.cleanup.by_helper(releases.helper, self.statement, indent)
        else:
            optional = self._may_be_absent(covered.nodes)
            lines = self.cleanup.safe(self.remedy.place, self.statement, indent, optional)
        return releases.told(lines, self.file.style)

    def _wrapped(self, covered: Extent, releases: Releases) -> Iterator[Edit]:
        style = self.file.style
        indent = guard.base_indentation(style, covered.nodes[0]) + style.unit
        before = tuple(head for node in covered.hoisted for head in heads(self.file, node))
        yield from guard.wrapped(
            style, covered.nodes, self._lines(indent, releases, covered), before
        )
        for node in covered.hoisted:
            yield from unhoisted(self.file, node)
        yield from awaited(covered)

    def _by_using(self, releases: Releases) -> list[Edit] | None:
        """`using tree = …`, in a file that has such declarations, of a class that knows them."""
        keyword = self.statement.children[0]
        if not (self.remedy.disposable and self.file.has_using) or releases.leave_nothing:
            return None
        if releases.above or releases.behind:
            return None  # what is said of a release needs one
        if self.statement.type != "lexical_declaration" or keyword.type != "const":
            return None
        found = declarators(self.statement)
        name = found[0].child_by_field_name("name") if len(found) == 1 else None
        if name is None or name.type != "identifier":
            return None
        word = Edit(Span(keyword.start_byte, keyword.end_byte), b"using")
        return [word, *releases.taken(self.file.style)]

    def _moved_up(self, following: Sequence[Node], releases: Releases) -> list[Edit] | None:
        """The release is in the `finally` of a `try` that begins too late."""
        late = [node for node in following if _releases_in_finally(node, releases.statements)]
        if len(late) != 1 or late[0].child_by_field_name("handler") is not None:
            return None
        before = [node for node in following if node.start_byte < late[0].start_byte]
        if not before or not late[0].child_by_field_name("body"):
            return None
        rest = [node for node in following if node.start_byte > late[0].start_byte]
        names = frozenset(name for node in before for name in declared(node))
        finalizer = late[0].child_by_field_name("finalizer")
        if any(Held(names).is_in(node) for node in (*rest, finalizer) if node is not None):
            return None
        moved = guard.moved_up(self.file.style, before, late[0])
        return None if moved is None else [*moved, *self._caught(releases, late[0])]

    def _caught(self, releases: Releases, around: Node) -> Iterator[Edit]:
        """What moves into the guard must not be masked by a release that throws."""
        style = self.file.style
        for each in releases.statements if not self.remedy.quiet else ():
            if around in ancestors(each) and not _is_caught(each):
                indent = guard.base_indentation(style, each) + style.unit
                lines = report(style, self.remedy.place, self.cleanup.done, each, indent)
                yield from guard.caught(style, [each], lines)

    def _joined(self, covered: Extent, releases: Releases) -> list[Edit] | None:
        """The one statement to be covered is a `try`: it gets the release."""
        code = [node for node in covered.nodes if node.type != "comment"]
        if len(code) != 1 or code[0].type != "try_statement":
            return None
        finalizer = code[0].child_by_field_name("finalizer")
        if finalizer is not None and covered.held.is_in(finalizer):
            return None
        style = self.file.style
        indent = style.indentation(code[0].start_byte) + style.unit
        lines = self._lines(indent, releases, covered)
        return guard.with_finally(style, code[0], lines, releases.gone)


def _is_caught(release: Node) -> bool:
    """An error of it goes no further than a `try` of its own."""
    around = release.parent.parent if release.parent is not None else None
    return around is not None and around.type == "try_statement"
