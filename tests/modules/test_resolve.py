"""Which file an import names, case by case: the files of a project, the import, what it means."""

from pathlib import Path

import pytest

from cleanuplint.modules import Modules

Files = dict[str, str]


def written(folder: Path, files: Files) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def resolved(folder: Path, files: Files, importer: str, specifier: str) -> str | None:
    root = written(folder, files)
    found = Modules().resolve((root / importer).parent, specifier)
    return found.relative_to(root).as_posix() if found is not None else None


RELATIVE = {
    "the file that will be": ({"a.ts": ""}, "./a.js", "a.ts"),
    "no suffix": ({"a.tsx": ""}, "./a", "a.tsx"),
    "a module suffix": ({"a.mts": ""}, "./a.mjs", "a.mts"),
    "a dot in the name": ({"a.model.ts": ""}, "./a.model", "a.model.ts"),
    "an index": ({"a/index.tsx": ""}, "./a", "a/index.tsx"),
    "a file before a folder": ({"a.ts": "", "a/index.ts": ""}, "./a", "a.ts"),
    "a query of a bundler": ({"a.ts": ""}, "./a?worker", "a.ts"),
    "declarations alone": ({"a.d.ts": ""}, "./a.js", "a.d.ts"),
    "a folder with a manifest": (
        {"pkg/package.json": '{"main": "engine.js"}', "pkg/engine.js": ""},
        "./pkg",
        "pkg/engine.js",
    ),
    "nothing": ({"a.ts": ""}, "./b", None),
}


@pytest.mark.parametrize("name", RELATIVE)
def test_relative(tmp_path: Path, name: str) -> None:
    files, specifier, expected = RELATIVE[name]
    assert resolved(tmp_path, files, "use.ts", specifier) == expected


def manifest(text: str) -> Files:
    return {"packages/core/package.json": '{"name": "@w/core", ' + text + "}"}


WORKSPACE = {"package.json": '{"workspaces": ["packages/*"]}'}
SRC = "packages/core/src/"
PACKAGES = {
    "the source of what is built": (
        {**manifest('"main": "dist/index.js"'), SRC + "index.ts": ""},
        "@w/core",
        SRC + "index.ts",
    ),
    "the source, though the build is there": (
        {
            **manifest('"main": "dist/index.js"'),
            SRC + "index.ts": "",
            "packages/core/dist/index.js": "",
        },
        "@w/core",
        SRC + "index.ts",
    ),
    "exports by condition": (
        {
            **manifest('"exports": {".": {"types": "./t.d.ts", "import": "./lib/esm/a.mjs"}}'),
            SRC + "a.ts": "",
            "packages/core/t.d.ts": "",
        },
        "@w/core",
        SRC + "a.ts",
    ),
    "exports, nested": (
        {**manifest('"exports": {"node": {"import": "./a.js"}}'), "packages/core/a.js": ""},
        "@w/core",
        "packages/core/a.js",
    ),
    "a subpath": (
        {**manifest('"exports": {"./pool": "./dist/pool.js"}'), SRC + "pool.ts": ""},
        "@w/core/pool",
        SRC + "pool.ts",
    ),
    "a subpath pattern": (
        {**manifest('"exports": {"./x/*": "./dist/y/*.js"}'), SRC + "y/pool.ts": ""},
        "@w/core/x/pool",
        SRC + "y/pool.ts",
    ),
    "a subpath without exports": (
        {**manifest('"main": "a.js"'), "packages/core/lib/pool.js": ""},
        "@w/core/lib/pool",
        "packages/core/lib/pool.js",
    ),
    "types alone": (
        {**manifest('"types": "t.d.ts"'), "packages/core/t.d.ts": ""},
        "@w/core",
        "packages/core/t.d.ts",
    ),
    "no entry named": (
        {**manifest('"version": "1"'), SRC + "index.ts": ""},
        "@w/core",
        SRC + "index.ts",
    ),
}


@pytest.mark.parametrize("name", PACKAGES)
def test_packages_of_a_workspace(tmp_path: Path, name: str) -> None:
    files, specifier, expected = PACKAGES[name]
    assert resolved(tmp_path, WORKSPACE | files, "packages/app/src/use.ts", specifier) == expected


@pytest.mark.parametrize(
    "root",
    [
        {"package.json": '{"workspaces": {"packages": ["packages/**"]}}'},
        {"pnpm-workspace.yaml": "packages:\n  # ours\n  - 'packages/*'  # all\n  - tools\n"},
        {"lerna.json": '{"packages": ["packages/c*"]}'},
        {"node_modules/@w/core/package.json": "{}", "node_modules/@w/core/index.js": ""},
        {"packages/app/package.json": '{"dependencies": {"@w/core": "file:../core"}}'},
    ],
)
def test_where_packages_are_found(tmp_path: Path, root: Files) -> None:
    core = {"packages/core/package.json": '{"name": "@w/core"}', "packages/core/index.js": ""}
    found = resolved(tmp_path, core | root, "packages/app/src/use.ts", "@w/core")
    assert found is not None and found.endswith("core/index.js")


def test_a_package_knows_itself_and_its_internal_names(tmp_path: Path) -> None:
    files = {
        "package.json": '{"name": "me", "exports": "./a.js", "imports": {"#x/*": "./src/*.ts"}}',
        "a.js": "",
        "src/b.ts": "",
    }
    assert resolved(tmp_path, files, "src/use.ts", "me") == "a.js"
    assert resolved(tmp_path, files, "src/use.ts", "#x/b") == "src/b.ts"


MAPPED = {
    "paths": (
        {"tsconfig.json": '{"compilerOptions": {"paths": {"@lib/*": ["./libs/*"]}}}'},
        "@lib/a",
    ),
    "comments and trailing commas": (
        {
            "tsconfig.json": '{/* "a" */ "compilerOptions": '
            '{"paths": {"@lib/*": ["libs/*",],}, // x\n}}'
        },
        "@lib/a",
    ),
    "a base": ({"tsconfig.json": '{"compilerOptions": {"baseUrl": "libs"}}'}, "a"),
    "paths from a base": (
        {"tsconfig.json": '{"compilerOptions": {"baseUrl": "libs", "paths": {"x": ["a"]}}}'},
        "x",
    ),
    "extended": (
        {
            "app/tsconfig.json": '{"extends": "../base.json"}',
            "base.json": '{"compilerOptions": {"paths": {"~*": ["./libs/*"]}}}',
        },
        "~a",
    ),
    "extended by each other": (
        {
            "app/tsconfig.json": '{"extends": "../base.json"}',
            "base.json": '{"extends": "./app/tsconfig.json", '
            '"compilerOptions": {"baseUrl": "libs"}}',
        },
        "a",
    ),
}


@pytest.mark.parametrize("name", MAPPED)
def test_path_mappings(tmp_path: Path, name: str) -> None:
    files, specifier = MAPPED[name]
    assert resolved(tmp_path, files | {"libs/a.ts": ""}, "app/use.ts", specifier) == "libs/a.ts"


def test_the_source_folder_as_bundlers_name_it(tmp_path: Path) -> None:
    files = {"package.json": "{}", "src/a.ts": ""}
    assert resolved(tmp_path, files, "src/deep/use.ts", "@/a") == "src/a.ts"


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"exports": 1, "main": []}', '{"exports": {"./a": null}}', "\x00"]
)
def test_a_broken_manifest_says_nothing(tmp_path: Path, text: str) -> None:
    files = {"node_modules/a/package.json": text}
    assert resolved(tmp_path, files, "use.ts", "a") is None
