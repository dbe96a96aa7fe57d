"""`gangway consumer …`: for those who receive webhooks."""

import click

from consumer_kit.check_command import check
from consumer_kit.replay_command import replay_samples
from consumer_kit.samples_command import samples
from consumer_kit.webhooks import Secret


@click.group()
def consumer() -> None:
    """Try a receiver of webhooks: sample events, and what it gets wrong."""


@consumer.command()
def secret() -> None:
    """Print a new secret, to be given to a receiver on trial and to the other commands."""
    click.echo(str(Secret.draw()))


for command in (check, samples, replay_samples):
    consumer.add_command(command)
