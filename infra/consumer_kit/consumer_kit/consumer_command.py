"""`gangway consumer …`: for those who receive webhooks."""

import click

from consumer_kit.check_command import check
from consumer_kit.replay_command import replay_samples
from consumer_kit.samples_command import samples
from consumer_kit.webhooks import Secret, SecretKind


@click.group()
def consumer() -> None:
    """Try a receiver of webhooks: sample events, and what it gets wrong."""


@consumer.command()
@click.option(
    "--kind",
    type=click.Choice([str(kind) for kind in SecretKind]),
    default=str(SecretKind.HMAC),
    show_default=True,
    help="As `secret_kind` of the endpoint.",
)
def secret(kind: str) -> None:
    """Print a new secret, to be given to a receiver on trial and to the other commands.

    Of ed25519 the receiver is given the public key, which is told beside it.
    """
    drawn = Secret.draw(SecretKind(kind))
    click.echo(str(drawn))
    if drawn.public_key is not None:
        click.echo(f"for the receiver: {drawn.public_key}", err=True)


for command in (check, samples, replay_samples):
    consumer.add_command(command)
