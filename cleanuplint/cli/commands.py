"""The commands by name, and what happens to an error of the user."""

import importlib
import sys
import traceback
from typing import Any

import click

from cleanuplint.cli import FAILED
from cleanuplint.errors import UserError
from cleanuplint.version import VERSION

COMMANDS = ("check", "contracts", "explain", "fix", "hook", "rules", "verify")


class Commands(click.Group):
    """Imports the module of a command when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"cleanuplint.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UserError as error:
            click.echo(f"error: {error}", err=True)
            ctx.exit(FAILED)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="cleanuplint", message="%(prog)s %(version)s")
def group() -> None:
    """Find the code that can leave WebAssembly memory behind.

    \b
    Exit codes: 0 nothing found, 1 findings, 2 could not do the job.
    """


def run() -> None:
    """Run the command line. Whatever stops it, the job is not done: 1 is for findings alone."""
    try:
        sys.exit(group(prog_name="cleanuplint", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(FAILED)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        sys.exit(FAILED)
    except Exception:
        traceback.print_exc()
        click.echo("error: this is an internal error, please report it", err=True)
        sys.exit(FAILED)
