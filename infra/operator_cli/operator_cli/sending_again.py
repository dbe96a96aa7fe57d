"""`gangway republish`."""

from datetime import UTC, datetime

import click

from operator_cli.desk import Desk, at_desk, reason_option, service_option

TIMES = ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"]


@click.command()
@service_option
@click.option("--since", type=click.DateTime(TIMES), help="Sent at or after this time (UTC).")
@click.option("--until", type=click.DateTime(TIMES), help="Sent at or before this time (UTC).")
@click.option("--subject", help="Only of this partner id.")
@click.option("--topic", help="Only of this topic.")
@reason_option
@at_desk
def republish(
    desk: Desk,
    *,
    service: str,
    since: datetime | None,
    until: datetime | None,
    subject: str | None,
    topic: str | None,
    reason: str,
) -> None:
    """Send events of a service again that it still keeps; who has seen them drops them."""
    wanted = {"since": told_time(since), "until": told_time(until), "subject": subject, "topic": topic}
    selection = {name: value for name, value in wanted.items() if value is not None}
    told = desk.events_of(service).republish(selection, reason)
    sentence = f"{told['events']} events of {service} will be sent again."
    if told["left_out"]:
        sentence += f" Left out, since only the newest counts there: {', '.join(told['left_out'])}."
    desk.screen.outcome(told, sentence)


def told_time(time: datetime | None) -> str | None:
    """As the services want it; without an offset it is meant in UTC."""
    if time is None:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).isoformat()
