"""The command line: one module per command, imported when it is called."""

import importlib
import sys

OK, FOUND, FAILED = 0, 1, 2
"""Exit codes: nothing found, findings, could not do the job."""


def main() -> None:
    """The entry point. The hook goes its own way: it runs at every edit and must not fail."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if sys.argv[1:3] == ["hook", "post-edit"] and "--help" not in sys.argv:
        from cleanuplint.cli.post_edit import post_edit

        sys.exit(post_edit(sys.argv[3:]))
    importlib.import_module("cleanuplint.cli.commands").run()
