"""Guard-removal mutants: accepted code without one of its guards.

A guard is a statement that releases or clears, or the word `using`. Where the code has another
release of the same thing, the mutant may be as good as the original.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from tree_sitter import Node

from cleanuplint.analysis import check_source
from cleanuplint.contracts.loading import Knowledge, load
from cleanuplint.contracts.registry import Registry
from cleanuplint.files.generated import is_generated
from cleanuplint.findings import Confidence
from cleanuplint.languages.javascript.parsing import parse
from cleanuplint.languages.syntax import text_of
from cleanuplint.rulebook import rules

ROOT = Path(__file__).parents[2]
CLEAN_CODE = (ROOT / "examples" / "swarm-clean",)
SUFFIXES = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
NO_CODE_OF_ITS_OWN = frozenset({"syntax-error", "unused-suppression"})
FUNCTIONS = frozenset({"function_declaration", "function_expression", "method_definition"})
USING = re.compile(rb"^(\s*|.*\()(?:await\s+)?using (?=[\w$]+\s*(?:[=:]|of\b))", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Accepted:
    """Code that the linter is silent about, and where it is from."""

    origin: str
    suffix: str
    source: bytes


@dataclass(frozen=True, slots=True)
class Mutant:
    """Accepted code without one guard."""

    accepted: Accepted
    kind: str
    """`finally`, `elsewhere` (a release that is in no `finally`) or `using`."""
    removed: str
    line: int
    source: bytes
    has_other: bool
    """The same thing is released or cleared at another place of the code."""

    @property
    def name(self) -> str:
        return f"{self.accepted.origin}:{self.line}"


@cache
def knowledge() -> Knowledge:
    return load()


@cache
def cleanup_names() -> frozenset[str]:
    registry = Registry(knowledge().contracts)
    return registry.release_names | registry.clear_names


def accepted() -> list[Accepted]:
    return [*_fences(), *_files()]


def _fences() -> Iterator[Accepted]:
    for rule in rules().values():
        section = name = ""
        tokens = MarkdownIt().parse(rule.page)
        for token, after in zip(tokens, tokens[1:] + tokens[-1:], strict=True):
            if token.type == "heading_open":
                section = after.content if token.tag == "h2" else section
                name = after.content
            suffix = f".{token.info.strip()}"
            wanted = token.type == "fence" and section == "Accepted" and suffix in SUFFIXES
            if wanted and rule.id not in NO_CODE_OF_ITS_OWN and "cleanuplint:" not in token.content:
                yield Accepted(f"{rule.id}.md: {name}", suffix, token.content.encode())


def _files() -> Iterator[Accepted]:
    for folder in CLEAN_CODE:
        for path in sorted(folder.rglob("*")):
            if path.suffix in SUFFIXES and not is_generated(path.read_bytes()):
                origin = path.relative_to(ROOT).as_posix()
                yield Accepted(origin, path.suffix, path.read_bytes())


def mutants(code: Accepted) -> Iterator[Mutant]:
    root = parse(code.source, code.suffix)
    calls = list(_cleanup_calls(root))
    for call in calls:
        statement = _statement(call)
        inside = [one for one in calls if _covers(statement, one)]
        if inside[0] != call:
            continue
        others = {_thing(one) for one in calls if one not in inside}
        yield _without(code, statement, inside, {_thing(one) for one in inside} <= others)
    for match in USING.finditer(code.source):
        source = code.source[: match.start()] + match[1] + b"const " + code.source[match.end() :]
        line = code.source.count(b"\n", 0, match.end()) + 1
        yield Mutant(code, "using", "using", line, source, has_other=False)


def _without(code: Accepted, statement: Node, inside: list[Node], has_other: bool) -> Mutant:
    before, after = code.source[: statement.start_byte], code.source[statement.end_byte :]
    kind = "finally" if _ancestor(statement, "finally_clause") is not None else "elsewhere"
    removed = " ".join(text_of(inside[0]).split())
    line = statement.start_point[0] + 1
    return Mutant(code, kind, removed, line, before + b";" + after, has_other)


def _cleanup_calls(node: Node) -> Iterator[Node]:
    if node.type == "call_expression" and _cleans(node):
        yield node
    for child in node.children:
        yield from _cleanup_calls(child)


def _cleans(call: Node) -> bool:
    callee, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    if callee is None or callee.type != "member_expression" or arguments is None:
        return False
    name = callee.child_by_field_name("property")
    if name is None or text_of(name) not in cleanup_names() or arguments.named_children:
        return False
    return "(" not in _receiver(call)  # `f().free()` acquires what it releases


def _thing(call: Node) -> tuple[str, int]:
    """What a call releases: a name, in the function that says it."""
    node = call
    while node.parent is not None and node.type not in FUNCTIONS:
        node = node.parent
    return _receiver(call).rstrip("?"), node.start_byte


def _receiver(call: Node) -> str:
    callee = call.child_by_field_name("function")
    receiver = callee.child_by_field_name("object") if callee is not None else None
    return text_of(receiver) if receiver is not None else ""


def _statement(call: Node) -> Node:
    """The guard as a whole: the outermost statement around a call that is there for it alone."""
    node = call
    while node.parent is not None and not _holds_statements(node.parent):
        node = node.parent
    while (outer := _wrapper(node)) is not None:
        node = outer
    return node


def _holds_statements(node: Node) -> bool:
    body = ("statement_block", "program", "switch_case", "switch_default", "arrow_function")
    return node.type in body or (node.type == "if_statement")


def _wrapper(node: Node) -> Node | None:
    """`if (x) x.free()` and `try { x.free() } catch {}` around nothing else."""
    parent = node.parent
    if parent is None:
        return None
    if parent.type == "if_statement" and parent.child_by_field_name("alternative") is None:
        return parent
    if parent.type != "statement_block" or len(parent.named_children) > 1:
        return None
    outer = parent.parent
    guards = ("if_statement", "try_statement")
    if outer is not None and outer.type in guards and _only_body(outer, parent):
        return outer
    return None


def _only_body(statement: Node, body: Node) -> bool:
    if statement.type == "if_statement":
        return statement.child_by_field_name("alternative") is None
    return statement.child_by_field_name("body") == body and not any(
        child.type == "finally_clause" for child in statement.children
    )


def _ancestor(node: Node, kind: str) -> Node | None:
    current: Node | None = node
    while current is not None and current.type != kind:
        current = current.parent
    return current


def _covers(statement: Node, call: Node) -> bool:
    return statement.start_byte <= call.start_byte and call.end_byte <= statement.end_byte


def findings(source: bytes, suffix: str) -> set[str]:
    """The rules that object, as far as they are shown by default."""
    found, _ = check_source(source, suffix, knowledge())
    return {
        one.rule
        for one in found
        if rules()[one.rule].default
        and (one.confidence >= Confidence.LIKELY or rules()[one.rule].category != "ownership")
    }
