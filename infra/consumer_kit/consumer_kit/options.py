"""What the commands of `gangway consumer` have in common."""

import click

from consumer_kit.webhooks import BodyKind, Secret


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


def expect_url(url: str) -> str:
    """An address of HTTP. Raises UsageError."""
    if not url.startswith(("http://", "https://")):
        raise click.UsageError("URL must begin with http:// or https://.")
    return url
