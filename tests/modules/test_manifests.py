"""What a `Cargo.toml` says, and that one of another shape stops nothing."""

from pathlib import Path

import pytest

from cleanuplint.modules.built import built_by, dependencies
from cleanuplint.modules.manifests import library_name, module_names, workspace_around


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Cargo.toml").write_text(text)
    return folder


def test_the_names_of_what_a_package_builds(tmp_path: Path) -> None:
    text = '[package]\nname = "my-engine"\n[lib]\nname = "engine"\n[[bin]]\nname = "tool"\n'
    package = write(tmp_path, text)
    assert module_names(package) == {"my_engine", "engine", "tool"}
    assert library_name(package) == "engine"


def test_dependencies_by_path_and_by_the_workspace(tmp_path: Path) -> None:
    write(tmp_path, '[workspace.dependencies]\nshared = { path = "shared" }\nserde = "1"\n')
    text = (
        '[package]\nname = "a"\n[dependencies]\nshared.workspace = true\nserde.workspace = true\n'
    )
    package = write(tmp_path / "a", text + 'near = { path = "../near" }\n')
    assert dependencies(package) == (tmp_path / "shared", tmp_path / "near")


@pytest.mark.parametrize(
    "text",
    [
        "[package",
        "package = 1",
        'package = "a"\nlib = 2\nbin = "c"',
        "bin = [1, 2]\nworkspace = []\ndependencies = 3",
        "[workspace]\ndependencies = 1\nmembers = 2\n[package]\nname = 7\n[dependencies]\na = 1\n",
        "[dependencies]\na = { path = 3 }\nb = { workspace = true }\n[[lib]]\nname = []\n",
    ],
)
def test_a_manifest_of_another_shape_says_nothing(text: str, tmp_path: Path) -> None:
    package = write(tmp_path, text)
    assert module_names(package) == frozenset()
    assert dependencies(package) == ()
    assert not built_by(tmp_path).packages
    assert library_name(package) == ""
    assert all(isinstance(it, dict) for _, it in filter(None, [workspace_around(package)]))
