"""Contracts are read strictly, and those that ship are all read."""

import re
import tomllib
from pathlib import Path

import pytest

from cleanuplint.analysis import check_source
from cleanuplint.contracts.loading import Knowledge, load
from cleanuplint.contracts.model import Contract, Returned
from cleanuplint.errors import UserError
from cleanuplint.rulebook import rules_folder

SHIPPED = sorted((rules_folder() / "contracts").glob("*.toml"))
REFERENCE = Path(__file__).parents[2] / "docs" / "contracts.md"


def _load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> Knowledge:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    return load([tmp_path / "mine.toml"])


def _named(knowledge: Knowledge, name: str) -> Contract:
    return next(contract for contract in knowledge.contracts if contract.name == name)


# ── what ships ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_contract_tells_its_library_and_is_named_after_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert _named(load(), path.stem).source == f"contracts/{path.name}"


def test_every_class_of_a_shipped_contract_is_of_use() -> None:
    """It has duties, or something that returns it, or is known by what it returns."""
    for contract in load().contracts:
        results = [*contract.functions.values()]
        for cls in contract.classes.values():
            results.extend(cls.methods.values())
        returned = {result.name for result in results}
        for cls in contract.classes.values():
            assert cls.is_owned or cls.methods or cls.name in returned, (contract.name, cls.name)


def test_the_reference_classes_clear_what_they_fill() -> None:
    classes = _named(load(), "swarm-engine").classes
    assert all(cls.clears and cls.fills for cls in classes.values())
    reading = {"deserializeMessage", "batchDeserialize", "isValidJson", "getBufferSize"}
    assert not any(cls.fills & reading for cls in classes.values())


def test_calls_that_run_the_users_code_may_throw() -> None:
    calls = set(load().non_raising)
    assert {"console.*", "Math.*", ".push", "new Map", "String"} <= calls
    assert not calls & {"JSON.*", "JSON.parse", "JSON.stringify", ".forEach", ".map", ".replace"}


# ── what users write ────────────────────────────────────────────────────────────────────────────


def test_the_example_of_the_documentation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fences = REFERENCE.read_text(encoding="utf-8").split("```toml\n")
    example = next(f.partition("```")[0] for f in fences if f.startswith("# thumbnailer"))
    contract = _named(_load(tmp_path, monkeypatch, example), "thumbnailer")
    assert contract.source == "mine.toml"
    assert contract.default == "init"
    assert contract.consumes == {"close": (0,)}
    picture = contract.classes["Picture"]
    assert picture.consumes == {"intoBytes": (-1,)}
    assert picture.methods == {
        "resize": Returned("Picture"),
        "layers": Returned("Layer", many=True),
        "palette": Returned("Palette", owned=False),
    }
    assert contract.classes["Encoder"].fills == {"encode"}
    assert not contract.classes["Layer"].constructor


def test_functions_and_constructors_that_do_not_throw(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = _named(_load(tmp_path, monkeypatch, HEAD + 'quiet = ["new Vec*", "now"]'), "mine")
    assert contract.is_quiet("new Vec3") and contract.is_quiet("now")
    assert not contract.is_quiet("Vec3") and not contract.is_quiet("new Mesh")


def test_the_contract_of_raw_exports_in_the_reference_finds_what_its_example_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fences = REFERENCE.read_text(encoding="utf-8").split("```toml\n")
    text = next(f.partition("```")[0] for f in fences if f.startswith('name = "codec"'))
    knowledge = _load(tmp_path, monkeypatch, text)
    (code,) = tomllib.loads(text)["examples"]["py"].values()
    found, _ = check_source(code.encode(), ".py", knowledge)
    marks = re.findall(r"^(.*) # error: \[(.*)\]$", code, re.MULTILINE)
    assert [(code[: one.span.start].count("\n"), one.rule) for one in found] == [
        (code[: code.index(line)].count("\n"), rule) for line, rule in marks
    ]
    assert len(found) == 2


def test_numbered_constructors_are_of_one_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = HEAD + '[classes.Box]\noverloads = 2\nreleases = ["delete"]\n'
    classes = _named(_load(tmp_path, monkeypatch, text), "mine").classes
    assert list(classes) == ["Box", "Box_1", "Box_2"]
    assert {cls.name for cls in classes.values()} == {"Box"}


def test_classes_and_calls_of_the_configuration() -> None:
    knowledge = load((), {"Engine": {"releases": ["free"]}}, ["log.*"], "cleanuplint.toml")
    contract = _named(knowledge, "project")
    assert contract.source == "cleanuplint.toml"
    assert contract.modules == ("*",)
    assert contract.classes["Engine"].releases == {"free"}
    assert "log.*" in knowledge.non_raising


def test_packages_of_npm_say_nothing_of_programs_in_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {one.name for one in load().of("python").contracts}
    assert names >= {"wasmtime-py", "exported-allocators"}
    assert not names & {"tiktoken", "embind"}
    text = HEAD + 'languages = ["python"]\nnpm = ["mine@1.0.0"]\n'
    knowledge = _load(tmp_path, monkeypatch, text)
    assert "mine" in {one.name for one in knowledge.of("python").contracts}
    assert "mine" not in {one.name for one in knowledge.of("javascript").contracts}


HEAD = 'name = "mine"\n'

WRONG = {
    "unknown key": (
        HEAD + 'module = ["x"]\n',
        "mine.toml:2: unknown key `module` (did you mean `modules`?)",
    ),
    "unknown key of a class": (
        HEAD + '[classes.A]\nreleases = ["free"]\n[classes.B]\nrelease = ["free"]\n',
        "mine.toml:5: unknown key `release` (did you mean `releases`?)",
    ),
    "unknown key unlike any": (
        HEAD + "[classes.A]\nxyz = 1\n",
        "mine.toml:3: unknown key `xyz`; known are adopts, clears, constructor, consumes, ",
    ),
    "no name": (
        'modules = ["x"]\n',
        'mine.toml:1: `name` must be a string; write `name = "my-library"`',
    ),
    "a string for a list": (
        HEAD + 'modules = "x"\n',
        'mine.toml:2: `modules` must be a list of strings, like ["free"]',
    ),
    "a list of numbers": (
        HEAD + "[classes.A]\nreleases = [1]\n",
        'mine.toml:3: `releases` must be a list of strings, like ["free"]',
    ),
    "a list for a table": (
        HEAD + "functions = []\n",
        "mine.toml:2: `functions` must be a table; write it as `[functions]`",
    ),
    "a class that is no table": (
        HEAD + '[classes]\nA = ["free"]\n',
        "mine.toml:3: `A` must be a table; write it as `[classes.A]`",
    ),
    "a constructor that is no flag": (
        HEAD + '[classes.A]\nconstructor = "no"\n',
        "mine.toml:3: `constructor` must be true or false",
    ),
    "a result that is no class": (
        HEAD + '[functions]\nopen = "A | null"\n[classes.A]\n',
        'mine.toml:3: `open` must be a class, `"Tree"`, `"&Tree"` or `"Tree[]"`, not \'A | null\'',
    ),
    "a misspelt class": (
        HEAD + '[classes.Tree]\nmethods = { copy = "&Three" }\n',
        "mine.toml:3: `copy` returns the unknown class `Three` (did you mean `Tree`?)",
    ),
    "a missing class": (
        HEAD + '[functions]\nopen = "Xyz[]"\n[classes.Tree]\n',
        "mine.toml:3: `open` returns the unknown class `Xyz`; add `[classes.Xyz]`",
    ),
    "an index that is no number": (
        HEAD + '[consumes]\nclose = ["0"]\n',
        "mine.toml:3: `close` must be a list of argument positions from 0, like [0]",
    ),
    "a receiver of a function": (
        HEAD + "[consumes]\nclose = [-1]\n",
        "mine.toml:3: `close` must be a list of argument positions from 0, like [0]",
    ),
    "an index that is a flag": (
        HEAD + "[classes.A]\nconsumes = { take = [true] }\n",
        "mine.toml:3: `take` must be a list of argument positions from -1, like [0]",
    ),
    "a getter that is no method": (
        HEAD + '[classes.A]\nmethods = { part = "A" }\ngetters = ["prt"]\n',
        "mine.toml:4: `getters` names `prt`, of which nothing is known (did you mean `part`?)",
    ),
    "an unknown default": (
        HEAD + 'default = "init"\n',
        "mine.toml:2: `default` must name a class or function of this file, not 'init'",
    ),
    "the name of a shipped contract": (
        '# mine\nname = "sql.js"\n',
        "mine.toml:2: `sql.js` is also the name of contracts/sql.js.toml; choose another name",
    ),
    "a package without its version": (
        HEAD + 'npm = ["mine"]\n',
        "mine.toml:2: `npm` lists 'mine'; name the version that was read, like \"tiktoken@1.0.22\"",
    ),
    "a language that none calls from": (
        HEAD + 'languages = ["rust"]\n',
        'mine.toml:2: `languages` must be a list of "javascript" or "python"',
    ),
    "an example that is no code": (
        HEAD + "[examples.js]\nfreed = 1\n",
        "mine.toml:3: `freed` must be a string, the code of the example",
    ),
    "a home that is no class": (
        HEAD + '[classes.A]\nlives-in = "Sotre"\n[classes.Store]\n',
        "mine.toml:3: `lives-in` names the unknown class `Sotre` (did you mean `Store`?)",
    ),
    "a home that is no name": (
        HEAD + "[classes.A]\nlives-in = true\n",
        "mine.toml:3: `lives-in` must be the name of a class",
    ),
    "a number of overloads that is none": (
        HEAD + "[classes.A]\noverloads = true\n",
        "mine.toml:3: `overloads` must be the number of constructors `X_1`, `X_2`, …",
    ),
    "no TOML": (HEAD + "modules = [\n", "mine.toml: this is not TOML: "),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_told_in_one_line_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    with pytest.raises(UserError) as refused:
        _load(tmp_path, monkeypatch, text)
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith(message)


def test_the_line_of_broken_toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match=r"^mine\.toml:2: this is not TOML: .*; mend it$"):
        _load(tmp_path, monkeypatch, HEAD + "modules = = 1\n")


def test_a_file_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=r"^absent\.toml: No such file or directory; "):
        load([tmp_path / "absent.toml"])


def test_a_file_that_is_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_bytes(b"name = '\xff'")
    with pytest.raises(UserError, match=r"^mine\.toml: this is no UTF-8 text; "):
        load([tmp_path / "mine.toml"])


def test_a_mistake_in_the_configuration_has_its_line_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = '[tool.other]\nfill = 1\n\n[tool.cleanuplint.classes.Engine]\nfill = ["run"]\n'
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(UserError, match=r"^pyproject\.toml:5: unknown key `fill`"):
        load((), {"Engine": {"fill": ["run"]}}, (), "pyproject.toml")


def test_two_files_of_one_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(HEAD)
    with pytest.raises(UserError, match=r"^b\.toml:1: `mine` is also the name of a\.toml"):
        load([tmp_path / "a.toml", tmp_path / "b.toml"])
