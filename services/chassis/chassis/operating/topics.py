"""``topics apply``."""

import sys
from pathlib import Path

import click
from kafka.errors import KafkaError

from chassis.messaging.kafka_clients import KafkaAddress, make_admin
from chassis.messaging.topics import TopicKeeper, read_topics
from chassis.running.runner import Runner


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
@click.pass_obj
def _apply(runner: Runner, contracts: Path, check: bool, replicas: int | None) -> None:
    settings = runner.service.settings
    address = KafkaAddress(
        bootstrap_servers=settings.kafka_bootstrap_servers, api_version=settings.kafka_api_version
    )
    try:
        admin = make_admin(address)
        report = TopicKeeper(admin, replicas=replicas).apply(read_topics(contracts), change=not check)
        admin.close()
    except KafkaError as error:
        raise click.ClickException(f"Kafka refuses: {error}") from error
    click.echo("\n".join(report.lines()))
    sys.exit(3 if report.drift else 0)
