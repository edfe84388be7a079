"""`cleanuplint rules`."""

import click

from cleanuplint.rulebook import CATEGORIES, Rule, rules


@click.command("rules")
def command() -> None:
    """List the rules by category. Those with a `-` are off by default."""
    width = max((len(name) for name in rules()), default=0)
    for category in CATEGORIES:
        members = [rule for rule in rules().values() if rule.category == category]
        if members:
            click.echo(click.style(category, bold=True))
        for rule in members:
            click.echo(_line(rule, width))


def _line(rule: Rule, width: int) -> str:
    return (
        f"  {' ' if rule.default else '-'} {rule.id:<{width}}  {rule.severity:<7}  {rule.summary}"
    )
