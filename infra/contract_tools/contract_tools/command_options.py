"""What the commands of `gangway events` have in common."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import click
from kafka.errors import AuthorizationError

from chassis.messaging.kafka_refusals import missing_right
from chassis.settings import SettingsRefused, settings_from
from chassis.settings.kafka import read_kafka_address
from chassis.settings.kafka_address import KafkaAddress
from contract_tools.model import Contracts
from contract_tools.reading import ContractsInvalid, load_contracts
from contract_tools.rules import broken_rules
from operator_cli.local_stack import find_local_stack
from operator_client.access import NoAccess

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


def kafka_address(servers: str | None) -> KafkaAddress:
    """The Kafka at ``servers``, as the environment's KAFKA_… settings say; the local stack's unless given."""
    environ = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": servers} if servers else _local_reader()
    try:
        with settings_from(environ) as reader:
            return read_kafka_address(reader)
    except SettingsRefused as refused:
        raise click.ClickException(str(refused)) from refused


def told(error: Exception) -> str:
    """What Kafka said, for a person."""
    if isinstance(error, AuthorizationError):
        return str(missing_right(error, "this user"))
    return str(error) or type(error).__name__


def _local_reader() -> Mapping[str, str]:
    """The settings with which the running local stack's Kafka may be read."""
    stack = find_local_stack()
    try:
        addresses = stack.addresses(os.environ) if stack else None
        if addresses is None:
            start = "No local stack here (`gangway up` starts one); else name it: " if stack else "Needed: "
            raise click.UsageError(f"{start}--kafka host:port.")
        found: dict[str, str] = json.loads(addresses["kafka_reader"])
        return found or {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": addresses["kafka"]}
    except (NoAccess, ValueError, KeyError) as error:
        raise click.UsageError(f"The local stack's Kafka cannot be found: {error}") from error
