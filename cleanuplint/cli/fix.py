"""`cleanuplint fix`: the short form of `cleanuplint check --fix`."""

from typing import Any

import click

from cleanuplint.cli.check import Options, check
from cleanuplint.cli.check import command as check_command


def _fix(ctx: click.Context, /, **given: Any) -> None:
    ctx.exit(check(Options(**given, fix=True)))


command = click.Command(
    "fix",
    context_settings={"show_default": True},
    params=[param for param in check_command.params if param.name != "fix"],
    callback=click.pass_context(_fix),
    help="Fix what can be fixed safely in files and folders: the same as `check --fix`.",
)
