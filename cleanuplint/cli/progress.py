"""The bar of a long run."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 1.0
"""Seconds of silence before a bar is worth its place."""
INTERVAL = 0.1
WIDTH = 30


@contextmanager
def bar(quiet: bool) -> Iterator[Callable[..., None]]:
    """What shows a bar on standard error, on a terminal only, and only if the run is long."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total, label="": None
        return
    shown = Bar()
    try:
        yield shown.show
    finally:
        shown.remove()


class Bar:
    """One line on standard error, written over itself."""

    def __init__(self) -> None:
        self._next = time.monotonic() + PATIENCE
        self._visible = False

    def show(self, done: int, total: int, label: str = "") -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + INTERVAL
        self._visible = True
        filled = WIDTH * done // max(total, 1)
        self._write(f"[{'#' * filled}{' ' * (WIDTH - filled)}] {done}/{total} {label}".rstrip())

    def remove(self) -> None:
        if self._visible:
            self._write("")

    def _write(self, text: str) -> None:
        sys.stderr.write(f"\r\x1b[2K{text}")
        sys.stderr.flush()
