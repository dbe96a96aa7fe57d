"""`gangway events tail`: show events as they pass."""

import logging
from pathlib import Path

import click
from kafka.errors import KafkaError

from contract_tools.command_options import folder_option, kafka_address, load, prefix_option, told
from contract_tools.seen_event import EventWatcher, SeenEvent, as_json, as_text
from contract_tools.topic_reader import CannotRead, TopicReader
from operator_cli.printable import printable


@click.command()
@folder_option
@prefix_option
@click.option(
    "--kafka", envvar="KAFKA_BOOTSTRAP_SERVERS", help="Brokers (host:port,…); the local stack's unless given."
)
@click.option(
    "--topic",
    "topics",
    multiple=True,
    help="Only this topic (repeatable); all of the contracts unless given.",
)
@click.option("--partner", help="Only events of this partner id.")
@click.option(
    "--type",
    "types",
    multiple=True,
    help="Only this event (repeatable): partner.approved or partner.approved.v1.",
)
@click.option(
    "--from-beginning", is_flag=True, help="Start with the oldest event that is kept, not with the next one."
)
@click.option(
    "--until-end",
    is_flag=True,
    help="Stop after what is there now; exits with 1 if any of it breaks its contract.",
)
@click.option("--json", "is_json", is_flag=True, help="One JSON object per line.")
@click.option(
    "--source-prefix",
    envvar="EVENT_SOURCE_PREFIX",
    default="/gangway",
    show_default=True,
    help="What the sources of this deployment's services begin with.",
)
@click.option("--include-personal", is_flag=True, help="Show personal fields, which are hidden otherwise.")
def tail(
    *,
    folder: Path,
    prefix: str,
    kafka: str | None,
    topics: tuple[str, ...],
    partner: str | None,
    types: tuple[str, ...],
    from_beginning: bool,
    until_end: bool,
    is_json: bool,
    source_prefix: str,
    include_personal: bool,
) -> None:
    """Show events as they pass, each checked against its contract; a line with ! names what is wrong.

    Reads without a consumer group, so nobody else notices. A secured Kafka is read with the KAFKA_… settings
    of the environment, the local stack's with a user of its own that may read and nothing else.
    """
    # What the client logs on its way is told by the events, or by the error that ends it.
    logging.getLogger("kafka").addHandler(logging.NullHandler())
    contracts = load(folder)
    watcher = EventWatcher(
        contracts, type_prefix=prefix, source_prefix=source_prefix, include_personal=include_personal
    )
    show = as_json if is_json else as_text
    has_problems = False
    try:
        with TopicReader(
            kafka_address(kafka), topics or tuple(contracts.topics), from_beginning=from_beginning
        ) as reader:
            if reader.missing:
                click.echo(f"not on the cluster: {', '.join(reader.missing)}", err=True)
            for record in reader.records(until_end=until_end):
                seen = watcher.look(record)
                if _is_wanted(seen, partner, types):
                    click.echo(show(seen))
                    has_problems = has_problems or bool(seen.problems)
    except (KafkaError, CannotRead) as error:
        raise click.ClickException(printable(told(error))) from error
    except KeyboardInterrupt:
        # The usual way to stop looking on.
        return
    if has_problems:
        raise click.exceptions.Exit(1)


def _is_wanted(seen: SeenEvent, partner: str | None, types: tuple[str, ...]) -> bool:
    if partner and seen.partner != partner:
        return False
    key = seen.event_key or ""
    return not types or key in types or key.rpartition(".v")[0] in types
