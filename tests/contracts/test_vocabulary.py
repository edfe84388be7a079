"""The words of the byte scan: no file that may have a finding is without one."""

import pytest

from cleanuplint.contracts.loading import load
from cleanuplint.contracts.model import Contract, ResourceClass
from cleanuplint.contracts.vocabulary import END, words
from cleanuplint.files.prefilter import Prefilter


def _passes(text: str, vocabulary: frozenset[str]) -> bool:
    return Prefilter(vocabulary, name_heuristics=False).passes(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        'import { Parser } from "web-tree-sitter";',
        'const { MessageSerializer } = require("../wasm-regex-engine/pkg/wasm_regex_engine.js");',
        'const init = await import("sql.js/dist/sql-wasm.js");',
        "const mat = new cv.Mat();",
        "function crop({ Mat }) {}\ncrop(cv)\n",
        "const { imread } = cv;",
        "const p = Module._malloc(8);",
        "const { alloc: take, dealloc } = instance.exports;",
        "const s = client.prepare(q); s.free();",
        "handle?.free?.();",
        "text = wasmSerializer.serializeMessage(envelope);",
        "codec.clearBuffer();",
        'import { get_encoding } from "npm:tiktoken@1.0.22";',
    ],
)
def test_a_file_that_names_a_resource_is_read(text: str) -> None:
    assert _passes(text, load().words)


@pytest.mark.parametrize(
    "text",
    [
        "const seen = new Set(); seen.delete(x); cache.clear();",
        "class Parser { parse(text) { return text; } close() {} }",
        'Object.defineProperty(exports, "__esModule", { value: true });',
        "exports.__esModule = true;",
        "sock.recvfrom(buffer); const free = isFree(); // carefree",
        'import { Database } from "better-sqlite3"; db.prepare(sql).run(); db.close();',
        "for (const tree of trees) { tree.rootNode; walk(tree); }",
        "const { allocated, reallocate } = pool.alloc_stats();",
    ],
)
def test_an_unrelated_file_is_skipped(text: str) -> None:
    assert not _passes(text, load().words)


def test_a_class_of_the_configuration_is_a_word_itself() -> None:
    knowledge = load((), {"Engine": {"releases": ["end"], "fills": ["encodeFrame", "write"]}})
    added = knowledge.words - load().words
    assert added == {"Engine", "encodeFrame", "encode_frame"}


def test_a_class_without_a_library_is_found_by_its_telling_methods() -> None:
    cls = ResourceClass("Handle", "any", distinctive=frozenset({"dispose", "intoRaw"}))
    found = words([Contract("any", "any.toml", classes={"Handle": cls})])
    assert found == {"intoRaw" + END, ".dispose(", ".dispose?.("}


def test_a_pattern_gives_its_longest_literal_part() -> None:
    found = words([Contract("any", "any.toml", modules=("*[/:]loro-crdt@*", "a/*/long-name?.js"))])
    assert found == {"loro-crdt@", "/long-name"}
