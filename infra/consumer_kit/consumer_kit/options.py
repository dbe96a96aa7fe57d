"""What the commands of `gangway consumer` have in common."""

import click
import httpx

from consumer_kit.trial import UNREACHABLE, Trial
from consumer_kit.webhooks import BodyKind, Secret
from operator_cli.printable import one_line

EXIT_WRONG, EXIT_UNREACHABLE = 1, 3


class SecretType(click.ParamType[Secret]):
    """``whsec_…``."""

    name = "whsec_…"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Secret:
        try:
            return value if isinstance(value, Secret) else Secret.read(str(value).strip())
        except ValueError as wrong:
            self.fail(f"{wrong}.", param, ctx)  # without the value, which may be a secret all the same


url_argument = click.argument("url")
secret_option = click.option(
    "--secret",
    envvar="WEBHOOK_SECRET",
    type=SecretType(),
    required=True,
    help="The secret that the receiver was given; better in WEBHOOK_SECRET, as others see command lines.",
)
body_option = click.option(
    "--body",
    type=click.Choice([str(kind) for kind in BodyKind]),
    default=str(BodyKind.STRUCTURED),
    show_default=True,
    help="How the endpoint is to get events.",
)


def expect_url(text: str) -> str:
    """An address of HTTP. Raises UsageError."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as wrong:
        raise click.UsageError(one_line(f"That is no URL: {wrong}.")) from wrong
    if url.scheme not in {"http", "https"} or not url.host:
        raise click.UsageError("URL must begin with http:// or https:// and name a host.")
    return text


def expect_reachable(trial: Trial, answer: int | str) -> None:
    """Exit with 3 where the first answer says that nothing listens."""
    if isinstance(answer, str) and answer.startswith(UNREACHABLE):
        click.echo(one_line(f"{trial.receiver.url}: {answer}"), err=True)
        raise click.exceptions.Exit(EXIT_UNREACHABLE)
