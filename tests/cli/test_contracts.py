"""`cleanuplint contracts`: what is in force, one class, and a contract to keep."""

import re
import tomllib
from pathlib import Path

from click.testing import CliRunner, Result

from cleanuplint.cli.commands import group
from cleanuplint.contracts.loading import load
from tests.derive.test_in_projects import BINDINGS, CRATE, ENCODER, MANIFEST

USE = "import { open } from './pkg/doc.js';\nexport const a = () => open('a').text();\n"
TREE = "import { Parser } from 'web-tree-sitter';\nexport const parser = new Parser();\n"
POOL = """
import { Parser } from 'web-tree-sitter';
export class Pool {
  #parser = new Parser();
  dispose() { this.#parser.delete(); }
}
"""
POOLED = "import { Pool } from './pool.js';\nexport const run = () => new Pool().dispose();\n"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["contracts", *arguments], prog_name="cleanuplint")


def lay_out(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_lists_what_is_in_force_and_where_it_came_from(project: Path) -> None:
    files = {"use.js": USE, "tree.js": TREE, "pool.js": POOL, "pooled.js": POOLED}
    lay_out(project, {**BINDINGS, **files})
    ran = run()
    assert ran.exit_code == 0
    lines = ran.stdout.splitlines()
    assert "pkg/doc.d.ts: derived from pkg/doc.d.ts, doc.js" in lines
    assert "  classes    Doc, Text, Config" in lines
    assert "  functions  open" in lines
    assert "  used by    use.js" in lines
    assert "web-tree-sitter: from contracts/web-tree-sitter.toml" in lines
    assert "pool.js: inferred from its code" in lines
    assert "3 in force" in ran.stderr


def test_the_project_of_the_documentation(project: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/contracts.md").read_text(encoding="utf-8")
    _, _, section = page.partition("\n## What is in force\n")
    fences = re.findall(r"^```\w+\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    files = [text.split("\n", 1) for text in fences if text.startswith("// ")]
    assert len(files) == 3
    lay_out(project, {head.removeprefix("// "): text for head, text in files})
    [told] = [text for text in fences if text.startswith("$ cleanuplint contracts\n")]
    ran = run()
    assert ran.stdout == told.partition("\n")[2]
    assert ran.stderr.startswith("3 in force; ")


def test_lists_for_the_paths_that_are_named(project: Path) -> None:
    lay_out(project, {**BINDINGS, "a/use.js": TREE, "use.js": USE})
    assert "web-tree-sitter" in run("a").stdout
    assert "pkg/doc.d.ts" not in run("a").stdout
    missing = run("nowhere")
    assert missing.exit_code == 2
    assert missing.stderr.startswith("error: nowhere: ")
    assert missing.stderr.count("\n") == 1


def test_shows_a_class(project: Path) -> None:
    lay_out(project, {**BINDINGS, "use.js": USE})
    ran = run("show", "Doc")
    assert ran.exit_code == 0
    assert ran.stdout.startswith("# derived from pkg/doc.d.ts, doc.js\n[classes.Doc]\n")
    table = tomllib.loads(ran.stdout)["classes"]["Doc"]
    assert table["methods"]["text"] == "Text"
    assert table["consumes"]["set"] == [0]


def test_a_class_that_ships_needs_no_file_that_uses_it(project: Path) -> None:
    assert "[classes.Tiktoken]" in run("show", "Tiktoken").stdout


def test_an_unknown_class_is_told_in_one_line(project: Path) -> None:
    ran = run("show", "Tiktokn")
    assert ran.exit_code == 2
    assert ran.stderr == "error: no contract knows a class `Tiktokn` (did you mean `Tiktoken`?)\n"


def test_derives_a_contract_to_keep(project: Path) -> None:
    engine = {"Cargo.toml": MANIFEST, "src/lib.rs": CRATE, "pkg/my_engine.d.ts": ENCODER}
    lay_out(project, {f"engine/{name}": text for name, text in engine.items()})
    ran = run("derive", "engine/pkg", "--output", "contracts/engine.toml")
    assert ran.exit_code == 2, "the folder is not there"
    assert ran.stderr.count("\n") == 1
    ran = run("derive", "engine/pkg", "--output", "engine.toml")
    assert ran.exit_code == 0
    kept = load([project / "engine.toml"]).contracts[-1]
    assert kept.name == "my_engine"
    assert kept.classes["Encoder"].fills == {"encode"}
    assert kept.classes["Encoder"].clears >= {"clearBuffer"}
    assert any("pkg/my_engine" in pattern for pattern in kept.modules)


def test_derives_by_the_name_of_the_package(project: Path) -> None:
    manifest = '{"name": "@me/doc", "main": "doc.js", "types": "doc.d.ts"}'
    lay_out(project, {**BINDINGS, "pkg/package.json": manifest})
    for path in ("pkg", "pkg/doc.js", "pkg/doc.d.ts"):
        table = tomllib.loads(run("derive", path).stdout)
        assert table["name"] == "@me/doc"
        assert table["modules"][:2] == ["@me/doc", "@me/doc/*"]
        assert table["functions"] == {"open": "Doc"}


def test_what_is_no_binding_is_told_in_one_line(project: Path) -> None:
    lay_out(project, {"src/a.js": "export const a = 1;\n"})
    for path, reason in (("src", "no classes"), ("src/a.js", "no classes"), ("b", "no such file")):
        ran = run("derive", path)
        assert ran.exit_code == 2
        assert reason in ran.stderr
        assert ran.stderr.count("\n") == 1


def test_help_names_the_commands(project: Path) -> None:
    text = run("--help").stdout
    assert "derive" in text and "show" in text and "[PATHS]" in text
