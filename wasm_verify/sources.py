"""The JavaScript of others, made ready to be run: glue, its neighbours, guards, inputs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wasm_verify import glue
from wasm_verify.module import SUFFIXES, Module

LARGEST_BYTES = 1 << 22
"""The largest file that glue may require."""


@dataclass(frozen=True, slots=True)
class Sources:
    main: str
    """The glue: the body of a function, as all of these are."""
    style: str
    files: dict[str, str]
    """What it may require of its own directory, by relative path."""


def of_module(module: Module) -> Sources:
    root = module.glue.path.parent
    files = {
        path.relative_to(root).as_posix(): glue.to_function(path.read_text("utf-8", "replace"))
        for path in _beside(root)
        if path != module.glue.path
    }
    return Sources(glue.to_function(module.glue.source), module.glue.style, files)


def _beside(root: Path) -> Iterator[Path]:
    for path in (*sorted(root.glob("*.*js")), *sorted((root / "snippets").rglob("*.js"))):
        if path.suffix in SUFFIXES and path.stat().st_size < LARGEST_BYTES:
            yield path


def of_file(path: Path | None) -> str:
    """A guard or inputs, in JSON or JavaScript. Empty for no file."""
    if path is None:
        return ""
    text = path.read_text("utf-8")
    return f"module.exports = {text}" if path.suffix == ".json" else glue.to_function(text)
