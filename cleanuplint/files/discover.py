"""From the paths that the user names to the files to look at."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ignore import Error as WalkError
from ignore import IOError as WalkIOError
from ignore import Walk, WalkBuilder
from ignore.overrides import Override, OverrideBuilder

from cleanuplint.files.patterns import Globs
from cleanuplint.files.source import PYTHON, SUFFIXES
from cleanuplint.files.targets import Exclusion, Target, Unreached

STUB = "skipped: a stub runs nothing; name the files that import it, and it is read for them"
Excluded = Callable[[Path], Exclusion]
"""What is left out in a folder."""


def discover(paths: Iterable[Path], excluded: Excluded) -> tuple[list[Target], list[Unreached]]:
    """The files behind the paths, each once, in the order of their names.

    A file or a folder that the user names is looked at even if it is excluded, unless the
    exclusion is forced.
    """
    found: dict[Path, Target] = {}
    unreached: list[Unreached] = []
    for path in paths:
        for item in _behind(Path(os.path.abspath(path)), excluded):
            if isinstance(item, Unreached):
                unreached.append(item)
            elif item.named or item.path not in found:
                found[item.path] = item
    return sorted(found.values(), key=lambda target: target.path.parts), unreached


def _behind(path: Path, excluded: Excluded) -> Iterator[Target | Unreached]:
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError) as error:
        yield Unreached(path, _reason(error))
        return
    above = excluded(path.parent)
    if above.force and above.globs.matches(path):
        return
    if is_folder:
        yield from _walk(path, excluded)
    elif path.suffix in SUFFIXES:
        yield Target(path, named=True)
    elif path.suffix in PYTHON:
        yield Unreached(path, STUB, wrong=False)
    else:
        yield Unreached(path, "skipped: not a language that cleanuplint reads", wrong=False)


def _reason(error: OSError | ValueError) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text[:1].lower() + text[1:]


def _walk(folder: Path, excluded: Excluded) -> Iterator[Target | Unreached]:
    walk = _builder(folder, excluded(folder).globs)
    while True:
        try:
            path = next(walk).path()
        except StopIteration:
            return
        except (WalkError, WalkIOError) as error:
            yield Unreached(folder, str(error))
            continue
        if path.suffix in SUFFIXES and _is_file(path) and not _left_out(path, folder, excluded):
            yield Target(path, named=False)


def _left_out(path: Path, walked: Path, excluded: Excluded) -> bool:
    """True if a configuration in a folder further down excludes more than the walk does."""
    return excluded(path.parent).globs.matches(path, below=walked)


def _is_file(path: Path) -> bool:
    """A regular file; no links, which lead in circles or to what is found on its own."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _builder(folder: Path, exclusion: Globs) -> Walk:
    builder = WalkBuilder(folder).hidden(False).ignore(False).require_git(False)
    return builder.overrides(_overrides(exclusion)).build()


def _overrides(exclusion: Globs) -> Override:
    """Excluded folders are not entered at all."""
    builder = OverrideBuilder(exclusion.root)
    for pattern in exclusion.patterns:
        # the walker knows braces, git-ignore files do not
        builder.add("!" + pattern.replace("{", r"\{").replace("}", r"\}"))
    return builder.build()
