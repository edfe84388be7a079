"""Factories, wrappers and helpers of one file, used in another."""

from pathlib import Path

import pytest

from cleanuplint.config import Configuration
from cleanuplint.files.targets import Target
from cleanuplint.run import run

POOL = """
import { Parser } from 'web-tree-sitter';
export class Pool {
  #parser = new Parser();
  parse(code) { return this.#parser.parse(code); }
  dispose() { this.#parser.delete(); }
}
export function makeTree(code) {
  const pool = new Pool();
  try { return pool.parse(code); } finally { pool.dispose(); }
}
export function safeFree(x) { try { x.delete(); } catch (error) { console.warn(error); } }
export const shared = new Parser();
export default makeTree;
"""
BARREL = "export * from './pool.js';\nexport { makeTree as build } from './pool.js';\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pool.js").write_text(POOL)
    (tmp_path / "index.js").write_text(BARREL)
    (tmp_path / "cleanuplint.toml").write_text("")
    return tmp_path


def found(project: Path, name: str, source: str) -> set[tuple[int, str]]:
    path = project / name
    path.write_text(source)
    report = run([Target(path, named=True)], [], Configuration())
    assert not report.errors
    return {(item.start.line, item.rule) for result in report.results for item in result.findings}


CASES = {
    "a wrapper is a resource": (
        "import { Pool } from './pool.js';\n"
        "export function a() { const pool = new Pool(); pool.parse('x').delete(); }",
        {(2, "missing-release")},
    ),
    "a released wrapper": (
        "import { Pool } from './pool.js';\n"
        "export function a(f) { const p = new Pool(); try { f(p); } finally { p.dispose(); } }",
        set(),
    ),
    "the caller of a factory owes the release": (
        "import { makeTree } from './pool';\n"
        "export function a() { const tree = makeTree('x'); return tree.rootNode.text; }",
        {(2, "missing-release")},
    ),
    "a default import": (
        "import parse from './pool';\nexport function a() { parse('x'); }",
        {(2, "discarded-resource")},
    ),
    "CommonJS": (
        "const { makeTree } = require('./pool');\n"
        "exports.a = () => { const tree = makeTree('x'); return tree.rootNode.text; };",
        {(2, "missing-release")},
    ),
    "through a barrel, renamed": (
        "import { build } from './index.js';\n"
        "export function a() { const tree = build('x'); return tree.rootNode.text; }",
        {(2, "missing-release")},
    ),
    "a helper that releases": (
        "import { makeTree, safeFree } from './index.js';\n"
        "export function a(f) { const t = makeTree('x'); try { f(t); } finally { safeFree(t); } }",
        set(),
    ),
    "an exported object": (
        "import { shared } from './pool.js';\n"
        "export function a() { const tree = shared.parse('x'); return tree.rootNode.text; }",
        {(2, "missing-release")},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_file_knows_what_it_imports(project: Path, name: str) -> None:
    source, expected = CASES[name]
    assert found(project, "use.js", source) == expected


def test_a_method_of_another_file_that_lends(project: Path) -> None:
    """It gives what a collection holds, whatever the members say that the value is asked for."""
    (project / "history.ts").write_text(
        "import Parser from 'web-tree-sitter';\n"
        "export class History {\n"
        "  private trees: Map<string, Parser.Tree[]> = new Map();\n"
        "  latest(path: string): Parser.Tree | null {\n"
        "    const trees = this.trees.get(path);\n"
        "    return trees ? trees[0] : null;\n"
        "  }\n"
        "}\n"
    )
    source = (
        "import { History } from './history';\n"
        "const history = new History();\n"
        "export function a(path: string) {\n"
        "  const tree = history.latest(path);\n"
        "  return tree ? tree.rootNode.type : null;\n"
        "}\n"
    )
    assert found(project, "use.ts", source) == set()
