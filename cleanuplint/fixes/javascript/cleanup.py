"""What a release looks like, as lines without indentation.

encoder.free();                  where it can't practically throw

try {                            where it can: the first error must not be masked
  encoder.free();
} catch (cleanupError) {
  console.warn('encoder was not released:', cleanupError);
}
"""

import re
from dataclasses import dataclass

from tree_sitter import Node

from cleanuplint.findings import Remedy
from cleanuplint.fixes.javascript.style import Style
from cleanuplint.fixes.javascript.tree import mentions_path
from cleanuplint.languages.syntax import ancestors, text_of, within

Lines = tuple[str, ...]

EACH = "each"
"""What an element is called where all of a collection are released."""
LOGGER = re.compile(r"(?:this\.)?_?(?:logger|log)$")


@dataclass(frozen=True, slots=True)
class Cleanup:
    """How the duty of one remedy is met in one file."""

    style: Style
    remedy: Remedy

    @property
    def done(self) -> str:
        """What the release does, for a message."""
        return "cleared" if self.remedy.clears else "released"

    def call(self, place: str, optional: bool = False) -> str:
        """The expression; `optional` where there may be nothing to release."""
        question = "?" if optional else ""
        if self.remedy.many:
            return f"{place}{question}.forEach(({EACH}) => {self._single(EACH)})"
        return self._single(place, question)

    def _single(self, place: str, question: str = "") -> str:
        if self.remedy.by_function:
            return f"{self.remedy.release}({place})"
        return f"{place}{question}.{self.remedy.release}()"

    def plain(self, place: str, optional: bool = False) -> Lines:
        """The release alone."""
        end = self.style.semicolon
        if optional and (self.remedy.by_function or not self.style.optional_chaining):
            return self._block(f"if ({place}) {{", (self.call(place) + end,))
        return (self.call(place, optional) + end,)

    def safe(self, place: str, at: Node, indent: str, optional: bool = False) -> Lines:
        """The release so that it never throws, for a `finally` that is `indent` deep."""
        if self.remedy.assumed:
            return self._duck_typed(place, at, indent)
        lines = self.plain(place, optional)
        return lines if self.remedy.quiet else self._caught(lines, place, at, indent)

    def by_helper(self, call: str, at: Node, indent: str) -> Lines:
        """The code's own call of a helper, made safe like any release."""
        lines = (call + self.style.semicolon,)
        if self.remedy.quiet:
            return lines
        return self._caught(lines, self.remedy.place, at, indent)

    def _duck_typed(self, place: str, at: Node, indent: str) -> Lines:
        """Nobody knows whether it is there."""
        test = f"if ({place} && typeof {place}.{self.remedy.release} === "
        quote = self.style.quote
        inner = self._caught(self.plain(place), place, at, indent + self.style.unit)
        return self._block(f"{test}{quote}function{quote}) {{", inner)

    def _caught(self, lines: Lines, place: str, at: Node, indent: str) -> Lines:
        unit = self.style.unit
        return (
            "try {",
            *(unit + line for line in lines),
            "} catch (cleanupError) {",
            *(unit + line for line in report(self.style, place, self.done, at, indent + unit)),
            "}",
        )

    def _block(self, head: str, lines: Lines) -> Lines:
        return (head, *(self.style.unit + line for line in lines), "}")


def report(style: Style, place: str, done: str, at: Node, indent: str) -> Lines:
    """The warning that a cleanup failed, `indent` deep."""
    warn = f"{logger_at(at, style.root)}.warn"
    message = f"{style.quote}{place} was not {done}:{style.quote}"
    line = f"{warn}({message}, cleanupError){style.semicolon}"
    if len(indent.expandtabs(4)) + len(line) <= style.width:
        return (line,)
    unit = style.unit
    return (f"{warn}(", f"{unit}{message},", f"{unit}cleanupError,", f"){style.semicolon}")


def logger_at(at: Node, root: Node) -> str:
    """What reports a warning at a place: the logger that the code around it uses, or `console`."""
    classes = [node for node in ancestors(at) if node.type == "class_body"]
    for scope in (*classes[:1], root):
        for node in within(scope):
            name = _logger(node)
            if name and (scope is not root or _is_of_module(name, root)):
                return name
    return "console"


def _logger(node: Node) -> str:
    """`logger` in a call `logger.warn(…)`."""
    if node.type != "call_expression":
        return ""
    method = node.child_by_field_name("function")
    if method is None or method.type != "member_expression":
        return ""
    owner, name = method.child_by_field_name("object"), method.child_by_field_name("property")
    if owner is None or name is None or text_of(name) != "warn":
        return ""
    return text_of(owner) if LOGGER.fullmatch(text_of(owner)) else ""


def _is_of_module(name: str, root: Node) -> bool:
    """The module imports or declares it, so it is visible everywhere."""
    return any(
        mentions_path(statement, name)
        for statement in root.named_children
        if statement.type in ("import_statement", "lexical_declaration", "variable_declaration")
    )
