"""The hook after an edit: findings on standard error and exit code 2, or silence and 0.

Whatever else happens, the editor or agent that calls must not be stopped. So this module takes
its arguments as they come, and imports the parsers only for a file that may have findings.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cleanuplint.files.source import SUFFIXES

SILENT, SPOKEN = 0, 2

PLACES = (
    ("tool_input", "file_path"),
    ("tool_input", "notebook_path"),
    ("tool_input", "path"),
    ("file_path",),
    ("tool_info", "file_path"),
)
"""Where hosts put the path in their JSON."""


def post_edit(arguments: list[str]) -> int:
    """The exit code: 2 means findings and nothing else."""
    try:
        lines = list(_said(_paths(arguments)))
    except Exception as error:
        # a broken configuration, too: it is told, and it stops nobody
        lines = []
        _tell([f"cleanuplint: {' '.join(str(error).split())}"])
    _tell(lines)
    return SPOKEN if lines else SILENT


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, file=sys.stderr)


def _paths(arguments: list[str]) -> list[Path]:
    """The files that are there and in a language that is served, each once."""
    names = [item for item in arguments if not item.startswith("-")]
    if not names:
        names = list(_from_input())
    paths = [Path(os.path.abspath(name)) for name in names if "\0" not in name]
    return [path for path in dict.fromkeys(paths) if path.suffix in SUFFIXES and path.is_file()]


def _from_input() -> Iterator[str]:
    if sys.stdin is None or sys.stdin.isatty():
        return
    try:
        event = json.loads(sys.stdin.buffer.read())
    except (ValueError, RecursionError):
        return
    found = (_at(event, place) for place in PLACES)
    path = next((item for item in found if isinstance(item, str)), None)
    if path:
        yield path


def _at(value: Any, place: tuple[str, ...]) -> Any:
    for key in place:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _said(paths: list[Path]) -> Iterator[str]:
    if not paths:
        return
    from cleanuplint.config import Configuration, project_root
    from cleanuplint.files.targets import Target
    from cleanuplint.output.concise import line
    from cleanuplint.run import run

    configuration = Configuration()
    root = project_root(Path.cwd()).resolve()
    inside = [path for path in paths if path.resolve().is_relative_to(root)]
    wanted = [path for path in inside if not configuration.of_file(path).excluded.matches(path)]
    targets = [Target(path, named=False) for path in wanted]
    for found in run(targets, (), configuration).findings:
        yield f"{line(found)} (help: {found.help})" if found.help else line(found)
