"""What the commands of `gangway events` have in common."""

from pathlib import Path

import click

from gangway.contracts.model import Contracts
from gangway.contracts.reading import ContractsInvalid, load_contracts
from gangway.contracts.rules import broken_rules

REPOSITORY = Path(__file__).resolve().parents[3]

folder_option = click.option(
    "--contracts",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=REPOSITORY / "contracts",
    help="Folder of the contracts; this repository's unless given.",
)
prefix_option = click.option(
    "--prefix", envvar="EVENT_TYPE_PREFIX", default="gangway", show_default=True, help="Prefix of ce_type."
)


def load(folder: Path) -> Contracts:
    """The contracts, or a message that names every wrong entry."""
    try:
        return load_contracts(folder)
    except ContractsInvalid as invalid:
        raise click.ClickException(str(invalid)) from invalid


def load_sound(folder: Path) -> Contracts:
    """The contracts, which keep all rules; documents are made of nothing less."""
    contracts = load(folder)
    if problems := broken_rules(contracts):
        raise click.ClickException("\n".join(problems))
    return contracts
