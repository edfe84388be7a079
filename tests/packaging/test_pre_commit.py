"""The hook for pre-commit, as a user has it: installed from a git repository, at a commit."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("cleanuplint", "wasm_verify", "rules", "pyproject.toml", "README.md", "LICENSE")

LEAK = """\
import Parser from "web-tree-sitter";

export function outline(text) {
  const parser = new Parser();
  const tree = parser.parse(text);
  return tree.rootNode.childCount;
}
"""
CLEAN = """\
import Parser from "web-tree-sitter";

export function outline(text) {
  const parser = new Parser();
  try {
    const tree = parser.parse(text);
    try {
      return tree.rootNode.childCount;
    } finally {
      tree.delete();
    }
  } finally {
    parser.delete();
  }
}
"""
CONFIG = """\
repos:
  - repo: {repository}
    rev: {revision}
    hooks:
      - id: cleanuplint
"""

Ran = subprocess.CompletedProcess[str]
Call = Callable[..., Ran]


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Call:
    """Runs a program with nothing of the machine's git and pre-commit settings."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment = {
        **kept,
        "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit")),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_NAME": "A. User" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "user@example.org" for who in ("AUTHOR", "COMMITTER")},
    }

    def call(folder: Path, *command: str) -> Ran:
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )

    return call


def _done(ran: Ran) -> str:
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout.strip()


@pytest.fixture(scope="module")
def published(call: Call, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout as a repository of its own, with what is not yet committed."""
    folder = tmp_path_factory.mktemp("published")
    for name in (*SOURCES, ".pre-commit-hooks.yaml"):
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder / name)
    _done(call(folder, "git", "init", "-q"))
    _done(call(folder, "git", "add", "-A"))
    _done(call(folder, "git", "commit", "-qm", "All of it"))
    return folder


@pytest.fixture
def repository(call: Call, published: Path, tmp_path: Path) -> Path:
    """A user's repository with the hook installed."""
    revision = _done(call(published, "git", "rev-parse", "HEAD"))
    config = CONFIG.format(repository=published.as_uri(), revision=revision)
    (tmp_path / ".pre-commit-config.yaml").write_text(config)
    _done(call(tmp_path, "git", "init", "-q"))
    _done(call(tmp_path, sys.executable, "-m", "pre_commit", "install"))
    return tmp_path


def _commit(call: Call, repository: Path, name: str, text: str) -> Ran:
    path = repository / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    _done(call(repository, "git", "add", "-A"))
    return call(repository, "git", "commit", "-m", "Outline")


# one worker for all of them, as they share the installed hook
@pytest.mark.xdist_group("pre-commit")
def test_a_leak_is_refused_and_clean_code_accepted(call: Call, repository: Path) -> None:
    refused = _commit(call, repository, "src/outline.mts", LEAK)
    assert refused.returncode == 1
    assert "src/outline.mts:5:16: missing-release: " in refused.stdout + refused.stderr
    accepted = _commit(call, repository, "src/outline.mts", CLEAN)
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr
    assert "Passed" in accepted.stdout + accepted.stderr


@pytest.mark.xdist_group("pre-commit")
def test_excluded_files_are_left_alone(call: Call, repository: Path) -> None:
    accepted = _commit(call, repository, "dist/outline.js", LEAK)
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr


@pytest.mark.xdist_group("pre-commit")
def test_a_broken_configuration_is_refused(call: Call, repository: Path) -> None:
    (repository / "cleanuplint.toml").write_text("selct = []\n")
    refused = _commit(call, repository, "src/outline.js", CLEAN)
    assert refused.returncode == 1
    assert "cleanuplint.toml:1: unknown key `selct`" in refused.stdout + refused.stderr
