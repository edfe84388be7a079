"""Changed files are written whole or not at all."""

import os
import stat
import tempfile
from pathlib import Path

from cleanuplint.errors import UserError

NEW_MODE = 0o644
"""Of files that were not there before."""


class NotWritten(UserError):
    """The file is as it was."""


def rewrite(path: Path, before: bytes, after: bytes) -> None:
    """Replace the content of a file that is still `before`; its mode is kept, links are followed.

    Raises NotWritten where the file is read-only, has changed meanwhile, or can't be written.
    """
    real = Path(os.path.realpath(path))
    try:
        mode = real.stat().st_mode
        if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
            raise NotWritten("not fixed: the file is read-only")
        if real.read_bytes() != before:
            raise NotWritten("not fixed: the file has changed since it was read; run again")
        _replace(real, after, stat.S_IMODE(mode))
    except OSError as error:
        raise NotWritten(f"not fixed: it cannot be written: {error.strerror or error}") from None


def write(path: Path, text: str) -> None:
    """Write a file of the user's choice, new or not. Raises UserError where that can't be done."""
    real = Path(os.path.realpath(path))
    try:
        mode = stat.S_IMODE(real.stat().st_mode) if real.exists() else NEW_MODE
        _replace(real, text.encode(), mode)
    except OSError as error:
        raise UserError(f"{path}: it cannot be written: {error.strerror or error}") from None


def _replace(real: Path, after: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{real.name}.", suffix=".tmp", dir=real.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after)
        temporary.chmod(mode)
        temporary.replace(real)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
