"""`cleanuplint hook`: the commands that other programs call."""

import sys

import click

from cleanuplint.cli.post_edit import post_edit


@click.group("hook")
def command() -> None:
    """For editors and coding agents."""


@command.command(
    "post-edit",
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
@click.argument("files", nargs=-1, type=click.UNPROCESSED, metavar="[FILE…]")
def _post_edit(files: tuple[str, ...]) -> None:
    """Check files that were just edited.

    The files are arguments, or one JSON object on standard input has a path at
    tool_input.file_path, tool_input.notebook_path, tool_input.path, file_path or
    tool_info.file_path.

    Findings go to standard error, and then the exit code is 2, which such programs feed back. In
    every other case it is 0: nothing found, another kind of file, no file, one outside of the
    repository, nonsense.
    """
    sys.exit(post_edit(list(files)))
