"""``topics apply``: done at deployment by an administrator of Kafka, whose rights no web process has."""

import sys
from dataclasses import replace
from pathlib import Path

import click
import structlog
from kafka.errors import KafkaError

from chassis.messaging.kafka_clients import make_admin
from chassis.messaging.topic_rights import Principals, RightsKeeper, read_rights
from chassis.messaging.topics import TopicKeeper, read_topics
from chassis.messaging.watched_client import as_refusal
from chassis.operating.command_options import by_option
from chassis.running.runner import Runner
from chassis.service import Service

_log = structlog.stdlib.get_logger(__name__)


@click.group("topics", help="Topics as data.")
def topics() -> None:
    pass


@topics.command("apply", help="Make what is missing, change what loses nothing, report what differs.")
@click.option(
    "--contracts",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("contracts/topics"),
    show_default=True,
    envvar="TOPICS_FOLDER",
)
@click.option("--check", is_flag=True, help="Change nothing, only report.")
@click.option("--replicas", type=int, default=None, help="Copies of a new topic; up to 3 by default.")
@click.option("--prune", is_flag=True, help="Remove ACLs on our topics and groups that no contract asks for.")
@click.option(
    "--principal-pattern",
    default="User:{service}",
    show_default=True,
    envvar="KAFKA_PRINCIPAL_PATTERN",
    help="How Kafka calls a service, such as User:CN={service},O=Example.",
)
@click.option(
    "--principal",
    "named",
    multiple=True,
    metavar="SERVICE=PRINCIPAL",
    help="How Kafka calls one service that the pattern does not fit (repeatable).",
)
@click.option(
    "--reader",
    "readers",
    multiple=True,
    metavar="PRINCIPAL",
    envvar="KAFKA_READERS",
    help="Who else may read all topics, without a group (repeatable): User:name, or a name.",
)
@click.option(
    "--leave-alone",
    default="User:integrator-",
    show_default=True,
    envvar="KAFKA_LEFT_ALONE",
    help="What principals begin with that others give rights to: those of integrators (KAFKA_USERS_PREFIX).",
)
@by_option
@click.option("--reason", default="deployment", show_default=True, help="Why; the log says so.")
@click.pass_obj
def _apply(
    runner: Runner[Service],
    *,
    actor: str,
    reason: str,
    contracts: Path,
    check: bool,
    replicas: int | None,
    prune: bool,
    principal_pattern: str,
    named: tuple[str, ...],
    readers: tuple[str, ...],
    leave_alone: str,
) -> None:
    principals = replace(_principals(principal_pattern, named, readers), left_alone=leave_alone)
    address = runner.prepare("topics").settings.kafka
    try:
        admin = make_admin(address)
        report = TopicKeeper(admin, replicas=replicas).apply(read_topics(contracts), change=not check)
        if report.is_administered:
            rights = RightsKeeper(admin).apply(
                read_rights(contracts), principals, change=not check, prune=prune
            )
            report.add_rights(rights)
        admin.close()
    except KafkaError as error:
        raise click.ClickException(f"Kafka refuses: {as_refusal(error, address)}") from error
    click.echo("\n".join(report.lines()))
    if changes := report.created + report.changed:
        # Not in the operators' log: topics come before the database has tables.
        _log.info("topics and rights changed", by=actor, reason=reason, changes=changes)
    sys.exit(3 if report.drift else 0)


def _principals(pattern: str, named: tuple[str, ...], readers: tuple[str, ...]) -> Principals:
    if pattern.count("{service}") != 1 or not pattern.startswith("User:"):
        raise click.UsageError("--principal-pattern must begin with User: and hold {service} once")
    pairs = [text.partition("=") for text in named]
    if wrong := [text for text, pair in zip(named, pairs, strict=True) if not pair[2].startswith("User:")]:
        raise click.UsageError(f"--principal must look like SERVICE=User:…, not {', '.join(wrong)}")
    return Principals(
        pattern=pattern,
        named={service: principal for service, _, principal in pairs},
        readers=[name if name.startswith("User:") else f"User:{name}" for name in readers],
    )
