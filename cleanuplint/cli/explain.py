"""`cleanuplint explain`."""

import click

from cleanuplint.errors import UserError
from cleanuplint.rulebook import rules
from cleanuplint.suggest import did_you_mean


@click.command("explain")
@click.argument("rule")
def command(rule: str) -> None:
    """Print the page of a rule: what it says, why, and examples."""
    known = rules()
    if rule not in known:
        remedy = did_you_mean(rule, known) or "; `cleanuplint rules` lists them"
        raise UserError(f"no rule is called `{rule}`{remedy}")
    found = known[rule]
    state = "on by default" if found.default else "off by default"
    click.echo(f"{rule} ({found.category}, {found.severity}, {state}, since {found.since})\n")
    click.echo(found.page, nl=False)
