"""What the attributes above an item say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from tree_sitter import Node

from cleanuplint.languages.rust.parsing import COMMENTS
from cleanuplint.languages.syntax import text_of

ROLES = ("constructor", "getter", "setter")
TESTS = frozenset({"test", "wasm_bindgen_test", "bench"})
CONDITIONS = frozenset({"cfg", "cfg_attr"})
NO_MANGLE, NAMED = "no_mangle", "export_name"
NOT_WASM = re.compile(
    r"""cfg\(not\((target_arch="wasm32"|target_family="wasm"|wasm32?|feature="wasm\w*")\)\)"""
)
TEST_BUILD = re.compile(r"cfg\((all\()?test\b")


@dataclass(frozen=True, slots=True)
class Attributes:
    """The attributes of one item."""

    bindgen: dict[str, str] | None = None
    """The options of `#[wasm_bindgen(…)]`, or None where there is no such attribute."""
    derives: frozenset[str] = frozenset()
    is_test: bool = False
    is_unmangled: bool = False
    export_name: str = ""
    is_elsewhere: bool = False
    """Not part of a build for WebAssembly."""
    is_conditional: bool = False
    """Part of some builds only, as far as anybody can tell: `cfg`, `cfg_attr`."""
    path: str = ""
    """The file of a module, as `#[path = "…"]` says it."""

    def symbol_of(self, name: str) -> str:
        """The name under which the linker exports a function; empty if it does not."""
        return self.export_name or (name if self.is_unmangled else "")


def attributes_of(item: Node) -> Attributes:
    """Those that stand directly before an item."""
    nodes: list[Node] = []
    before = item.prev_sibling
    while before is not None and (before.type == "attribute_item" or before.type in COMMENTS):
        if before.type == "attribute_item":
            nodes.append(before)
        before = before.prev_sibling
    return _read(nodes)


def _read(nodes: list[Node]) -> Attributes:
    tokens = [_tokens(node) for node in nodes]
    texts = ["".join(line) for line in tokens]
    names = frozenset(word for line in tokens for word in line)
    return Attributes(
        bindgen=_bindgen(tokens),
        derives=frozenset(w for line in tokens if "derive" in line for w in line),
        is_test=any(_is_test(line, text) for line, text in zip(tokens, texts, strict=True)),
        is_unmangled=NO_MANGLE in names,
        export_name=next(filter(None, map(_export_name, tokens)), ""),
        is_elsewhere=any(NOT_WASM.search(text) for text in texts),
        is_conditional=bool(names & CONDITIONS),
        path=next((line[4].strip('"') for line in tokens if line[2:4] == ["path", "="]), ""),
    )


def _export_name(line: list[str]) -> str:
    """`encode` of `export_name = "encode"`, in `unsafe(…)` and `cfg_attr` too."""
    at = line.index(NAMED) if NAMED in line else len(line)
    return line[at + 2].strip('"') if line[at + 1 : at + 2] == ["="] else ""


def _is_test(line: list[str], text: str) -> bool:
    return bool(TEST_BUILD.search(text)) or (
        line[:2] == ["#", "["] and bool(TESTS & set(line[2:5])) and "cfg" not in line
    )


def _tokens(node: Node) -> list[str]:
    """The tokens, a string with its quotes as one."""
    if node.type == "string_literal" or not node.child_count:
        return [text_of(node)] if node.type not in COMMENTS else []
    return [token for child in node.children for token in _tokens(child)]


def _bindgen(attributes: list[list[str]]) -> dict[str, str] | None:
    """The options of every `wasm_bindgen` among the attributes, in `cfg_attr` too."""
    options: dict[str, str] | None = None
    for line in attributes:
        for at, token in enumerate(line):
            if token == "wasm_bindgen" and line[at + 1 : at + 2] != ["::"]:
                options = {**(options or {}), **_options(line[at + 1 :])}
    return options


def _options(tokens: list[str]) -> dict[str, str]:
    if tokens[:1] != ["("]:
        return {}
    found: dict[str, str] = {}
    depth = 0
    for at, token in enumerate(tokens):
        depth += (token == "(") - (token == ")")
        if depth == 0:
            break
        if depth == 1 and tokens[at - 1] in ("(", ",") and at:
            found[token] = "".join(_option_value(tokens[at + 1 :])).strip('"')
    return found


def _option_value(tokens: list[str]) -> Iterator[str]:
    """`crate::Base` of `= crate::Base, …`."""
    if tokens[:1] == ["="]:
        yield from takewhile(lambda token: token not in (",", ")"), tokens[1:])
