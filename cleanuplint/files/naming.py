"""Paths as people read them."""

import os
from pathlib import Path


def shown(path: Path) -> str:
    """From the working directory, with `/`, and printable whatever the name is made of."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive
        relative = str(path)
    return os.fsencode(relative).decode("utf-8", "replace").replace(os.sep, "/")
