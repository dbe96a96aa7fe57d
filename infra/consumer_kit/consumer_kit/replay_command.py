"""`replay-samples`: sample events as a signed stream."""

import time
from uuid import uuid4

import click

from consumer_kit.options import (
    EXIT_WRONG,
    body_option,
    expect_reachable,
    expect_url,
    secret_option,
    url_argument,
)
from consumer_kit.sample_events import SampleEvent, sample_events
from consumer_kit.samples_command import prefix_option
from consumer_kit.trial import Receiver, is_taken, on_trial
from consumer_kit.webhooks import BodyKind, Secret
from operator_cli.printable import one_line


@click.command("replay-samples")
@url_argument
@secret_option
@body_option
@prefix_option
@click.option("--type", "types", multiple=True, help="Only this event (repeatable): partner.approved.v1.")
@click.option(
    "--rate", type=click.FloatRange(min=0.1, max=1_000), help="Events per second; as it goes unless given."
)
def replay_samples(
    *, url: str, secret: Secret, body: str, prefix: str, types: tuple[str, ...], rate: float | None
) -> None:
    """Send one partner's sample events to a receiver, signed, each topic numbered from 1.

    Prints what it answers to each; exits with 1 if it does not take all of them.
    """
    receiver = Receiver(url=expect_url(url), secret=secret, body=BodyKind(body))
    stream = _of_one_partner(prefix, types)
    if not stream:
        raise click.UsageError("No such type; `samples` writes all of them.")
    refused = 0
    with on_trial(receiver) as trial:
        for event in stream:
            answer = trial.send(trial.of(event))
            if event is stream[0]:
                expect_reachable(trial, answer)
            refused += not is_taken(answer)
            click.echo(one_line(f"{answer}  {event.key}  #{event.sequence}  {event.id}"))
            if rate:
                time.sleep(1 / rate)
    if refused:
        click.echo(f"{refused} of {len(stream)} were not taken.", err=True)
        raise click.exceptions.Exit(EXIT_WRONG)


def _of_one_partner(prefix: str, types: tuple[str, ...]) -> list[SampleEvent]:
    partner, numbers = str(uuid4()), dict[str, int]()
    stream = []
    for event in sample_events(type_prefix=prefix):
        if not types or event.key in types:
            numbers[event.topic] = numbers.get(event.topic, 0) + 1
            stream.append(event.about(partner, numbers[event.topic]))
    return stream
