"""`cleanuplint contracts`: what is known of the libraries that a project uses, and from where."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleanuplint.errors import UserError

if TYPE_CHECKING:
    from cleanuplint.contracts.model import Contract
    from cleanuplint.inventory import Entry, Inventory

MOST = 6
"""Names that a line tells before it only counts."""
LIST = "list"


class Contracts(click.Group):
    """A group whose arguments are paths, where they are no subcommand."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return LIST, self.commands[LIST], args

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in super().list_commands(ctx) if name != LIST]


@click.group(
    "contracts",
    cls=Contracts,
    invoke_without_command=True,
    subcommand_metavar="[PATHS]… | COMMAND [ARGS]…",
)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List the contracts in force, and where each came from.

    A contract says how the objects of a library are acquired, filled, cleared and released. Those
    that the files in PATHS (the current folder if none is named) bring into force are listed:
    shipped, of your configuration, derived from generated bindings, or inferred from your code.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_contracts, paths=())


@command.command(LIST, hidden=True)
@click.argument("paths", nargs=-1, metavar="[PATHS]…")
def list_contracts(paths: tuple[str, ...]) -> None:
    """List the contracts in force."""
    found = _inventory(paths)
    for entry in found.used.values():
        for line in _entry(entry):
            click.echo(line)
    others = len(found.known.keys() - found.used.keys())
    click.echo(f"{len(found.used)} in force; {others} more are known and not used here", err=True)


@command.command("show")
@click.argument("class_name", metavar="CLASS")
@click.argument("paths", nargs=-1, metavar="[PATHS]…")
def show(class_name: str, paths: tuple[str, ...]) -> None:
    """Print what is known of a class, as a contract file would say it.

    Looks at the contracts in force in PATHS (the current folder if none is named), then at all
    others that ship or that the configuration names.
    """
    from cleanuplint.contracts.writing import toml_of_class
    from cleanuplint.suggest import did_you_mean

    contracts = list(_inventory(paths).contracts)
    found = [(one, one.classes[class_name]) for one in contracts if class_name in one.classes]
    if not found:
        known = {name for one in contracts for name in one.classes}
        remedy = did_you_mean(class_name, known) or "; `cleanuplint contracts` lists what is"
        raise UserError(f"no contract knows a class `{class_name}`{remedy}")
    texts = (f"# {_from(one)}\n{toml_of_class(cls)}" for one, cls in found)
    click.echo("\n".join(texts), nl=False)


@command.command("derive")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="Where to write it."
)
def derive(path: Path, output: Path | None) -> None:
    """Derive a contract from generated bindings, as TOML to keep and to edit.

    PATH is a package folder, or its typings (`.d.ts`), its glue (`.js`) or its module (`.wasm`).
    Name the file that is written under `contracts` in the configuration.
    """
    from cleanuplint.cargo import Cargo
    from cleanuplint.contracts.writing import toml_of
    from cleanuplint.derive.keeping import to_keep

    text = toml_of(to_keep(path, Cargo().contract_of))
    if output is None:
        click.echo(text, nl=False)
        return
    from cleanuplint.files.writing import write

    write(output, text)
    click.echo(f"wrote {output}", err=True)


def _inventory(paths: Iterable[str]) -> "Inventory":
    from cleanuplint.config import Configuration
    from cleanuplint.files.discover import discover
    from cleanuplint.files.naming import shown
    from cleanuplint.inventory import take_inventory

    configuration = Configuration()
    chosen = [Path(path) for path in paths] or [Path()]
    targets, unreached = discover(chosen, configuration.exclusion)
    wrong = next((one for one in unreached if one.wrong), None)
    if wrong is not None:
        raise UserError(f"{shown(wrong.path)}: {wrong.message}")
    return take_inventory(targets, configuration)


def _entry(entry: "Entry") -> Iterator[str]:
    contract = entry.contract
    yield f"{click.style(contract.name, bold=True)}: {_from(contract)}"
    resources = [cls for cls in contract.classes.values() if cls.is_owned or cls.clears]
    if resources:
        yield f"  classes    {_told(cls.name for cls in resources)}"
    acquirers = [name for name, one in contract.functions.items() if one.is_resource]
    if acquirers:
        yield f"  functions  {_told(acquirers)}"
    yield f"  used by    {_told(entry.users)}"


def _from(contract: "Contract") -> str:
    if contract.is_derived:
        return f"derived from {contract.source}"
    if contract.name == contract.source:
        return "inferred from its code"
    return f"from {contract.source}"


def _told(names: Iterable[str]) -> str:
    listed = list(dict.fromkeys(names))
    more = f" and {len(listed) - MOST} more" if len(listed) > MOST else ""
    return ", ".join(listed[:MOST]) + more
